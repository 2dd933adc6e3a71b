import { outOfRange, wrongType } from '../../base/errors';
import { nearest } from '../../base/suggest';
import { findParam, paramToNumber, randomSeed } from '../../run/params';
import type { ParamName, ParamRow } from '../../tables/tables';
import { lockNames } from './locks';
import type { OptionData } from './option';

/** Range and default of an option that is a number; limits that nobody meets are left out. */
export function numberData({
  min,
  max,
  fallback,
  unit,
}: ParamRow<string>): Pick<OptionData, 'range' | 'fallback'> {
  const limits = max === Number.MAX_SAFE_INTEGER ? [] : [`${min}..${max}`];
  const range = [...(unit === 'per mille' ? [unit] : []), ...limits].join(', ');
  return { ...(range !== '' && { range }), fallback: String(fallback) };
}

/**
 * A number from its text.
 *
 * @throws DmTortureError ERR_INVALID_ARG_TYPE, naming the range, which the library checks
 */
export function readRow(row: ParamRow<string>, text: string | boolean): number {
  if (/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(String(text))) return Number(text);
  const { name, min, max, unit } = row;
  throw wrongType(name, `a number of ${min}..${max} (${unit})`, text);
}

/** A number of a run from its text; as {@link readRow}. */
export function readNumber(name: ParamName, text: string | boolean): number {
  return readRow(findParam(name), text);
}

/** The seed that was typed, or one made up; every command prints what it is. */
export function readSeed(text: string | undefined): number {
  return text === undefined
    ? randomSeed()
    : paramToNumber(findParam('seed'), readNumber('seed', text));
}

/** The number of a lock; `names` are those that there are here. */
export function readLock(text: string | boolean, names = lockNames): number {
  const index = names.indexOf(String(text));
  if (index >= 0) return index;
  const close = nearest(String(text), names);
  throw outOfRange('lock', names.join('|'), text, close ? `; did you mean \`${close}\`?` : '');
}
