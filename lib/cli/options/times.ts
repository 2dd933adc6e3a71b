import { TIME_UNITS } from '../../base/duration';
import { outOfRange } from '../../base/errors';
import type { ParamRow } from '../../tables/tables';
import { durationOption } from '../terminal/format';
import type { OptionData } from './option';

/** Nanoseconds of the units that are typed, and of those that tables have. */
const TYPED_NS = new Map<string, number>(TIME_UNITS.map(({ typed, ns }) => [typed, ns]));
const ROW_NS = new Map<string, number>(TIME_UNITS.map(({ name, ns }) => [name, ns]));
const HOUR_MS = 3_600_000;

/** A parameter that is a time: what is checked of it. */
export type TimeRow = Pick<ParamRow<string>, 'name' | 'unit' | 'min' | 'max'>;

function unitNs({ name, unit }: TimeRow): number {
  const ns = ROW_NS.get(unit);
  if (ns === undefined) throw new Error(`dmtorture bug: ${name} is not a time`);
  return ns;
}

/** Times of the size that a parameter has. */
function examples(row: TimeRow): string {
  return unitNs(row) === 1e6 ? '`500ms`, `10s` or `2m`' : '`100ns`, `5us` or `3ms`';
}

/** What a number without a unit probably was to be. */
function units(row: TimeRow): string[] {
  const own = [...TYPED_NS].filter(([, ns]) => ns === unitNs(row)).map(([unit]) => unit);
  return unitNs(row) === 1e6 ? ['s', ...own] : own;
}

/**
 * A time as it is typed. It needs a unit: other tools mean seconds by a plain number. Only 0 is the
 * same in every unit.
 *
 * @returns A whole number of the row's unit.
 * @throws DmTortureError ERR_OUT_OF_RANGE, with what was typed
 */
export function readTime(row: TimeRow, text: string | boolean): number {
  const { name, min, max, unit } = row;
  const [, number = '', typed = ''] =
    /^\s*(\d+(?:\.\d+)?)\s*([a-z]*)\s*$/i.exec(String(text)) ?? [];
  const isZero = Number(number) === 0;
  const typedNs = isZero && typed === '' ? 1 : TYPED_NS.get(typed.toLowerCase());
  if (number === '' || typedNs === undefined) {
    const isPlain = number !== '' && typed === '';
    const meant = units(row).map((one) => `\`${number}${one}\``);
    const hint = isPlain ? `; did you mean ${meant.join(' or ')}?` : '';
    throw outOfRange(name, `a time with its unit such as ${examples(row)}`, text, hint);
  }
  const value = Math.round((Number(number) * typedNs) / unitNs(row));
  // What is too short for the unit is not 0, which may mean that there is no limit.
  if (value < min || value > max || (value === 0 && !isZero)) {
    throw outOfRange(name, `${min}..${max} (${unit})`, text);
  }
  return value;
}

/** A time of a table's unit, as it is typed: `3ms`, `20s`. */
export function timeText(row: TimeRow, value: number): string {
  const ms = (value * unitNs(row)) / 1e6;
  if (ms > 0 && ms % HOUR_MS === 0) return `${ms / HOUR_MS}h`;
  if (ms > 0 && ms < 1) return ms < 1e-3 ? `${value}ns` : `${ms * 1e3}us`;
  return ms === 0 ? '0' : durationOption(ms);
}

/** The range of a time, `1ms..1h`. */
export const timeRange = (row: TimeRow): string =>
  `${timeText(row, row.min)}..${timeText(row, row.max)}`;

/** Range, default and unit of an option that is a time; a default of 0 stands for another. */
export function timeData(
  row: TimeRow & { fallback: number },
): Pick<OptionData, 'range' | 'fallback' | 'unit'> {
  const { fallback } = row;
  return {
    range: timeRange(row),
    unit: 'ms',
    ...(fallback > 0 && { fallback: timeText(row, fallback) }),
  };
}
