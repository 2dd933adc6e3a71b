import * as v from 'valibot';
import { shard } from '../../run/schema';
import type { LimitName } from '../../tables/limit';
import { patchSet } from '../../tables/schema';
import type { FaultKind, MemoryName, PatchNo, PatchSlug } from '../../tables/tables';
import { count, named, opened, texts } from './fields';
import { head, plan } from './head';

/** The report of a matrix, as this version writes it and as it is read. */

export const matrixPlan = v.object({
  /** Always 0: nothing is left to chance. */
  seed: v.number(),
  /** The follow-ups that are in; those of the series are varied. */
  patches: patchSet,
  /** Names of what is explored. */
  scenarios: texts,
  /** Subsets of the series. */
  masks: v.array(v.number()),
  /** The memory model of every cell. */
  memory: named<MemoryName>(),
  /** Cells that are explored at once. */
  threads: v.number(),
  /** Absent where it is the whole. */
  shard: v.exactOptional(shard),
});

export const matrixCell = v.object({
  /** Of the series: bit n-1 is patch n. The follow-ups of the plan are in as well. */
  mask: v.number(),
  /** The name of what was explored. */
  scenario: v.string(),
  /** Kinds that can be reached. */
  faults: v.array(named<FaultKind>()),
  /** The search came to its end. */
  exhaustive: v.boolean(),
  /** What cut it off; absent where nothing did. */
  limit: v.exactOptional(named<LimitName>()),
  /** Executions that it took. */
  executions: count,
  /** States that were visited. */
  states: count,
});

export const disagreement = v.object({
  ...v.pick(matrixCell, ['mask', 'scenario']).entries,
  /** The kind of fault. */
  kind: named<FaultKind>(),
  /** Whether it can be reached; `expects` says the opposite. */
  reachable: v.boolean(),
});

export const patchEffect = v.object({
  /** The kind of fault. */
  kind: named<FaultKind>(),
  /** Where. */
  scenarios: texts,
  /** Contexts in which it does. */
  contexts: count,
  /** Patches that all of these contexts have. */
  with: v.array(named<PatchNo>()),
  /** Patches that none of them has. */
  without: v.array(named<PatchNo>()),
});

export const matrixPatch = v.object({
  /** Its number. */
  no: named<PatchNo>(),
  /** Its short name. */
  slug: named<PatchSlug>(),
  /** Contexts in which it changes what can happen. */
  contexts: count,
  /** Contexts that were looked at: 128, in a whole matrix. */
  of: count,
  /** Kinds that it takes away. */
  fixes: v.array(patchEffect),
  /** Kinds that it brings. */
  breaks: v.array(patchEffect),
  /** Kinds that do not come any more only because one that it brings comes before them. */
  hides: v.array(patchEffect),
  /** Kinds that come now only because one that came before them is gone. */
  shows: v.array(patchEffect),
});

export const matrixResult = v.object({
  /** The memory model: what an access may see. */
  memory: named<MemoryName>(),
  /** The worst limit that cut a cell off, `stopped` where cells are missing; null: none did. */
  limit: v.nullable(named<LimitName>()),
  /** What each subset lets happen in each scenario. */
  cells: v.array(matrixCell),
  /** Subsets without a fault in any scenario. */
  cleanMasks: v.array(v.number()),
  /** Of all cells. */
  executions: count,
  /** Of all cells. */
  states: count,
  /** Cells against the formulas of their scenarios. */
  disagreements: v.array(disagreement),
  /** What each patch does to the others. */
  patches: v.array(matrixPatch),
});

const { memory, limit, cleanMasks, executions, states } = opened(matrixResult);
const { scenarios, masks } = matrixPlan.entries;
const { mask, scenario, faults, exhaustive } = opened(matrixCell);

export const matrix = v.looseObject({
  ...head,
  kind: v.literal('matrix'),
  /** Absent before 0.4: sequential consistency. */
  memory: v.optional(memory),
  plan: v.looseObject({ ...plan, scenarios, masks }),
  cells: v.array(v.looseObject({ mask, scenario, faults, exhaustive })),
  cleanMasks,
  limit: v.optional(limit),
  executions,
  states: v.optional(states, 0),
  disagreements: v.array(v.looseObject(opened(disagreement))),
});
