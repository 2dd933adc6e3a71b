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
  { masks, races }: { masks: readonly number[]; races: readonly Race[] },
  { followUps, memory }: { followUps: PatchSet; memory: MemoryName },
  watch: { signal: AbortSignal | undefined; onProgress(progress: { done: number }): void },
): Promise<MatrixCell[]> {
  const { signal } = watch;
  const cells: MatrixCell[] = [];
  for (const mask of masks) {
    for (const race of races) {
      if (signal?.aborted) return cells;
      const report = await explore(race, {
        patches: followUps.with({ mask }),
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
      watch.onProgress({ done: cells.length });
    }
  }
  return cells;
}
