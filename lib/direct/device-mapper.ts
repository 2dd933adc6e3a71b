import { DmTortureError, outOfRange, wrongType } from '../base/errors';
import { ownRealm } from '../base/own-realm';
import { native } from '../native/load';
import { checkOptions, planNumbers } from '../run/params';
import { describeFault, type FaultReport } from '../stress/report';
import { type PatchSet, patches } from '../tables/patches';
import { type OpSlug, tables } from '../tables/tables';
import { limits, type PlanOptions } from '../tables/tables.gen';
import { allocated, DirectCalls } from './calls';

const OPTIONS = ['patches', 'minors', 'seed', 'failQueue', 'failLayer', 'lock'] as const;

/** What a {@link DeviceMapper} takes. */
export type DeviceMapperOptions = Pick<PlanOptions, (typeof OPTIONS)[number]>;

// What nobody disposes of is freed with its object.
const forgotten = new FinalizationRegistry<number>((handle) => {
  new DirectCalls().call(native().dmFree, handle);
});

/** An operation as the native side takes it. */
interface DirectOp {
  code: number;
  takesMinor: boolean;
}

const OPS = Object.fromEntries(
  tables.ops.map(({ slug, arg }, code) => [slug, { code, takesMinor: arg === 'minor' }]),
) as Record<OpSlug, DirectOp>;

/**
 * A device mapper of its own, called directly: one thread, one call at a time.
 *
 * Each method returns a number: 0 or above for success, a negative errno for an outcome such as
 * -EBUSY ({@link errnoName} names it). A call that meets a fault returns -EFAULT; the fault is in
 * {@link DeviceMapper.faults}, and every later call returns -EIO.
 *
 * @example
 * using dm = new DeviceMapper({ patches: 'all' });
 * const minor = dm.create();
 * dm.open(minor);
 * dm.close(minor);
 * dm.remove(minor);
 * dm.faults; // []
 */
export class DeviceMapper implements Disposable {
  /** The patches that are in. */
  readonly patches: PatchSet;
  readonly #calls = new DirectCalls();
  readonly #handle: number;
  #disposed = false;

  /**
   * @throws DmTortureError ERR_INVALID_ARG_TYPE, ERR_OUT_OF_RANGE, ERR_NATIVE_MISSING,
   *   ERR_NO_RESOURCES
   */
  constructor(options: DeviceMapperOptions = {}) {
    checkOptions(options, OPTIONS);
    const numbers = planNumbers(options);
    this.patches = patches.parse(options.patches ?? 'all');
    this.#handle = allocated('a DeviceMapper', () => this.#calls.binary.dmNew(numbers));
    forgotten.register(this, this.#handle, this);
  }

  /** Create a device. @returns Its minor: the one given, or the lowest free one. */
  create(minor?: number): number {
    return this.#call(OPS.create, minor);
  }

  /** Remove a device, looked up by name. */
  remove(minor: number): number {
    return this.#call(OPS.remove, minor);
  }

  /** Remove a device, looked up by uuid. */
  removeUuid(minor: number): number {
    return this.#call(OPS['remove-uuid'], minor);
  }

  /** Remove a device, looked up by its number. */
  removeDev(minor: number): number {
    return this.#call(OPS['remove-dev'], minor);
  }

  /** Remove every device. */
  removeAll(): number {
    return this.#call(OPS['remove-all']);
  }

  /** Query a device, looked up by name. */
  status(minor: number): number {
    return this.#call(OPS.status, minor);
  }

  /** Query a device, looked up by uuid. */
  findUuid(minor: number): number {
    return this.#call(OPS['find-uuid'], minor);
  }

  /** Query a device, looked up by its number. */
  find(minor: number): number {
    return this.#call(OPS.find, minor);
  }

  /** Look a device up in the IDR and keep a reference, to be given back by `put()`. */
  get(minor: number): number {
    return this.#call(OPS.get, minor);
  }

  /** Give back the youngest reference that `get()` took. */
  put(minor: number): number {
    return this.#call(OPS.put, minor);
  }

  /** Open the block device; any number of times. */
  open(minor: number): number {
    return this.#call(OPS.open, minor);
  }

  /** Close the youngest open of the block device. */
  close(minor: number): number {
    return this.#call(OPS.close, minor);
  }

  /** One bio through an open block device. */
  io(minor: number): number {
    return this.#call(OPS.io, minor);
  }

  /** Read the counters and wait queues of an open block device. */
  query(minor: number): number {
    return this.#call(OPS.query, minor);
  }

  /** Raise an event on a device, looked up by name. */
  event(minor: number): number {
    return this.#call(OPS.event, minor);
  }

  /** Take an ADD uevent, then open, do I/O, query and close. */
  uevent(minor?: number): number {
    return this.#call(OPS.uevent, minor);
  }

  /** Unload the module. */
  unload(): number {
    return this.#call(OPS.unload);
  }

  /** Put everything back, remove everything, then look for leaks. @returns 0, or -EIO. */
  check(): number {
    return this.#calls.call(this.#calls.binary.dmCheck, this.#alive());
  }

  /** The faults up to now. */
  get faults(): FaultReport[] {
    const faults = ownRealm(this.#calls.binary.dmFaults(this.#alive()));
    return faults.map((fault) => describeFault(fault, this.patches));
  }

  /** Free everything. Any number of times; other methods throw afterwards. */
  [Symbol.dispose](): void {
    if (this.#disposed) return;
    this.#disposed = true;
    forgotten.unregister(this);
    this.#calls.call(this.#calls.binary.dmFree, this.#handle);
  }

  #call({ code, takesMinor }: DirectOp, minor?: number): number {
    const which = minor === undefined && !takesMinor ? limits.anyMinor : checkMinor(minor);
    this.#calls.give(this.#alive(), code, which);
    this.#calls.binary.dmCall();
    return this.#calls.take();
  }

  #alive(): number {
    if (this.#disposed) {
      throw new DmTortureError('ERR_DISPOSED', 'This DeviceMapper was disposed of');
    }
    return this.#handle;
  }
}

function checkMinor(minor: number | undefined): number {
  if (typeof minor !== 'number') throw wrongType('minor', 'a number', minor);
  if (!Number.isInteger(minor) || minor < 0 || minor >= limits.anyMinor) {
    throw outOfRange('minor', `0..${limits.anyMinor - 1}`, minor);
  }
  return minor;
}
