'use strict';
// Values for functions that have to survive anything.

/** Numbers below `below`, the same for the same seed. */
function makeRandom(seed) {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const NUMBERS = [
  0,
  -0,
  -1,
  1,
  2,
  3,
  5,
  7,
  8,
  0.5,
  63,
  64,
  255,
  256,
  4095,
  0xffffff,
  0x1000000,
  2 ** 31 - 1,
  2 ** 31,
  2 ** 32 - 1,
  2 ** 32,
  2 ** 52,
  2 ** 53 - 1,
  2 ** 53,
  -(2 ** 31),
  -(2 ** 53),
  1e308,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
  Number.MIN_VALUE,
];

/** Makers of values of every type, of which `length` is the right one of an array of numbers. */
function strangeValues(random, binary, length) {
  return [
    () => undefined,
    () => null,
    () => random(2) === 1,
    () => '',
    () => '12',
    () => 'x'.repeat(random(1000)),
    () => Symbol('x'),
    () => 10n,
    () => -(2n ** 80n),
    () => ({}),
    () => [],
    () => [1, 2, 3],
    () => () => undefined,
    () => () => {
      throw new Error('thrown by a listener');
    },
    () => class {},
    () => new Date(),
    () => /x/,
    () => Promise.resolve(),
    () => new Map(),
    () => new Proxy([], {}),
    () => new Proxy(() => 1, {}),
    () => Object.create(null),
    () => ({
      valueOf() {
        throw new Error('valueOf');
      },
      get length() {
        throw new Error('length');
      },
    }),
    () => new ArrayBuffer(8),
    () => new SharedArrayBuffer(8),
    () => new DataView(new ArrayBuffer(64)),
    () => new Uint8Array(length * 8),
    () => new BigUint64Array(length),
    () => new Float32Array(length),
    () => new Float64Array(random(40)),
    () => new Float64Array(new SharedArrayBuffer(8 * length)),
    () => new Uint32Array(new SharedArrayBuffer(64)),
    () => Buffer.alloc(16),
    () => detached(length),
    () => globalThis,
    () => binary,
  ];
}

function detached(length) {
  const array = new Float64Array(length);
  structuredClone(array.buffer, { transfer: [array.buffer] });
  return array;
}

/** Call `functions` of `binary` with anything at all; `argumentsOf(name)` says with what. */
function throwAnything({ binary, calls, random, value, argumentsOf, called }) {
  const names = Object.keys(binary).filter((name) => typeof binary[name] === 'function');
  let returned = 0;
  let thrown = 0;
  process.on('uncaughtException', (error) => {
    if (error.message !== 'thrown by a listener') throw error;
  });
  for (let call = 0; call < calls; call += 1) {
    const name = names[random(names.length)];
    const args = argumentsOf(name);
    try {
      const result = binary[name].apply(random(8) ? binary : value(), args);
      returned += 1;
      called(name, result);
    } catch {
      thrown += 1;
    }
  }
  return { names: names.length, returned, thrown };
}

module.exports = { makeRandom, NUMBERS, strangeValues, throwAnything };
