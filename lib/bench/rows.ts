import type {
  BenchCallRow,
  BenchExploreRow,
  BenchLockRow,
  BenchMinorRow,
  BenchRefcountRow,
} from '../reports/documents/bench-rows';

export type {
  BenchCallRow,
  BenchExploreRow,
  BenchLockRow,
  BenchMinorRow,
  BenchRefcountRow,
  Confidence,
  Interval,
} from '../reports/documents/bench-rows';

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
