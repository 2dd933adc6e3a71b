import { expect, test } from '@jest/globals';
import { parseDuration } from '../../../lib/base/duration';

test.each([
  ['500ms', 500],
  ['10s', 10_000],
  ['2m', 120_000],
  ['1h', 3_600_000],
  ['1.5s', 1500],
  ['250', 250],
  [' 10 s ', 10_000],
  [0, 0],
  [250, 250],
])('%p is %i ms', (duration, ms) => {
  expect(parseDuration(duration)).toBe(ms);
});

test.each([['10x'], ['s'], [''], ['-1s'], ['1e3'], ['1s2'], [-1], [1.5], [Number.NaN], [Infinity]])(
  'refuses %p',
  (duration) => {
    expect(() => parseDuration(duration)).toThrow(
      expect.objectContaining({ code: 'ERR_OUT_OF_RANGE', option: 'duration' }),
    );
  },
);

test('refuses a wrong type, by the name it is given', () => {
  expect(() => parseDuration({} as never, 'epoch')).toThrow(
    expect.objectContaining({ code: 'ERR_INVALID_ARG_TYPE', option: 'epoch' }),
  );
});
