import { incompatible, outOfRange, wrongType } from '../base/errors';
import type { OutputOf } from '../base/output-of';
import { tables } from '../tables/tables';
import type { shard } from './schema';

/** One of several parts that a run is split into; they can run on as many machines. */
export type Shard = OutputOf<typeof shard>;

/** How a run is split, and where what is done is written down. */
export interface SplitOptions {
  /**
   * The part of the run that is to be done: `'2/4'`, the second of four. `mergeReports()`
   * makes the reports of all of them one. Or the `shard` of a plan. @default the whole
   */
  shard?: string | Shard | undefined;
  /**
   * How many slices the run, or each of its shards, is done in, one after another; each has a
   * seed of its own. @default 1; with a journal as many as seems right
   */
  slices?: number | undefined;
  /**
   * File that each slice is written to when it is done, and is safe in then. It must not be there,
   * unless `resume` is given.
   */
  journal?: string | undefined;
  /** Go on with `journal`, where what runs again is what is not in it; or begin it. @default false */
  resume?: boolean | undefined;
}

/** {@link SplitOptions}, checked. */
export interface Split {
  shard: Shard | undefined;
  /** Undefined: what seems right. */
  slices: number | undefined;
  journal: JournalFile | undefined;
}

/** Where a journal is, and whether it may be there already. */
export interface JournalFile {
  file: string;
  resume: boolean;
}

/** The parts of a run that are to be done here. */
export interface Units {
  /** From 0; those of other shards are left out. */
  own: number[];
  /** Of all shards. */
  count: number;
}

export const SPLIT_OPTIONS = ['shard', 'slices', 'journal', 'resume'] as const;

/** More than anybody has machines; what is split has to come to more than that. */
export const SHARDS_MAX = 4096;
const SLICES_MAX = 1_000_000;

function readShard(text: string): Shard {
  const [, index, count] = /^\s*(\d{1,9})\s*\/\s*(\d{1,9})\s*$/.exec(text) ?? [];
  return { index: Number(index), count: Number(count) };
}

/** The shard itself, or that of a plan. */
function copyShard(value: unknown): Shard | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { shard = value } = value as { shard?: unknown };
  if (typeof shard === 'string') return readShard(shard);
  const { index, count } = (shard ?? {}) as Record<keyof Shard, unknown>;
  return typeof index === 'number' && typeof count === 'number' ? { index, count } : undefined;
}

/**
 * Read what `shard` is.
 *
 * @param value - `'2/4'`: the second of four. Or that as reports have it, or what has it.
 * @throws DmTortureError ERR_INVALID_ARG_TYPE, ERR_OUT_OF_RANGE
 */
export function parseShard(value: unknown): Shard {
  const what = `i/n with 1 <= i <= n <= ${SHARDS_MAX}`;
  const shard = typeof value === 'string' ? readShard(value) : copyShard(value);
  if (!shard) throw wrongType('shard', `a text, ${what}`, value);
  if (
    Number.isInteger(shard.index) &&
    Number.isInteger(shard.count) &&
    shard.index >= 1 &&
    shard.index <= shard.count &&
    shard.count <= SHARDS_MAX
  )
    return shard;
  throw outOfRange('shard', what, value);
}

/** `2/4`. */
export function formatShard({ index, count }: Shard): string {
  return `${index}/${count}`;
}

function checkSlices(value: unknown): number | undefined {
  if (value === undefined) return undefined;
  if (typeof value !== 'number') throw wrongType('slices', 'a number (slices)', value);
  if (Number.isInteger(value) && value >= 1 && value <= SLICES_MAX) return value;
  throw outOfRange('slices', `1..${SLICES_MAX} (slices)`, value);
}

function checkJournal(file: unknown, resume: unknown): JournalFile | undefined {
  if (resume !== undefined && typeof resume !== 'boolean') {
    throw wrongType('resume', '`true` or `false`', resume);
  }
  if (file === undefined) {
    if (!resume) return undefined;
    throw incompatible('resume', '`resume` goes on with a journal: name its file with `journal`');
  }
  if (typeof file !== 'string' || file === '')
    throw wrongType('journal', 'the path of a file', file);
  return { file, resume: resume === true };
}

/**
 * Check how a run is to be split.
 *
 * @throws DmTortureError ERR_INVALID_ARG_TYPE, ERR_OUT_OF_RANGE, ERR_INCOMPATIBLE_OPTIONS
 */
export function readSplit({ shard, slices, journal, resume }: SplitOptions): Split {
  return {
    shard: shard === undefined ? undefined : parseShard(shard),
    slices: checkSlices(slices),
    journal: checkJournal(journal, resume),
  };
}

/** What a run has as its units: slices, dealt to the shards in turn. */
export function unitsOf(shard: Shard | undefined, slices: number): Units {
  const { index, count } = shard ?? { index: 1, count: 1 };
  return {
    own: Array.from({ length: slices }, (_, slice) => index - 1 + slice * count),
    count: slices * count,
  };
}

/** How much of `total` is for part `index`, from 0, of `count`; all of them come to the total. */
export function shareOf(total: number, index: number, count: number): number {
  return Math.floor(total / count) + (index < total % count ? 1 : 0);
}

/** The seed of a unit: the run's own for the first, and each other has the next. */
export function unitSeed(seed: number, unit: number): number {
  const left = Number.MAX_SAFE_INTEGER - seed;
  return unit <= left ? seed + unit : unit - left - 1;
}

/** Refuse a limit that is not enough for every unit: none of them may be without one. */
export function checkShares(option: string, total: number, count: number): void {
  if (total === 0 || total >= count) return;
  throw outOfRange(option, `${count} at least, one for each slice of each shard`, total);
}

/** They look at other schedules with another seed, and come to no end by themselves. */
export const SAMPLING: readonly string[] = tables.strategies
  .filter((row) => row.samples)
  .map((row) => row.name);

/** Whether a strategy looks at other schedules with another seed. */
export function isSampling(strategy: string): boolean {
  return SAMPLING.includes(strategy);
}
