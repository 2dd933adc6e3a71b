import { DmTortureError } from '../../lib/base/errors';

/** The error of a call that has to be refused. */
export function errorOf(call: () => unknown): DmTortureError {
  try {
    call();
  } catch (error) {
    if (error instanceof DmTortureError) return error;
    throw error;
  }
  throw new Error('it was accepted');
}
