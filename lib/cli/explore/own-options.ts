import type { ProgramExploreOptions } from '../../own/plan';
import type { Program } from '../../own/program';
import type { OptionData } from '../options/option';
import { collectTexts, programRows, toOutcomeOptions, toProgram } from '../options/program';
import { UsageError } from '../options/usage-error';
import { type ExploreFlags, toExploreOptions } from './options';

/** An option of `explore` that is for own C alone. */
interface OwnRow extends OptionData {
  /** Key of commander's result. */
  key: string;
  option: keyof ProgramExploreOptions | 'allow';
  read(text: string | boolean | string[]): unknown;
}

const same = (value: unknown): unknown => value;

function readSpurious(text: unknown): number {
  if (/^-?\d{1,9}$/.test(String(text))) return Number(text);
  throw new UsageError(`Expected --spurious to be a number of wake-ups, got \`${String(text)}\``);
}

const OWN_ROWS: readonly OwnRow[] = [
  {
    flags: '--heap <how>',
    key: 'heap',
    option: 'heap',
    says: 'own C: whether freed memory is given again',
    choices: ['fresh', 'reuse', 'both'],
    fallback: 'both for portfolio, else fresh',
    read: same,
  },
  {
    flags: '--orders <what>',
    key: 'orders',
    option: 'orders',
    says: 'own C: what atomics order: what their memory orders say, or all',
    choices: ['c11', 'all'],
    fallback: 'c11',
    read: same,
  },
  {
    flags: '--volatile <what>',
    key: 'volatile',
    option: 'volatile',
    says: 'own C: what a volatile access is: a point that can race, or marked, which cannot',
    choices: ['point', 'marked'],
    fallback: 'point',
    read: same,
  },
  {
    flags: '--main <how>',
    key: 'main',
    option: 'main',
    says: 'own C: when main() returns, the process ends, or waits for its threads',
    choices: ['ends', 'waits'],
    fallback: 'ends',
    read: same,
  },
  {
    flags: '--spurious <n>',
    key: 'spurious',
    option: 'spurious',
    says: 'own C: how often condition variables wake each thread from nowhere',
    fallback: '0',
    read: readSpurious,
  },
  {
    flags: '--leaks',
    key: 'leaks',
    option: 'leaks',
    says: 'own C: memory that nothing leads to at the end is a fault',
    read: same,
  },
  {
    flags: '--allow <function>',
    key: 'allow',
    option: 'allow',
    says: 'own C: call this function although it is not known; repeatable',
    parse: collectTexts,
    read: same,
  },
];

/** The options of own C, for the help and the parser. */
export const ownOptionRows: readonly OptionData[] = [...programRows, ...OWN_ROWS];

/** Options that a scenario has, and no program of the user's; each with why. */
const OF_SCENARIOS: readonly (readonly [key: string, flag: string, why: string])[] = [
  ['patches', '--patches', 'patches are of the device mapper'],
  ['lock', '--lock', '_minor_lock is of the device mapper'],
  ['program', '--program', 'it is a program of device-mapper operations'],
  ['runOn', '--run-on', 'what follows a fault of C is not defined'],
  ['states', '--states', 'states are not counted there: give --executions or --time'],
];

/** The keys of options that were typed. */
export type IsTyped = (key: string) => boolean;

/** Refuse what was typed beside a file and does nothing there. */
export function refuseScenarioOptions(isTyped: IsTyped, file: string): void {
  for (const [key, flag, why] of OF_SCENARIOS) {
    if (isTyped(key)) throw new UsageError(`${flag} is not for ${file}: ${why}`);
  }
}

/** Refuse options of own C that were typed beside a scenario. */
export function refuseOwnOptions(isTyped: IsTyped): void {
  for (const row of ownOptionRows as readonly (OptionData & { key: string })[]) {
    if (!isTyped(row.key)) continue;
    const flag = row.flags.replace(/ <.*/, '');
    throw new UsageError(`${flag} is for C and C++ of your own: name a file, such as queue.c`);
  }
}

const SCENARIO_KEYS = new Set(OF_SCENARIOS.map(([key]) => key));

/** What is explored, and how, from what was typed. */
export function readOwn(
  files: readonly string[],
  flags: ExploreFlags,
  seed: string | undefined,
): { target: Program; options: ProgramExploreOptions } {
  const shared = Object.entries(flags).filter(([key]) => !SCENARIO_KEYS.has(key));
  const { races, ...options } = toExploreOptions(Object.fromEntries(shared), seed);
  const own: Record<string, unknown> = { ...options, ...toOutcomeOptions(flags) };
  const { allow } = flags as { allow?: string[] };
  for (const { key, option, read } of OWN_ROWS) {
    const given = flags[key];
    if (given !== undefined && option !== 'allow') own[option] = read(given);
  }
  const target = toProgram(files, flags, allow === undefined ? {} : { allow });
  return { target, options: own as ProgramExploreOptions };
}
