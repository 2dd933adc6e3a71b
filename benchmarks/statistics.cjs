'use strict';
// Medians with their intervals, as native/bench/stats.c and lib/bench/statistics.ts have them.

const MISS_95 = 0.05;

/** How many values the exact binomial leaves out at each end, plus one; of fewer than six 1. */
function valuesOutside(count) {
  let logShare = -count * Math.LN2;
  let missed = 0;
  for (let k = 0; k < count; k += 1) {
    missed += 2 * Math.exp(logShare);
    if (missed > MISS_95) return Math.max(1, k);
    logShare += Math.log((count - k) / (k + 1));
  }
  return 1;
}

/**
 * The median of values, and the order statistics that enclose the true one with a probability of
 * 95 %. Of fewer than six values the lowest and the highest stand in.
 */
function median(values) {
  const sorted = [...values].sort((x, y) => x - y);
  const count = sorted.length;
  const at = (index) => sorted[Math.min(count - 1, Math.max(0, index))];
  const outside = valuesOutside(count);
  return {
    median: (at(Math.floor((count - 1) / 2)) + at(Math.floor(count / 2))) / 2,
    ci95: [at(outside - 1), at(count - outside)],
    samples: count,
  };
}

/** The same of a[i] / b[i], which were measured side by side. */
function medianRatio(a, b) {
  const count = Math.min(a.length, b.length);
  return median(Array.from({ length: count }, (_, i) => a[i] / b[i]));
}

module.exports = { median, medianRatio };
