import { type BisectOptions, bisectKinds, kernelSets, limitRow } from '../../explore/bisect/plan';
import type { OptionData } from '../options/option';
import { numberData, readRow } from '../options/rows';
import { scenarioNames } from '../options/scenario-names';
import { readTime, timeData } from '../options/times';
import { UsageError } from '../options/usage-error';

/** What commander makes of `dmtorture bisect ...`. */
export type BisectFlags = Record<string, string | boolean | undefined>;

type Row = OptionData & { option: keyof BisectOptions; read(text: string): unknown };

const kernelNames = kernelSets.map(({ name }): string => name);
const same = (text: string): string => text;

const kernel = (option: 'from' | 'to', says: string, fallback: string): Row => ({
  flags: `--${option} <set>`,
  option,
  says,
  choices: kernelNames,
  table: 'sets',
  fallback,
  read: same,
});

const limit = (option: 'executions' | 'states', says: string): Row => ({
  flags: `--${option} <n>`,
  option,
  says,
  ...numberData(limitRow(option)),
  read: (text) => readRow(limitRow(option), text),
});

const ROWS: readonly Row[] = [
  {
    flags: '--scenario <name>',
    option: 'scenario',
    says: 'what is explored',
    choices: scenarioNames,
    table: 'scenarios',
    read: same,
  },
  kernel('from', 'the first kernel', kernelNames[0] ?? ''),
  kernel('to', 'the last kernel', kernelNames.at(-1) ?? ''),
  {
    flags: '--fault <kind>',
    option: 'fault',
    says: 'the kind that is looked for',
    choices: bisectKinds,
    table: 'faults',
    fallback: 'any',
    read: same,
  },
  limit('executions', 'limit of each exploration; 0 = none'),
  limit('states', 'limit of each exploration; 0 = 16777216'),
  {
    flags: '--time <time>',
    option: 'time',
    says: 'time limit of it all such as 10s; 0 = none',
    ...timeData(limitRow('timeMs')),
    fallback: '0',
    read: (text) => readTime(limitRow('timeMs'), text),
  },
];

/** The options of `bisect`, in the order of the help. */
export const bisectOptionRows: readonly OptionData[] = ROWS;

/**
 * The library's options from what was typed.
 *
 * @throws UsageError, or DmTortureError for a text that is not valid for its option
 */
export function toBisectOptions(flags: BisectFlags): BisectOptions {
  if (flags.scenario === undefined) {
    throw new UsageError(
      "Expected --scenario to name a scenario, got none; see 'dmtorture list scenarios'",
    );
  }
  const given = ROWS.filter(({ option }) => flags[option] !== undefined);
  const options = given.map(({ option, read }) => [option, read(String(flags[option]))]);
  return Object.fromEntries(options) as BisectOptions;
}
