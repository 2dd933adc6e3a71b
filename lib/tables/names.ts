import type {
  benchRows,
  endRows,
  errnoRows,
  faultRows,
  invariantRows,
  lockRows,
  modelRows,
  opRows,
  paramRows,
  patchRows,
  refcountRows,
  rwlockRows,
  searchRows,
  strategyRows,
  verifyRows,
} from './tables.gen';

/** Names of the tables' rows, as types. */

/** The number of a patch: `'01'` to `'08'`, and those of the follow-ups. */
export type PatchNo = (typeof patchRows)[number]['no'];
/** The short name of a patch, such as `'freeing'`. */
export type PatchSlug = (typeof patchRows)[number]['slug'];
/** A kind of fault, such as `'use-after-free'`. */
export type FaultKind = (typeof faultRows)[number]['slug'];
/** The name of an invariant, `'I1'` and so on. */
export type InvariantName = (typeof invariantRows)[number]['name'];
/** An operation, such as `'remove-all'`. */
export type OpSlug = (typeof opRows)[number]['slug'];
/** The name of an error return, such as `'EBUSY'`. */
export type ErrnoName = (typeof errnoRows)[number]['name'];
/** The name of a parameter of a run. */
export type ParamName = (typeof paramRows)[number]['name'];
/** The name of a parameter of an exploration. */
export type SearchName = (typeof searchRows)[number]['name'];
/** The name of a parameter of a verification of locks. */
export type VerifyParamName = (typeof verifyRows)[number]['name'];
/** The name of a parameter of a benchmark. */
export type BenchParamName = (typeof benchRows)[number]['name'];
/** A lock of the benchmark, such as `'ttas'`. */
export type LockName = (typeof lockRows)[number]['name'];
/** A reader-writer lock of the benchmark, such as `'qrwlock'`. */
export type RwlockName = (typeof rwlockRows)[number]['name'];
/** A way to count references, such as `'hazard'`. */
export type RefcountName = (typeof refcountRows)[number]['name'];
/** How the explorer decides which thread runs next, such as `'dpor'`. */
export type StrategyName = (typeof strategyRows)[number]['name'];
/** What an access to memory may see, such as `'rc11'`. */
export type MemoryName = (typeof modelRows)[number]['name'];
/** How an exploration ended, such as `'time'`. */
export type EndName = (typeof endRows)[number]['name'];
