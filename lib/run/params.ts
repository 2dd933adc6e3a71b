import { randomInt } from 'node:crypto';
import { DmTortureError, outOfRange, wrongType } from '../base/errors';
import { didYouMean } from '../base/suggest';
import { patches, patchSetOf } from '../tables/patches';
import { type ParamName, type ParamRow, tables } from '../tables/tables';
import type { PatchSelection, PlanOptions } from '../tables/tables.gen';
import { optionOf } from './difference';

/** The row of a parameter. */
export function findParam(name: ParamName): ParamRow {
  const row = tables.params.find((param) => param.name === name);
  if (!row) throw new Error(`dmtorture bug: no parameter ${name}`);
  return row;
}

/** The words a parameter takes, where it takes words. */
export function paramChoices({ unit }: ParamRow<string>): string[] | undefined {
  return unit.includes('|') ? unit.split('|') : undefined;
}

function choiceToNumber(row: ParamRow<string>, choices: string[], value: unknown): number {
  const what = choices.map((choice) => `\`${choice}\``).join(', ');
  if (typeof value !== 'string') throw wrongType(row.name, what, value);
  const index = choices.indexOf(value);
  if (index < 0) throw outOfRange(row.name, what, value, didYouMean(value, choices));
  return index;
}

/**
 * An option's value as the number that travels.
 *
 * @throws DmTortureError ERR_INVALID_ARG_TYPE, ERR_OUT_OF_RANGE
 */
export function paramToNumber(row: ParamRow<string>, value: unknown): number {
  const choices = paramChoices(row);
  const option = optionOf(row.name);
  if (row.unit === 'mask') return patches.parse(value as PatchSelection, option).mask;
  if (row.unit === 'bool') {
    if (typeof value !== 'boolean') throw wrongType(option, '`true` or `false`', value);
    return Number(value);
  }
  if (choices) return choiceToNumber(row, choices, value);
  if (typeof value !== 'number') throw wrongType(option, `a number (${row.unit})`, value);
  if (!Number.isInteger(value) || value < row.min || value > row.max) {
    throw outOfRange(option, `${row.min}..${row.max} (${row.unit})`, value);
  }
  return value;
}

/** The option's value that a number stands for. */
export function numberToParam(row: ParamRow<string>, number: number): unknown {
  if (row.unit === 'mask') return patchSetOf(number).toJSON();
  if (row.unit === 'bool') return number === 1;
  return paramChoices(row)?.[number] ?? number;
}

/** Refuse options that nobody knows, with the one that was probably meant. */
export function checkOptions(options: unknown, known: readonly string[]): void {
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    throw wrongType('options', 'an object', options);
  }
  for (const name of Object.keys(options)) {
    if (known.includes(name)) continue;
    const isPlain = known.includes(optionOf(name));
    const hint = isPlain ? `: options say \`${optionOf(name)}\`` : didYouMean(name, known);
    const message = `Unknown option \`${name}\`${hint}`;
    throw new DmTortureError('ERR_INVALID_ARG_TYPE', message, { option: name });
  }
}

/** A seed for a run that got none. Short enough to be typed again. */
export function randomSeed(): number {
  return randomInt(2 ** 32);
}

/** The parameters as they travel: what `options` has, else what the table says. */
export function planNumbers(options: PlanOptions): Float64Array {
  return Float64Array.from(tables.params, (row) => {
    const value = options[row.name];
    if (value !== undefined) return paramToNumber(row, value);
    return row.name === 'seed' ? randomSeed() : row.fallback;
  });
}

/** Refuse what is not a signal. */
export function checkSignal(signal: unknown): void {
  // By what it is, not by its class: that of another realm is as good.
  if (signal !== undefined && Object.prototype.toString.call(signal) !== '[object AbortSignal]') {
    throw wrongType('signal', 'an AbortSignal', signal);
  }
}
