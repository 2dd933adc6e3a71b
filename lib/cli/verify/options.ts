import { sizeName } from '../../tables/subjects';
import { tables } from '../../tables/tables';
import { verifiableNames } from '../../verify/names';
import type { VerifyOptions } from '../../verify/plan';
import { type SizeName, sizeRanges } from '../../verify/sizes';
import { memoryNames } from '../options/names';
import type { OptionData, Taken } from '../options/option';
import { buildRows } from '../options/program';
import { readRow } from '../options/rows';
import { readTime, timeData } from '../options/times';
import { UsageError } from '../options/usage-error';

/** What commander makes of `dmtorture verify ...`. */
export type VerifyFlags = Record<string, unknown>;

type Row = OptionData & {
  key: string;
  option: keyof VerifyOptions;
  read(value: unknown): unknown;
};

/** What is verified, for the help and the completion. */
export const verifyTargets: Taken = { choices: verifiableNames, table: 'locks' };

const same = (value: unknown): unknown => value;

function paramRow(name: string): (typeof tables.verify)[number] {
  const row = tables.verify.find((one) => one.name === name);
  if (!row) throw new Error(`dmtorture bug: no parameter ${name}`);
  return row;
}

/** `2,3`: what is not a number is refused by its option. */
function readNumbers(flag: string, text: unknown): number[] {
  return String(text)
    .split(',')
    .map((piece) => {
      if (/^\s*-?\d{1,9}\s*$/.test(piece)) return Number(piece);
      throw new UsageError(`Expected ${flag} to be numbers joined by commas, got \`${text}\``);
    });
}

const NUMBERS = (name: 'states' | 'workers', says: string): Row => ({
  flags: `--${name} <n>`,
  key: name,
  option: name,
  says,
  ...(name === 'states' && { fallback: '0' }),
  read: (text) => readRow(paramRow(name), String(text)),
});

/** A number of a size: `--threads <list>`. */
const SIZE = (name: SizeName, says: string, fallback: string): Row => ({
  flags: `--${name} <list>`,
  says,
  range: `${sizeRanges[name].least}..${sizeRanges[name].most}`,
  fallback,
  key: name,
  option: name,
  read: (text) => readNumbers(`--${name}`, text),
});

const rwlockSizes = tables.rwlockSizes.map((of) => sizeName({ ...of, threads: 0 })).join(', ');
const refcountSizes = tables.refcountSizes.map((of) => sizeName({ ...of, threads: 0 })).join(', ');

const ROWS: readonly Row[] = [
  {
    flags: '--memory <model>',
    says: 'memory model: what an access may see',
    choices: memoryNames,
    table: 'models',
    fallback: 'all of them',
    key: 'memory',
    option: 'memory',
    read: same,
  },
  SIZE(
    'threads',
    'of locks: how many threads, such as 2,3; with --rounds, every pair',
    '2x1, 2x2 and 3x1, threads x rounds',
  ),
  SIZE('rounds', 'how often each thread does what it does', '1 with another size'),
  SIZE(
    'writers',
    'of reader-writer locks: threads that write; with --readers and --rounds, every combination',
    `${rwlockSizes}: writers + readers x rounds`,
  ),
  SIZE('readers', 'of reader-writer locks: threads that read', '1 with --writers'),
  SIZE(
    'users',
    'of reference counts: threads that get, use and put; with --rounds and --objects, every combination',
    `${refcountSizes}: users x rounds x objects`,
  ),
  SIZE(
    'objects',
    'of reference counts: objects that one more thread ends, one after the other',
    '1 with --users',
  ),
  {
    flags: '--barriers',
    says: 'each order of each site one step weaker: is it needed?',
    key: 'barriers',
    option: 'barriers',
    read: same,
  },
  NUMBERS(
    'states',
    'limit of each row, and of each weakening; 0 = 16777216. Of a file: executions; ' +
      '0 = ten million, or 16777216 states',
  ),
  {
    flags: '--time <time>',
    says: 'time limit of it all such as 10s; 0 = none',
    ...timeData(paramRow('timeMs')),
    fallback: '0',
    key: 'time',
    option: 'time',
    read: (text) => readTime(paramRow('timeMs'), String(text)),
  },
  {
    flags: '--c11-sequences',
    says: 'release sequences as C11 and C17 have them, not as C++20',
    key: 'c11Sequences',
    option: 'c11Sequences',
    read: same,
  },
  {
    flags: '--no-minimise',
    says: 'keep the schedules as they were found',
    key: 'minimise',
    option: 'minimise',
    read: same,
  },
  NUMBERS('workers', 'threads that share the work'),
  ...buildRows
    .filter(({ option }) => option !== 'compileCommands')
    .map((row) => ({ ...row, option: row.option as keyof VerifyOptions, read: same })),
];

/** The options of `verify`, in the order of the help. */
export const verifyOptionRows: readonly OptionData[] = ROWS;

/** The library's options from what was typed. */
export function toVerifyOptions(flags: VerifyFlags): VerifyOptions {
  const options: Record<string, unknown> = {};
  for (const { key, option, read } of ROWS) {
    const given = flags[key];
    // Commander sets what `--no-` takes away to true by itself.
    if (given === undefined || (option === 'minimise' && given === true)) continue;
    options[option] = read(given);
  }
  return options as VerifyOptions;
}
