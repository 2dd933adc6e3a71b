'use strict';
// Calls every exported native function with anything at all. It may throw; it must not crash.
const { native } = require('../../../dist/native.js');

const [seedText, callsText] = process.argv.slice(2);
const binary = native();
const tables = binary.describe();
const runs = [];
let state = Number(seedText);

function random(below) {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return Math.floor((state / 2 ** 32) * below);
}
const pick = (values) => values[random(values.length)];

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

function detached() {
  const array = new Float64Array(tables.plan.length);
  structuredClone(array.buffer, { transfer: [array.buffer] });
  return array;
}

function plan() {
  const numbers = Float64Array.from(tables.plan, ({ name, fallback }) =>
    name === 'durationMs' ? 5 : fallback,
  );
  if (random(2)) numbers[random(numbers.length)] = pick(NUMBERS);
  return numbers;
}

function words() {
  const array = new Uint32Array(random(12));
  for (let i = 0; i < array.length; i += 1) {
    array[i] = pick([
      0,
      1,
      2,
      3,
      random(tables.ops.length),
      (random(9) << 8) | random(18),
      random(2 ** 32),
    ]);
  }
  return array;
}

const STRANGE = [
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
  () => new Uint8Array(tables.plan.length * 8),
  () => new BigUint64Array(tables.plan.length),
  () => new Float32Array(tables.plan.length),
  () => new Float64Array(random(40)),
  () => new Float64Array(new SharedArrayBuffer(8 * tables.plan.length)),
  () => new Uint32Array(new SharedArrayBuffer(64)),
  () => Buffer.alloc(16),
  () => detached(),
  () => globalThis,
  () => binary,
];

const handles = [];
function value() {
  const kind = random(10);
  if (kind < 3 && handles.length > 0) return pick(handles);
  if (kind < 6) return pick(NUMBERS);
  return kind === 6 ? random(20) : pick(STRANGE)();
}

function argumentsOf(name) {
  if (name === 'start' && random(3)) return [plan(), words(), words(), () => undefined];
  if (name === 'dmNew' && random(3)) return [plan()];
  return Array.from({ length: random(6) }, value);
}

process.on('uncaughtException', (error) => {
  if (error.message !== 'thrown by a listener') throw error;
});

let returned = 0;
let thrown = 0;
const names = Object.keys(binary).filter((name) => typeof binary[name] === 'function');
for (let call = 0; call < Number(callsText); call += 1) {
  const name = pick(names);
  const args = argumentsOf(name);
  try {
    const result = binary[name].apply(random(8) ? binary : value(), args);
    returned += 1;
    if (name === 'start' && result > 0) runs.push(result);
    if (name === 'dmNew' || name === 'idrNew' || name === 'start') handles.push(result);
    if (handles.length > 40) handles.shift();
    if (runs.length > 4) binary.stop(runs.shift());
  } catch {
    thrown += 1;
  }
}
for (const run of runs) binary.stop(run);
console.log(JSON.stringify({ names: names.length, returned, thrown }));
