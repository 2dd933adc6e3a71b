import { DmTortureError } from '../../base/errors';
import { oneLine } from '../../base/sinks/inert';

/** A journal that cannot be gone on with. */
export function refused(file: string, message: string, option = 'journal'): DmTortureError {
  return new DmTortureError('ERR_BAD_JOURNAL', oneLine(`${file}: ${message}`), { option });
}
