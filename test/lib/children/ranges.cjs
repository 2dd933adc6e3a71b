'use strict';
// Runs every parameter of the tables at both ends of its range, and one beyond each, from the case
// with the given number on. It says which case begins, so that the parent knows which one ended it.
const { writeSync } = require('node:fs');
const path = require('node:path');
const { bench, DeviceMapper, explore, patches, stress, tables } = require('../../../dist/index.js');

/** Long enough for a run to begin; what takes longer is stopped. */
const STOP_MS = 100;

const STORM = { threads: 2, minors: 4, duration: 10, tickMs: 5 };
const ROUNDS = { scenario: 'create-find', rounds: 2, duration: 1000, tickMs: 5 };
const SEARCH = { time: 50 };
const WINDOWS = { windows: 1, windowUs: 100, crowdedWindowUs: 100, time: 1, validateMs: 0 };

/** What a parameter needs beside it, where the usual plan would refuse or not read it. */
const BESIDE = {
  stress: { rounds: ROUNDS, batch: ROUNDS },
  explore: {
    depth: { strategy: 'pct', executions: 10 },
    preemptions: { strategy: 'dfs', executions: 10 },
    states: { strategy: 'stateful' },
  },
  bench: { verifyMs: { locks: path.join(__dirname, '../../../examples/lock/my_lock.c') } },
};
/** What an option is called where that is not the name of its parameter. */
const CALLED = { durationMs: 'duration', timeMs: 'time' };
/** Refused beside what stands in the usual plan. */
const INSTEAD = { stress: { duration: { ops: 50 } } };

const LOCKS = { threads: 2, holdNs: 0, outsideNs: 0, locks: 'ttas' };
const SUITES = {
  locks: { ...WINDOWS, ...LOCKS },
  rwlocks: { ...WINDOWS, ...LOCKS, readers: 50, locks: 'qrwlock' },
  minors: { ...WINDOWS, threads: 2, populations: 10, locks: 'ttas', validateMs: undefined },
  refcount: { ...WINDOWS, threads: 2, validateMs: undefined },
  explore: { windows: 1, executions: 2, time: 1, scenarios: 'create-find', strategies: 'random' },
};

async function runStress(options, signal) {
  await stress({ ...options, signal }).result;
}

async function runExplore(options, signal) {
  await explore('create-find', { ...options, signal });
}

const runBench = (suite) => async (options, signal) => {
  await bench(suite, { ...options, signal }).result;
};

async function runDirect(options) {
  const dm = new DeviceMapper(options);
  dm.create();
  dm[Symbol.dispose]();
}

/** A value as the option takes it; undefined where a number beyond the range has no word. */
function wordOf({ unit, min, max }, number) {
  const inside = number >= min && number <= max;
  if (unit === 'mask') return inside ? patches.format(patches.parse(maskText(number))) : undefined;
  if (unit === 'bool') return inside ? number === 1 : undefined;
  if (unit.includes('|')) return inside ? unit.split('|')[number] : undefined;
  return number;
}

const maskText = (mask) =>
  patches
    .rows(mask)
    .map(({ slug }) => slug)
    .join(',') || 'none';

const ENDS = [
  ['least', ({ min }) => min],
  ['most', ({ max }) => max],
  ['below', ({ min }) => min - 1],
  ['above', ({ max }) => max + 1],
];

const asOption = (row) => ({ ...row, name: CALLED[row.name] ?? row.name });

function casesOf(what, rows, plan, run) {
  return rows.map(asOption).flatMap((row) =>
    ENDS.map(([end, at]) => {
      const [kind] = what.split(' ');
      const beside = BESIDE[kind]?.[row.name];
      const base = INSTEAD[kind]?.[row.name] ?? { ...(beside === ROUNDS ? {} : plan), ...beside };
      const value = wordOf(row, at(row));
      const { name, min, max, unit } = row;
      return { what, name, unit, min, max, end, value, options: { ...base, [name]: value }, run };
    }).filter(({ value }) => value !== undefined),
  );
}

function benchCases() {
  const used = (suite, name) => {
    try {
      bench(suite, { ...SUITES[suite], [name]: 'none' }).result.catch(() => undefined);
    } catch ({ code }) {
      return code !== 'ERR_INCOMPATIBLE_OPTIONS';
    }
    return true;
  };
  return Object.entries(SUITES).flatMap(([suite, plan]) => {
    const players = !suite.endsWith('locks');
    const lists = tables.benchLists.filter(
      ({ name, field }) => name !== 'threads' || (field === 'players') === players,
    );
    const rows = [...tables.bench, ...lists].map(asOption).filter(({ name }) => used(suite, name));
    return casesOf(`bench ${suite}`, rows, plan, runBench(suite));
  });
}

const DIRECT = ['patches', 'minors', 'seed', 'failQueue', 'failLayer', 'lock'];
const CASES = [
  ...casesOf('stress', tables.params, STORM, runStress),
  ...casesOf('explore', tables.search, SEARCH, runExplore),
  ...casesOf(
    'DeviceMapper',
    tables.params.filter(({ name }) => DIRECT.includes(name)),
    {},
    runDirect,
  ),
  ...benchCases(),
];

const say = (facts) => writeSync(1, `${JSON.stringify(facts)}\n`);

async function main() {
  for (let i = Number(process.argv[2] ?? 0); i < CASES.length; i += 1) {
    const { run, options, ...about } = CASES[i];
    say({ begin: i, of: CASES.length, ...about });
    const stop = new AbortController();
    const timer = setTimeout(() => stop.abort(), STOP_MS);
    const beganMs = performance.now();
    let refused = null;
    try {
      await run(options, stop.signal);
    } catch (error) {
      // What was stopped before its first window had taken its options.
      if (error !== stop.signal.reason) refused = { code: error.code, message: error.message };
    }
    clearTimeout(timer);
    say({ end: i, refused, ms: performance.now() - beganMs });
  }
}

void main();
