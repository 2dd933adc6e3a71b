import * as v from 'valibot';
import type { OutputOf } from '../../base/output-of';
import type { RwlockName } from '../../tables/tables';
import type { BenchLock } from './bench-own';
import { counts, interval, number, pairs, readQuantiles } from './bench-values';
import { latencyNs, named } from './fields';

/** The rows of locks and of reader-writer locks: see bench-rows.ts. */

export const lockRow = v.object({
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

export const rwlockRow = v.object({
  /** The reader-writer lock. */
  lock: named<RwlockName>(),
  /** Threads that want it. */
  threads: number,
  /** Of 100 acquisitions, those of a reader. Each is drawn, by every thread. */
  readPercent: number,
  /** How long it is held, by readers and writers. */
  holdNs: number,
  /** What a thread does between release and acquire. */
  outsideNs: number,
  /** All threads together, reads and writes; the median window. */
  opsPerSecond: number,
  /** Of `opsPerSecond`. */
  ci95: interval,
  /** Windows that the figures are medians of. */
  n: number,
  /** Jain's index of `acquired`, so of the whole measurement: 1 where all threads have as many. */
  jain: number,
  /** How long a reader waited for it, what it had to read again included. */
  readWaitNs: latencyNs,
  /** How long a writer waited for it; 0: there were none. */
  writeWaitNs: latencyNs,
  /** Reads that had to be made again, since a writer came between, by reads. */
  rereads: number,
  /** CPU time of an acquire and release, of all threads together. */
  cpuNsPerOp: number,
  /** Under which memory models and sizes the lock is verified, as a text; empty: none. */
  verified: v.exactOptional(v.string()),
  /** More threads than CPUs. */
  oversubscribed: v.boolean(),
  /** ... and its threads spin in order of arrival: they wait for one that has no CPU. */
  misleading: v.boolean(),
  /** Each thread stayed on one CPU. */
  pinned: v.boolean(),
  /** The share of a window in which all threads were at work. */
  overlap: number,
  /** Throughput / that of pthread_rwlock in the same rounds; 0 without that. */
  vsRwlock: number,
  /** Interval that has the true `vsRwlock` with 95 %. */
  vsRwlockCi95: interval,
  /** Acquisitions by thread. */
  acquired: counts,
  /** Operations per second of each window, in the order they ran. */
  windows: counts,
  /** It drifts: the last third of its windows / the first, which are told apart. */
  drift: v.exactOptional(number),
});

/** One reader-writer lock in one cell. */
export type BenchRwlockRow = OutputOf<typeof rwlockRow>;

/** What of a row older versions and other tools may leave out. */
export const readLockRow = v.looseObject({
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

export const readRwlockRow = v.looseObject({
  ...v.partial(rwlockRow, [
    'n',
    'rereads',
    'misleading',
    'pinned',
    'overlap',
    'vsRwlock',
    'vsRwlockCi95',
    'acquired',
    'windows',
  ]).entries,
  lock: v.string(),
  readWaitNs: readQuantiles,
  writeWaitNs: readQuantiles,
});
