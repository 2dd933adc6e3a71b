import { types } from 'node:util';
import { DmTortureError, outOfRange, wrongType } from '../base/errors';
import { native } from '../native/load';
import { errnoName } from '../tables/errno';
import { allocated, DirectCalls } from './calls';

// What nobody disposes of is freed with its object.
const forgotten = new FinalizationRegistry<number>((handle) => {
  new DirectCalls().call(native().idrFree, handle);
});

/** Refuse what is not an integer. */
function checkInteger(option: string, value: unknown): number {
  if (typeof value !== 'number') throw wrongType(option, 'a number', value);
  if (!Number.isSafeInteger(value)) throw outOfRange(option, 'an integer', value);
  return value;
}

function checkValue(value: unknown): number {
  const number = checkInteger('value', value);
  if (number < 0) throw outOfRange('value', `0..${Number.MAX_SAFE_INTEGER}`, value);
  return number;
}

/**
 * The kernel's IDR with numbers for pointers: what is stored are integers from 1 up, and 0 is what
 * NULL is there. The fastest way to call it; {@link Idr} stores any value on top of it.
 *
 * Calls that allocate return the id, or a negative errno as an outcome.
 *
 * @example
 * using idr = new NumberIdr();
 * idr.preload();
 * const id = idr.alloc(17); // 0
 * idr.find(id); // 17
 * idr.findMany(Uint32Array.of(id, 99)); // Float64Array [ 17, 0 ]
 */
export class NumberIdr implements Disposable {
  readonly #calls = new DirectCalls();
  readonly #handle: number;
  #disposed = false;

  /** @throws DmTortureError ERR_NATIVE_MISSING, ERR_NO_RESOURCES */
  constructor() {
    this.#handle = allocated('an Idr', () => this.#calls.call(this.#calls.binary.idrNew));
    forgotten.register(this, this.#handle, this);
  }

  /**
   * `idr_preload()`, in 2006 `idr_pre_get()`: put by what one allocation can need.
   *
   * @returns Whether there was memory.
   */
  preload(): boolean {
    this.#calls.give(this.#alive());
    this.#calls.binary.idrPreload();
    return this.#calls.take() === 1;
  }

  /**
   * `idr_alloc()`: the lowest free id of `start..end-1`.
   *
   * @param start - The lowest id wanted. @default 0
   * @param end - One above the highest id wanted; 0 for no limit. With it, memory is taken as where
   *   the kernel may sleep. Without it, as under a spinlock: only what {@link NumberIdr.preload} put
   *   by, which in 2006 was the only way, `idr_get_new_above()`.
   * @returns The id; -ENOSPC without a free id; without `end` -EAGAIN where nothing was put by; with
   *   it -EINVAL, -ENOMEM.
   */
  alloc(value: number, start = 0, end?: number): number {
    if (end !== undefined) return this.#allocRange(value, start, end);
    const [slot, from] = [checkValue(value), checkInteger('start', start)];
    this.#calls.give(this.#alive(), slot, from);
    this.#calls.binary.idrGetNewAbove();
    return this.#calls.take();
  }

  /**
   * `idr_alloc_cyclic()`: from above the id that it gave last; memory as in `alloc()` with an `end`.
   *
   * @param end - One above the highest id wanted; 0 for no limit. @default 0
   */
  allocCyclic(value: number, start = 0, end = 0): number {
    const [from, to] = [checkInteger('start', start), checkInteger('end', end)];
    this.#calls.give(this.#alive(), checkValue(value), from, to);
    this.#calls.binary.idrAllocCyclic();
    return this.#calls.take();
  }

  /** The value of an id; 0 for none. */
  find(id: number): number {
    this.#calls.give(this.#alive(), checkInteger('id', id));
    this.#calls.binary.idrFind();
    return this.#calls.take();
  }

  /**
   * The values of many ids in one call, which costs a fraction of a nanosecond per id on top of
   * the lookup itself.
   *
   * @param into - Where the values go. @default a new array
   * @returns `into`: for each id its value, 0 for none.
   */
  findMany(ids: Uint32Array, into?: Float64Array): Float64Array {
    if (!types.isUint32Array(ids)) throw wrongType('ids', 'a Uint32Array', ids);
    const values = into ?? new Float64Array(ids.length);
    if (!types.isFloat64Array(values)) throw wrongType('into', 'a Float64Array', into);
    if (values.length !== ids.length) {
      throw outOfRange('into', `of the length of \`ids\`, ${ids.length}`, values.length);
    }
    this.#calls.give(this.#alive());
    this.#calls.binary.idrFindMany(ids, values);
    return values;
  }

  /**
   * `idr_replace()`: swap the value of an id in one walk.
   *
   * @returns The value before.
   * @throws DmTortureError EINVAL (the id lies above the tree), ENOENT (the id is free)
   */
  replace(id: number, value: number): number {
    const at = checkInteger('id', id);
    this.#calls.give(this.#alive(), checkValue(value), at);
    this.#calls.binary.idrReplace();
    const old = this.#calls.take();
    if (old >= 0) return old;
    const code = errnoName(old) === 'EINVAL' ? 'EINVAL' : 'ENOENT';
    const why = code === 'EINVAL' ? 'lies above the tree' : 'is free';
    throw new DmTortureError(code, `Id ${at} ${why}`, { option: 'id' });
  }

  /** Free an id; harmless where it is free. @returns The value it had; 0 for none. */
  remove(id: number): number {
    this.#calls.give(this.#alive(), checkInteger('id', id));
    this.#calls.binary.idrRemove();
    const old = this.#calls.take();
    return old < 0 ? 0 : old;
  }

  /** `idr_get_next()`: the lowest id in use from `id` on; -1 for none. */
  getNext(id = 0): number {
    this.#calls.give(this.#alive(), checkInteger('id', id));
    this.#calls.binary.idrNext();
    return this.#calls.take();
  }

  /** Whether no id is in use. */
  get isEmpty(): boolean {
    this.#calls.give(this.#alive());
    this.#calls.binary.idrIsEmpty();
    return this.#calls.take() !== 0;
  }

  /** Forget every id; it can be used again. */
  destroy(): void {
    this.#calls.call(this.#calls.binary.idrDestroy, this.#alive());
  }

  /** Free everything. Any number of times; other methods throw afterwards. */
  [Symbol.dispose](): void {
    if (this.#disposed) return;
    this.#disposed = true;
    forgotten.unregister(this);
    this.#calls.call(this.#calls.binary.idrFree, this.#handle);
  }

  #allocRange(value: number, start: number, end: number): number {
    const [from, to] = [checkInteger('start', start), checkInteger('end', end)];
    this.#calls.give(this.#alive(), checkValue(value), from, to);
    this.#calls.binary.idrAlloc();
    return this.#calls.take();
  }

  #alive(): number {
    if (this.#disposed) throw new DmTortureError('ERR_DISPOSED', 'This Idr was disposed of');
    return this.#handle;
  }
}
