import { outOfRange, wrongType } from '../base/errors';
import { freezeDeep } from '../base/frozen';
import { didYouMean } from '../base/suggest';
import { compileFormula, type Formula } from '../tables/formula';
import { type FaultKind, machineFaults, type OpRow, tables } from '../tables/tables';
import { limits } from '../tables/tables.gen';
import type { Check } from './final';
import type { ProgramOp, Race } from './race';

type Facts = Record<string, unknown>;

const isFacts = (value: unknown): value is Facts =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * What is said about faults, checked.
 *
 * @throws DmTortureError ERR_INVALID_ARG_TYPE, ERR_OUT_OF_RANGE
 */
export function checkExpects(
  expects: unknown,
  option: string,
): Partial<Record<FaultKind, Formula>> {
  if (!isFacts(expects)) throw wrongType(option, 'an object of formulas by kind of fault', expects);
  const kinds = machineFaults.map(({ slug }) => slug);
  for (const [kind, formula] of Object.entries(expects)) {
    if (!kinds.includes(kind as FaultKind)) {
      const hint = didYouMean(kind, kinds);
      throw outOfRange(option, 'formulas by kind of fault', kind, hint);
    }
    const where = `${option}.${kind}`;
    if (typeof formula !== 'string') {
      throw wrongType(where, 'a formula such as `04 & !03`', formula);
    }
    compileFormula(formula, where);
  }
  return { ...expects };
}

/** The minor of an operation, checked. */
export function checkMinor(op: OpRow, minor: unknown, option: string): number {
  return checkNumber(minor, `the minor of \`${op.slug}\``, option);
}

/** The name of what an operation creates, checked. */
export function checkName(op: OpRow, name: unknown, option: string): number {
  if (op.arg !== 'named') throw wrongType(option, `\`${op.slug}\` without a name`, name);
  return checkNumber(name, `the name of \`${op.slug}\``, option);
}

function checkNumber(value: unknown, what: string, option: string): number {
  const range = `an integer of 0..${limits.anyMinor - 1} as ${what}`;
  if (typeof value !== 'number') throw wrongType(option, range, value);
  if (!Number.isInteger(value) || value < 0 || value >= limits.anyMinor) {
    throw outOfRange(option, range, value);
  }
  return value;
}

/** @throws DmTortureError ERR_INVALID_ARG_TYPE */
export function checkCheck(check: unknown, option: string): Check | undefined {
  if (check === undefined || typeof check === 'function') return check as Check | undefined;
  throw wrongType(option, 'a function', check);
}

function findOp(op: unknown, option: string): OpRow {
  const known = tables.ops.find(({ slug }) => slug === op);
  if (known) return known;
  if (typeof op !== 'string') throw wrongType(option, 'the name of an operation', op);
  const slugs = tables.ops.map(({ slug }) => slug);
  throw outOfRange(option, 'the name of an operation', op, didYouMean(op, slugs));
}

function checkOp(given: unknown, option: string): ProgramOp {
  if (!isFacts(given))
    throw wrongType(option, 'an operation such as { op: "get", minor: 0 }', given);
  const op = findOp(given.op, `${option}.op`);
  const { minor, name } = given;
  const named = name === undefined ? {} : { name: checkName(op, name, `${option}.name`) };
  if (minor === undefined) {
    if (op.arg === 'minor') throw wrongType(`${option}.minor`, 'a number', minor);
    return { op: op.slug, ...named };
  }
  if (op.arg === 'none') throw wrongType(option, `\`${op.slug}\` without a minor`, minor);
  return { op: op.slug, minor: checkMinor(op, minor, `${option}.minor`), ...named };
}

function checkOps(given: unknown, option: string): ProgramOp[] {
  if (!Array.isArray(given)) throw wrongType(option, 'an array of operations', given);
  if (given.length > limits.programOps) {
    throw outOfRange(option, `at most ${limits.programOps} operations`, given.length);
  }
  return given.map((op: unknown, i) => checkOp(op, `${option}[${i}]`));
}

/** What a race has; those of the table say in a sentence what they are about. */
const RACE_MEMBERS: readonly string[] = [
  'name',
  'before',
  'cpus',
  'after',
  'expects',
  'check',
  'says',
];

/** A function that takes a target as the first argument takes options as the second. */
export const OPTIONS_SECOND = '; options are the second argument';

/**
 * Refuse members that nobody reads: an option among them would be ignored without a word.
 *
 * @param hint - Where options go.
 * @throws DmTortureError ERR_INVALID_ARG_TYPE
 */
export function checkMembers(
  given: object,
  known: readonly string[],
  option: string,
  hint: string,
): void {
  for (const name of Object.keys(given)) {
    if (known.includes(name)) continue;
    const allowed = known.map((one) => `\`${one}\``).join(', ');
    throw wrongType(option, `an object with no other members than ${allowed}`, name, hint);
  }
}

/**
 * A race that need not come from `race()`: of another process, by hand, or from a copy of this
 * library in another realm.
 *
 * @param hint - Where options go, for a caller that gives them here.
 * @returns A copy that nobody can change while it runs.
 * @throws DmTortureError ERR_INVALID_ARG_TYPE, ERR_OUT_OF_RANGE, naming the part that is wrong
 */
export function checkRace(given: unknown, option: string, hint: string): Race {
  if (!isFacts(given) || !Array.isArray(given.cpus)) {
    throw wrongType(option, "a scenario's name or a race()", given);
  }
  checkMembers(given, RACE_MEMBERS, option, hint);
  const { name, before, cpus, after, expects, check } = given;
  if (typeof name !== 'string') throw wrongType(`${option}.name`, 'a text', name);
  if (cpus.length === 0 || cpus.length > limits.programCpus) {
    throw outOfRange(`${option}.cpus`, `1..${limits.programCpus} (threads)`, cpus.length);
  }
  const threads = cpus.map((ops: unknown, i) => {
    const where = `${option}.cpus[${i}]`;
    const thread = checkOps(ops, where);
    if (thread.length === 0) throw outOfRange(where, 'one operation or more', 'none');
    return thread;
  });
  const checked = checkCheck(check, `${option}.check`);
  return freezeDeep({
    name,
    before: checkOps(before, `${option}.before`),
    cpus: threads,
    after: checkOps(after, `${option}.after`),
    expects: checkExpects(expects, `${option}.expects`),
    ...(checked && { check: checked }),
  });
}
