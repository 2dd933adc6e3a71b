import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { didYouMean, editDistance, nearest } from '../../../lib/base/suggest';

test.each([
  ['', '', 0],
  ['threads', 'threads', 0],
  ['thraeds', 'threads', 1],
  ['kitten', 'sitting', 3],
  ['abc', '', 3],
])('from %p to %p it takes %i', (a, b, distance) => {
  expect(editDistance(a, b)).toBe(distance);
});

test('a distance is the same both ways', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 8 }), fc.string({ maxLength: 8 }), (a, b) => {
      expect(editDistance(a, b)).toBe(editDistance(b, a));
    }),
  );
});

test('the nearest of several, or none', () => {
  expect(nearest('minosr', ['minors', 'threads'])).toBe('minors');
  expect(nearest('xyz', ['minors', 'threads'])).toBeUndefined();
  expect(didYouMean('minosr', ['minors'])).toBe('; did you mean `minors`?');
  expect(didYouMean('xyz', ['minors'])).toBe('');
});
