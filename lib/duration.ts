import { outOfRange, wrongType } from './errors';

const UNITS_MS = new Map([
  ['', 1],
  ['ms', 1],
  ['s', 1000],
  ['m', 60_000],
  ['h', 3_600_000],
]);
const WHAT = 'a duration such as `500ms`, `10s`, `2m` or a number of milliseconds';

/**
 * Read a duration.
 *
 * @param duration - `500ms`, `10s`, `2m`, `1h`, or a number of milliseconds.
 * @param option - What messages call it. @default 'duration'
 * @returns Milliseconds, a whole number.
 * @throws DmTortureError ERR_OUT_OF_RANGE, ERR_INVALID_ARG_TYPE
 * @example
 * parseDuration('1.5s'); // 1500
 */
export function parseDuration(duration: number | string, option = 'duration'): number {
  if (typeof duration === 'number') return checkMs(duration, duration, option);
  if (typeof duration !== 'string') throw wrongType(option, WHAT, duration);
  const match = /^(\d+(?:\.\d+)?)\s*([a-z]*)$/.exec(duration.trim().toLowerCase());
  const unitMs = UNITS_MS.get(match?.[2] ?? 'none');
  if (!match || unitMs === undefined) throw outOfRange(option, WHAT, duration);
  return checkMs(Math.round(Number(match[1]) * unitMs), duration, option);
}

function checkMs(ms: number, got: unknown, option: string): number {
  if (!Number.isSafeInteger(ms) || ms < 0) throw outOfRange(option, WHAT, got);
  return ms;
}
