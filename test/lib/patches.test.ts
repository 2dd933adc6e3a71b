import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { DmTortureError } from '../../lib/errors';
import { patches } from '../../lib/patches';
import { tables } from '../../lib/tables';

const FULL = 2 ** tables.patches.length - 1;

describe('patches.parse', () => {
  test.each([
    ['all', 0x2ff],
    ['series', 0x0ff],
    ['merged', 0x1df],
    ['none', 0],
    ['all,-05', 0x2ef],
    ['all,-freeing', 0x2ef],
    ['all, -5', 0x2ef],
    ['-05', 0x2ef],
    ['2-2', 0x02],
    ['1-4,6', 0x2f],
    ['01-04,06', 0x2f],
    ['get-locked', 0x20],
    ['06m', 0x100],
    ['R3', 0x200],
    ['r3', 0x200],
    ['none,02', 0x02],
    ['series,-06,06-merged', 0x1df],
    ['ALL', 0x2ff],
  ])('%s is %i', (text, mask) => {
    expect(patches.parse(text).mask).toBe(mask);
  });

  test('names are the slugs of the rows', () => {
    expect(patches.parse('1,5')).toEqual({ mask: 0x11, names: ['idr-replace', 'freeing'] });
  });

  test('anything with a mask is taken as it is', () => {
    expect(patches.parse({ mask: 255 })).toEqual(patches.parse('series'));
    expect(patches.parse(patches.without('05'))).toEqual(patches.parse('all,-05'));
  });

  test('a bare number is refused, with the two things that it could mean', () => {
    expect(() => patches.parse(5 as never)).toThrow(
      "Expected `patches` to be a patch set such as `all,-05`, `1-4,6` or `none`, or an object with a `mask`, got `5`: a number can mean two things; patch 5 is `'5'`, the mask is `{ mask: 5 }`",
    );
    expect(() => patches.parse(5 as never)).toThrow(
      expect.objectContaining({ code: 'ERR_INVALID_ARG_TYPE', option: 'patches' }),
    );
  });

  test.each([
    ['', /names no patch and no set/],
    ['all,', /names no patch/],
    ['9', /names no patch/],
    ['4-1', /is no range/],
    ['1-99', /is no range/],
    ['freezing', /did you mean `freeing`\?/],
    ['al', /did you mean `all`\?/],
    ['all,--05', /names no patch/],
  ])('refuses %j', (text, message) => {
    expect(() => patches.parse(text)).toThrow(message);
    expect(() => patches.parse(text)).toThrow(
      expect.objectContaining({ code: 'ERR_OUT_OF_RANGE', option: 'patches' }),
    );
  });

  test.each([[-1], [FULL + 1], [1.5], [Number.NaN]])('refuses the mask %p', (mask) => {
    expect(() => patches.parse({ mask })).toThrow(
      expect.objectContaining({ code: 'ERR_OUT_OF_RANGE', option: 'patches.mask' }),
    );
  });

  test('refuses what is neither text nor number', () => {
    expect(() => patches.parse(null as never)).toThrow(DmTortureError);
    expect(() => patches.parse(['all'] as never)).toThrow(
      expect.objectContaining({ code: 'ERR_INVALID_ARG_TYPE' }),
    );
  });
});

describe('patches.format', () => {
  test.each([
    [0x2ff, 'all'],
    [0, 'none'],
    [0xff, 'series'],
    [0x1df, 'merged'],
    [0x2ef, 'all,-05'],
    [0x03, '01,02'],
    [0x2f, '1-4,06'],
    [0x100, '06m'],
  ])('%i is %s', (mask, text) => {
    expect(patches.format(mask)).toBe(text);
  });

  test('parse reads back what format wrote, for every mask', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: FULL }), (mask) => {
        expect(patches.parse(patches.format(mask)).mask).toBe(mask);
      }),
    );
  });
});

describe('the other ways', () => {
  test('list has a row for each bit, in order', () => {
    expect(patches.list().map(({ bit }) => bit)).toEqual(patches.list().map((_, i) => i));
  });

  test('without takes one out', () => {
    expect(patches.without('freeing')).toEqual(patches.parse('all,-05'));
    expect(patches.without('05', 'series').mask).toBe(0xef);
  });

  test('rows are those of the set bits', () => {
    expect(patches.rows(0x202).map(({ no }) => no)).toEqual(['02', 'R3']);
  });
});
