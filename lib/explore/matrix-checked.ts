import type { Race } from '../programs/race';
import { type MatrixCell, toCell } from '../reports/matrix-cells';
import type { PatchSet } from '../tables/patches';
import { type MemoryName, tables } from '../tables/tables';
import { explore } from './explore';

/**
 * The cells of races with checks, which see the ends of each cell on this thread; fewer where
 * `signal` was aborted.
 */
export async function checkedCells(
  { sets, races }: { sets: readonly { mask: number; set: PatchSet }[]; races: readonly Race[] },
  memory: MemoryName,
  { signal, onDone }: { signal: AbortSignal | undefined; onDone(done: number): void },
): Promise<MatrixCell[]> {
  const cells: MatrixCell[] = [];
  for (const { mask, set } of sets) {
    for (const race of races) {
      if (signal?.aborted) return cells;
      const report = await explore(race, {
        patches: set,
        strategy: 'stateful',
        memory,
        allFaults: true,
        minimise: false,
        signal,
      });
      if (report.limit === 'stopped') return cells;
      const found = report.faults.map(({ kind }) => kind);
      const kinds = tables.faults.map(({ slug }) => slug).filter((slug) => found.includes(slug));
      cells.push(toCell(mask, race.name, kinds, report));
      onDone(cells.length);
    }
  }
  return cells;
}
