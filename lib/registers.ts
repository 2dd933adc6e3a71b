import { native } from './native';

/** What numbers go through, to the direct functions of stress.node and back. */
let registers: Float64Array | undefined;

/**
 * Call a direct function of stress.node. Its arguments and its result go through an array that it
 * shares with us: half of the time of a call with arguments is spent on handing those over.
 *
 * @param call - A function of the loaded binary.
 * @returns What it left in the first register.
 */
export function callDirect(call: () => void, a = 0, b = 0, c = 0, d = 0): number {
  registers ??= native().registers();
  registers[0] = a;
  registers[1] = b;
  registers[2] = c;
  registers[3] = d;
  call();
  return registers[0] ?? 0;
}
