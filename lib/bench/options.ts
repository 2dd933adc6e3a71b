import type { OutputOf } from '../base/output-of';
import type { ScenarioName } from '../programs/scenarios';
import type { benchPlan } from '../reports/documents/bench';
import type { BenchParamName, RwlockName, StrategyName } from '../tables/tables';
import type { BenchParams } from '../tables/tables.gen';
import type { BenchLock } from './rows';

/** A scenario's name, which an editor completes. */
export type BenchScenario = ScenarioName | (string & {});

/** A lock of any suite. */
export type AnyLock = BenchLock | RwlockName;

/** What {@link bench} takes. What a suite has no use for is refused. */
export interface BenchOptions extends Omit<BenchParams, 'timeMs'> {
  /** Threads; locks, rwlocks, minors, refcount. @default 1, 2 and 8; eras 1, 2, 4, ... 64 */
  threads?: number | readonly number[] | undefined;
  /** How long a lock is held; locks, rwlocks. @default 0, and 100 with more than one thread */
  holdNs?: number | readonly number[] | undefined;
  /** What a thread does between release and acquire; locks, rwlocks. @default 0, and 200 with 100 held */
  outsideNs?: number | readonly number[] | undefined;
  /** Of 100 acquisitions those of a reader; rwlocks. @default 50, 90, 99 and 100 */
  readers?: number | readonly number[] | undefined;
  /**
   * Locks to measure; of rwlocks, names of `tables.rwlocks`; of the minors, what `_minor_lock` is beside
   * a mutex. A name that ends in `.c`,
   * `.cc`, `.cpp`, `.cxx` or `.so` is a file: a lock of your own, see the guide on own locks.
   *
   * @default all except `broken`, the control; minors: one of each way to wait
   */
  locks?: AnyLock | 'all' | readonly (AnyLock | 'all')[] | undefined;
  /** The compiler of those files, any command; locks, minors. @default cc */
  cc?: string | undefined;
  /** Flags that those files are compiled with, such as `-DN=2`; locks, minors. @default none */
  flags?: readonly string[] | undefined;
  /** Measure files of locks without verifying them, and say so; locks, minors. @default false */
  unverified?: boolean | undefined;
  /** Ids in the tables; minors. @default 1, 1000, 64000, 1000000 */
  populations?: number | readonly number[] | undefined;
  /**
   * Objects that all threads get and put, one after the other; refcount.
   *
   * @default one for all threads, and one each
   */
  objects?: number | readonly number[] | undefined;
  /**
   * Eras of the protocol that take turns in place of tables and locks, such as `'none;2.6.18;today'`;
   * the first is what the others are set against. minors. @default none
   */
  patches?: string | readonly string[] | undefined;
  /** Scenarios to explore; explore. @default every one */
  scenarios?: BenchScenario | readonly BenchScenario[] | undefined;
  /** Strategies to explore by; explore. @default random, pct, dpor, stateful */
  strategies?: StrategyName | readonly StrategyName[] | undefined;
  /** With the data-race detector, which `stateful` has not; explore. @default false */
  races?: boolean | undefined;
  /**
   * Time limit: `'500ms'`, `'10s'`, `'2m'`, or milliseconds; 0: none. It leaves out cells, never
   * windows.
   *
   * @default '3m'
   */
  time?: number | string | undefined;
  /**
   * Leave out the cells with more threads than CPUs, which take longest; locks, rwlocks, minors,
   * refcount.
   *
   * @default false
   */
  quick?: boolean | undefined;
  /** Ends it; its report has the rows that are there. */
  signal?: AbortSignal | undefined;
}

type SuitePlan = OutputOf<typeof benchPlan>;
type SuiteParam = Exclude<BenchParamName, keyof SuitePlan>;

/** Every parameter of a benchmark, as reports show it: those that its suite has. */
export interface BenchPlanReport
  extends SuitePlan,
    Partial<{ [Name in SuiteParam]: Exclude<BenchParams[Name], undefined> }> {}
