import type { BenchRows, BenchSuite } from '../reports/documents/bench-rows';

export type { BenchLock, LockFileName } from '../reports/documents/bench-own';
export type {
  BenchCallRow,
  BenchExploreRow,
  BenchLockRow,
  BenchMinorRow,
  BenchRefcountRow,
  BenchRows,
  BenchRwlockRow,
  BenchSuite,
  Confidence,
  Interval,
} from '../reports/documents/bench-rows';

/** A row of any suite. */
export type BenchRow = BenchRows[BenchSuite];
