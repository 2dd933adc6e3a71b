import { median, medianInterval } from '../base/statistics';
import type { Confidence } from './rows';

/** A median, and what holds the true one with a probability of 95 %. */
export interface Estimate {
  median: number;
  ci95: Confidence;
}

/**
 * The median of values and its interval by order statistics, whatever they are distributed like.
 * Fewer than `limits.windowsMin` have none.
 */
export function estimate(values: readonly number[]): Estimate {
  return { median: median(values), ci95: medianInterval(values) };
}

/** What pairs of values, measured side by side, say of each other. */
export function estimatePairs(
  ours: readonly number[],
  theirs: readonly number[],
  compare: (our: number, their: number) => number,
): Estimate {
  return estimate(ours.map((our, i) => compare(our, theirs[i] ?? 0)));
}
