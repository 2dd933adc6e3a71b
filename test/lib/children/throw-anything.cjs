'use strict';
// Calls every function of stress.node with anything at all. It may throw; it must not crash.
const { native } = require('../../../dist/native/load.js');
const { makeRandom, NUMBERS, strangeValues, throwAnything } = require('./strange.cjs');

const [seedText, callsText] = process.argv.slice(2);
const binary = native();
const tables = binary.describe();
const random = makeRandom(Number(seedText));
const pick = (values) => values[random(values.length)];
const STRANGE = strangeValues(random, binary, tables.plan.length);
const runs = [];
const handles = [];

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

function value() {
  const kind = random(10);
  if (kind < 3 && handles.length > 0) return pick(handles);
  if (kind < 6) return pick(NUMBERS);
  return kind === 6 ? random(20) : pick(STRANGE)();
}

/** Direct calls take what is in the registers: handles, numbers that are none of theirs. */
function fillRegisters() {
  const registers = binary.registers();
  for (let i = 0; i < registers.length; i += 1) {
    registers[i] = random(3) && handles.length > 0 ? pick(handles) : pick(NUMBERS);
  }
}

function typedArrays() {
  return [words(), new Float64Array(random(12))];
}

function argumentsOf(name) {
  fillRegisters();
  if (name === 'idrFindMany' && random(3)) return typedArrays();
  if (name === 'start' && random(3)) return [plan(), words(), words(), () => undefined];
  if (name === 'dmNew' && random(3)) return [plan()];
  return Array.from({ length: random(6) }, value);
}

function called(name, result) {
  if (name === 'start' && result > 0) runs.push(result);
  if (name === 'dmNew' || name === 'start') handles.push(result);
  if (name === 'idrNew') handles.push(binary.registers()[0]);
  if (handles.length > 40) handles.shift();
  if (runs.length > 4) binary.stop(runs.shift());
}

const calls = Number(callsText);
const counts = throwAnything({ binary, calls, random, value, argumentsOf, called });
for (const run of runs) binary.stop(run);
console.log(JSON.stringify(counts));
