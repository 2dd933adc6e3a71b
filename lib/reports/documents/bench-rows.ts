import * as v from 'valibot';
import type { OutputOf } from '../../base/output-of';
import { patchSet } from '../../tables/schema';
import type { StrategyName } from '../../tables/tables';
import { type AppRow, readAppRow } from './bench-app';
import type { BenchLock } from './bench-own';
import { latencyNs, named } from './fields';

/**
 * The rows of `bench` reports, one kind a suite. The schemas are what the types are made of: of the
 * rows that this version writes, and of those that are read, which older versions and other tools
 * may have written.
 */

/** Times, rates and counts: plots have logarithms of them, and none is below zero. */
const number = v.pipe(v.number(), v.minValue(0));
const bounds = v.tuple([number, number]);
/** Null: too few windows. */
const interval = v.nullable(bounds);
const counts = v.array(number);
const pairs = v.array(bounds);
/** As reports that are read have it. */
const readQuantiles = v.looseObject({ ...latencyNs.entries, p90: v.optional(number) });

/** Lower and upper end of what holds a figure with a probability of 95 %. */
export type Interval = [low: number, high: number];

/** The same, or null where there were fewer than six windows: those have no such interval. */
export type Confidence = Interval | null;

const lockRow = v.object({
  /** The lock; of your own the file, as it was named. */
  lock: named<BenchLock>(),
  /** `inlined`, or called through a `pointer`: rows are compared with those of their kind alone. */
  calls: v.picklist(['inlined', 'pointer']),
  /** Threads that want it. */
  threads: number,
  /** How long the lock is held. */
  holdNs: number,
  /** What a thread does between release and acquire. */
  outsideNs: number,
  /** All threads together; the median window. */
  opsPerSecond: number,
  /** Of `opsPerSecond`. */
  ci95: interval,
  /** The share of acquisitions by another thread than the one before. */
  handoffRatio: number,
  /** Windows that the figures are medians of. */
  n: number,
  /** Jain's index of `acquired`, so of the whole measurement: 1 where all threads have as many. */
  jain: number,
  /** The lowest and the highest index of single windows: how much it moved. */
  jainWindows: v.tuple([number, number]),
  /** How long a thread waited for it. */
  waitNs: latencyNs,
  /** The same, corrected for coordinated omission: a thread that waits long misses turns. */
  waitNsCorrected: latencyNs,
  /** CPU time of an acquire and release, of all threads together. */
  cpuNsPerOp: number,
  /** Under which memory models and sizes the lock is verified, as a text; empty: none. */
  verified: v.exactOptional(v.string()),
  /** `made up`: the lock takes thread n to be of NUMA node n mod 2; absent: it knows no nodes. */
  nodes: v.exactOptional(v.literal('made up')),
  /** Of your own lock: how far its verification came; see `own` of the report. */
  verification: v.exactOptional(v.picklist(['verified', 'unfinished', 'skipped', 'impossible'])),
  /** More threads than CPUs. */
  oversubscribed: v.boolean(),
  /** ... and the lock spins in order of arrival: it waits for a thread that has no CPU. */
  misleading: v.boolean(),
  /** Each thread stayed on one CPU. */
  pinned: v.boolean(),
  /** The share of a window in which all threads were at work. */
  overlap: number,
  /** Throughput / that of pthread_mutex in the same rounds; 0 without that. */
  vsMutex: number,
  /** Interval that has the true `vsMutex` with 95 %. */
  vsMutexCi95: interval,
  /** Two threads: handoffs per second times a cache line's way in the same round; else 0. */
  handoffEfficiency: number,
  /** Interval that has the true `handoffEfficiency` with 95 %. */
  handoffEfficiencyCi95: interval,
  /** What the correction took for the pace of a thread. */
  expectedIntervalNs: number,
  /** Acquisitions by thread. */
  acquired: counts,
  /** From a thread to a thread: `[from * threads + to]`. */
  handoffs: counts,
  /** Handoffs after a run of 2^n .. 2^(n+1) - 1 acquisitions by one thread. */
  runLengths: counts,
  /** Pairs: an upper bound in nanoseconds, and the number of waits. */
  waits: pairs,
  /** Buckets of `waitNsCorrected`. */
  waitsCorrected: pairs,
  /** Operations per second of each window, in the order they ran. */
  windows: counts,
  /** It drifts: the last third of its windows / the first, which are told apart. */
  drift: v.exactOptional(number),
});

/** One lock in one cell. */
export type BenchLockRow = OutputOf<typeof lockRow>;

/** An era of the protocol: a set of patches, and what it was called. */
export const benchEra = v.object({
  /** As it was asked for: `2.6.18`, `all,-04`. */
  name: v.string(),
  ...patchSet.entries,
});

const minorRow = v.object({
  /** The operation. */
  op: v.string(),
  /** Ids in the table, or devices. */
  n: number,
  /** `sequential`, `random`, `chain` (each id is what the lookup before gave), `contended`. */
  order: v.string(),
  /** Threads that do it. */
  threads: number,
  /** Rows of the protocol: what `_minor_lock` was; `mutex`: patch 04 was left out. */
  minorLock: v.exactOptional(v.string()),
  /** Nanoseconds of one, the median of the windows. */
  nsPerOp: number,
  /** Of `nsPerOp`. */
  ci95: interval,
  /** Rows of eras: which patches were in. */
  patches: v.exactOptional(benchEra),
  /** Rows of eras: under `_minor_lock`, or in the manner of RCU, which dm never had. */
  lookup: v.exactOptional(v.picklist(['locked', 'rcu'])),
  /** Rows of eras: the first set, which `vsBare` divides by. */
  against: v.exactOptional(v.string()),
  /** Rows of the protocol: more threads than CPUs. */
  oversubscribed: v.exactOptional(v.boolean()),
  /** / the bare radix walk; of the protocol: / the mutex; of eras: / the first, 0 without it. */
  vsBare: number,
  /** Interval that has the true `vsBare` with 95 %. */
  vsBareCi95: interval,
  /** Rows of the protocol: all threads together. */
  opsPerSecond: v.exactOptional(number),
  /** Rows of the protocol: faults that were met. */
  faults: v.exactOptional(number),
  /** Nanoseconds per operation of each window. */
  windows: counts,
  /** What `vsBare` divides by, side by side. */
  bareWindows: counts,
});

/** One operation of the IDR at one population, or one mix of the protocol under contention. */
export type BenchMinorRow = OutputOf<typeof minorRow>;

const refcountRow = v.object({
  /** How references are counted. */
  variant: v.string(),
  /** Threads that take and put them. */
  threads: number,
  /** One count for all threads, or one each. */
  shared: v.boolean(),
  /** More threads than CPUs. */
  oversubscribed: v.boolean(),
  /** Of one thread. */
  nsPerPair: number,
  /** Of `nsPerPair`. */
  ci95: interval,
  /** / a bare pair of locked additions. */
  vsXadd: number,
  /** Interval that has the true `vsXadd` with 95 %. */
  vsXaddCi95: interval,
  /** CPU time of a get and put, of all threads together. */
  cpuNsPerPair: number,
  /** Nanoseconds of a get and put, window by window. */
  windows: counts,
  /** The same of an atomic addition and subtraction. */
  xaddWindows: counts,
});

/** One way to take and drop a reference. */
export type BenchRefcountRow = OutputOf<typeof refcountRow>;

const callRow = v.object({
  /** What was called. */
  call: v.string(),
  /** What `ns` is the time of. */
  per: v.picklist(['call', 'element']),
  /** Nanoseconds of a call, the median of the windows. */
  ns: number,
  /** Of `ns`. */
  ci95: interval,
  /** What it is set against. */
  raw: v.string(),
  /** The same of the raw call that it is held against. */
  rawNs: number,
  /** How many times the raw call it takes. */
  vsRaw: number,
  /** Interval that has the true `vsRaw` with 95 %. */
  vsRawCi95: interval,
  /** `ns - rawNs`, paired. */
  overRawNs: v.number(),
  /** Interval that has the true `overRawNs` with 95 %. */
  overRawNsCi95: v.nullable(v.tuple([v.number(), v.number()])),
  /** Nanoseconds of a call, window by window. */
  windows: counts,
  /** The same of the raw call. */
  rawWindows: counts,
});

/** What one call of the library costs a TypeScript caller. */
export type BenchCallRow = OutputOf<typeof callRow>;

const exploreRow = v.object({
  /** What was explored. */
  scenario: v.string(),
  /** Threads of the scenario. */
  threads: number,
  /** The strategy: how the explorer decided which thread runs next. */
  strategy: named<StrategyName>(),
  /** With the data-race detector. */
  races: v.boolean(),
  /** Executions a second, the median of the windows. */
  schedulesPerSecond: number,
  /** Of `schedulesPerSecond`. */
  ci95: interval,
  /** States per second; 0 where the strategy does not remember them. */
  statesPerSecond: number,
  /** Points that an execution passes. */
  pointsPerSchedule: number,
  /** Nanoseconds from one point to the next. */
  nsPerPoint: number,
  /** Of fibers that do nothing but switch, at as many points. */
  bareNsPerPoint: number,
  /** Speed / that of the bare fibers. */
  vsBare: number,
  /** Interval that has the true `vsBare` with 95 %. */
  vsBareCi95: interval,
  /** The strategy came to its end, and this is how long that took; 0: it did not. */
  exhaustedMs: number,
  /** Schedules per second of each window. */
  windows: counts,
  /** Of the bare fibers, side by side. */
  bareWindows: counts,
});

/** How fast one strategy explores one scenario. */
export type BenchExploreRow = OutputOf<typeof exploreRow>;

/** The rows of a report of this version. */
export const writtenRows = {
  locks: v.array(lockRow),
  minors: v.array(minorRow),
  refcount: v.array(refcountRow),
  calls: v.array(callRow),
  explore: v.array(exploreRow),
};

/** What of a row older versions and other tools may leave out. */
const readLockRow = v.looseObject({
  ...v.partial(lockRow, [
    'calls',
    'n',
    'jainWindows',
    'misleading',
    'pinned',
    'overlap',
    'vsMutex',
    'vsMutexCi95',
    'handoffEfficiency',
    'handoffEfficiencyCi95',
    'expectedIntervalNs',
    'acquired',
    'handoffs',
    'runLengths',
    'waits',
    'waitsCorrected',
    'windows',
  ]).entries,
  lock: v.string(),
  waitNs: readQuantiles,
  waitNsCorrected: readQuantiles,
});

const readMinorRow = v.looseObject({
  ...v.partial(minorRow, ['vsBareCi95', 'windows', 'bareWindows']).entries,
  threads: v.optional(number, 1),
  minorLock: v.optional(v.string()),
  patches: v.optional(v.looseObject({ name: v.string() })),
  lookup: v.optional(v.string()),
  against: v.optional(v.string()),
  oversubscribed: v.optional(v.boolean()),
  vsBare: v.optional(number, 0),
});

const readRefcountRow = v.looseObject({
  ...v.partial(refcountRow, [
    'oversubscribed',
    'vsXaddCi95',
    'cpuNsPerPair',
    'windows',
    'xaddWindows',
  ]).entries,
  shared: v.optional(v.boolean(), true),
  vsXadd: v.optional(number, 0),
});

const readCallRow = v.looseObject({
  ...v.partial(callRow, [
    'raw',
    'rawNs',
    'vsRawCi95',
    'overRawNs',
    'overRawNsCi95',
    'windows',
    'rawWindows',
  ]).entries,
  per: v.optional(v.string(), 'call'),
  vsRaw: v.optional(number, 0),
});

const readExploreRow = v.looseObject({
  ...v.partial(exploreRow, [
    'ci95',
    'statesPerSecond',
    'pointsPerSchedule',
    'bareNsPerPoint',
    'vsBareCi95',
    'exhaustedMs',
    'windows',
    'bareWindows',
  ]).entries,
  strategy: v.string(),
  races: v.optional(v.boolean(), false),
  nsPerPoint: v.optional(number, 0),
  vsBare: v.optional(number, 0),
});

export type LockRow = v.InferOutput<typeof readLockRow>;
export type MinorRow = v.InferOutput<typeof readMinorRow>;
export type RefcountRow = v.InferOutput<typeof readRefcountRow>;
export type CallRow = v.InferOutput<typeof readCallRow>;
export type ExploreRow = v.InferOutput<typeof readExploreRow>;

/** The rows of each suite. */
export interface BenchRows {
  /** A lock under contention. */
  locks: BenchLockRow;
  /** A table of minors. */
  minors: BenchMinorRow;
  /** A way to count references. */
  refcount: BenchRefcountRow;
  /** A call of this library. */
  calls: BenchCallRow;
  /** An exploration. */
  explore: BenchExploreRow;
}

/** What can be measured. */
export type BenchSuite = keyof BenchRows;

/** The rows of a document by their suites; it has those of one, as a rule. */
export interface RowsBySuite {
  app: AppRow[];
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
  if (has(input, 'runMs')) return readAppRow;
  if (has(input, 'lock')) return readLockRow;
  if (has(input, 'variant')) return readRefcountRow;
  if (has(input, 'call')) return readCallRow;
  if (has(input, 'schedulesPerSecond')) return readExploreRow;
  return readMinorRow;
});

export type BenchRow = AppRow | LockRow | MinorRow | RefcountRow | CallRow | ExploreRow;

/** Rows sorted into suites. */
export function bySuite(rows: readonly BenchRow[]): RowsBySuite {
  const suites: RowsBySuite = {
    app: [],
    locks: [],
    minors: [],
    refcount: [],
    calls: [],
    explore: [],
  };
  for (const row of rows) {
    if ('runMs' in row) suites.app.push(row as AppRow);
    else if ('lock' in row) suites.locks.push(row as LockRow);
    else if ('variant' in row) suites.refcount.push(row as RefcountRow);
    else if ('call' in row) suites.calls.push(row as CallRow);
    else if ('schedulesPerSecond' in row) suites.explore.push(row as ExploreRow);
    else suites.minors.push(row as MinorRow);
  }
  return suites;
}
