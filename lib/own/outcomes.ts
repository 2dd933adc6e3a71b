import { outOfRange, wrongType } from '../base/errors';
import type { Grade } from '../programs/grades';
import type { OutcomeReport } from '../programs/outcomes';

/** What one run of a program recorded, by name: `record("r1", 1)`, or a printed line `r1=1`. */
export type Recorded = Readonly<Record<string, number | string>>;

/** Which outcomes a program may have, as {@link explore} and {@link stress} take it. */
export interface OutcomeOptions {
  /** Outcomes that are acceptable, such as `r1=0 r2=1`; others are interesting. @default none */
  allowOutcomes?: readonly string[] | undefined;
  /** Outcomes that are faults. What is not named in one may have any value. @default none */
  forbidOutcomes?: readonly string[] | undefined;
}

/** Options as they were checked; reports show them. */
export interface OutcomeRules {
  allowOutcomes: readonly string[];
  forbidOutcomes: readonly string[];
}

/** What was recorded in equal runs. */
export interface CountedOutcome {
  results: Recorded;
  count: number;
  /** Whether it was also seen where the threads ran one after another; undefined: not known. */
  serial?: boolean | undefined;
}

/** A name, and a value without a blank. */
const PAIR = /^([^\s=,]+)=([^\s=,]+)$/;
const NUMBER = /^[+-]?\d{1,15}$/;

function readPair(word: string): [name: string, value: number | string] | undefined {
  const [, name, value] = PAIR.exec(word) ?? [];
  if (name === undefined || value === undefined) return undefined;
  return [name, NUMBER.test(value) ? Number(value) : value];
}

/** Pairs between blanks or commas; undefined: something else is among them. */
function readPairs(text: string): [name: string, value: number | string][] | undefined {
  const words = text.split(/[\s,]+/).filter((word) => word !== '');
  const pairs = words.map(readPair);
  return pairs.every((pair) => pair !== undefined) ? pairs : undefined;
}

/** What a program printed of its outcome: lines of nothing else than `name=value`. */
export function recordedIn(printed: string): Recorded {
  return Object.fromEntries(printed.split('\n').flatMap((line) => readPairs(line) ?? []));
}

/** An outcome as a text: `r1=0 r2=1`, in the order of names; empty: nothing was recorded. */
export function outcomeText(results: Recorded): string {
  const named = Object.entries(results).sort(([a], [b]) => (a < b ? -1 : 1));
  return named.map(([name, value]) => `${name}=${value}`).join(' ');
}

function readOutcomes(option: keyof OutcomeOptions, texts: unknown): string[] {
  if (!Array.isArray(texts)) throw wrongType(option, 'a list of outcomes', texts);
  return texts.map((text: unknown) => {
    const pairs = typeof text === 'string' ? readPairs(text) : undefined;
    if (pairs && pairs.length > 0) return outcomeText(Object.fromEntries(pairs));
    throw outOfRange(option, 'outcomes such as `r1=0 r2=1`', text);
  });
}

/**
 * Check the outcomes that are named.
 *
 * @throws DmTortureError ERR_INVALID_ARG_TYPE, ERR_OUT_OF_RANGE
 */
export function readOutcomeRules(options: OutcomeOptions): OutcomeRules {
  const { allowOutcomes = [], forbidOutcomes = [] } = options;
  return {
    allowOutcomes: readOutcomes('allowOutcomes', allowOutcomes),
    forbidOutcomes: readOutcomes('forbidOutcomes', forbidOutcomes),
  };
}

const isWhole = (outcome: string): boolean =>
  outcome.split(' ').every((pair) => /=-?\d{1,15}$/.test(pair));

/** Outcomes that the explorer can record: of whole numbers alone. */
export const recordable = (outcomes: readonly string[]): string[] => outcomes.filter(isWhole);

const bothRules = ({ allowOutcomes, forbidOutcomes }: OutcomeRules): [string, string][] => [
  ...allowOutcomes.map((outcome): [string, string] => ['allowed', outcome]),
  ...forbidOutcomes.map((outcome): [string, string] => ['forbidden', outcome]),
];

/** Sentences about outcomes that the explorer can never see, since it records whole numbers. */
export const unrecordableTexts = (rules: OutcomeRules): string[] =>
  bothRules(rules)
    .filter(([, outcome]) => !isWhole(outcome))
    .map(
      ([grade, outcome]) =>
        `the ${grade} outcome \`${outcome}\` never comes: explore records whole numbers only`,
    );

/**
 * Sentences about outcomes that name what nothing recorded: a name may be mistyped.
 *
 * @param run - What records, `execution`.
 */
export function unrecordedTexts(
  outcomes: readonly Pick<CountedOutcome, 'results'>[],
  rules: OutcomeRules,
  run: string,
): string[] {
  const known = new Set(outcomes.flatMap(({ results }) => Object.keys(results)));
  const recorded =
    known.size === 0 ? 'they recorded nothing' : `they recorded ${[...known].sort().join(', ')}`;
  return bothRules(rules).flatMap(([grade, outcome]) => {
    const names = (readPairs(outcome) ?? []).map(([name]) => name);
    const missing = names.filter((name) => !known.has(name));
    if (missing.length === 0) return [];
    const which = missing.map((name) => `\`${name}\``).join(' and ');
    return [`no ${run} recorded ${which} of the ${grade} outcome \`${outcome}\`; ${recorded}`];
  });
}

/** Whether `results` has every value that `outcome` names. */
function isOne(results: Recorded, outcome: string): boolean {
  const pairs = readPairs(outcome) ?? [];
  return pairs.every(([name, value]) => Object.hasOwn(results, name) && results[name] === value);
}

/** What the outcome of a program is: forbidden before acceptable, interesting where nothing says. */
export function gradeOf({ results, serial }: CountedOutcome, rules: OutcomeRules): Grade {
  const { allowOutcomes, forbidOutcomes } = rules;
  if (forbidOutcomes.some((outcome) => isOne(results, outcome))) return 'forbidden';
  if (allowOutcomes.some((outcome) => isOne(results, outcome))) return 'acceptable';
  return allowOutcomes.length === 0 && serial === true ? 'acceptable' : 'interesting';
}

/** What the grades mean; `knowsSerial`: it is known what is seen where threads run one after another. */
export function gradeMeanings(
  { allowOutcomes }: OutcomeRules,
  knowsSerial: boolean,
): Record<Grade, string> {
  const isAllowed = allowOutcomes.length > 0;
  const takes = knowsSerial ? 'takes concurrency' : 'neither allowed nor forbidden';
  return {
    acceptable: isAllowed ? 'allowed' : 'also seen when the threads run one after another',
    interesting: isAllowed ? 'not one of those that are allowed' : takes,
    forbidden: 'a fault',
  };
}

/** Outcomes with their grades, the most frequent first; runs that recorded nothing have none. */
export function describeRecorded(
  outcomes: readonly CountedOutcome[],
  rules: OutcomeRules,
): OutcomeReport[] {
  return outcomes
    .filter(({ results }) => Object.keys(results).length > 0)
    .map((outcome) => ({
      results: outcomeText(outcome.results),
      count: outcome.count,
      grade: gradeOf(outcome, rules),
    }))
    .sort((a, b) => b.count - a.count || (a.results < b.results ? -1 : 1));
}

/** What the fault of a forbidden outcome says. */
export const forbiddenText = (results: Recorded): string =>
  `the outcome ${outcomeText(results)} is forbidden`;
