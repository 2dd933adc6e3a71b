import os from 'node:os';
import { groupedBy } from '../base/bounds';
import type { OutputOf } from '../base/output-of';
import type { Race } from '../programs/race';
import type { historyMatrix, historyVariant } from '../reports/documents/history-matrix';
import type { MatrixCell } from '../reports/matrix-cells';
import type { SetName } from '../tables/history-rows';
import { worstLimit } from '../tables/limit';
import { type PatchSet, patches } from '../tables/patches';
import { tables } from '../tables/tables';
import { type CellWatch, Expectations, exploreCells } from './cells';

/** Sets of patches x scenarios of a history, each cell held against the formulas. */
export type HistoryMatrix = OutputOf<typeof historyMatrix>;
/** A named set of patches, or one with one of its rows changed. */
export type HistoryVariant = OutputOf<typeof historyVariant>;
/** What a matrix has: the named sets, or also each of them with one row changed. */
export type HistoryMatrixScope = 'sets' | 'rows';

/** A set as its formulas read it, and how it came about. */
interface Variant extends Omit<HistoryVariant, 'mask'> {
  patches: PatchSet;
}

/** Each fix and each machinery that is in is taken out, each row of the past is put in. */
function changesOf(set: SetName, whole: PatchSet): Variant[] {
  const out = [...whole].filter(({ kind }) => kind !== 'past');
  const past = tables.patches.filter(({ kind, no }) => kind === 'past' && !whole.has(no));
  return [
    ...out.map(({ no }) => ({ set, row: no, change: 'out' as const, patches: whole.without(no) })),
    ...past.map(({ no }) => ({ set, row: no, change: 'in' as const, patches: whole.with(no) })),
  ];
}

/** Kernels in the order of their dates, then the sets that are not of a kernel. */
function everyVariant(scope: HistoryMatrixScope): Variant[] {
  const inOrder = [true, false].flatMap((of) => tables.sets.filter(({ kernel }) => kernel === of));
  return inOrder.flatMap(({ name }) => {
    const whole = patches.parse(name);
    const itself = { set: name, row: null, change: 'none' as const, patches: whole };
    return scope === 'rows' ? [itself, ...changesOf(name, whole)] : [itself];
  });
}

/** How many cells a matrix has. */
export function cellsIn(scope: HistoryMatrixScope, races: readonly Race[]): number {
  return programsOf(everyVariant(scope)).length * races.length;
}

/** Sets that the model cannot tell apart are one program, and explored once. */
function programsOf(variants: readonly Variant[]): PatchSet[] {
  const canonical = variants.map((variant) => variant.patches.canonical());
  return [...new Map(canonical.map((set) => [set.mask, set])).values()];
}

/** Each variant against the formulas, with its own rows, also those that have no effect in it. */
function compare(
  variants: readonly Variant[],
  races: readonly Race[],
  cells: readonly MatrixCell[],
): HistoryMatrix['disagreements'] {
  const expected = new Expectations(races, 'sc');
  const cellsOf = groupedBy(cells, ({ mask }) => String(mask));
  return variants.flatMap(({ set, row, change, patches: own }) =>
    cellsOf(String(own.canonical().mask)).flatMap((cell) =>
      expected
        .deviations(cell, own)
        .map((deviation) => ({ set, row, change, scenario: cell.scenario, ...deviation })),
    ),
  );
}

/** Explore the sets in some scenarios; cells are missing where `signal` was aborted. */
export async function fillHistoryMatrix(
  scope: HistoryMatrixScope,
  races: readonly Race[],
  watch: CellWatch,
): Promise<HistoryMatrix> {
  const variants = everyVariant(scope);
  const sets = programsOf(variants).map((set) => ({ mask: set.mask, set }));
  const rules = { memory: 'sc', threads: os.availableParallelism() } as const;
  const cells = await exploreCells({ sets, races }, rules, watch);
  const stopped = cells.length < sets.length * races.length;
  return {
    scenarios: races.map(({ name }) => name),
    variants: variants.map(({ patches: own, ...variant }) => ({
      ...variant,
      mask: own.canonical().mask,
    })),
    cells,
    disagreements: compare(variants, races, cells),
    limit: worstLimit([...cells.map((cell) => cell.limit), ...(stopped ? ['stopped'] : [])]),
    executions: cells.reduce((sum, { executions }) => sum + executions, 0),
    states: cells.reduce((sum, { states }) => sum + states, 0),
  };
}
