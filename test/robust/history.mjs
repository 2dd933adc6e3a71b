// Whether the fault of each row of the history is found on real threads: its scenario, under the set
// that shows it, run after run up to the first fault that the other set has not. Prints how many of the
// runs found it and the median time to it; fails for a row below nine of ten. With --once a row is done
// with the first run that finds it, and fails only where none of them does.
//
//   node test/robust/history.mjs [row ...] [--runs 10] [--seconds 10] [--once]
import path from 'node:path';
import { parseArgs } from 'node:util';
import { require, root } from './kit.mjs';

const { patches, stress, tables } = require(path.join(root, 'dist/index.js'));
const { findScenario } = require(path.join(root, 'dist/programs/scenarios.js'));
const { evaluateFormula } = require(path.join(root, 'dist/tables/formula.js'));
const { median } = require(path.join(root, 'dist/base/statistics.js'));

const NEEDED = 0.9;
/** A check is asked when the threads are through: no run of it may end early. */
const CHECKED_MS = 2000;
/** Rows that real threads do not show in every run, and why: `docs/guides/history.md` says it, too. */
const EXEMPT = {};

const { values, positionals } = parseArgs({
  options: {
    runs: { type: 'string', default: '10' },
    seconds: { type: 'string', default: '10' },
    once: { type: 'boolean', default: false },
  },
  allowPositionals: true,
});
const [runs, limitMs] = [Number(values.runs), Number(values.seconds) * 1000];
const known = tables.history.map(({ no }) => no);
const wrong = positionals.find((no) => !known.includes(no));
if (wrong !== undefined || !(runs > 0) || !(limitMs > 0)) {
  console.error(`Expected rows of ${known.join(', ')}, --runs and --seconds above 0`);
  process.exit(2);
}

/** What a row prevents, or brought: faults that its program has under one of its two sets alone. */
function faultsOf({ scenario, shown, cured }) {
  const [with_, without] = [shown, cured].map((rows) => patches.parse(['none', ...rows].join()));
  const holds =
    (set) =>
    ([, when]) =>
      evaluateFormula(when, set);
  const all = Object.entries(findScenario(scenario).expects).filter(holds(with_));
  return { set: with_, kinds: all.filter((row) => !holds(without)(row)).map(([kind]) => kind) };
}

/** Milliseconds to the first fault of those kinds; undefined: none within the limit. */
async function timeToFirst(scenario, set, kinds, seed) {
  const checked = kinds.includes('check-failed');
  const duration = checked ? Math.min(CHECKED_MS, limitMs) : limitMs;
  const run = stress({ scenario, patches: set, seed, duration });
  const began = performance.now();
  for await (const { kind, atMs } of run) {
    if (kinds.includes(kind)) return atMs;
  }
  const late = (await run.result).faults.find(({ kind }) => kinds.includes(kind));
  return late ? performance.now() - began : undefined;
}

const beganMs = performance.now();
const report = [];
for (const row of tables.history) {
  if (positionals.length > 0 && !positionals.includes(row.no)) continue;
  const { set, kinds } = faultsOf(row);
  const times = [];
  let ran = 0;
  while (ran < runs && !(values.once && times.length > 0)) {
    ran += 1;
    const seed = ran;
    const ms = await timeToFirst(row.scenario, set, kinds, seed);
    if (ms !== undefined) times.push(ms);
  }
  const found = `${times.length} of ${ran}`;
  const ms = times.length > 0 ? `${median(times).toFixed(1)} ms` : '-';
  const enough = values.once ? times.length > 0 : times.length >= NEEDED * ran;
  report.push({ no: row.no, found: times.length, enough });
  const word = enough ? '' : ` ${EXEMPT[row.no] ?? 'TOO FEW'}`;
  console.log(
    `${row.no.padEnd(5)}${row.scenario.padEnd(19)}${kinds.join(', ').padEnd(42)}${found.padEnd(10)}${ms}${word}`,
  );
}
const missed = report.filter(({ no, enough }) => !enough && !(no in EXEMPT)).map(({ no }) => no);
const seconds = Math.round((performance.now() - beganMs) / 1000);
const summary = `${report.length - missed.length} of ${report.length} rows in ${seconds} s`;
console.log(missed.length === 0 ? `found: ${summary}` : `${summary}; not ${missed.join(', ')}`);
if (missed.length > 0) process.exitCode = 1;
