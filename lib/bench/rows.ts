import type { LatencyNs } from '../latency';
import type { LockName, StrategyName } from '../tables';

/** Lower and upper end of what holds a figure with a probability of 95 %. */
export type Interval = [low: number, high: number];

/** One lock in one cell. */
export interface BenchLockRow {
  lock: LockName;
  threads: number;
  /** How long the lock is held. */
  holdNs: number;
  /** What a thread does between release and acquire. */
  outsideNs: number;
  /** All threads together; the median window. */
  opsPerSecond: number;
  /** Of `opsPerSecond`. */
  ci95: Interval;
  /** The share of acquisitions by another thread than the one before. */
  handoffRatio: number;
  /** Jain's index of acquisitions by thread: 1 where all have as many. */
  jain: number;
  jainCi95: Interval;
  waitNs: LatencyNs;
  /** The same, corrected for coordinated omission: who waits long misses turns. */
  waitNsCorrected: LatencyNs;
  cpuNsPerOp: number;
  /** More threads than CPUs. */
  oversubscribed: boolean;
  /** ... and the lock spins in order of arrival: it waits for who has no CPU. */
  misleading: boolean;
  pinned: boolean;
  /** The share of a window in which all threads were at work. */
  overlap: number;
  /** Throughput / that of pthread_mutex in the same rounds; 0 without that. */
  vsMutex: number;
  vsMutexCi95: Interval;
  /** Two threads: handoffs per second times a cache line's way in the same round; else 0. */
  handoffEfficiency: number;
  handoffEfficiencyCi95: Interval;
  /** What the correction took for the pace of a thread. */
  expectedIntervalNs: number;
  /** Acquisitions by thread. */
  acquired: number[];
  /** From a thread to a thread: `[from * threads + to]`. */
  handoffs: number[];
  /** Handoffs after a run of 2^n .. 2^(n+1) - 1 acquisitions by one thread. */
  runLengths: number[];
  /** Waits up to so many nanoseconds, and how many. */
  waits: Interval[];
  waitsCorrected: Interval[];
  /** Operations per second of each window, in the order they ran. */
  windows: number[];
}

/** One operation of the IDR at one population, or one mix of the protocol under contention. */
export interface BenchMinorRow {
  op: string;
  /** Ids in the table, or devices. */
  n: number;
  /** `sequential`, `random`, `chain` (each id is what the lookup before gave), `contended`. */
  order: string;
  threads: number;
  /** Rows of the protocol: what `_minor_lock` was; `mutex`: patch 04 was left out. */
  minorLock?: string;
  nsPerOp: number;
  /** Of `nsPerOp`. */
  ci95: Interval;
  /** / the bare radix walk; rows of the protocol: / the same with the mutex. */
  vsBare: number;
  vsBareCi95: Interval;
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
  variant: string;
  threads: number;
  /** One count for all threads, or one each. */
  shared: boolean;
  oversubscribed: boolean;
  /** Of one thread. */
  nsPerPair: number;
  /** Of `nsPerPair`. */
  ci95: Interval;
  /** / a bare pair of locked additions. */
  vsXadd: number;
  vsXaddCi95: Interval;
  cpuNsPerPair: number;
  windows: number[];
  xaddWindows: number[];
}

/** What one call of the library costs a TypeScript caller. */
export interface BenchCallRow {
  call: string;
  /** What `ns` is the time of. */
  per: 'call' | 'element';
  ns: number;
  /** Of `ns`. */
  ci95: Interval;
  /** What it is set against. */
  raw: string;
  rawNs: number;
  vsRaw: number;
  vsRawCi95: Interval;
  /** `ns - rawNs`, paired. */
  overRawNs: number;
  overRawNsCi95: Interval;
  windows: number[];
  rawWindows: number[];
}

/** How fast one strategy explores one scenario. */
export interface BenchExploreRow {
  scenario: string;
  threads: number;
  strategy: StrategyName;
  /** With the data-race detector. */
  races: boolean;
  schedulesPerSecond: number;
  /** Of `schedulesPerSecond`. */
  ci95: Interval;
  /** States per second; 0 where the strategy does not remember them. */
  statesPerSecond: number;
  pointsPerSchedule: number;
  nsPerPoint: number;
  /** Of fibers that do nothing but switch, at as many points. */
  bareNsPerPoint: number;
  /** Speed / that of the bare fibers. */
  vsBare: number;
  vsBareCi95: Interval;
  /** The strategy came to its end, and this is how long that took; 0: it did not. */
  exhaustedMs: number;
  /** Schedules per second of each window. */
  windows: number[];
  /** Of the bare fibers, side by side. */
  bareWindows: number[];
}

/** The rows of each suite. */
export interface BenchRows {
  locks: BenchLockRow;
  minors: BenchMinorRow;
  refcount: BenchRefcountRow;
  calls: BenchCallRow;
  explore: BenchExploreRow;
}

/** What can be measured. */
export type BenchSuite = keyof BenchRows;
/** A row of any suite. */
export type BenchRow = BenchRows[BenchSuite];
