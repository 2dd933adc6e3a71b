import { limits } from '../../tables/tables.gen';
import type { LockRow } from './bench-rows';

/** Figures of rows, as documents of any version have them. */

/**
 * What holds a row's figure with a probability of 95 %; null where its windows are too few, whatever
 * a document of an older version says.
 */
export function confidenceOf({
  ci95,
  windows,
}: {
  ci95?: readonly number[] | null | undefined;
  windows?: readonly number[] | undefined;
}): [low: number, high: number] | null {
  const [low, high] = ci95 ?? [];
  if (low === undefined || high === undefined) return null;
  return windows && windows.length < limits.windowsMin ? null : [low, high];
}

/** The same for a picture, where a row without an interval is a point: `figure` itself. */
export function boundsOf(
  row: Parameters<typeof confidenceOf>[0],
  figure: number,
): { low: number; high: number } {
  const [low, high] = confidenceOf(row) ?? [figure, figure];
  return { low, high };
}

/** `2.6.18`, or `today, RCU` where devices were looked up so; of no era, nothing. */
export const eraOf = ({
  patches,
  lookup,
}: {
  patches?: { name: string } | undefined;
  lookup?: string | undefined;
}): string | undefined => patches && `${patches.name}${lookup === 'rcu' ? ', RCU' : ''}`;

/** Jain's index of the whole measurement; of documents without the counts, what they say. */
export function jainOf({ acquired = [], jain }: Pick<LockRow, 'acquired' | 'jain'>): number {
  const sum = acquired.reduce((total, n) => total + n, 0);
  const squares = acquired.reduce((total, n) => total + n * n, 0);
  return squares > 0 ? (sum * sum) / (acquired.length * squares) : jain;
}
