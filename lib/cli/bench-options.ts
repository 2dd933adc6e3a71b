import type { BenchOptions } from '../bench/plan';
import { outOfRange, wrongType } from '../errors';
import { type ParamRow, tables } from '../tables';
import { durationOption } from './format';
import { readNumber, readRow } from './stress-options';

/** What commander makes of `dmtorture bench ...`. */
export type BenchFlags = Record<string, string | boolean | undefined>;

/** An option of the command, and the option of the library it sets. */
interface OptionRow {
  flags: string;
  /** Key of commander's result. */
  key: string;
  option: keyof BenchOptions;
  says: string;
  /** The value for the library; text that is not checked here is checked there. */
  read(text: string): unknown;
}

const UNIT_NS: Record<string, number> = { ns: 1, us: 1e3, ms: 1e6, s: 1e9 };
const WHAT = 'a time such as `100ns`, `5us`, `3ms` or `1s`';

/**
 * A short time.
 *
 * @param plain - The unit of a number that has none.
 * @returns Nanoseconds.
 * @throws DmTortureError ERR_OUT_OF_RANGE
 */
export function readNs(text: string, option: string, plain: string): number {
  const match = /^\s*(\d+(?:\.\d+)?)\s*([a-z]*)\s*$/i.exec(text);
  const unit = UNIT_NS[(match?.[2] || plain).toLowerCase()];
  if (!match || unit === undefined) throw outOfRange(option, WHAT, text);
  return Math.round(Number(match[1]) * unit);
}

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

function countRow(flag: string, option: 'windows' | 'crowdedWindows' | 'executions'): OptionRow {
  const { says, fallback } = param(option);
  return {
    flags: `--${flag} <n>`,
    key: option,
    option,
    says: `${says} (default ${fallback})`,
    read: (text) => readRow(param(option), text),
  };
}

/** A length that the library takes as a whole number of a unit. */
function lengthRow(
  flag: string,
  key: string,
  option: 'windowUs' | 'crowdedWindowUs' | 'validateMs' | 'stallMs',
): OptionRow {
  const { says, fallback } = param(option);
  const perUnit = option.endsWith('Us') ? 1e3 : 1e6;
  return {
    flags: `--${flag} <time>`,
    key,
    option,
    says: fallback > 0 ? `${says} (default ${(fallback * perUnit) / 1e6}ms)` : says,
    read: (text) => Math.round(readNs(text, flag, 'ms') / perUnit),
  };
}

const ROWS: OptionRow[] = [
  {
    flags: '--threads <list>',
    key: 'threads',
    option: 'threads',
    says: 'threads of each cell, such as 1,2,8 (locks, minors, refcount)',
    read: numbers('threads'),
  },
  {
    flags: '--hold <list>',
    key: 'hold',
    option: 'holdNs',
    says: 'how long a lock is held, such as 0,100ns (locks)',
    read: (text) => words(text).map((word) => readNs(word, 'hold', 'ns')),
  },
  {
    flags: '--outside <list>',
    key: 'outside',
    option: 'outsideNs',
    says: 'work between release and acquire, such as 0,200ns (locks)',
    read: (text) => words(text).map((word) => readNs(word, 'outside', 'ns')),
  },
  {
    flags: '--locks <names>',
    key: 'locks',
    option: 'locks',
    says: "names joined by commas; see 'dmtorture list locks' (locks, minors)",
    read: words,
  },
  {
    flags: '--populations <list>',
    key: 'populations',
    option: 'populations',
    says: 'ids in the tables, such as 1,1000 (minors)',
    read: numbers('populations'),
  },
  {
    flags: '--scenarios <names>',
    key: 'scenarios',
    option: 'scenarios',
    says: 'names joined by commas, default every one (explore)',
    read: words,
  },
  {
    flags: '--strategies <names>',
    key: 'strategies',
    option: 'strategies',
    says: 'names joined by commas (explore)',
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
    says: `${param('timeMs').says} (default ${durationOption(param('timeMs').fallback)})`,
    read: String,
  },
  lengthRow('validate', 'validate', 'validateMs'),
  lengthRow('stall', 'stall', 'stallMs'),
];

/** The options that go to the library, for the help and the parser. */
export const benchOptionRows: readonly Pick<OptionRow, 'flags' | 'says'>[] = [
  ...ROWS,
  { flags: '--pin', says: `${param('pinned').says} (default)` },
  { flags: '--no-pin', says: 'the system may move threads from CPU to CPU' },
];

/**
 * The library's options from what was typed.
 *
 * @throws DmTortureError for a text that is no value of its option
 */
export function toBenchOptions(flags: BenchFlags, seed: string | undefined): BenchOptions {
  const options: Record<string, unknown> = {};
  if (seed !== undefined) options.seed = readNumber('seed', seed);
  if (flags.pin !== undefined) options.pinned = flags.pin;
  for (const row of ROWS) {
    const given = flags[row.key];
    if (given !== undefined && given !== false) options[row.option] = row.read(String(given));
  }
  return options as BenchOptions;
}
