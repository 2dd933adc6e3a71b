import { wrongType } from '../../base/errors';
import type { BenchOptions } from '../../bench/plan';
import { type BenchListRow, type ParamRow, tables } from '../../tables/tables';
import { allLocks, allRwlocks, patchesOption, strategyNames, usualLocks } from '../options/names';
import type { OptionData } from '../options/option';
import { collectTexts } from '../options/program';
import { numberData, readNumber, readRow } from '../options/rows';
import { seriesNames } from '../options/scenario-names';
import { readTime, timeData, timeRange } from '../options/times';

/** What commander makes of `dmtorture bench ...`. */
export type BenchFlags = Record<string, string | boolean | string[] | undefined>;

/** An option of the command, and the option of the library it sets. */
interface OptionRow extends OptionData {
  /** Key of commander's result. */
  key: string;
  option: keyof BenchOptions;
  /** The value for the library; text that is not checked here is checked there. */
  read(text: string): unknown;
}

/** Of files of locks; each is passed on as it is. */
const FILE_ROWS: (OptionData & { key: string; option: keyof BenchOptions })[] = [
  {
    flags: '--cc <command>',
    key: 'cc',
    option: 'cc',
    says: 'locks of your own: the compiler',
    fallback: 'cc',
  },
  {
    flags: '--flag <flag>',
    key: 'flag',
    option: 'flags',
    says: 'locks of your own: compile with this flag, such as -DN=2; repeatable',
    parse: collectTexts,
  },
  {
    flags: '--unverified',
    key: 'unverified',
    option: 'unverified',
    says: 'locks of your own: measure them without verification, and say so',
  },
];

const words = (text: string): string[] => text.split(',').map((word) => word.trim());

function numbers(option: keyof BenchOptions): OptionRow['read'] {
  return (text) =>
    words(text).map((word) => {
      if (/^[+-]?\d+(\.\d+)?$/.test(word)) return Number(word);
      throw wrongType(option, 'numbers, joined by commas', word);
    });
}

function param(name: string): ParamRow<string> {
  const row = tables.bench.find((candidate) => candidate.name === name);
  if (!row) throw new Error(`dmtorture bug: no parameter ${name}`);
  return row;
}

function list(field: BenchListRow['field']): BenchListRow {
  const row = tables.benchLists.find((candidate) => candidate.field === field);
  if (!row) throw new Error(`dmtorture bug: no list ${field}`);
  return row;
}

/** The range of what may stand in a list. */
function ends(field: BenchListRow['field']): string {
  const row = list(field);
  const { min, max, unit } = row;
  return unit === 'nanoseconds' ? timeRange(row) : `${min}..${max}`;
}

function times(field: 'hold_ns' | 'outside_ns'): OptionRow['read'] {
  return (text) => words(text).map((word) => readTime(list(field), word));
}

function countRow(flag: string, option: 'windows' | 'crowdedWindows' | 'executions'): OptionRow {
  return {
    flags: `--${flag} <n>`,
    key: option,
    option,
    says: param(option).says,
    ...numberData(param(option)),
    read: (text) => readRow(param(option), text),
  };
}

/** A length that the library takes as a whole number of a unit. */
function lengthRow(
  flag: string,
  key: string,
  option: 'windowUs' | 'crowdedWindowUs' | 'validateMs' | 'verifyMs' | 'stallMs',
): OptionRow {
  return {
    flags: `--${flag} <time>`,
    key,
    option,
    says: param(option).says,
    ...timeData(param(option)),
    read: (text) => readTime(param(option), text),
  };
}

const ROWS: OptionRow[] = [
  {
    flags: '--threads <list>',
    key: 'threads',
    option: 'threads',
    says: 'threads of each cell, such as 1,2,8',
    range: `locks, rwlocks ${ends('threads')}; minors, refcount ${ends('players')}`,
    read: numbers('threads'),
  },
  {
    flags: '--hold <times>',
    key: 'hold',
    option: 'holdNs',
    says: 'how long a lock is held, such as 0,100ns',
    range: `locks, rwlocks; ${ends('hold_ns')}`,
    unit: 'ns',
    read: times('hold_ns'),
  },
  {
    flags: '--outside <times>',
    key: 'outside',
    option: 'outsideNs',
    says: 'work between release and acquire, such as 0,200ns',
    range: `locks, rwlocks; ${ends('outside_ns')}`,
    unit: 'ns',
    read: times('outside_ns'),
  },
  {
    flags: '--readers <list>',
    key: 'readers',
    option: 'readers',
    says: 'of 100 acquisitions those of a reader, such as 50,99',
    range: `rwlocks; ${ends('read_percent')}`,
    read: numbers('readers'),
  },
  {
    flags: '--locks <names>',
    key: 'locks',
    option: 'locks',
    says: 'names joined by commas, or all; files such as ./my_lock.c or ./libmylock.so are your own',
    range: `locks, minors; rwlocks: ${allRwlocks.join(', ')}; default of locks: ${usualLocks.join(', ')}`,
    choices: [...allLocks, ...allRwlocks, 'all'],
    files: true,
    list: true,
    table: 'locks',
    read: words,
  },
  {
    flags: '--populations <list>',
    key: 'populations',
    option: 'populations',
    says: 'ids in the tables, such as 1,1000',
    range: `minors; ${ends('populations')}`,
    read: numbers('populations'),
  },
  {
    flags: '--objects <list>',
    key: 'objects',
    option: 'objects',
    says: 'objects that all threads get and put, such as 1,64; default: one for all, and one each',
    range: `refcount; ${ends('objects')}`,
    read: numbers('objects'),
  },
  {
    ...patchesOption(
      'eras of the protocol in turns, such as none;2.6.18;today, in place of tables and locks',
    ),
    flags: '--patches <sets>',
    key: 'patches',
    option: 'patches',
    range: 'minors; sets joined by `;`',
    fallback: 'none',
    read: (text) => text,
  },
  {
    flags: '--scenarios <names>',
    key: 'scenarios',
    option: 'scenarios',
    says: 'names joined by commas',
    range: 'explore',
    choices: seriesNames,
    list: true,
    table: 'scenarios',
    fallback: 'every one',
    read: words,
  },
  {
    flags: '--strategies <names>',
    key: 'strategies',
    option: 'strategies',
    says: 'names joined by commas',
    range: 'explore',
    choices: strategyNames,
    list: true,
    table: 'strategies',
    read: words,
  },
  {
    flags: '--races',
    key: 'races',
    option: 'races',
    says: 'with the data-race detector (explore)',
    read: () => true,
  },
  countRow('windows', 'windows'),
  lengthRow('window', 'window', 'windowUs'),
  countRow('crowded-windows', 'crowdedWindows'),
  lengthRow('crowded-window', 'crowdedWindow', 'crowdedWindowUs'),
  countRow('executions', 'executions'),
  {
    flags: '--time <time>',
    key: 'time',
    option: 'time',
    says: param('timeMs').says,
    ...timeData(param('timeMs')),
    read: (text) => readTime(param('timeMs'), text),
  },
  lengthRow('validate', 'validate', 'validateMs'),
  lengthRow('verify', 'verify', 'verifyMs'),
  lengthRow('stall', 'stall', 'stallMs'),
];

/** The options that go to the library, for the help and the parser. */
export const benchOptionRows: readonly OptionData[] = [
  ...ROWS,
  ...FILE_ROWS,
  {
    flags: '--quick',
    says: 'leave out the cells with more threads than CPUs, which take longest (not calls, explore)',
  },
  { flags: '--pin', says: param('pinned').says, fallback: true },
  { flags: '--no-pin', says: 'the system may move threads from CPU to CPU' },
];

/**
 * The library's options from what was typed.
 *
 * @throws DmTortureError for a text that is not valid for its option
 */
export function toBenchOptions(flags: BenchFlags, seed: string | undefined): BenchOptions {
  const options: Record<string, unknown> = {};
  if (seed !== undefined) options.seed = readNumber('seed', seed);
  if (flags.pin !== undefined) options.pinned = flags.pin;
  if (flags.quick) options.quick = true;
  for (const row of ROWS) {
    const given = flags[row.key];
    if (given !== undefined && given !== false) options[row.option] = row.read(String(given));
  }
  for (const { key, option } of FILE_ROWS) {
    if (flags[key] !== undefined) options[option] = flags[key];
  }
  return options as BenchOptions;
}
