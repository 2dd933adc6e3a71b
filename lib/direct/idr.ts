import { NumberIdr } from './number-idr';

/** JavaScript values under the numbers that the native tree holds; 0 stands for null. */
class ValueSlots<T> {
  readonly #values: (T | undefined)[] = [undefined];
  readonly #free: number[] = [];

  take(value: T): number {
    if (value === null || value === undefined) return 0;
    const slot = this.#free.pop() ?? this.#values.length;
    this.#values[slot] = value;
    return slot;
  }

  read(slot: number): T | undefined {
    return this.#values[slot];
  }

  give(slot: number): T | undefined {
    const value = this.#values[slot];
    if (slot > 0) {
      this.#values[slot] = undefined;
      this.#free.push(slot);
    }
    return value;
  }

  clear(): void {
    this.#values.length = 1;
    this.#free.length = 0;
  }
}

/**
 * The kernel's IDR: a radix tree that hands out the lowest free id for a value.
 *
 * Calls that allocate return the id, or a negative errno as an outcome. `null` and `undefined`
 * can be stored; reading them back gives undefined, as a lookup of the kernel's gives NULL.
 *
 * @throws DmTortureError ERR_NATIVE_MISSING
 * @example
 * using idr = new Idr<string>();
 * idr.preload();
 * const id = idr.alloc('a'); // 0
 * idr.replace(id, 'b'); // 'a'
 * idr.find(id); // 'b'
 * idr.remove(id); // 'b'
 */
export class Idr<T = unknown> implements Iterable<[id: number, value: T | undefined]>, Disposable {
  readonly #numbers = new NumberIdr();
  readonly #slots = new ValueSlots<T>();

  /**
   * `idr_preload()`, in 2006 `idr_pre_get()`: put by what one allocation can need.
   *
   * @returns Whether there was memory.
   */
  preload(): boolean {
    return this.#numbers.preload();
  }

  /**
   * `idr_alloc()`: the lowest free id of `start..end-1`.
   *
   * @param start - The lowest id wanted. @default 0
   * @param end - One above the highest id wanted; 0 for no limit. With it, memory is taken as where
   *   the kernel may sleep. Without it, as under a spinlock: only what {@link Idr.preload} put by,
   *   which in 2006 was the only way, `idr_get_new_above()`.
   * @returns The id; -ENOSPC without a free id; without `end` -EAGAIN where nothing was put by; with
   *   it -EINVAL, -ENOMEM.
   */
  alloc(value: T, start = 0, end?: number): number {
    return this.#store(value, (slot) => this.#numbers.alloc(slot, start, end));
  }

  /**
   * `idr_alloc_cyclic()`: from above the id that it gave last; memory as in `alloc()` with an `end`.
   *
   * @param end - One above the highest id wanted; 0 for no limit. @default 0
   */
  allocCyclic(value: T, start = 0, end = 0): number {
    return this.#store(value, (slot) => this.#numbers.allocCyclic(slot, start, end));
  }

  /** The value of an id; undefined for none. */
  find(id: number): T | undefined {
    return this.#slots.read(this.#numbers.find(id));
  }

  /**
   * The values of many ids, looked up in one call; undefined for none. Code that stores numbers, and
   * counts nanoseconds, uses {@link NumberIdr}, whose `findMany()` makes no array of values.
   */
  findMany(ids: Uint32Array): (T | undefined)[] {
    const slots = this.#numbers.findMany(ids);
    const values = new Array<T | undefined>(slots.length);
    for (let i = 0; i < slots.length; i += 1) values[i] = this.#slots.read(slots[i] ?? 0);
    return values;
  }

  /**
   * `idr_replace()`: swap the value of an id in one walk.
   *
   * @returns The value before.
   * @throws DmTortureError EINVAL (the id lies above the tree), ENOENT (the id is free)
   */
  replace(id: number, value: T): T | undefined {
    const slot = this.#slots.take(value);
    try {
      return this.#slots.give(this.#numbers.replace(id, slot));
    } catch (error) {
      this.#slots.give(slot);
      throw error;
    }
  }

  /** Free an id; harmless where it is free. @returns The value it had. */
  remove(id: number): T | undefined {
    return this.#slots.give(this.#numbers.remove(id));
  }

  /** `idr_get_next()`: the lowest id in use from `id` on; undefined for none. */
  getNext(id = 0): number | undefined {
    const found = this.#numbers.getNext(id);
    return found < 0 ? undefined : found;
  }

  /** Whether no id is in use. */
  get isEmpty(): boolean {
    return this.#numbers.isEmpty;
  }

  /** `idr_for_each()`: ids in use and their values, in order. */
  *entries(): IterableIterator<[id: number, value: T | undefined]> {
    for (let id = this.getNext(); id !== undefined; id = this.getNext(id + 1))
      yield [id, this.find(id)];
  }

  /** The same as {@link Idr.entries}. */
  [Symbol.iterator](): IterableIterator<[id: number, value: T | undefined]> {
    return this.entries();
  }

  /** Forget every id; the Idr can be used again. */
  destroy(): void {
    this.#numbers.destroy();
    this.#slots.clear();
  }

  /** Free everything. Any number of times; other methods throw afterwards. */
  [Symbol.dispose](): void {
    this.#numbers[Symbol.dispose]();
    this.#slots.clear();
  }

  #store(value: T, allocate: (slot: number) => number): number {
    const slot = this.#slots.take(value);
    let id = -1;
    try {
      id = allocate(slot);
    } finally {
      if (id < 0) this.#slots.give(slot);
    }
    return id;
  }
}
