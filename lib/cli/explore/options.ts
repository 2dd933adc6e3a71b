import type { ExploreOptions } from '../../explore/plan';
import { type ParamRow, type SearchName, tables } from '../../tables/tables';
import { modelLocks } from '../options/locks';
import { memoryOption, patchesOption, strategyNames } from '../options/names';
import type { OptionData } from '../options/option';
import { numberData, readLock, readNumber, readRow } from '../options/rows';
import { SPLIT_ROWS } from '../options/split';
import { readTime, timeData } from '../options/times';

/** What commander makes of `dmtorture explore ...`. */
export type ExploreFlags = Record<string, string | boolean | string[] | undefined>;

/** An option of the command, and the option of the library it sets. */
interface OptionRow extends OptionData {
  /** Key of commander's result. */
  key: string;
  option: keyof ExploreOptions;
  /** The value for the library; text that is not checked here is checked there. */
  read(text: string | boolean): unknown;
}

const same = (value: unknown): unknown => value;

function findRow(name: SearchName): ParamRow<SearchName> {
  const row = tables.search.find((candidate) => candidate.name === name);
  if (!row) throw new Error(`dmtorture bug: no parameter ${name}`);
  return row;
}

function numberRow(name: 'preemptions' | 'executions' | 'states' | 'depth'): OptionRow {
  return {
    flags: `--${name} <n>`,
    key: name,
    option: name,
    says: findRow(name).says,
    ...numberData(findRow(name)),
    read: (text) => readRow(findRow(name), text),
  };
}

function flagRow(flag: string, name: 'allFaults' | 'races' | 'runOn'): OptionRow {
  return {
    flags: `--${flag}`,
    key: name,
    option: name,
    says: findRow(name).says,
    read: same,
  };
}

const ROWS: OptionRow[] = [
  {
    ...patchesOption('patches that are in: all, series, merged, none, 1-4,6, slugs, all,-05'),
    key: 'patches',
    option: 'patches',
    read: same,
  },
  {
    flags: '--strategy <name>',
    key: 'strategy',
    option: 'strategy',
    says: 'how schedules are chosen',
    choices: strategyNames,
    table: 'strategies',
    fallback: strategyNames[findRow('strategy').fallback] ?? '',
    read: same,
  },
  {
    ...memoryOption('memory model: what an access may see'),
    key: 'memory',
    option: 'memory',
    read: same,
  },
  numberRow('preemptions'),
  numberRow('depth'),
  numberRow('executions'),
  numberRow('states'),
  {
    flags: '--time <time>',
    key: 'time',
    option: 'time',
    says: 'time limit of a scenario such as 500ms, 10s, 2m; 0 = none',
    ...timeData(findRow('timeMs')),
    fallback: '0',
    read: (text) => readTime(findRow('timeMs'), text),
  },
  flagRow('all-faults', 'allFaults'),
  flagRow('races', 'races'),
  flagRow('run-on', 'runOn'),
  {
    flags: '--no-minimise',
    key: 'minimise',
    option: 'minimise',
    says: 'keep the schedule as it was found',
    read: same,
  },
  {
    flags: '--lock <kind>',
    key: 'lock',
    option: 'lock',
    says: 'what _minor_lock is with patch 04',
    choices: modelLocks,
    fallback: modelLocks[findRow('lock').fallback] ?? '',
    read: (text) => readLock(text, modelLocks),
  },
  ...Object.values(SPLIT_ROWS),
];

/** The options that go to the library, for the help and the parser. */
export const exploreOptionRows: readonly OptionData[] = ROWS;

/**
 * The library's options from what was typed.
 *
 * @throws DmTortureError for a text that is not valid for its option
 */
export function toExploreOptions(flags: ExploreFlags, seed: string | undefined): ExploreOptions {
  const options: Record<string, unknown> = {};
  if (seed !== undefined) options.seed = readNumber('seed', seed);
  for (const row of ROWS) {
    const given = flags[row.key];
    // Commander sets what `--no-` takes away to true by itself.
    if (given === undefined || (row.option === 'minimise' && given === true)) continue;
    options[row.option] = row.read(given as string | boolean);
  }
  return options as ExploreOptions;
}
