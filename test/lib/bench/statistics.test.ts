import { describe, expect, test } from '@jest/globals';
import {
  medianInterval,
  missOfEach,
  ratioOfSides,
  runsNeeded,
  valuesNeeded,
} from '../../../lib/base/statistics';
import { estimate, estimatePairs } from '../../../lib/bench/statistics';

describe('medians and their intervals', () => {
  // The same figures as of the C side, test/native/bench.
  test('of a hundred values: order statistics', () => {
    const values = Array.from({ length: 100 }, (_, i) => (i * 37) % 100);
    expect(estimate(values)).toEqual({ median: 49.5, ci95: [39, 60] });
  });

  test('of few values: the median alone', () => {
    expect(estimate([2, 0, 1])).toEqual({ median: 1, ci95: null });
    expect(estimate([5])).toEqual({ median: 5, ci95: null });
    expect(estimate([])).toEqual({ median: 0, ci95: null });
  });

  test('the interval holds the true median in 95 of 100 samples', () => {
    let state = 1;
    const random = (): number => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return state / 2 ** 32;
    };
    let held = 0;
    for (let i = 0; i < 2000; i += 1) {
      const { ci95 } = estimate(Array.from({ length: 41 }, () => random() ** 3));
      const [low, high] = ci95 ?? [1, 0];
      held += low <= 0.125 && 0.125 <= high ? 1 : 0;
    }
    expect(held / 2000).toBeGreaterThan(0.94);
    expect(held / 2000).toBeLessThan(0.99);
  });

  test('pairs are compared side by side', () => {
    const noise = [1, 10, 100, 1000, 10, 1];
    const twice = noise.map((value) => value * 2);
    expect(estimatePairs(twice, noise, (a, b) => a / b)).toEqual({ median: 2, ci95: [2, 2] });
  });

  test('fewer than six values have no interval', () => {
    expect(estimate([1, 2, 3, 4, 5])).toEqual({ median: 3, ci95: null });
    expect(estimate([1, 2, 3, 4, 5, 6])).toEqual({ median: 3.5, ci95: [1, 6] });
  });

  // The same figures as of the C side.
  test.each([
    [6, 0, 5],
    [9, 1, 7],
    [12, 2, 9],
    [20, 5, 14],
    [40, 13, 26],
    [60, 21, 38],
    [2000, 955, 1044],
  ])('the interval of %i values is that of the exact binomial', (count, low, high) => {
    expect(estimate(Array.from({ length: count }, (_, i) => i)).ci95).toEqual([low, high]);
  });
});

describe('many verdicts at once', () => {
  test('each may miss less: 1 row takes 6 values, 17 take 10, 100 take 12', () => {
    expect([1, 17, 100].map(valuesNeeded)).toEqual([6, 10, 12]);
    for (const rows of [1, 2, 3, 17, 51, 100, 1000]) {
      const values = Array.from({ length: valuesNeeded(rows) }, (_, i) => i);
      expect(medianInterval(values, missOfEach(rows))).toEqual([0, values.length - 1]);
      expect(medianInterval(values.slice(1), missOfEach(rows))).toBeNull();
    }
  });

  test('runs of two sides: 4 for one row, 5 for six, 6 for seven', () => {
    expect([1, 6, 7, 23, 24].map(runsNeeded)).toEqual([4, 5, 6, 6, 7]);
    for (const rows of [1, 6, 7, 23, 24]) {
      const side = Array.from({ length: runsNeeded(rows) }, (_, i) => 1 + i / 100);
      expect(ratioOfSides(side, side, missOfEach(rows)).interval).not.toBeNull();
      expect(ratioOfSides(side.slice(1), side.slice(1), missOfEach(rows)).interval).toBeNull();
    }
  });
});

describe('two sides of several runs', () => {
  test('five and five: from the third smallest of 25 ratios to the third largest', () => {
    const ours = [2, 3, 5, 7, 11];
    const theirs = [13, 17, 19, 23, 29];
    const ratios = ours.flatMap((a) => theirs.map((b) => a / b)).sort((a, b) => a - b);
    expect(ratioOfSides(ours, theirs)).toEqual({
      ratio: ratios[12],
      interval: [ratios[2], ratios[22]],
    });
  });

  test('three and three say nothing', () => {
    expect(ratioOfSides([1, 2, 3], [1, 2, 3]).interval).toBeNull();
  });
});
