import os from 'node:os';
import { wrongType } from '../base/errors';
import { type ErrnoName, tables } from './tables';

const numbers = new Map(Object.entries(os.constants.errno));
const names = new Map<number, ErrnoName>();
for (const { name } of tables.errnos) {
  const number = numbers.get(name);
  if (number !== undefined) names.set(number, name);
}

/**
 * The name of an error return.
 *
 * @param result - What a method of {@link DeviceMapper} or {@link Idr} returned.
 * @returns The name, or undefined for a success and for a number that no table knows.
 * @example
 * errnoName(-16); // 'EBUSY'
 */
export function errnoName(result: number): ErrnoName | undefined {
  if (typeof result !== 'number') throw wrongType('result', 'a number', result);
  return result < 0 ? names.get(-result) : undefined;
}

/** The number of an error on this operating system, positive. */
export function errnoNumber(name: ErrnoName): number {
  return numbers.get(name) ?? 0;
}

/** `0`, `5`, `-EBUSY`: a result for people. */
export function formatResult(result: number): string {
  const name = errnoName(result);
  return name === undefined ? String(result) : `-${name}`;
}
