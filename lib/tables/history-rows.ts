import type { patchRows, patternRows, setRows } from './tables.gen';

type PatchNo = (typeof patchRows)[number]['no'];

/** The name of a patch set. */
export type SetName = (typeof setRows)[number]['name'];
/** The short name of a pattern, such as `'late-reference'`. */
export type PatternSlug = (typeof patternRows)[number]['slug'];

/** A named set of patches. */
export interface SetRow {
  /** What `--patches` calls it. */
  readonly name: SetName;
  /** The numbers of its patches. */
  readonly rows: readonly PatchNo[];
  /** Which kernel has these patches. */
  readonly means: string;
  /** What that kernel had and this set has not, beside what no set has; from memory. */
  readonly leavesOut: string;
  /** Whether it is dm as a release had it; these are in the order of their dates. */
  readonly kernel: boolean;
}

/** What several bugs of the history have in common. */
export interface PatternRow {
  /** Its short name. */
  readonly slug: PatternSlug;
  /** What it is, in words. */
  readonly title: string;
}

/** The bug of a patch: when it lived, what it was, how it ended. */
export interface HistoryRow {
  /** The number of the patch. */
  readonly no: PatchNo;
  /** What it has in common with others. */
  readonly pattern: PatternSlug;
  /** The month when it came, `2004-11`; `''`: not known. */
  readonly from: string;
  /** How long it lived; 0: not known, or in no kernel. */
  readonly months: number;
  /** The first release that has it; `''`: not known. */
  readonly first: string;
  /** The last release that has it; `''`: not known, or none has. */
  readonly last: string;
  /** What ended it, or brought it where it is new machinery; `''`: not confirmed. */
  readonly commit: string;
  /** How it ended, in words. */
  readonly ended: string;
  /** `A`: read in a tree or a mail; `B`: its id or title was seen; `C`: from memory. */
  readonly evidence: 'A' | 'B' | 'C';
  /** The scenario that shows it. */
  readonly scenario: string;
  /** The patches under which the scenario shows it. */
  readonly shown: readonly PatchNo[];
  /** The patches under which the scenario does not show it any more, or not yet. */
  readonly cured: readonly PatchNo[];
  /** What it is, in few words. */
  readonly title: string;
  /** What it is, in a sentence. */
  readonly says: string;
}
