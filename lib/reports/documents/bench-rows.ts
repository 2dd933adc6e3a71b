import * as v from 'valibot';
import { limits } from '../../tables/tables.gen';

/** The rows of `bench` documents, one kind a suite, as far as plots and tables are made of them. */

/** Times, rates and counts: plots have logarithms of them, and none is below zero. */
const number = v.pipe(v.number(), v.minValue(0));
/** Null: too few windows. */
const interval = v.nullable(v.tuple([number, number]));
const counts = v.array(number);
const pairs = v.array(v.tuple([number, number]));

const quantiles = v.looseObject({
  p50: number,
  p90: v.optional(number),
  p99: number,
  p999: number,
  max: number,
});

const lockRow = v.looseObject({
  lock: v.string(),
  threads: number,
  holdNs: number,
  outsideNs: number,
  opsPerSecond: number,
  ci95: interval,
  handoffRatio: number,
  /** Windows; absent in documents of older versions. */
  n: v.optional(number),
  jain: number,
  waitNs: quantiles,
  waitNsCorrected: quantiles,
  cpuNsPerOp: number,
  oversubscribed: v.boolean(),
  vsMutex: v.optional(number),
  misleading: v.optional(v.boolean()),
  /** Acquisitions by thread. */
  acquired: v.optional(counts),
  /** From a thread to a thread: `[from * threads + to]`. */
  handoffs: v.optional(counts),
  /** Handoffs after a run of 2^n .. 2^(n+1) - 1 acquisitions of one thread. */
  runLengths: v.optional(counts),
  /** Pairs: an upper bound in nanoseconds, and the number of waits. */
  waits: v.optional(pairs),
  waitsCorrected: v.optional(pairs),
  windows: v.optional(counts),
});

const minorRow = v.looseObject({
  op: v.string(),
  n: number,
  order: v.string(),
  threads: v.optional(number, 1),
  /** Rows of the protocol: what the lock of the minors was. */
  minorLock: v.optional(v.string()),
  nsPerOp: number,
  ci95: interval,
  vsBare: v.optional(number, 0),
  windows: v.optional(counts),
});

const refcountRow = v.looseObject({
  variant: v.string(),
  threads: number,
  shared: v.optional(v.boolean(), true),
  nsPerPair: number,
  ci95: interval,
  vsXadd: v.optional(number, 0),
  windows: v.optional(counts),
});

const callRow = v.looseObject({
  call: v.string(),
  ns: number,
  ci95: interval,
  /** What `ns` is the time of: a call, or an element of a batch. */
  per: v.optional(v.string(), 'call'),
  vsRaw: v.optional(number, 0),
  windows: v.optional(counts),
});

const exploreRow = v.looseObject({
  scenario: v.string(),
  threads: number,
  strategy: v.string(),
  schedulesPerSecond: number,
  ci95: v.optional(interval),
  races: v.optional(v.boolean(), false),
  nsPerPoint: v.optional(number, 0),
  vsBare: v.optional(number, 0),
  windows: v.optional(counts),
});

export type LockRow = v.InferOutput<typeof lockRow>;
export type MinorRow = v.InferOutput<typeof minorRow>;
export type RefcountRow = v.InferOutput<typeof refcountRow>;
export type CallRow = v.InferOutput<typeof callRow>;
export type ExploreRow = v.InferOutput<typeof exploreRow>;

/** The rows of a document by their suites; it has those of one, as a rule. */
export interface BenchRows {
  locks: LockRow[];
  minors: MinorRow[];
  refcount: RefcountRow[];
  calls: CallRow[];
  explore: ExploreRow[];
}

const has = (value: unknown, key: string): boolean =>
  typeof value === 'object' && value !== null && key in value;

/** A row, checked as what it says it is. */
export const benchRow = v.lazy((input) => {
  if (has(input, 'lock')) return lockRow;
  if (has(input, 'variant')) return refcountRow;
  if (has(input, 'call')) return callRow;
  if (has(input, 'schedulesPerSecond')) return exploreRow;
  return minorRow;
});

export type BenchRow = LockRow | MinorRow | RefcountRow | CallRow | ExploreRow;

/**
 * What holds a row's figure with a probability of 95 %; null where its windows are too few, whatever
 * a document of an older version says.
 */
export function confidenceOf({
  ci95,
  windows,
}: {
  ci95?: readonly number[] | null | undefined;
  windows?: readonly number[] | undefined;
}): [low: number, high: number] | null {
  const [low, high] = ci95 ?? [];
  if (low === undefined || high === undefined) return null;
  return windows && windows.length < limits.windowsMin ? null : [low, high];
}

/** The same for a picture, where a row without an interval is a point: `figure` itself. */
export function boundsOf(
  row: Parameters<typeof confidenceOf>[0],
  figure: number,
): { low: number; high: number } {
  const [low, high] = confidenceOf(row) ?? [figure, figure];
  return { low, high };
}

/** Jain's index of the whole measurement; of documents without the counts, what they say. */
export function jainOf({ acquired = [], jain }: LockRow): number {
  const sum = acquired.reduce((total, n) => total + n, 0);
  const squares = acquired.reduce((total, n) => total + n * n, 0);
  return squares > 0 ? (sum * sum) / (acquired.length * squares) : jain;
}

/** Rows sorted into suites. */
export function bySuite(rows: readonly BenchRow[]): BenchRows {
  const suites: BenchRows = { locks: [], minors: [], refcount: [], calls: [], explore: [] };
  for (const row of rows) {
    if ('lock' in row) suites.locks.push(row as LockRow);
    else if ('variant' in row) suites.refcount.push(row as RefcountRow);
    else if ('call' in row) suites.calls.push(row as CallRow);
    else if ('schedulesPerSecond' in row) suites.explore.push(row as ExploreRow);
    else suites.minors.push(row as MinorRow);
  }
  return suites;
}
