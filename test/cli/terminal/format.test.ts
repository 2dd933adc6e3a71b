import { describe, expect, test } from '@jest/globals';
import {
  durationOption,
  formatClock,
  formatCount,
  formatMs,
  formatNs,
  plural,
} from '../../../lib/cli/terminal/format';

describe('formatCount', () => {
  test.each([
    [0, '0'],
    [7, '7'],
    [999, '999'],
    [1000, '1k'],
    [1234, '1.23k'],
    [12_345, '12.3k'],
    [999_499, '999k'],
    [999_500, '1M'],
    [123_456_789, '123M'],
    [4.5e9, '4.5G'],
    [2 ** 53, '9.01P'],
    [5e18, '5000P'],
    [Number.NaN, '-'],
  ])('%p is %p', (count, text) => {
    expect(formatCount(count)).toBe(text);
  });
});

describe('times', () => {
  test.each([
    [0, '-'],
    [Number.NaN, '-'],
    [1, '1 ns'],
    [850.4, '850 ns'],
    [999.6, '1 us'],
    [12_345, '12.3 us'],
    [4_500_000, '4.5 ms'],
    [1.2e9, '1.2 s'],
  ])('formatNs(%p) is %p', (ns, text) => {
    expect(formatNs(ns)).toBe(text);
  });

  test.each([
    [0, '<0.01 ms'],
    [0.42, '0.42 ms'],
    [12.34, '12.3 ms'],
    [1234, '1.23 s'],
    [Number.NaN, '-'],
  ])('formatMs(%p) is %p', (ms, text) => {
    expect(formatMs(ms)).toBe(text);
  });

  test.each([
    [-5, '0.0s'],
    [0, '0.0s'],
    [7340, '7.3s'],
    [9960, '10s'],
    [42_000, '42s'],
    [59_600, '1m00s'],
    [185_000, '3m05s'],
    [7_620_000, '2h07m'],
  ])('formatClock(%p) is %p', (ms, text) => {
    expect(formatClock(ms)).toBe(text);
  });

  test.each([
    [0, '0ms'],
    [500, '500ms'],
    [1500, '1500ms'],
    [10_000, '10s'],
    [90_000, '90s'],
    [120_000, '2m'],
  ])('durationOption(%p) is %p', (ms, text) => {
    expect(durationOption(ms)).toBe(text);
  });
});

test('plural', () => {
  expect([0, 1, 2, 1500].map((n) => plural(n, 'fault'))).toEqual([
    '0 faults',
    '1 fault',
    '2 faults',
    '1.5k faults',
  ]);
});
