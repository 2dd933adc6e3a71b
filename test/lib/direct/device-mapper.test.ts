import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  DeviceMapper,
  type DeviceMapperOptions,
  DmTortureError,
  errnoName,
} from '../../../lib/index';
import { errnoNumber } from '../../../lib/tables/errno';
import { patches } from '../../../lib/tables/patches';
import type { ErrnoName } from '../../../lib/tables/tables';

const fail = (name: ErrnoName): number => -errnoNumber(name);

/** The sequential protocol with every patch in, as simply as it can be said. */
class Model {
  readonly #devices = new Map<number, { cell: boolean; opens: number; gets: number }>();
  #loaded = true;
  #announced: number | undefined;

  call(op: Operation, minor: number): number {
    if (op === 'open' || op === 'close' || op === 'io' || op === 'query') {
      return this.#block(op, minor);
    }
    if (op === 'uevent') return this.#uevent(minor);
    if (op === 'unload') return this.#unload();
    if (op === 'put' && !this.#devices.get(minor)?.gets) return fail('EBADF');
    return this.#loaded ? this.#ioctl(op, minor) : fail('ENODEV');
  }

  #ioctl(op: Operation, minor: number): number {
    if (op === 'create') return this.#create(minor);
    if (op === 'removeAll') {
      for (const known of [...this.#devices.keys()]) this.#remove(known);
      return 0;
    }
    const device = this.#devices.get(minor);
    if (op === 'get' && device) {
      device.gets += 1;
      return 0;
    }
    if (op === 'put' && device) {
      device.gets -= 1;
      this.#forgetUnused(minor);
      return 0;
    }
    if (!device?.cell) return fail('ENXIO');
    if (op.startsWith('remove')) this.#remove(minor);
    return 0;
  }

  #create(wanted: number): number {
    let minor = wanted;
    if (wanted < 0) for (minor = 0; this.#devices.has(minor); ) minor += 1;
    else if (this.#devices.has(minor)) return fail('ENXIO');
    this.#devices.set(minor, { cell: true, opens: 0, gets: 0 });
    this.#announced = minor;
    return minor;
  }

  #remove(minor: number): void {
    const device = this.#devices.get(minor);
    if (device) device.cell = false;
    this.#forgetUnused(minor);
  }

  #block(op: 'open' | 'close' | 'io' | 'query', minor: number): number {
    const device = this.#devices.get(minor);
    if (op === 'open') {
      if (device) device.opens += 1;
      return device ? 0 : fail('ENXIO');
    }
    if (!device?.opens) return fail('EBADF');
    if (op === 'close') {
      device.opens -= 1;
      this.#forgetUnused(minor);
    }
    return 0;
  }

  /** The announcement that counts is the latest; without a new one nobody would ever come. */
  #uevent(wanted: number): number {
    const minor = this.#announced;
    this.#announced = undefined;
    if (minor === undefined || (wanted >= 0 && wanted !== minor)) return fail('EINTR');
    return this.#devices.has(minor) ? 0 : fail('ENXIO');
  }

  #unload(): number {
    if (!this.#loaded) return fail('ENOENT');
    if (this.#devices.size > 0) return fail('EBUSY');
    this.#loaded = false;
    return 0;
  }

  #forgetUnused(minor: number): void {
    const device = this.#devices.get(minor);
    if (device && !device.cell && device.opens + device.gets === 0) this.#devices.delete(minor);
  }
}

const OPERATIONS = [
  'create',
  'remove',
  'removeUuid',
  'removeDev',
  'removeAll',
  'status',
  'findUuid',
  'find',
  'get',
  'put',
  'open',
  'close',
  'io',
  'query',
  'event',
  'uevent',
  'unload',
] as const;
type Operation = (typeof OPERATIONS)[number];

/** -1 for any minor, where the operation takes any. */
function callReal(dm: DeviceMapper, op: Operation, minor: number): number {
  if (op === 'removeAll') return dm.removeAll();
  if (op === 'unload') return dm.unload();
  if (minor >= 0) return dm[op](minor);
  return op === 'create' || op === 'uevent' ? dm[op]() : dm[op](0);
}

const MINORS = [-1, 0, 0, 1, 2, 7, 2 ** 20 - 1];
// Unload ends the story of a device mapper without devices, so it comes seldom.
const operation = fc.oneof(
  { weight: 40, arbitrary: fc.constantFrom(...OPERATIONS.filter((op) => op !== 'unload')) },
  { weight: 1, arbitrary: fc.constant<Operation>('unload') },
);
const calls = fc.array(fc.tuple(operation, fc.constantFrom(...MINORS)), { maxLength: 120 });

describe('against the model', () => {
  test('every call returns what the model says, and nothing faults', () => {
    fc.assert(
      fc.property(calls, fc.nat(), (sequence, seed) => {
        const dm = new DeviceMapper({ seed });
        const model = new Model();
        for (const [op, given] of sequence) {
          const minor = given < 0 && op !== 'create' && op !== 'uevent' ? 0 : given;
          const [real, expected] = [callReal(dm, op, minor), model.call(op, minor)];
          expect([op, minor, real]).toEqual([op, minor, expected]);
        }
        expect(dm.check()).toBe(0);
        expect(dm.faults).toEqual([]);
        dm[Symbol.dispose]();
      }),
      { numRuns: 300 },
    );
  });

  test('no sequence of calls hurts, whatever patches are in', () => {
    const options = fc.record({
      patches: fc.record({ mask: fc.nat({ max: 2 ** patches.list().length - 1 }) }),
      failQueue: fc.constantFrom(0, 300),
      failLayer: fc.constantFrom(0, 300),
      seed: fc.nat(),
    });
    fc.assert(
      fc.property(calls, options, (sequence, given) => {
        const dm = new DeviceMapper(given);
        for (const [op, minor] of sequence) {
          const down = dm.faults.length > 0;
          const result = callReal(dm, op, minor);
          if (down) expect(errnoName(result)).toBe('EIO');
          else if (dm.faults.length > 0) expect(errnoName(result)).toBe('EFAULT');
        }
        expect(dm.check()).toBe(dm.faults.length > 0 ? fail('EIO') : 0);
        dm[Symbol.dispose]();
      }),
      { numRuns: 300 },
    );
  });
});

describe('faults', () => {
  const firstFault = (options: DeviceMapperOptions, act: (dm: DeviceMapper) => void) => {
    const dm = new DeviceMapper(options);
    act(dm);
    dm.check();
    return dm.faults[0];
  };

  test('03 left out: an allocation sleeps under the spinlock', () => {
    const dm = new DeviceMapper({ patches: 'all,-03' });
    expect(errnoName(dm.create())).toBe('EFAULT');
    expect(errnoName(dm.create())).toBe('EIO');
    expect(errnoName(dm.check())).toBe('EIO');
    expect(dm.faults).toHaveLength(1);
    expect(dm.faults[0]).toMatchObject({
      kind: 'sleep-in-atomic',
      invariant: 'I6',
      preventedBy: ['03'],
      op: 'create',
    });
  });

  test('07 left out: unloading removes devices, and the module goes under what refers to one', () => {
    using removed = new DeviceMapper({ patches: 'all,-07' });
    removed.create();
    expect([removed.unload(), removed.faults]).toEqual([0, []]);
    const fault = firstFault({ patches: 'all,-07' }, (dm) => {
      dm.create();
      dm.get(0);
      dm.unload();
    });
    expect(fault).toMatchObject({ kind: 'module-unloaded-in-use', preventedBy: ['07'] });
  });

  test('no queue, and the number leaks', () => {
    const fault = firstFault({ failQueue: 1000, patches: 'all,-R2' }, (dm) => {
      expect(errnoName(dm.create(3))).toBe('ENXIO');
    });
    expect(fault).toMatchObject({ kind: 'minor-leak', op: null });
  });
});

describe('misuse', () => {
  test.each([
    [{ patches: 'al' }, 'ERR_OUT_OF_RANGE', 'patches'],
    [{ minors: 0 }, 'ERR_OUT_OF_RANGE', 'minors'],
    [{ threads: 4 }, 'ERR_INVALID_ARG_TYPE', 'threads'],
    [{ seed: '1' }, 'ERR_INVALID_ARG_TYPE', 'seed'],
    [null, 'ERR_INVALID_ARG_TYPE', 'options'],
  ])('new DeviceMapper(%j)', (options, code, option) => {
    expect(() => new DeviceMapper(options as never)).toThrow(
      expect.objectContaining({ code, option }),
    );
  });

  test('a minor is a number in range', () => {
    using dm = new DeviceMapper();
    expect(() => dm.open(undefined as never)).toThrow(
      expect.objectContaining({ code: 'ERR_INVALID_ARG_TYPE', option: 'minor' }),
    );
    for (const minor of [-1, 0.5, Number.NaN, 2 ** 24]) {
      expect(() => dm.create(minor)).toThrow(expect.objectContaining({ code: 'ERR_OUT_OF_RANGE' }));
    }
  });

  test('what was disposed of throws', () => {
    const dm = new DeviceMapper();
    dm[Symbol.dispose]();
    dm[Symbol.dispose]();
    expect(() => dm.create()).toThrow(DmTortureError);
    expect(() => dm.faults).toThrow(expect.objectContaining({ code: 'ERR_DISPOSED' }));
  });

  test('several live side by side', () => {
    const [one, other] = [new DeviceMapper(), new DeviceMapper()];
    expect([one.create(), one.create(), other.create()]).toEqual([0, 1, 0]);
  });
});
