import { DmTortureError } from '../base/errors';
import { native } from '../native/load';
import type { NativeStress } from '../native/stress';

/**
 * Make an object of the native side.
 *
 * @param what - It, as a message calls it: `an Idr`.
 * @throws DmTortureError ERR_NO_RESOURCES where there is no memory
 */
export function allocated<Made>(what: string, make: () => Made): Made {
  try {
    return make();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOMEM') throw error;
    throw new DmTortureError('ERR_NO_RESOURCES', `There is no memory for ${what}`, {
      cause: error,
    });
  }
}

/**
 * Calls of direct functions. Those take no arguments and return nothing: numbers go through an
 * array that stress.node shares with us, since handing over two arguments and a result takes
 * Node-API longer than all the rest of a call.
 *
 * Code that calls often names the function where it is called, `calls.binary.idrFind()`: V8 then knows
 * it, and calls it three times as fast as one out of a variable.
 */
export class DirectCalls {
  readonly binary: NativeStress = native();
  readonly #registers = this.binary.registers();

  /** Put what a function takes into the registers; what it takes less of is not looked at. */
  give(a = 0, b = 0, c = 0, d = 0): void {
    const registers = this.#registers;
    registers[0] = a;
    registers[1] = b;
    registers[2] = c;
    registers[3] = d;
  }

  /** What a function left. */
  take(): number {
    return this.#registers[0] ?? 0;
  }

  /** Both around a function. */
  call(direct: () => void, a = 0, b = 0, c = 0, d = 0): number {
    this.give(a, b, c, d);
    direct();
    return this.take();
  }
}
