import type { OutputOf } from '../base/output-of';
import type { LimitName } from '../tables/limit';
import type { FaultKind } from '../tables/tables';
import type { matrixCell } from './documents/matrix';

/** What one subset lets happen in one scenario. */
export type MatrixCell = OutputOf<typeof matrixCell>;

/** A cell, from how far it was looked at. */
export function toCell(
  mask: number,
  /** The name of what was explored. */
  scenario: string,
  faults: FaultKind[],
  looked: { exhaustive: boolean; limit: LimitName | null; executions: number; states: number },
): MatrixCell {
  const { exhaustive, limit, executions, states } = looked;
  return { mask, scenario, faults, exhaustive, ...(limit && { limit }), executions, states };
}

/** What follows from the cells of a matrix; the part of a cell that it takes. */
interface CountedCell {
  mask: number;
  faults: readonly string[];
  /** The search came to its end. */
  exhaustive: boolean;
}

/** Subsets under which all scenarios were exhausted, and none faults. */
export function cleanMasksOf(
  masks: readonly number[],
  scenarios: number,
  cells: readonly CountedCell[],
): number[] {
  const clean = new Map<number, number>();
  for (const { mask, faults, exhaustive } of cells) {
    if (exhaustive && faults.length === 0) clean.set(mask, (clean.get(mask) ?? 0) + 1);
  }
  return masks.filter((mask) => clean.get(mask) === scenarios);
}

/** `fault`: a cell is not what its scenario expects; `clean`: all were exhausted. */
export function matrixVerdict(
  disagreements: readonly unknown[],
  exhausted: boolean,
): 'clean' | 'fault' | 'unfinished' {
  if (disagreements.length > 0) return 'fault';
  return exhausted ? 'clean' : 'unfinished';
}
