import * as v from 'valibot';
import type { SetName } from '../../tables/history-rows';
import type { LimitName } from '../../tables/limit';
import { patchSet, readPatchSet } from '../../tables/schema';
import type { FaultKind, MemoryName, PatchNo } from '../../tables/tables';
import { exploredFault, readFault } from './explore';
import { count, named, opened } from './fields';
import { head } from './head';

/** The report of a bisection, as this version writes it and as it is read. */

export const bisectPlan = v.object({
  /** Always 0: nothing is left to chance. */
  seed: v.number(),
  /** The name of what is explored. */
  scenario: v.string(),
  /** Text of the thread programs. */
  program: v.string(),
  /** The first kernel. */
  from: named<SetName>(),
  /** The last kernel. */
  to: named<SetName>(),
  /** The kind that is looked for, or `any` of them. */
  fault: named<FaultKind | 'any'>(),
  /** Limit of each exploration; 0: that of `explore`. */
  executions: v.number(),
  /** Limit of each exploration; 0: that of `explore`. */
  states: v.number(),
  /** Time limit of it all; 0: none. */
  timeMs: v.number(),
});

/** What was seen under one set of patches. */
const looked = {
  /** The patches that are in. */
  patches: patchSet,
  /** Kinds that can be reached. */
  faults: v.array(named<FaultKind>()),
  /** The search came to its end. */
  exhaustive: v.boolean(),
  /** What cut it off; null: nothing did. */
  limit: v.nullable(named<LimitName>()),
  /** Executions that it took. */
  executions: count,
  /** States that were visited. */
  states: count,
};

/** One kernel. */
export const bisectCell = v.object({
  /** Its name. */
  set: named<SetName>(),
  ...looked,
  /** Whether the fault is among them; null: a limit cut the search off before one was seen. */
  found: v.nullable(v.boolean()),
  /** The earlier kernel with the same patches, whose exploration this is; null: it has its own. */
  sameAs: v.nullable(named<SetName>()),
});

/** The older of two neighbours with some of the rows changed that are not the same in the newer. */
export const bisectTrial = v.object({
  /** The rows that were changed. */
  rows: v.array(named<PatchNo>()),
  ...looked,
  /** Whether they are enough to make the difference; null: a limit cut the search off. */
  enough: v.nullable(v.boolean()),
});

/** Two neighbours, of which one has the fault and the other has not, and the rows responsible. */
export const bisectChange = v.object({
  /** The older one. */
  from: named<SetName>(),
  /** The newer one. */
  to: named<SetName>(),
  /** Rows that the newer one has and the older has not. */
  added: v.array(named<PatchNo>()),
  /** Rows that the older one has and the newer has not. */
  removed: v.array(named<PatchNo>()),
  /** Each group of as few rows as possible that is enough, seen by exploration. */
  enough: v.array(v.array(named<PatchNo>())),
  /** Nothing cut the trials off: each group of that size was tried, and no smaller one is enough. */
  complete: v.boolean(),
  /** What was explored for that. */
  trials: v.array(bisectTrial),
});

export const bisectResult = v.object({
  /** The memory model: what an access may see. */
  memory: named<MemoryName>(),
  /** The worst limit that cut an exploration off; null: none did. */
  limit: v.nullable(named<LimitName>()),
  /** How far it looked, as a sentence. */
  evidence: v.string(),
  /** The first kernel of the range in which the fault was seen; null: none. */
  firstWith: v.nullable(named<SetName>()),
  /** The first one after that in which it cannot be reached; null: none. */
  firstWithout: v.nullable(named<SetName>()),
  /** The first one after that in which it was seen again; null: none. */
  again: v.nullable(named<SetName>()),
  /** The row that alone ends the fault or, where it does not end, brings it; null: see below. */
  row: v.nullable(named<PatchNo>()),
  /** What brings the fault; null: it is not in the range. */
  begins: v.nullable(bisectChange),
  /** What ends it; null: it is not in the range. */
  ends: v.nullable(bisectChange),
  /** The kernels of the range, the oldest first. */
  cells: v.array(bisectCell),
  /** Of everything that was explored. */
  executions: count,
  /** Of everything that was explored. */
  states: count,
  /** The fault in the first kernel that has it, with its ticket and its trace; null: none has it. */
  fault: v.nullable(exploredFault),
});

const result = opened(bisectResult);
const readLooked = { ...opened(v.object(looked)), patches: readPatchSet };
const readChange = v.looseObject({
  ...opened(bisectChange),
  trials: v.array(v.looseObject({ ...opened(bisectTrial), ...readLooked })),
});

export const bisect = v.looseObject({
  ...head,
  kind: v.literal('bisect'),
  plan: v.looseObject(opened(bisectPlan)),
  ...result,
  begins: v.nullable(readChange),
  ends: v.nullable(readChange),
  cells: v.array(v.looseObject({ ...opened(bisectCell), ...readLooked })),
  fault: v.nullable(readFault),
});
