import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  addBuckets,
  describeLatency,
  formatBuckets,
  parseBuckets,
  toBuckets,
} from '../../../lib/reports/latency';
import { stress } from '../../../lib/stress/stress';

const ends = fc.array(fc.nat({ max: 10 ** 12 }), { maxLength: 50 });
const histogram = ends.map((ns) =>
  toBuckets(
    ns,
    ns.map((_, i) => i + 1),
  ),
);

describe('buckets', () => {
  test('keep three digits, rounded up', () => {
    const buckets = toBuckets([0, 7, 999, 1000, 1001, 123_456], [1, 1, 1, 1, 1, 1]);
    expect(buckets.map(({ upTo }) => upTo)).toEqual([0, 7, 999, 1000, 1010, 124_000]);
  });

  test('never end below the truth, nor one hundredth above it', () => {
    fc.assert(
      fc.property(fc.nat({ max: 10 ** 15 }), (ns) => {
        const upTo = toBuckets([ns], [1])[0]?.upTo ?? -1;
        return upTo >= ns && upTo <= ns * 1.01;
      }),
    );
  });

  test('are the same after a round trip through their text', () => {
    fc.assert(
      fc.property(histogram, (buckets) => {
        expect(parseBuckets(formatBuckets(buckets))).toEqual(buckets);
      }),
    );
  });

  test('add up in any order, and lose nothing', () => {
    fc.assert(
      fc.property(histogram, histogram, histogram, (a, b, c) => {
        const sum = addBuckets(a, b, c);
        expect(addBuckets(addBuckets(c, a), b)).toEqual(sum);
        const count = (all: typeof a): number => all.reduce((n, bucket) => n + bucket.count, 0);
        expect(count(sum)).toBe(count([...a, ...b, ...c]));
      }),
    );
  });

  test.each(['5', '5:', ':5', '5:x', '5:1  6:1', '-5:1'])('damaged text: %s', (text) => {
    expect(() => parseBuckets(text)).toThrow(/^Expected `latencyBuckets` to be pairs/);
  });
});

test('percentiles are those of the values, whatever is counted first', () => {
  const buckets = toBuckets([300, 100, 200], [1, 90, 9]);
  expect(describeLatency(buckets)).toEqual({ p50: 100, p90: 100, p99: 200, p999: 300, max: 300 });
  expect(describeLatency([])).toEqual({ p50: 0, p90: 0, p99: 0, p999: 0, max: 0 });
});

test('a run has every operation in a bucket, and its percentiles from there', async () => {
  const { ops } = await stress({ scenario: 'create-find', rounds: 500 }).result;
  expect(Object.keys(ops)).toEqual(expect.arrayContaining(['create', 'find']));
  for (const { count, latencyNs, latencyBuckets = '' } of Object.values(ops)) {
    const buckets = parseBuckets(latencyBuckets);
    expect(buckets.reduce((sum, bucket) => sum + bucket.count, 0)).toBe(count);
    expect(describeLatency(buckets, latencyNs?.max)).toEqual(latencyNs);
  }
  const { ops: blind } = await stress({ scenario: 'create-find', rounds: 5, latency: false })
    .result;
  expect(blind.create).toBeDefined();
  expect(blind.create?.latencyBuckets).toBeUndefined();
});
