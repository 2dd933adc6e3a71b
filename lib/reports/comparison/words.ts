import { type Bounds, median, medianInterval, missOfEach } from '../../base/statistics';

/** What is said of two figures: that the windows or runs do not tell them apart is an answer, too. */
export type ComparisonWord = 'faster' | 'slower' | 'same' | 'not told apart' | 'cannot be compared';

/** Less than that is the same: how far a ratio has to be from 1. */
export const APART = 0.02;

/**
 * The word for a ratio of speeds: `faster` and `slower` where its whole interval is beyond 1 and
 * `apart`, `same` where it is all within, else it is not told apart.
 */
export function wordOf(interval: Bounds | null, apart = APART): ComparisonWord {
  if (interval === null) return 'not told apart';
  const [low, high] = interval;
  if (low > 1 + apart) return 'faster';
  if (high < 1 - apart) return 'slower';
  return low >= 1 - apart && high <= 1 + apart ? 'same' : 'not told apart';
}

/** Two that were measured in the same rounds, side by side. */
export interface Pairing {
  /** Speed of the one / that of the other: the median of the rounds. */
  ratio: number;
  /** What holds the true one with 95 %; null: too few rounds. */
  ci95: Bounds | null;
  word: ComparisonWord;
}

/**
 * Compare round by round, since neighbours in time have more in common than any others.
 *
 * @param verdicts - How many are given at once: the more, the surer each has to be.
 */
export function comparePaired(
  ours: readonly number[],
  theirs: readonly number[],
  verdicts = 1,
): Pairing {
  const rounds = Math.min(ours.length, theirs.length);
  const ratios = Array.from({ length: rounds }, (_, i) => (ours[i] ?? 0) / (theirs[i] || 1));
  return {
    ratio: median(ratios),
    ci95: medianInterval(ratios),
    word: wordOf(medianInterval(ratios, missOfEach(verdicts))),
  };
}

/** How a measurement went on while it was made: the last third of its windows / the first. */
export function driftOf(windows: readonly number[]): number | null {
  const third = Math.floor(windows.length / 3);
  const [first, last] = [windows.slice(0, third), windows.slice(windows.length - third)];
  const [before, after] = [medianInterval(first), medianInterval(last)];
  if (before === null || after === null) return null;
  const ratio = median(last) / median(first);
  const isApart = before[1] < after[0] || after[1] < before[0];
  return isApart && Math.abs(ratio - 1) > APART ? ratio : null;
}
