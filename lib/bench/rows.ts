import type { LatencyNs } from '../reports/latency';
import type { LockName, StrategyName } from '../tables/tables';

/** Lower and upper end of what holds a figure with a probability of 95 %. */
export type Interval = [low: number, high: number];

/** The same, or null where there were fewer than six windows: those have no such interval. */
export type Confidence = Interval | null;

/** One lock in one cell. */
export interface BenchLockRow {
  /** The lock. */
  lock: LockName;
  /** Threads that want it. */
  threads: number;
  /** How long the lock is held. */
  holdNs: number;
  /** What a thread does between release and acquire. */
  outsideNs: number;
  /** All threads together; the median window. */
  opsPerSecond: number;
  /** Of `opsPerSecond`. */
  ci95: Confidence;
  /** The share of acquisitions by another thread than the one before. */
  handoffRatio: number;
  /** Windows that the figures are medians of. */
  n: number;
  /** Jain's index of `acquired`, so of the whole measurement: 1 where all threads have as many. */
  jain: number;
  /** The lowest and the highest index of single windows: how much it moved. */
  jainWindows: [lowest: number, highest: number];
  /** How long a thread waited for it. */
  waitNs: LatencyNs;
  /** The same, corrected for coordinated omission: a thread that waits long misses turns. */
  waitNsCorrected: LatencyNs;
  /** CPU time of an acquire and release, of all threads together. */
  cpuNsPerOp: number;
  /** More threads than CPUs. */
  oversubscribed: boolean;
  /** ... and the lock spins in order of arrival: it waits for a thread that has no CPU. */
  misleading: boolean;
  /** Each thread stayed on one CPU. */
  pinned: boolean;
  /** The share of a window in which all threads were at work. */
  overlap: number;
  /** Throughput / that of pthread_mutex in the same rounds; 0 without that. */
  vsMutex: number;
  /** Interval that has the true `vsMutex` with 95 %. */
  vsMutexCi95: Confidence;
  /** Two threads: handoffs per second times a cache line's way in the same round; else 0. */
  handoffEfficiency: number;
  /** Interval that has the true `handoffEfficiency` with 95 %. */
  handoffEfficiencyCi95: Confidence;
  /** What the correction took for the pace of a thread. */
  expectedIntervalNs: number;
  /** Acquisitions by thread. */
  acquired: number[];
  /** From a thread to a thread: `[from * threads + to]`. */
  handoffs: number[];
  /** Handoffs after a run of 2^n .. 2^(n+1) - 1 acquisitions by one thread. */
  runLengths: number[];
  /** Pairs: an upper bound in nanoseconds, and the number of waits. */
  waits: Interval[];
  /** Buckets of `waitNsCorrected`. */
  waitsCorrected: Interval[];
  /** Operations per second of each window, in the order they ran. */
  windows: number[];
}

/** One operation of the IDR at one population, or one mix of the protocol under contention. */
export interface BenchMinorRow {
  /** The operation. */
  op: string;
  /** Ids in the table, or devices. */
  n: number;
  /** `sequential`, `random`, `chain` (each id is what the lookup before gave), `contended`. */
  order: string;
  /** Threads that do it. */
  threads: number;
  /** Rows of the protocol: what `_minor_lock` was; `mutex`: patch 04 was left out. */
  minorLock?: string;
  /** Nanoseconds of one, the median of the windows. */
  nsPerOp: number;
  /** Of `nsPerOp`. */
  ci95: Confidence;
  /** / the bare radix walk; rows of the protocol: / the same with the mutex. */
  vsBare: number;
  /** Interval that has the true `vsBare` with 95 %. */
  vsBareCi95: Confidence;
  /** Rows of the protocol: all threads together. */
  opsPerSecond?: number;
  /** Rows of the protocol: faults that were met. */
  faults?: number;
  /** Nanoseconds per operation of each window. */
  windows: number[];
  /** What `vsBare` divides by, side by side. */
  bareWindows: number[];
}

/** One way to take and drop a reference. */
export interface BenchRefcountRow {
  /** How references are counted. */
  variant: string;
  /** Threads that take and put them. */
  threads: number;
  /** One count for all threads, or one each. */
  shared: boolean;
  /** More threads than CPUs. */
  oversubscribed: boolean;
  /** Of one thread. */
  nsPerPair: number;
  /** Of `nsPerPair`. */
  ci95: Confidence;
  /** / a bare pair of locked additions. */
  vsXadd: number;
  /** Interval that has the true `vsXadd` with 95 %. */
  vsXaddCi95: Confidence;
  /** CPU time of a get and put, of all threads together. */
  cpuNsPerPair: number;
  /** Nanoseconds of a get and put, window by window. */
  windows: number[];
  /** The same of an atomic addition and subtraction. */
  xaddWindows: number[];
}

/** What one call of the library costs a TypeScript caller. */
export interface BenchCallRow {
  /** What was called. */
  call: string;
  /** What `ns` is the time of. */
  per: 'call' | 'element';
  /** Nanoseconds of a call, the median of the windows. */
  ns: number;
  /** Of `ns`. */
  ci95: Confidence;
  /** What it is set against. */
  raw: string;
  /** The same of the raw call that it is held against. */
  rawNs: number;
  /** How many times the raw call it takes. */
  vsRaw: number;
  /** Interval that has the true `vsRaw` with 95 %. */
  vsRawCi95: Confidence;
  /** `ns - rawNs`, paired. */
  overRawNs: number;
  /** Interval that has the true `overRawNs` with 95 %. */
  overRawNsCi95: Confidence;
  /** Nanoseconds of a call, window by window. */
  windows: number[];
  /** The same of the raw call. */
  rawWindows: number[];
}

/** How fast one strategy explores one scenario. */
export interface BenchExploreRow {
  /** What was explored. */
  scenario: string;
  /** Threads of the scenario. */
  threads: number;
  /** The strategy: how the explorer decided which thread runs next. */
  strategy: StrategyName;
  /** With the data-race detector. */
  races: boolean;
  /** Executions a second, the median of the windows. */
  schedulesPerSecond: number;
  /** Of `schedulesPerSecond`. */
  ci95: Confidence;
  /** States per second; 0 where the strategy does not remember them. */
  statesPerSecond: number;
  /** Points that an execution passes. */
  pointsPerSchedule: number;
  /** Nanoseconds from one point to the next. */
  nsPerPoint: number;
  /** Of fibers that do nothing but switch, at as many points. */
  bareNsPerPoint: number;
  /** Speed / that of the bare fibers. */
  vsBare: number;
  /** Interval that has the true `vsBare` with 95 %. */
  vsBareCi95: Confidence;
  /** The strategy came to its end, and this is how long that took; 0: it did not. */
  exhaustedMs: number;
  /** Schedules per second of each window. */
  windows: number[];
  /** Of the bare fibers, side by side. */
  bareWindows: number[];
}

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
/** A row of any suite. */
export type BenchRow = BenchRows[BenchSuite];
