import { DmTortureError } from '../errors';
import { oneLine } from '../sinks/inert';

/** A journal that cannot be gone on with. */
export function refused(file: string, message: string, option = 'journal'): DmTortureError {
  return new DmTortureError('ERR_BAD_JOURNAL', oneLine(`${file}: ${message}`), { option });
}
