import { freezeDeep } from '../base/frozen';
import type { HistoryRow, PatternRow, SetRow } from './history-rows';
import type { LockRow, RefcountRow, RefcountSize, RwlockRow, RwlockSize } from './lock-rows';
import type {
  BenchParamName,
  EndName,
  ErrnoName,
  FaultKind,
  InvariantName,
  MemoryName,
  OpSlug,
  ParamName,
  PatchNo,
  PatchSlug,
  SearchName,
  StrategyName,
  VerifyParamName,
} from './names';
import {
  accessRows,
  benchCellRows,
  benchListRows,
  benchRows,
  benchRwCellRows,
  callRows,
  endRows,
  errnoRows,
  faultRows,
  fieldRows,
  historyRows,
  invariantRows,
  lockRows,
  modelRows,
  noteRows,
  objectRows,
  opRows,
  paramRows,
  patchRows,
  patternRows,
  populationRows,
  refcountRows,
  refcountSizeRows,
  rwlockRows,
  rwlockSizeRows,
  searchRows,
  setRows,
  strategyRows,
  verifyRows,
} from './tables.gen';

export type * from './lock-rows';
export type * from './names';

/** A patch: one bit of a mask, and a turn of the protocol. */
export interface PatchRow {
  /** Its bit in a mask, from 0. */
  readonly bit: number;
  /** Its number. */
  readonly no: PatchNo;
  /** Its short name. */
  readonly slug: PatchSlug;
  /** In: `fix`: good for ever; `era`: new machinery, with its bugs; `past`: dm as it once was. */
  readonly kind: 'fix' | 'era' | 'past';
  /** What it was written on top of, as a formula over patches; `''`: nothing. It forbids nothing. */
  readonly needs: string;
  /** The patches that have no effect while it is in. */
  readonly overrides: readonly PatchNo[];
  /** What it establishes. */
  readonly invariant: InvariantName;
  /** What cannot happen with it. */
  readonly prevents: string;
  /** What it does to the code. */
  readonly changes: string;
}

/** A kind of fault. */
export interface FaultRow {
  /** Its short name. */
  readonly slug: FaultKind;
  /** What it breaks. */
  readonly invariant: InvariantName;
  /** The patches that, left out, can let it through. */
  readonly preventedBy: readonly PatchNo[];
  /** What another thread did that made it: a free, or a change of the field that it is about. */
  readonly madeBy: 'free' | 'change';
  /**
   * What finds it: the rules that every run checks; the detector of data races, where that is on;
   * the check of a race; or, of own C only, the explorer of such programs.
   */
  readonly foundBy: 'rules' | 'races' | 'check' | 'own';
  /** Where it needs no preemption, it needs no order either: it comes on every way through. */
  readonly always: boolean;
  /** It comes so early that it hides what else a set of patches lets through. */
  readonly hides: boolean;
  /** It is looked for only where the options of own C ask for it. */
  readonly asked: boolean;
  /** It is met by all threads that are left, and by no step: they wait. */
  readonly stuck: boolean;
  /** What took a process along is this kind. */
  readonly death: boolean;
  /** What it is, in words. */
  readonly means: string;
}

/** An invariant: what holds while every patch is in. */
export interface InvariantRow {
  /** Its number. */
  readonly name: InvariantName;
  /** What holds. */
  readonly says: string;
}

/** An operation of a thread program. */
export interface OpRow {
  /** Its name in a program. */
  readonly slug: OpSlug;
  /** Whether it takes a minor: never, always, or maybe (left out: any); `named`: maybe, and a name. */
  readonly arg: 'none' | 'minor' | 'maybe' | 'named';
  /** Its share of the default storm mix. */
  readonly weight: number;
  /** What it does, in words. */
  readonly does: string;
}

/** What a step of a trace is. */
export interface AccessRow {
  /** Its name. */
  readonly name: string;
  /** What stands in place of its values, where it has none. */
  readonly remark: string;
}

/** A kind of object that threads share, or what there is one of in a world. */
export interface ObjectRow {
  /** As the sources call it. */
  readonly name: string;
  /** As values of pointers call it: `cpu1's hash cell`. */
  readonly called: string;
}

/** A field of an object: one word of memory. */
export interface FieldRow {
  /** The name of its object. */
  readonly object: string;
  /** Its name. */
  readonly name: string;
  /** How its value reads. */
  readonly shows: 'number' | 'pointer' | 'lookup' | 'references' | 'sent';
  /** Of a pointer: the name of the object that it leads to. */
  readonly leadsTo: string;
  /** Every operation begins and ends with it. */
  readonly background: boolean;
  /** What it is. */
  readonly says: string;
}

/** A named point of the protocol. */
export interface NoteRow {
  /** How traces show it. */
  readonly text: string;
}

/** A parameter: of a run, where its name does not say more. */
export interface ParamRow<Name extends string = ParamName> {
  /** Its name in plans. */
  readonly name: Name;
  /** Its unit; or the words it takes, joined by `|`. */
  readonly unit: string;
  /** Its value where none is given, as a number. */
  readonly fallback: number;
  /** The least value. */
  readonly min: number;
  /** The greatest value. */
  readonly max: number;
  /** What it is for. */
  readonly says: string;
}

/** What a benchmark takes several values of, and the range of each. */
export interface BenchListRow {
  /** Its name in the native code. */
  readonly field: (typeof benchListRows)[number]['field'];
  /** The option. */
  readonly name: string;
  /** Its unit. */
  readonly unit: string;
  /** The least value. */
  readonly min: number;
  /** The greatest value. */
  readonly max: number;
  /** What it is for. */
  readonly says: string;
}

/** A combination that is measured: threads, and what each of them does. */
export interface BenchCell {
  /** How many threads run. */
  readonly threads: number;
  /** How long a lock is held. */
  readonly holdNs: number;
  /** What a thread does between release and acquire. */
  readonly outsideNs: number;
}

/** A combination of reader-writer locks. */
export interface BenchRwCell extends BenchCell {
  /** Of 100 acquisitions, those of a reader. */
  readonly readPercent: number;
}

/** A size of a table that is measured. */
export interface PopulationRow {
  /** Ids in the table. */
  readonly ids: number;
}

/** A memory model. */
export interface ModelRow {
  /** Its name. */
  readonly name: MemoryName;
  /** What verdicts name. */
  readonly called: string;
  /** What an access may see. */
  readonly says: string;
}

/** How the explorer decides which thread runs next. */
export interface StrategyRow {
  /** Its name. */
  readonly name: StrategyName;
  /** Whether it draws its schedules: another seed looks at others, and no run is complete. */
  readonly samples: boolean;
  /** How it decides. */
  readonly says: string;
}

/** How an exploration ended. */
export interface EndRow {
  /** Its name. */
  readonly name: EndName;
  /** What it means. */
  readonly says: string;
}

/** An error return. */
export interface ErrnoRow {
  /** Its name, such as `EBUSY`. */
  readonly name: ErrnoName;
}

/** A function of the system or of the compiler that own C may call, or may not. */
export interface CallRow {
  /** Its name, mangled in C++; a `*` at the end stands for any rest. */
  readonly name: string;
  /** `modelled` by the explorer, `harmless` as it is, or `refused` before anything runs. */
  readonly support: 'modelled' | 'harmless' | 'refused';
  /** The program is made to call `own_<name>`. */
  readonly renamed: boolean;
  /** It reads or writes memory that it is given, and nobody looks into that. Absent: it does not. */
  readonly unseen?: boolean;
  /**
   * What of it is one of many ways that it may go, so that a verdict holds for that one: what the
   * `clock` shows, which random `numbers` come, whether a wait `wakes` by itself. Absent: nothing.
   */
  readonly assumes?: 'clock' | 'numbers' | 'wakes';
  /** What the functions of its group do; of one that is refused: why, and what to do. */
  readonly says: string;
}

/** Everything that has a name, as the native tables have it. */
export interface Tables {
  /** The patches, in the order of their bits. */
  readonly patches: readonly PatchRow[];
  /** Named sets of patches. */
  readonly sets: readonly SetRow[];
  /** What the bugs of the history have in common. */
  readonly patterns: readonly PatternRow[];
  /** The bugs of the patches, by pattern and date. */
  readonly history: readonly HistoryRow[];
  /** The kinds of faults. */
  readonly faults: readonly FaultRow[];
  /** What faults break. */
  readonly invariants: readonly InvariantRow[];
  /** The operations of thread programs. */
  readonly ops: readonly OpRow[];
  /** Named points of the protocol. */
  readonly notes: readonly NoteRow[];
  /** What a step of a trace can be. */
  readonly accesses: readonly AccessRow[];
  /** What threads share. */
  readonly objects: readonly ObjectRow[];
  /** The fields of these. */
  readonly fields: readonly FieldRow[];
  /** The parameters of a run. */
  readonly params: readonly ParamRow[];
  /** The parameters of an exploration. */
  readonly search: readonly ParamRow<SearchName>[];
  /** The parameters of a verification of locks. */
  readonly verify: readonly ParamRow<VerifyParamName>[];
  /** The parameters of a benchmark. */
  readonly bench: readonly ParamRow<BenchParamName>[];
  /** What a benchmark takes several values of. */
  readonly benchLists: readonly BenchListRow[];
  /** What a benchmark measures if nothing is asked for. */
  readonly benchCells: readonly BenchCell[];
  /** The same of reader-writer locks. */
  readonly benchRwCells: readonly BenchRwCell[];
  /** Sizes of the tables that a benchmark measures then. */
  readonly populations: readonly PopulationRow[];
  /** The locks of the benchmark. */
  readonly locks: readonly LockRow[];
  /** Its reader-writer locks. */
  readonly rwlocks: readonly RwlockRow[];
  /** Sizes that those whose source is here are verified at. */
  readonly rwlockSizes: readonly RwlockSize[];
  /** Its reference counts. */
  readonly refcounts: readonly RefcountRow[];
  /** Sizes that those are verified at. */
  readonly refcountSizes: readonly RefcountSize[];
  /** Strategies: how the explorer decides which thread runs next. */
  readonly strategies: readonly StrategyRow[];
  /** Memory models: what an access may see. */
  readonly models: readonly ModelRow[];
  /** How an exploration can end. */
  readonly ends: readonly EndRow[];
  /** Error returns of the protocol. */
  readonly errnos: readonly ErrnoRow[];
  /** What own C may call. */
  readonly calls: readonly CallRow[];
}

/**
 * The tables: patches, sets, faults, operations, notes, parameters, strategies, locks and others.
 *
 * @example
 * for (const fault of tables.faults) console.log(fault.slug, fault.means);
 */
export const tables: Tables = freezeDeep({
  patches: patchRows,
  sets: setRows,
  patterns: patternRows,
  history: historyRows,
  faults: faultRows,
  invariants: invariantRows,
  ops: opRows,
  notes: noteRows,
  accesses: accessRows,
  objects: objectRows,
  fields: fieldRows,
  params: paramRows,
  search: searchRows,
  verify: verifyRows,
  bench: benchRows,
  benchLists: benchListRows,
  benchCells: benchCellRows,
  benchRwCells: benchRwCellRows,
  populations: populationRows,
  locks: lockRows,
  rwlocks: rwlockRows,
  rwlockSizes: rwlockSizeRows,
  refcounts: refcountRows,
  refcountSizes: refcountSizeRows,
  strategies: strategyRows,
  models: modelRows,
  ends: endRows,
  errnos: errnoRows,
  calls: callRows,
});

/** The row at `index`; an index that the native side made up is a bug of ours. */
export function rowAt<Row>(rows: readonly Row[], index: number): Row {
  const row = rows[index];
  if (row === undefined) throw new Error(`dmtorture bug: no row ${index}`);
  return row;
}

/** The row of a kind of fault; undefined: another version has it, or nobody. */
export const faultRow = (kind: string): FaultRow | undefined =>
  tables.faults.find(({ slug }) => slug === kind);

/** Whether two accesses make this kind, which nothing orders. */
export const isDataRace = (kind: string): boolean => faultRow(kind)?.foundBy === 'races';

/** Whether all threads that are left have a part in this kind: what it is about is what they wait for. */
export const isStuck = (kind: string): boolean => faultRow(kind)?.stuck === true;

/** Whether what took a process along is this kind. */
export const isDeath = (kind: string): boolean => faultRow(kind)?.death === true;

/** The kinds that the device mapper and races can show: all except those of own C only. */
export const machineFaults: readonly FaultRow[] = Object.freeze(
  tables.faults.filter(({ foundBy }) => foundBy !== 'own'),
);
