'use strict';
// Calls every function of explore.node with anything at all. It may throw; it must not crash.
const { nativeExplore } = require('../../../dist/native/load.js');
const { encodeTicket } = require('./forge.cjs');
const { makeRandom, NUMBERS, strangeValues, throwAnything } = require('./strange.cjs');

const [seedText, callsText] = process.argv.slice(2);
const binary = nativeExplore();
const tables = binary.describe();
const random = makeRandom(Number(seedText));
const pick = (values) => values[random(values.length)];
const STRANGE = strangeValues(random, binary, tables.search.length);
const jobs = [];

function plan() {
  const limits = { timeMs: 5, executions: 50, states: 5000 };
  const numbers = Float64Array.from(
    tables.search,
    ({ name, fallback }) => limits[name] ?? fallback,
  );
  if (random(2)) numbers[random(numbers.length)] = pick(NUMBERS);
  return numbers;
}

/** Programs: mostly some that can be decoded. */
function words() {
  const programs = Array.from({ length: 2 + random(4) }, () =>
    Array.from({ length: random(4) }, () => (random(3) << 8) | random(tables.ops.length)),
  );
  const flat = programs.flatMap((ops) => [ops.length, ...ops]);
  if (random(4) === 0) flat[random(flat.length)] = pick([0, 1, 300, random(2 ** 32), 2 ** 32 - 1]);
  return Uint32Array.from(flat);
}

/** A ticket with a right checksum, and anything in it. */
function ticket() {
  const deviations = Array.from({ length: random(5) }, () => [1 + random(60), random(9)]);
  return encodeTicket({
    version: random(9) ? 1 : random(3),
    patches: random(4) ? random(1024) : pick([1024, 2 ** 30, 2 ** 32 - 1]),
    lock: random(6) ? 0 : pick([1, 2, 5, 2 ** 32 - 1]),
    runOn: random(2),
    fault: random(4) ? random(22) : pick([0, 31, 32, 33, 2 ** 31, 2 ** 32 - 1]),
    words: [...words()],
    deviations,
  });
}

function value() {
  const kind = random(10);
  if (kind < 5) return pick(NUMBERS);
  return kind === 6 ? random(20) : pick(STRANGE)();
}

function verification() {
  const limits = { timeMs: 5, states: 2000, barriers: random(2) };
  const numbers = Float64Array.from(
    tables.verify,
    ({ name, fallback }) => limits[name] ?? fallback,
  );
  if (random(4) === 0) numbers[random(numbers.length)] = pick(NUMBERS);
  const list = (most, below) => Uint32Array.from({ length: random(most) }, () => random(below));
  return [numbers, list(4, 20), list(4, 4), list(5, 10)];
}

function argumentsOf(name) {
  const listener = () => undefined;
  if (random(3)) {
    if (name === 'explore') return [plan(), words(), listener];
    if (name === 'verify') return [...verification(), listener];
    if (name === 'replay') return [ticket(), 16 + random(100), random(2) === 1];
    if (name === 'matrix') {
      const scenarios = Array.from({ length: random(3) }, words);
      const masks = Uint32Array.from({ length: random(3) }, () => random(1100));
      return [Float64Array.of(random(4)), masks, scenarios, listener];
    }
    if (name === 'stop' && jobs.length > 0) return [pick(jobs)];
  }
  return Array.from({ length: random(6) }, value);
}

function called(name, result) {
  if (['explore', 'matrix', 'verify'].includes(name) && result > 0) jobs.push(result);
  if (jobs.length > 4) binary.stop(jobs.shift());
}

const calls = Number(callsText);
const counts = throwAnything({ binary, calls, random, value, argumentsOf, called });
for (const job of jobs) binary.stop(job);
console.log(JSON.stringify(counts));
