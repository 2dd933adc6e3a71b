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
 * @param row - The parameter that it is the value of, whose range it has to keep.
 * @returns Milliseconds, a whole number.
 * @throws DmTortureError ERR_OUT_OF_RANGE, ERR_INVALID_ARG_TYPE
 * @example
 * parseDuration('1.5s'); // 1500
 */
export function parseDuration(
  duration: number | string,
  option = 'duration',
  row?: { readonly min: number; readonly max: number; readonly unit: string },
): number {
  const isNumber = row !== undefined && Number.isInteger(duration);
  const ms = isNumber ? Number(duration) : readMs(duration, option);
  if (row === undefined || (ms >= row.min && ms <= row.max)) return ms;
  throw outOfRange(option, `${row.min}..${row.max} (${row.unit})`, duration);
}

function readMs(duration: number | string, option: string): number {
  if (typeof duration === 'number') return checkMs(duration, duration, option);
  if (typeof duration !== 'string') throw wrongType(option, WHAT, duration);
  const match = /^(\d+(?:\.\d+)?)\s*([a-z]*)$/.exec(duration.trim().toLowerCase());
  const unitMs = UNITS_MS.get(match?.[2] ?? 'none');
  if (!match || unitMs === undefined) throw outOfRange(option, WHAT, duration);
  const ms = checkMs(Math.round(Number(match[1]) * unitMs), duration, option);
  // What is shorter than a millisecond is not 0, which may mean that there is no limit.
  if (ms === 0 && Number(match[1]) > 0) throw outOfRange(option, WHAT, duration);
  return ms;
}

function checkMs(ms: number, got: unknown, option: string): number {
  if (!Number.isSafeInteger(ms) || ms < 0) throw outOfRange(option, WHAT, got);
  return ms;
}
