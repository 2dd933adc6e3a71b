import * as v from 'valibot';
import type { OutputOf } from '../../base/output-of';
import { patchSet } from '../../tables/schema';
import type { StrategyName } from '../../tables/tables';
import { type AppRow, readAppRow } from './bench-app';
import {
  type BenchLockRow,
  type BenchRwlockRow,
  lockRow,
  readLockRow,
  readRwlockRow,
  rwlockRow,
} from './bench-lock-rows';
import { counts, interval, number } from './bench-values';
import { named } from './fields';

export type { BenchLockRow, BenchRwlockRow } from './bench-lock-rows';
export type { Confidence, Interval } from './bench-values';

/**
 * The rows of `bench` reports, one kind a suite. The schemas are what the types are made of: of the
 * rows that this version writes, and of those that are read, which older versions and other tools
 * may have written.
 */

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
  /** Objects that are counted: all threads go through them; not shared: each has its own. */
  objects: number,
  /** More threads than CPUs. */
  oversubscribed: v.boolean(),
  /** A holder may sleep, and holds up nothing except the end of that object. */
  mayWait: v.boolean(),
  /**
   * Nanoseconds for the end of an object: one thread makes it, takes it out of reach and drops the
   * last reference, until it is free; the others get and put. null: not measured.
   */
  lastPutNs: v.nullable(number),
  /** Bytes of each object. */
  bytesObject: number,
  /** Bytes of each thread, for all objects. */
  bytesThread: number,
  /** Of a scheme of `tables.refcounts`: memory models and sizes at which it was exhausted. */
  verified: v.exactOptional(v.string()),
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
  rwlocks: v.array(rwlockRow),
  minors: v.array(minorRow),
  refcount: v.array(refcountRow),
  calls: v.array(callRow),
  explore: v.array(exploreRow),
};

/** What of a row older versions and other tools may leave out. */
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
    'objects',
    'mayWait',
    'lastPutNs',
    'bytesObject',
    'bytesThread',
    'verified',
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
export type RwlockRow = v.InferOutput<typeof readRwlockRow>;
export type MinorRow = v.InferOutput<typeof readMinorRow>;
export type RefcountRow = v.InferOutput<typeof readRefcountRow>;
export type CallRow = v.InferOutput<typeof readCallRow>;
export type ExploreRow = v.InferOutput<typeof readExploreRow>;

/** The rows of each suite. */
export interface BenchRows {
  /** A lock under contention. */
  locks: BenchLockRow;
  /** A reader-writer lock. */
  rwlocks: BenchRwlockRow;
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
  rwlocks: RwlockRow[];
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
  if (has(input, 'readPercent')) return readRwlockRow;
  if (has(input, 'lock')) return readLockRow;
  if (has(input, 'variant')) return readRefcountRow;
  if (has(input, 'call')) return readCallRow;
  if (has(input, 'schedulesPerSecond')) return readExploreRow;
  return readMinorRow;
});

export type BenchRow = AppRow | LockRow | RwlockRow | MinorRow | RefcountRow | CallRow | ExploreRow;

/** Rows sorted into suites. */
export function bySuite(rows: readonly BenchRow[]): RowsBySuite {
  const suites: RowsBySuite = {
    app: [],
    locks: [],
    rwlocks: [],
    minors: [],
    refcount: [],
    calls: [],
    explore: [],
  };
  for (const row of rows) {
    if ('runMs' in row) suites.app.push(row as AppRow);
    else if ('readPercent' in row) suites.rwlocks.push(row as RwlockRow);
    else if ('lock' in row) suites.locks.push(row as LockRow);
    else if ('variant' in row) suites.refcount.push(row as RefcountRow);
    else if ('call' in row) suites.calls.push(row as CallRow);
    else if ('schedulesPerSecond' in row) suites.explore.push(row as ExploreRow);
    else suites.minors.push(row as MinorRow);
  }
  return suites;
}
