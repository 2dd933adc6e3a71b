import { errnoName } from './errno';
import { DmTortureError, outOfRange, wrongType } from './errors';
import { native } from './native';
import type { NativeStress } from './native-stress';

// What nobody disposes of is freed with its object.
const forgotten = new FinalizationRegistry<number>((handle) => native().idrFree(handle));

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

function checkInteger(option: string, value: unknown): number {
  if (typeof value !== 'number') throw wrongType(option, 'a number', value);
  if (!Number.isSafeInteger(value)) throw outOfRange(option, 'an integer', value);
  return value;
}

/**
 * The kernel's IDR: a radix tree that hands out the lowest free id for a value.
 *
 * Calls that allocate return the id, or a negative errno as an outcome. `null` and `undefined`
 * can be stored; reading them back gives undefined, as a lookup of the kernel's gives NULL.
 *
 * @example
 * const idr = new Idr<string>();
 * idr.preload();
 * const id = idr.alloc('a'); // 0
 * idr.replace(id, 'b'); // 'a'
 * idr.find(id); // 'b'
 * idr.remove(id); // 'b'
 */
export class Idr<T = unknown> implements Iterable<[id: number, value: T | undefined]>, Disposable {
  readonly #native: NativeStress;
  readonly #handle: number;
  readonly #slots = new ValueSlots<T>();
  #disposed = false;

  /** @throws DmTortureError ERR_NATIVE_MISSING */
  constructor() {
    this.#native = native();
    this.#handle = this.#native.idrNew();
    forgotten.register(this, this.#handle, this);
  }

  /** `idr_pre_get()`: put by what one allocation can need. @returns Whether there was memory. */
  preload(): boolean {
    return this.#native.idrPreload(this.#alive()) === 1;
  }

  /**
   * `idr_get_new_above()`: the lowest free id from `start` on. Needs a preload before.
   *
   * @param start - The lowest id wanted. @default 0
   * @returns The id, -EAGAIN without a preload, -ENOSPC without a free id.
   */
  alloc(value: T, start = 0): number {
    const from = checkInteger('start', start);
    return this.#store(value, (slot) => this.#native.idrGetNewAbove(this.#alive(), slot, from));
  }

  /**
   * `idr_alloc()`: the lowest free id of `start..end-1`; preloads by itself.
   *
   * @param end - One above the highest id wanted; 0 for no limit. @default 0
   * @returns The id, -ENOSPC, -EINVAL, -ENOMEM.
   */
  allocRange(value: T, start = 0, end = 0): number {
    const [from, to] = [checkInteger('start', start), checkInteger('end', end)];
    return this.#store(value, (slot) => this.#native.idrAlloc(this.#alive(), slot, from, to));
  }

  /** `idr_alloc_cyclic()`: as `allocRange()`, from above the id that it gave last. */
  allocCyclic(value: T, start = 0, end = 0): number {
    const [from, to] = [checkInteger('start', start), checkInteger('end', end)];
    return this.#store(value, (slot) => this.#native.idrAllocCyclic(this.#alive(), slot, from, to));
  }

  /** The value of an id; undefined for none. */
  find(id: number): T | undefined {
    return this.#slots.read(this.#native.idrFind(this.#alive(), checkInteger('id', id)));
  }

  /**
   * `idr_replace()`: swap the value of an id in one walk.
   *
   * @returns The value before.
   * @throws DmTortureError EINVAL (the id lies above the tree), ENOENT (the id is free)
   */
  replace(id: number, value: T): T | undefined {
    const at = checkInteger('id', id);
    const slot = this.#slots.take(value);
    const old = this.#native.idrReplace(this.#alive(), slot, at);
    if (old >= 0) return this.#slots.give(old);
    this.#slots.give(slot);
    const code = errnoName(old) === 'EINVAL' ? 'EINVAL' : 'ENOENT';
    const why = code === 'EINVAL' ? 'lies above the tree' : 'is free';
    throw new DmTortureError(code, `Id ${at} ${why}`, { option: 'id' });
  }

  /** Free an id; harmless where it is free. @returns The value it had. */
  remove(id: number): T | undefined {
    const old = this.#native.idrRemove(this.#alive(), checkInteger('id', id));
    return old < 0 ? undefined : this.#slots.give(old);
  }

  /** `idr_get_next()`: the lowest id in use from `id` on; undefined for none. */
  next(id = 0): number | undefined {
    const found = this.#native.idrNext(this.#alive(), checkInteger('id', id));
    return found < 0 ? undefined : found;
  }

  /** Whether no id is in use. */
  get isEmpty(): boolean {
    return this.#native.idrIsEmpty(this.#alive()) !== 0;
  }

  /** `idr_for_each()`: ids in use and their values, in order. */
  *entries(): IterableIterator<[id: number, value: T | undefined]> {
    for (let id = this.next(); id !== undefined; id = this.next(id + 1)) yield [id, this.find(id)];
  }

  /** The same as {@link Idr.entries}. */
  [Symbol.iterator](): IterableIterator<[id: number, value: T | undefined]> {
    return this.entries();
  }

  /** Forget every id; the Idr can be used again. */
  destroy(): void {
    this.#native.idrDestroy(this.#alive());
    this.#slots.clear();
  }

  /** Free everything. Any number of times; other methods throw afterwards. */
  [Symbol.dispose](): void {
    if (this.#disposed) return;
    this.#disposed = true;
    forgotten.unregister(this);
    this.#native.idrFree(this.#handle);
    this.#slots.clear();
  }

  #store(value: T, allocate: (slot: number) => number): number {
    this.#alive();
    const slot = this.#slots.take(value);
    const id = allocate(slot);
    if (id < 0) this.#slots.give(slot);
    return id;
  }

  #alive(): number {
    if (this.#disposed) throw new DmTortureError('ERR_DISPOSED', 'This Idr was disposed of');
    return this.#handle;
  }
}
