import { outOfRange, wrongType } from './errors';

/** A unit of time: as it is typed, as tables have it, and its length. */
export interface TimeUnit {
  readonly typed: string;
  readonly name: string;
  readonly ns: number;
}

/** The units of time that there are, the shortest first. */
export const TIME_UNITS = [
  { typed: 'ns', name: 'nanoseconds', ns: 1 },
  { typed: 'us', name: 'microseconds', ns: 1e3 },
  { typed: 'ms', name: 'milliseconds', ns: 1e6 },
  { typed: 's', name: 'seconds', ns: 1e9 },
  { typed: 'm', name: 'minutes', ns: 60e9 },
  { typed: 'h', name: 'hours', ns: 3600e9 },
] as const satisfies TimeUnit[];

const MS_NS = 1e6;
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
  const unit = match?.[2] === '' ? 'ms' : match?.[2];
  const unitMs = (TIME_UNITS.find(({ typed }) => typed === unit)?.ns ?? 0) / MS_NS;
  // What is shorter than a millisecond is not a duration.
  if (!match || unitMs < 1) throw outOfRange(option, WHAT, duration);
  const ms = checkMs(Math.round(Number(match[1]) * unitMs), duration, option);
  // What is shorter than a millisecond is not 0, which may mean that there is no limit.
  if (ms === 0 && Number(match[1]) > 0) throw outOfRange(option, WHAT, duration);
  return ms;
}

function checkMs(ms: number, got: unknown, option: string): number {
  if (!Number.isSafeInteger(ms) || ms < 0) throw outOfRange(option, WHAT, got);
  return ms;
}
