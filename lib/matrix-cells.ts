/** What follows from the cells of a matrix; the part of a cell that it takes. */
interface CountedCell {
  mask: number;
  faults: readonly string[];
  exhaustive: boolean;
}

/** Subsets under which all of so many scenarios were exhausted, and none faults. */
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

/** `fault`: a cell is not what its scenario expects; for `clean` all were exhausted. */
export function matrixVerdict(
  disagreements: readonly unknown[],
  exhausted: boolean,
): 'clean' | 'fault' | 'unfinished' {
  if (disagreements.length > 0) return 'fault';
  return exhausted ? 'clean' : 'unfinished';
}
