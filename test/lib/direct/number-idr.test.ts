import { describe, expect, test } from '@jest/globals';
import { Idr, NumberIdr } from '../../../lib/index';
import { errnoNumber } from '../../../lib/tables/errno';

describe('numbers for pointers', () => {
  test('what goes in comes out, however large', () => {
    using idr = new NumberIdr();
    expect(idr.alloc(5)).toBe(-errnoNumber('EAGAIN'));
    expect(idr.preload()).toBe(true);
    const values = [1, 2 ** 31, 2 ** 32 + 1, Number.MAX_SAFE_INTEGER];
    const ids = values.map((value) => idr.alloc(value, 0, 0));
    expect(ids).toEqual([0, 1, 2, 3]);
    expect(ids.map((id) => idr.find(id))).toEqual(values);
    expect(idr.replace(1, 7)).toBe(2 ** 31);
    expect(idr.remove(1)).toBe(7);
    expect([idr.remove(1), idr.find(1), idr.find(-1), idr.find(2 ** 40)]).toEqual([0, 0, 0, 0]);
    expect([idr.getNext(1), idr.getNext(4)]).toEqual([2, -1]);
    expect([idr.allocCyclic(8), idr.allocCyclic(9)]).toEqual([1, 4]);
    idr.destroy();
    expect(idr.isEmpty).toBe(true);
  });

  test.each([-1, 0.5, Number.NaN, 2 ** 53])('%p is not a value', (value) => {
    using idr = new NumberIdr();
    expect(() => idr.alloc(value, 0, 0)).toThrow(
      expect.objectContaining({ code: 'ERR_OUT_OF_RANGE', option: 'value' }),
    );
    expect(idr.isEmpty).toBe(true);
  });

  test('side by side with another', () => {
    const [one, other] = [new NumberIdr(), new NumberIdr()];
    one.alloc(11, 0, 0);
    other.alloc(22, 0, 0);
    expect([one.find(0), other.find(0), one.find(0)]).toEqual([11, 22, 11]);
    one[Symbol.dispose]();
    expect(() => one.find(0)).toThrow(expect.objectContaining({ code: 'ERR_DISPOSED' }));
    expect(other.find(0)).toBe(22);
  });
});

describe('many at once', () => {
  const COUNT = 5000;

  test('is the same as one after another', () => {
    using idr = new NumberIdr();
    for (let i = 0; i < COUNT; i += 1) idr.alloc(i * 3 + 1, 0, 0);
    for (let id = 0; id < COUNT; id += 7) idr.remove(id);
    const ids = Uint32Array.from({ length: 2 * COUNT }, (_, i) => (i * 7919) % (2 * COUNT));
    const found = idr.findMany(ids);
    expect([...found]).toEqual([...ids].map((id) => idr.find(id)));
    expect(found.filter((value) => value === 0).length).toBeGreaterThan(COUNT);
    const into = new Float64Array(2);
    expect(idr.findMany(Uint32Array.of(1, 2 ** 32 - 1), into)).toBe(into);
    expect([...into]).toEqual([4, 0]);
    expect(idr.findMany(new Uint32Array(0))).toHaveLength(0);
  });

  test('of an Idr: its values', () => {
    using idr = new Idr<string>();
    for (const value of ['a', 'b', 'c']) idr.alloc(value, 0, 0);
    idr.remove(1);
    expect(idr.findMany(Uint32Array.of(2, 1, 0, 99))).toEqual(['c', undefined, 'a', undefined]);
  });

  test('only a typed array of the right length is accepted', () => {
    using idr = new NumberIdr();
    const wrong = (code: string, option: string): unknown =>
      expect.objectContaining({ code, option });
    expect(() => idr.findMany([1] as never)).toThrow(wrong('ERR_INVALID_ARG_TYPE', 'ids'));
    expect(() => idr.findMany(new Int32Array(1) as never)).toThrow(
      wrong('ERR_INVALID_ARG_TYPE', 'ids'),
    );
    expect(() => idr.findMany(new Uint32Array(2), new Float64Array(1))).toThrow(
      wrong('ERR_OUT_OF_RANGE', 'into'),
    );
    expect(() => idr.findMany(new Uint32Array(2), new Float32Array(2) as never)).toThrow(
      wrong('ERR_INVALID_ARG_TYPE', 'into'),
    );
    idr[Symbol.dispose]();
    expect(() => idr.findMany(new Uint32Array(1))).toThrow(
      expect.objectContaining({ code: 'ERR_DISPOSED' }),
    );
  });
});
