import { describe, expect, test } from '@jest/globals';
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
});
