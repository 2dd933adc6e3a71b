import * as v from 'valibot';
import type { SetName } from '../../tables/history-rows';
import type { LimitName } from '../../tables/limit';
import type { PatchNo } from '../../tables/tables';
import { count, named, opened, texts } from './fields';
import { disagreement, matrixCell } from './matrix';

/** The matrix of a history, as this version writes it and as it is read. */

/** A named set of patches, or one with one of its rows changed. */
export const historyVariant = v.object({
  /** The named set. */
  set: named<SetName>(),
  /** The row that was changed; null: the set as it is. */
  row: v.nullable(named<PatchNo>()),
  /** `out`: the row was taken out; `in`: it was put in; `none`: the set as it is. */
  change: v.picklist(['none', 'out', 'in']),
  /** That of its cells: without rows that another row of the variant overrides. */
  mask: count,
});

/** What one set of patches lets happen in one scenario. */
export const historyCell = v.object({
  ...matrixCell.entries,
  /** Of the variants that have this mask. */
  mask: count,
});

/** A cell that is not what the formulas of its scenario say. */
export const historyDisagreement = v.object({
  ...v.pick(historyVariant, ['set', 'row', 'change']).entries,
  ...v.pick(disagreement, ['scenario', 'kind', 'reachable']).entries,
});

/** Sets of patches x scenarios, each cell explored and held against the formulas. */
export const historyMatrix = v.object({
  /** Names of both lists. */
  scenarios: texts,
  /** Each set, followed by those in which one of its rows is changed. */
  variants: v.array(historyVariant),
  /** Variants with the same mask have one. */
  cells: v.array(historyCell),
  /** Cells against the formulas of their scenarios. */
  disagreements: v.array(historyDisagreement),
  /** The worst limit that cut a cell off, `stopped` where cells are missing; null: none did. */
  limit: v.nullable(named<LimitName>()),
  /** Of all cells. */
  executions: count,
  /** Of all cells. */
  states: count,
});

const { scenarios, limit, executions, states } = opened(historyMatrix);
const { mask, scenario, faults, exhaustive } = opened(historyCell);

/** The same, of any version. */
export const readHistoryMatrix = v.looseObject({
  scenarios,
  variants: v.array(v.looseObject(opened(historyVariant))),
  cells: v.array(v.looseObject({ mask, scenario, faults, exhaustive })),
  disagreements: v.array(v.looseObject(opened(historyDisagreement))),
  limit,
  executions,
  states,
});
