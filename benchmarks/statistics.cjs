'use strict';
// Medians with their intervals, as native/bench/stats.c and lib/bench/statistics.ts have them.

const Z95 = 1.959964;

/**
 * The median of values, and the order statistics that enclose the true one with a probability of
 * 95 %. Of fewer than six values the lowest and the highest stand in.
 */
function median(values) {
  const sorted = [...values].sort((x, y) => x - y);
  const count = sorted.length;
  const at = (index) => sorted[Math.min(count - 1, Math.max(0, index))];
  const reach = (Z95 * Math.sqrt(count)) / 2;
  return {
    median: (at(Math.floor((count - 1) / 2)) + at(Math.floor(count / 2))) / 2,
    ci95: [at(Math.floor(count / 2 - reach) - 1), at(Math.ceil(count / 2 + reach))],
    samples: count,
  };
}

/** The same of a[i] / b[i], which were measured side by side. */
function medianRatio(a, b) {
  const count = Math.min(a.length, b.length);
  return median(Array.from({ length: count }, (_, i) => a[i] / b[i]));
}

module.exports = { median, medianRatio };
