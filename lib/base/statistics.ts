/**
 * Medians and what is sure of them, without an assumption about how values are distributed. An
 * interval that is as sure as it was asked to be is given where the values suffice for one, else null.
 */

/** Lower and upper end. */
export type Bounds = [low: number, high: number];

/** How often an interval of 95 % misses the true value. */
export const MISS_95 = 0.05;

const ascending = (values: readonly number[]): number[] => [...values].sort((a, b) => a - b);

/** The middle one, or the mean of the two in the middle; 0 of none. */
export function median(values: readonly number[]): number {
  const sorted = ascending(values);
  const [low = 0, high = 0] = [sorted[(sorted.length - 1) >> 1], sorted[sorted.length >> 1]];
  return (low + high) / 2;
}

/**
 * How many values an interval of the median leaves out at each end, plus one: the largest k with
 * 2 P(B(n, 1/2) < k) <= `miss`, by the exact binomial distribution. 0: there is no such interval.
 */
function valuesOutside(count: number, miss: number): number {
  let logShare = -count * Math.LN2;
  let missed = 0;
  for (let k = 0; k < count; k += 1) {
    missed += 2 * Math.exp(logShare);
    if (missed > miss) return k;
    logShare += Math.log((count - k) / (k + 1));
  }
  return 0;
}

/** What holds the true median except with a probability of `miss`; null: too few values. */
export function medianInterval(values: readonly number[], miss = MISS_95): Bounds | null {
  const sorted = ascending(values);
  const outside = valuesOutside(sorted.length, miss);
  const [low, high] = [sorted[outside - 1], sorted[sorted.length - outside]];
  return outside === 0 || low === undefined || high === undefined ? null : [low, high];
}

/** In how many ways of `ours + theirs` values the statistic of Mann and Whitney is 0, 1, 2, ... */
function mannWhitneyWays(ours: number, theirs: number): number[] {
  // Gaussian binomial coefficients: the product of (1 - q^(theirs + i)) / (1 - q^i).
  let ways = [1];
  for (let i = 1; i <= ours; i += 1) {
    const more = new Array<number>(ways.length + theirs + i).fill(0);
    for (const [power, count] of ways.entries()) {
      more[power] = (more[power] ?? 0) + count;
      more[power + theirs + i] = (more[power + theirs + i] ?? 0) - count;
    }
    for (let power = i; power < more.length; power += 1) {
      more[power] = (more[power] ?? 0) + (more[power - i] ?? 0);
    }
    ways = more.slice(0, i * theirs + 1);
  }
  return ways;
}

/**
 * By which factor `ours` is above `theirs`, of values that were made independently: the median of
 * all ratios, and the interval that the test of Mann and Whitney does not reject. Five and five give
 * 25 ratios, of which it reaches from the third smallest to the third largest.
 */
export function ratioOfSides(
  ours: readonly number[],
  theirs: readonly number[],
  miss = MISS_95,
): { ratio: number; interval: Bounds | null } {
  const ratios = ascending(ours.flatMap((our) => theirs.map((their) => our / their)));
  const ways = mannWhitneyWays(ours.length, theirs.length);
  const all = ways.reduce((sum, count) => sum + count, 0);
  let outside = 0;
  let missed = 0;
  for (const count of ways) {
    missed += (2 * count) / all;
    if (missed > miss) break;
    outside += 1;
  }
  const [low, high] = [ratios[outside - 1], ratios[ratios.length - outside]];
  const has = outside > 0 && low !== undefined && high !== undefined && low <= high;
  return { ratio: median(ratios), interval: has ? [low, high] : null };
}

/**
 * What each of several verdicts may miss, so that all of them together are wrong no more often than
 * one alone would be (Bonferroni).
 */
export const missOfEach = (verdicts: number): number => MISS_95 / Math.max(1, verdicts);

/** Values that an interval takes for one of `verdicts` verdicts: 6 for one, 10 for 17. */
export const valuesNeeded = (verdicts: number): number =>
  Math.ceil(1 + Math.log2(1 / missOfEach(verdicts)));

/** Runs that each of two sides takes for the same, by {@link ratioOfSides}. */
export function runsNeeded(verdicts: number): number {
  let runs = 1;
  for (let ways = 2; 2 / ways > missOfEach(verdicts); ways *= (2 * (2 * runs - 1)) / runs)
    runs += 1;
  return runs;
}
