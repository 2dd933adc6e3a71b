import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parseShard, readSplit, shareOf, unitsOf } from '../../../lib/run/shard';

describe('shard', () => {
  test('is i/n', () => {
    expect(parseShard('2/4')).toEqual({ index: 2, count: 4 });
    expect(parseShard(' 1 / 1 ')).toEqual({ index: 1, count: 1 });
    expect(parseShard('4096/4096')).toEqual({ index: 4096, count: 4096 });
  });

  test.each(['5/4', '0/4', '1/0', '1/4097', '-1/4', '1', '1/4/4', '1.5/4', '', 'a/b', '01x/4'])(
    'refused: %s',
    (text) => {
      const message = `Expected \`shard\` to be i/n with 1 <= i <= n <= 4096, got \`${text}\``;
      expect(() => parseShard(text)).toThrow(message);
    },
  );

  test('is a text', () => {
    expect(() => parseShard(0.25)).toThrow(/^Expected `shard` to be a text, i\/n with .*`0.25`$/);
  });
});

describe('the units of all shards', () => {
  test('are each there once', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 30 }), (n, slices) => {
        const shards = Array.from({ length: n }, (_, i) =>
          unitsOf({ index: i + 1, count: n }, slices),
        );
        const all = shards.flatMap(({ own }) => own).sort((a, b) => a - b);
        expect(all).toEqual(Array.from({ length: n * slices }, (_, unit) => unit));
        expect(new Set(shards.map(({ count }) => count))).toEqual(new Set([n * slices]));
        expect(unitsOf(undefined, n * slices).own).toEqual(all);
      }),
    );
  });

  test('share a limit to the last of it, evenly', () => {
    const total = fc.maxSafeNat();
    fc.assert(
      fc.property(total, fc.integer({ min: 1, max: 500 }), (limit, count) => {
        const shares = Array.from({ length: count }, (_, i) => BigInt(shareOf(limit, i, count)));
        expect(shares.reduce((sum, share) => sum + share, 0n)).toBe(BigInt(limit));
        expect(Number((shares[0] ?? 0n) - (shares.at(-1) ?? 0n))).toBeLessThanOrEqual(1);
      }),
    );
  });
});

describe('options', () => {
  test.each([
    [{ slices: 0 }, 'Expected `slices` to be 1..1000000 (slices), got `0`'],
    [{ slices: 1.5 }, 'Expected `slices` to be 1..1000000 (slices), got `1.5`'],
    [{ slices: '3' }, 'Expected `slices` to be a number (slices), got `3`'],
    [{ journal: '' }, 'Expected `journal` to be the path of a file, got ``'],
    [{ journal: 'a', resume: 'yes' }, 'Expected `resume` to be `true` or `false`, got `yes`'],
    [{ resume: true }, '`resume` goes on with a journal: name its file with `journal`'],
  ])('%j is refused', (options, message) => {
    expect(() => readSplit(options as object)).toThrow(message);
  });

  test('are all optional', () => {
    expect(readSplit({})).toEqual({ shard: undefined, slices: undefined, journal: undefined });
    expect(readSplit({ resume: false })).toMatchObject({ journal: undefined });
  });
});
