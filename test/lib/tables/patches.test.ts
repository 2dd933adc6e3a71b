import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { hasBit } from '../../../lib/base/bounds';
import { DmTortureError } from '../../../lib/base/errors';
import { PatchSet, patches } from '../../../lib/tables/patches';
import { type PatchRow, tables } from '../../../lib/tables/tables';

const FULL = 2 ** tables.patches.length - 1;

describe('patches.parse', () => {
  const SERIES = ['01', '02', '03', '04', '05', '06', '07', '08'];
  const MERGED = ['01', '02', '03', '04', '05', '07', '08', '06m'];
  const ALL = [...SERIES, 'R3', 'R2'];
  const WITHOUT_05 = ALL.filter((no) => no !== '05');
  test.each([
    ['all', ALL],
    ['series', SERIES],
    ['merged', MERGED],
    ['none', []],
    ['all,-05', WITHOUT_05],
    ['all,-freeing', WITHOUT_05],
    ['all, -5', WITHOUT_05],
    ['-05', WITHOUT_05],
    ['2-2', ['02']],
    ['1-4,6', ['01', '02', '03', '04', '06']],
    ['01-04,06', ['01', '02', '03', '04', '06']],
    ['get-locked', ['06']],
    ['06m', ['06m']],
    ['R3', ['R3']],
    ['r3', ['R3']],
    ['none,02', ['02']],
    ['series,-06,06-merged', MERGED],
    ['ALL', ALL],
  ])('%s is %j', (text, numbers) => {
    expect([...patches.parse(text)].map(({ no }) => no)).toEqual(numbers);
  });

  test('reports have the mask and the slugs of the rows', () => {
    const report = { mask: 17, names: ['idr-replace', 'freeing'] };
    expect(patches.parse('1,5').toJSON()).toStrictEqual(report);
    expect(JSON.parse(JSON.stringify(patches.parse('1,5')))).toEqual(report);
    expect(patches.parse('all').mask).toBe(17151);
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
    ['5.10', /names no patch and no set; it lies between `4.15` and `5.15`, see/],
    ['4-1', /is not a range/],
    ['1-99', /is not a range/],
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
    ['1-8,R2,R3', 'all'],
    ['none', 'none'],
    ['1-8', 'series'],
    ['1-5,7-8,06m', 'merged'],
    ['1-4,6-8,R2,R3', 'all,-05'],
    ['2,1', '01,02'],
    ['1-4,6', '1-4,06'],
    ['06-merged', '06m'],
    ['2.6.36,-R8', '2.6.36,-R8'],
    ['3.0,-R8', '2.6.36,-R8'],
  ])('%s is %s', (given, text) => {
    const set = patches.parse(given);
    expect([set.format(), patches.format(set), patches.format(set.mask)]).toEqual([
      text,
      text,
      text,
    ]);
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
    expect(patches.without('05', 'series').format()).toBe('series,-05');
  });

  test('rows are those of a set, or of its mask', () => {
    const set = patches.parse('02,R3');
    expect(patches.rows(set).map(({ no }) => no)).toEqual(['02', 'R3']);
    expect(patches.rows(set.mask)).toEqual(patches.rows(set));
  });
});

describe('a set of patches', () => {
  const all = patches.parse('all');

  test('has a patch by number or slug, and a set where it has every row of it', () => {
    expect([all.has('05'), all.has('freeing'), all.has('06m'), all.has('06-merged')]).toEqual([
      true,
      true,
      false,
      false,
    ]);
    expect([all.has(patches.parse('1,R3')), all.has(patches.parse('1,06m'))]).toEqual([
      true,
      false,
    ]);
  });

  test('with and without leave the set itself as it was', () => {
    const merged = all.without('06,R2,R3').with('06m');
    expect(merged.equals(patches.parse('merged'))).toBe(true);
    expect(merged.equals(all)).toBe(false);
    expect(all.format()).toBe('all');
    expect(all.with('05').names).toEqual(all.names);
    expect(all.without('06m').names).toEqual(all.names);
  });

  test('its rows come in the order of the table, each once', () => {
    const [first, second] = tables.patches as [PatchRow, PatchRow];
    expect([...new PatchSet([second, first, second])]).toEqual([first, second]);
  });
});

test.each([
  [0, 0, false],
  [5, 0, true],
  [5, 1, false],
  [2 ** 34, 34, true],
  [2 ** 34, 33, false],
  [2 ** 34, 2, false],
  [2 ** 53 - 1, 52, true],
  [2 ** 52, 20, false],
])('of %d bit %d is set: %p', (number, bit, isSet) => {
  expect(hasBit(number, bit)).toBe(isSet);
});
