import {
  benchCellRows,
  benchListRows,
  benchRows,
  endRows,
  errnoRows,
  faultRows,
  invariantRows,
  lockRows,
  noteRows,
  opRows,
  paramRows,
  patchRows,
  populationRows,
  searchRows,
  setRows,
  strategyRows,
} from './tables.gen';

/** The number of a patch: `'01'` to `'08'`, and those of the follow-ups. */
export type PatchNo = (typeof patchRows)[number]['no'];
/** The short name of a patch, such as `'freeing'`. */
export type PatchSlug = (typeof patchRows)[number]['slug'];
/** The name of a patch set. */
export type SetName = (typeof setRows)[number]['name'];
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
/** The name of a parameter of a benchmark. */
export type BenchParamName = (typeof benchRows)[number]['name'];
/** A lock of the benchmark, such as `'ttas'`. */
export type LockName = (typeof lockRows)[number]['name'];
/** Who decides which thread goes on, such as `'dpor'`. */
export type StrategyName = (typeof strategyRows)[number]['name'];
/** How an exploration ended, such as `'time'`. */
export type EndName = (typeof endRows)[number]['name'];

/** A patch: one bit of a mask, and a turn of the protocol. */
export interface PatchRow {
  bit: number;
  no: PatchNo;
  slug: PatchSlug;
  /** Mask of the patches that it was written on top of; informs, forbids nothing. */
  needs: number;
  /** What it establishes. */
  invariant: InvariantName;
  prevents: string;
  changes: string;
}

/** A named set of patches. */
export interface SetRow {
  name: SetName;
  mask: number;
  means: string;
}

/** A kind of fault. */
export interface FaultRow {
  slug: FaultKind;
  /** What it breaks. */
  invariant: InvariantName;
  /** Mask of the patches that, left out, can let it through. */
  preventedBy: number;
  means: string;
}

/** An invariant: what holds while every patch is in. */
export interface InvariantRow {
  name: InvariantName;
  says: string;
}

/** An operation of a thread program. */
export interface OpRow {
  slug: OpSlug;
  /** Whether it takes a minor: never, always, or maybe (left out: any). */
  arg: 'none' | 'minor' | 'maybe';
  /** Its share of the default storm mix. */
  weight: number;
  does: string;
}

/** A named point of the protocol. */
export interface NoteRow {
  text: string;
}

/** A parameter: of a run, where its name does not say more. */
export interface ParamRow<Name extends string = ParamName> {
  name: Name;
  unit: string;
  fallback: number;
  min: number;
  max: number;
  says: string;
}

/** What a benchmark takes several values of, and the range of each. */
export interface BenchListRow {
  field: (typeof benchListRows)[number]['field'];
  /** The option. */
  name: string;
  unit: string;
  min: number;
  max: number;
  says: string;
}

/** A combination that is measured: threads, and what each of them does. */
export interface BenchCell {
  threads: number;
  /** How long a lock is held. */
  holdNs: number;
  /** What a thread does between release and acquire. */
  outsideNs: number;
}

/** A lock of the benchmark. */
export interface LockRow {
  name: LockName;
  /** What a thread does that waits; `control` excludes nobody, and has to be caught. */
  waits: 'spins' | 'yields' | 'blocks' | 'control';
  /** Serves in the order of arrival. */
  fifo: boolean;
  /** The system's own. */
  reference: boolean;
  control: boolean;
  /** Of the lock itself, without what threads wait on; 0 for the system's. */
  bytes: number;
  says: string;
}

/** Who decides which thread goes on in an exploration. */
export interface StrategyRow {
  name: StrategyName;
  says: string;
}

/** How an exploration ended. */
export interface EndRow {
  name: EndName;
  says: string;
}

/** An error return. */
export interface ErrnoRow {
  name: ErrnoName;
}

/** Everything that has a name, as the native tables have it. */
export interface Tables {
  patches: readonly PatchRow[];
  sets: readonly SetRow[];
  faults: readonly FaultRow[];
  invariants: readonly InvariantRow[];
  ops: readonly OpRow[];
  notes: readonly NoteRow[];
  params: readonly ParamRow[];
  search: readonly ParamRow<SearchName>[];
  bench: readonly ParamRow<BenchParamName>[];
  benchLists: readonly BenchListRow[];
  benchCells: readonly BenchCell[];
  populations: readonly { ids: number }[];
  locks: readonly LockRow[];
  strategies: readonly StrategyRow[];
  ends: readonly EndRow[];
  errnos: readonly ErrnoRow[];
}

/**
 * The tables: patches, sets, faults, invariants, operations, notes, parameters, strategies, locks,
 * errors.
 *
 * @example
 * for (const fault of tables.faults) console.log(fault.slug, fault.means);
 */
export const tables: Tables = {
  patches: patchRows,
  sets: setRows,
  faults: faultRows,
  invariants: invariantRows,
  ops: opRows,
  notes: noteRows,
  params: paramRows,
  search: searchRows,
  bench: benchRows,
  benchLists: benchListRows,
  benchCells: benchCellRows,
  populations: populationRows,
  locks: lockRows,
  strategies: strategyRows,
  ends: endRows,
  errnos: errnoRows,
};

/** The row at `index`; an index that the native side made up is a bug of ours. */
export function rowAt<Row>(rows: readonly Row[], index: number): Row {
  const row = rows[index];
  if (row === undefined) throw new Error(`dmtorture bug: no row ${index}`);
  return row;
}
