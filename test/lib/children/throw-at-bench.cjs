'use strict';
// Calls every function of bench.node with anything at all. It may throw; it must not crash.
const { nativeBench } = require('../../../dist/native/load.js');
const { makeRandom, NUMBERS, strangeValues, throwAnything } = require('./strange.cjs');

const [seedText, callsText] = process.argv.slice(2);
const binary = nativeBench();
const tables = binary.describe();
const random = makeRandom(Number(seedText));
const pick = (values) => values[random(values.length)];
const STRANGE = strangeValues(random, binary, tables.bench.length);
const jobs = [];

function plan() {
  const small = { windows: 1, windowUs: 100, crowdedWindowUs: 100, timeMs: 1, validateMs: 0 };
  const numbers = Float64Array.from(tables.bench, ({ name, fallback }) => small[name] ?? fallback);
  if (random(3) === 0) numbers[random(numbers.length)] = pick(NUMBERS);
  return numbers;
}

function cells() {
  const number = () => (random(9) ? random(4) : pick(NUMBERS));
  return Float64Array.from({ length: random(8) }, number);
}

function words(below) {
  return Uint32Array.from({ length: random(4) }, () =>
    random(9) ? random(below) : random(2 ** 32),
  );
}

function value() {
  const kind = random(10);
  if (kind < 5) return pick(NUMBERS);
  return kind === 6 ? random(20) : pick(STRANGE)();
}

function argumentsOf(name) {
  if (name === 'bench' && random(3)) {
    return [random(4), plan(), cells(), words(20), words(300), () => undefined];
  }
  if (name === 'loopFindMany' && random(3)) return [words(100), random(100)];
  if (name === 'stop' && jobs.length > 0) return [pick(jobs)];
  return Array.from({ length: random(6) }, value);
}

function called(name, result) {
  if (name === 'bench' && result > 0) jobs.push(result);
  while (jobs.length > 2) binary.stop(jobs.shift());
}

const calls = Number(callsText);
const counts = throwAnything({ binary, calls, random, value, argumentsOf, called });
for (const job of jobs) binary.stop(job);
console.log(JSON.stringify(counts));
