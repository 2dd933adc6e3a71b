import { limits } from '../tables/tables.gen';
import type { Confidence } from './rows';

/** A median, and what holds the true one with a probability of 95 %. */
export interface Estimate {
  median: number;
  ci95: Confidence;
}

/** Of the normal distribution: 95 % lie within this number of standard deviations. */
const Z95 = 1.959964;

/**
 * The median of values and its interval by order statistics, whatever they are distributed like.
 * Fewer than `limits.windowsMin` have none.
 */
export function estimate(values: readonly number[]): Estimate {
  const sorted = [...values].sort((a, b) => a - b);
  const count = sorted.length;
  const at = (index: number): number => sorted[Math.min(count - 1, Math.max(0, index))] ?? 0;
  const reach = (Z95 * Math.sqrt(count)) / 2;
  return {
    median: (at(Math.floor((count - 1) / 2)) + at(Math.floor(count / 2))) / 2,
    ci95:
      count < limits.windowsMin
        ? null
        : [at(Math.floor(count / 2 - reach) - 1), at(Math.ceil(count / 2 + reach))],
  };
}

/** What pairs of values, measured side by side, say of each other. */
export function estimatePairs(
  ours: readonly number[],
  theirs: readonly number[],
  compare: (our: number, their: number) => number,
): Estimate {
  return estimate(ours.map((our, i) => compare(our, theirs[i] ?? 0)));
}
