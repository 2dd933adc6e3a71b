import * as v from 'valibot';
import type { HistoryRow, PatternSlug } from '../../tables/history-rows';
import { patchSet, readPatchSet } from '../../tables/schema';
import type { FaultKind, PatchNo, PatchRow, PatchSlug } from '../../tables/tables';
import { cause } from './faults';
import { named, opened, texts } from './fields';
import { head } from './head';
import { historyMatrix, readHistoryMatrix } from './history-matrix';

/** The report of the history, as this version writes it and as it is read. */

/** One bug of twenty years, and the fault that shows it. */
export const historyEntry = v.object({
  /** The number of the patch. */
  no: named<PatchNo>(),
  /** Its short name. */
  slug: named<PatchSlug>(),
  /** What the bug is, in few words. */
  title: v.string(),
  /** The same in a sentence. */
  says: v.string(),
  /** What it has in common with others. */
  pattern: named<PatternSlug>(),
  /** `fix`: in is good for ever; `era`: machinery with its bugs; `past`: in is the bug. */
  kind: named<PatchRow['kind']>(),
  /** The month when it came, `2004-11`; empty: not known. */
  from: v.string(),
  /** The month when it was gone; empty: not known. */
  to: v.string(),
  /** How long it lived; 0: not known, or in no release. */
  months: v.number(),
  /** The releases that have it, `2.6.31 to 5.14`; empty: none has. */
  release: v.string(),
  /** What ended it, or brought it where it is new machinery; empty: not confirmed. */
  commit: v.string(),
  /** How it ended, in words. */
  ended: v.string(),
  /** `A`: read in a tree or a mail; `B`: its id or title was seen; `C`: from memory. */
  evidence: named<HistoryRow['evidence']>(),
  /** What shows it. */
  scenario: v.string(),
  /** The patches under which the scenario shows it. */
  shown: patchSet,
  /** The patches under which it does not. */
  cured: patchSet,
  /** What the scenario comes to; null: nothing was found, or not looked for. */
  fault: v.nullable(named<FaultKind>()),
  /** Every kind that was found. */
  faults: v.array(named<FaultKind>()),
  /** What the fault takes. */
  how: v.nullable(cause),
  /** Of the ticket's schedule. */
  preemptions: v.nullable(v.number()),
  /** Replays it: see {@link replay}. Null as above. */
  ticket: v.nullable(v.string()),
  /** Faults under `shown`, none under `cured`, every interleaving run; null: not looked at. */
  holds: v.nullable(v.boolean()),
});

/** What several bugs have in common. */
export const historyPattern = v.object({
  /** Its short name. */
  slug: named<PatternSlug>(),
  /** What it is, in words. */
  title: v.string(),
});

export const historyPlan = v.object({
  /** Always 0: nothing is left to chance. */
  seed: v.number(),
  /** The one bug that was asked for, by its number; null: all. */
  row: v.nullable(named<PatchNo>()),
  /** The one pattern that was asked for; null: all. */
  pattern: v.nullable(named<PatternSlug>()),
  /** What the matrix has: named sets, or also each with one row changed; null: there is none. */
  matrix: v.nullable(v.picklist(['sets', 'rows'])),
  /** Names of what the matrix has; null: there is none. */
  scenarios: v.nullable(texts),
});

export const historyResult = v.object({
  /** How far it looked, as a sentence. */
  evidence: v.string(),
  /** Those of the rows, in the order of the page. */
  patterns: v.array(historyPattern),
  /** By pattern, then by date. */
  rows: v.array(historyEntry),
  /** Sets of patches x scenarios; null: it was not asked for, or could not be filled. */
  matrix: v.nullable(historyMatrix),
});

const read = opened(historyEntry);

export const history = v.looseObject({
  ...head,
  kind: v.literal('history'),
  plan: v.looseObject(opened(historyPlan)),
  evidence: historyResult.entries.evidence,
  patterns: v.array(v.looseObject(opened(historyPattern))),
  rows: v.array(v.looseObject({ ...read, shown: readPatchSet, cured: readPatchSet })),
  matrix: v.nullable(readHistoryMatrix),
});
