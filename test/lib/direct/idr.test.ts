import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { DmTortureError, Idr } from '../../../lib/index';
import { errnoNumber } from '../../../lib/tables/errno';
import type { ErrnoName } from '../../../lib/tables/tables';

const INT_MAX = 2 ** 31 - 1;
const LAYER_SLOTS = 64;
const fail = (name: ErrnoName): number => -errnoNumber(name);

/** An IDR as simply as it can be said. */
class Model {
  readonly values = new Map<number, unknown>();
  #cursor = 0;

  alloc(value: unknown, start: number, end: number): number {
    const last = end > 0 ? end - 1 : INT_MAX;
    let id = start;
    while (this.values.has(id)) id += 1;
    if (id > last) return fail('ENOSPC');
    this.values.set(id, value);
    return id;
  }

  allocCyclic(value: unknown, start: number, end: number): number {
    let id = fail('ENOSPC');
    if (this.#cursor > start) id = this.alloc(value, this.#cursor, end);
    if (id < 0) id = this.alloc(value, start, end);
    if (id >= 0) this.#cursor = id + 1;
    return id;
  }

  replace(id: number, value: unknown): unknown {
    if (id < 0 || id >= this.#capacity()) return 'EINVAL';
    if (!this.values.has(id)) return 'ENOENT';
    const old = this.values.get(id);
    this.values.set(id, value);
    return old;
  }

  remove(id: number): unknown {
    const old = this.values.get(id);
    this.values.delete(id);
    return old;
  }

  entries(): [number, unknown][] {
    return [...this.values].sort(([a], [b]) => a - b);
  }

  forget(): void {
    this.values.clear();
    this.#cursor = 0;
  }

  /** The tree is as low as its highest id allows. */
  #capacity(): number {
    const highest = Math.max(-1, ...this.values.keys());
    let capacity = 1;
    while (capacity <= highest || (capacity === 1 && highest >= 0)) capacity *= LAYER_SLOTS;
    return capacity;
  }
}

function replaceReal(idr: Idr, id: number, value: unknown): unknown {
  try {
    return idr.replace(id, value);
  } catch (error) {
    if (error instanceof DmTortureError) return error.code;
    throw error;
  }
}

const IDS = [0, 0, 1, 2, 63, 64, 65, 4095, 4096, 262_143, 2 ** 30 - 1, 2 ** 30, INT_MAX];
const id = fc.oneof(fc.constantFrom(...IDS), fc.nat({ max: 200 }));
const value = fc.oneof(fc.string(), fc.integer(), fc.constant({ an: 'object' }));
const step = fc.oneof(
  fc.record({ op: fc.constantFrom('alloc', 'alloc with an end', 'allocCyclic'), at: id, value }),
  fc.record({ op: fc.constantFrom('replace', 'remove', 'find', 'getNext'), at: id, value }),
  { weight: 1, arbitrary: fc.constant({ op: 'destroy', at: 0, value: 0 }) },
);

interface Step {
  op: string;
  at: number;
  value: unknown;
}

/** Take a step with both. Returns what each said. */
function takeStep(idr: Idr, model: Model, { op, at, value: given }: Step): [unknown, unknown] {
  const end = at < INT_MAX - 100 ? at + 100 : 0;
  switch (op) {
    case 'alloc':
      idr.preload();
      return [idr.alloc(given, at), model.alloc(given, at, 0)];
    case 'alloc with an end':
      return [idr.alloc(given, at, end), model.alloc(given, at, end)];
    case 'allocCyclic':
      return [idr.allocCyclic(given, at, end), model.allocCyclic(given, at, end)];
    case 'replace':
      return [replaceReal(idr, at, given), model.replace(at, given)];
    case 'remove':
      return [idr.remove(at), model.remove(at)];
    case 'find':
      return [idr.find(at), model.values.get(at)];
    case 'getNext':
      return [idr.getNext(at), model.entries().find(([known]) => known >= at)?.[0]];
    default:
      return [idr.destroy(), model.forget()];
  }
}

test('every call returns what the model says', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 150 }), (steps) => {
      using idr = new Idr();
      const model = new Model();
      for (const each of steps) {
        const [real, expected] = takeStep(idr, model, each);
        expect([each, real]).toEqual([each, expected]);
      }
      expect([...idr]).toEqual(model.entries());
      expect(idr.isEmpty).toBe(model.values.size === 0);
    }),
    { numRuns: 300 },
  );
});

describe('edges', () => {
  test('without a preload there is nothing to allocate from', () => {
    const idr = new Idr();
    expect(idr.alloc('a')).toBe(fail('EAGAIN'));
    expect(idr.preload()).toBe(true);
    expect(idr.alloc('a')).toBe(0);
  });

  test('an empty idr: id 0 is free, id 1 lies above the tree', () => {
    const idr = new Idr();
    expect(() => idr.replace(0, 'a')).toThrow(expect.objectContaining({ code: 'ENOENT' }));
    expect(() => idr.replace(1, 'a')).toThrow(expect.objectContaining({ code: 'EINVAL' }));
    expect(() => idr.replace(-1, 'a')).toThrow(expect.objectContaining({ code: 'EINVAL' }));
  });

  test('null and undefined can be stored', () => {
    const idr = new Idr<string | null>();
    expect(idr.alloc(null, 0, 0)).toBe(0);
    expect(idr.find(0)).toBeUndefined();
    expect(idr.replace(0, 'a')).toBeUndefined();
    expect(idr.replace(0, null)).toBe('a');
    expect(idr.getNext()).toBe(0);
    expect(idr.isEmpty).toBe(false);
  });

  test('falsy values come back as they are', () => {
    const idr = new Idr<unknown>();
    for (const falsy of [0, '', false, Number.NaN]) {
      expect(idr.find(idr.alloc(falsy, 0, 0))).toBe(falsy);
    }
  });

  test('an id just removed is handed out next', () => {
    const idr = new Idr<string>();
    for (const name of ['a', 'b', 'c']) idr.alloc(name, 0, 0);
    expect(idr.remove(1)).toBe('b');
    expect(idr.alloc('d', 0, 0)).toBe(1);
    expect([...idr.entries()]).toEqual([
      [0, 'a'],
      [1, 'd'],
      [2, 'c'],
    ]);
  });

  test('ranges', () => {
    const idr = new Idr<string>();
    expect(idr.alloc('a', 5, 6)).toBe(5);
    expect(idr.alloc('b', 5, 6)).toBe(fail('ENOSPC'));
    expect(idr.alloc('b', -1, 0)).toBe(fail('EINVAL'));
    idr.preload();
    expect(idr.alloc('b', -1)).toBe(fail('ENOSPC'));
    expect(idr.alloc('top', INT_MAX, 0)).toBe(INT_MAX);
    expect(idr.find(INT_MAX)).toBe('top');
    expect(idr.find(2 ** 30 - 1)).toBeUndefined();
    expect(idr.alloc('above', INT_MAX, 0)).toBe(fail('ENOSPC'));
    expect(idr.getNext(INT_MAX + 1)).toBeUndefined();
  });

  test('the entries of an idr can be changed while they are read', () => {
    const idr = new Idr<number>();
    for (let i = 0; i < 10; i += 1) idr.alloc(i, 0, 0);
    for (const [known] of idr) idr.remove(known);
    expect(idr.isEmpty).toBe(true);
  });

  test('destroy forgets, dispose frees', () => {
    const idr = new Idr<string>();
    idr.alloc('a', 0, 0);
    idr.destroy();
    idr.destroy();
    expect(idr.isEmpty).toBe(true);
    expect(idr.alloc('b', 0, 0)).toBe(0);
    idr[Symbol.dispose]();
    idr[Symbol.dispose]();
    expect(() => idr.find(0)).toThrow(expect.objectContaining({ code: 'ERR_DISPOSED' }));
    expect(() => idr.alloc('c', 0, 0)).toThrow(expect.objectContaining({ code: 'ERR_DISPOSED' }));
  });

  test('ids are integers', () => {
    const idr = new Idr();
    expect(() => idr.find('0' as never)).toThrow(
      expect.objectContaining({ code: 'ERR_INVALID_ARG_TYPE', option: 'id' }),
    );
    expect(() => idr.alloc(1, 0.5)).toThrow(
      expect.objectContaining({ code: 'ERR_OUT_OF_RANGE', option: 'start' }),
    );
  });
});
