#!/usr/bin/env node
// What counting costs a program: `run --lock` with counting beside --no-count, in turns. The targets are
// 3 % of the time of a program that takes less than 2 M locks a second, and 5 ns each above that.
//
//   node benchmarks/counting-app.mjs [--runs N] [--lock NAME] [--write]
//
// Cost is that of CPU time, which neighbours disturb less, as a ratio of neighbouring runs, with its
// 95 % interval; beside it that of run time. busy takes a free lock and does nothing else. A run is
// more than 100 ms, or it could not show 3 %. It needs dist, binaries, pigz, xz and SQLite's headers.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { APPS, compileApp, hasTools, makeInput, PRELOAD } from '../test/robust/apps/programs.mjs';
import statistics from './statistics.cjs';

const { median, medianRatio } = statistics;
const require = createRequire(import.meta.url);
const root = path.join(import.meta.dirname, '..');
const { findPreload, preloadEnvironment } = require(path.join(root, 'dist/app/preload.js'));
const { readAllCounts } = require(path.join(root, 'dist/app/counts.js'));

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '20' },
    lock: { type: 'string', default: 'futex3_spin' },
    write: { type: 'boolean', default: false },
  },
});
const runs = Number(values.runs);
const { lock } = values;
const TARGET = { share: 0.03, below: 2e6, ns: 5 };
/** Ten megabytes. */
const WORDS = 1_200_000;

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'counting-app-'));
process.on('exit', () => fs.rmSync(folder, { recursive: true, force: true }));
hasTools('pigz', 'xz', 'bash');
const input = makeInput(folder, WORDS);
const sqlite = compileApp(folder, path.join(APPS, 'sqlite.c'), '-DROWS=20000', '-lsqlite3');
const programs = {
  pigz: ['pigz', '-n', '-c', '-p', '4', input],
  'xz -T': ['xz', '-0', '-c', '-T', '4', input],
  sqlite: [sqlite],
  busy: [compileApp(folder, path.join(PRELOAD, 'busy.c')), '1', '30000000'],
};

/** One run: seconds that passed, seconds of CPU time, and what was counted. */
function runOnce(command, count) {
  const counts = fs.mkdtempSync(path.join(folder, 'run-'));
  const env = preloadEnvironment(findPreload(), { lock, count, force: false, folder: counts });
  // bash is not reached itself: its time is that of the program.
  const script = 'TIMEFORMAT="%3R %3U %3S"; time env "$@" >/dev/null';
  const words = Object.entries(env).map(([name, value]) => `${name}=${value}`);
  const { status, stderr } = spawnSync('bash', ['-c', script, 'bash', ...words, ...command], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`${command[0]} ended with ${status}: ${stderr}`);
  const [passed, user, system] = stderr.trim().split('\n').at(-1).split(' ').map(Number);
  const sites = readAllCounts(counts).flatMap((one) => one.sites);
  fs.rmSync(counts, { recursive: true });
  return { passed, cpu: user + system, taken: sites.reduce((sum, { acquired }) => sum + acquired, 0) };
}

/** One program: pairs of neighbours, the first of a pair changing every time. */
function measure(name, command) {
  const got = { true: [], false: [] };
  for (let i = 0; i < runs; i++)
    for (const count of i % 2 ? [true, false] : [false, true])
      got[count].push(runOnce(command, count));
  const pick = (count, value) => got[count].map((run) => run[value]);
  const { median: taken } = median(pick(true, 'taken'));
  const { median: seconds } = median(pick(false, 'passed'));
  const { median: ratio, ci95 } = medianRatio(pick(true, 'cpu'), pick(false, 'cpu'));
  const passed = medianRatio(pick(true, 'passed'), pick(false, 'passed'));
  const each = median(got.true.map(({ cpu }, i) => ((cpu - got.false[i].cpu) * 1e9) / taken));
  return {
    ...{ program: name, lock, runs, runMs: 1000 * seconds, acquisitions: taken },
    ...{ perSecond: taken / seconds, cpuRatio: ratio, cpuRatioCi95: ci95 },
    ...{ timeRatio: passed.median, timeRatioCi95: passed.ci95 },
    ...{ nsEach: each.median, nsEachCi95: each.ci95 },
  };
}

/** Whether a row is at most at its target: its whole interval has to be on one side. */
function judge({ perSecond, cpuRatioCi95, nsEachCi95 }) {
  const [value, most, what] =
    perSecond < TARGET.below
      ? [cpuRatioCi95.map((one) => one - 1), TARGET.share, 'at most 3 %']
      : [nsEachCi95, TARGET.ns, 'at most 5 ns each'];
  if (value[1] <= most) return `met: ${what}`;
  return `${value[0] > most ? 'missed' : 'not told'}: ${what}`;
}

const span = ([low, high], digits) => `[${low.toFixed(digits)}, ${high.toFixed(digits)}]`;
const load = os.loadavg()[0];
const rows = Object.entries(programs).map(([name, command]) => {
  const row = measure(name, command);
  const { perSecond, cpuRatio, cpuRatioCi95, timeRatio, timeRatioCi95, nsEach, nsEachCi95 } = row;
  console.log(
    `${name.padEnd(6)} ${(perSecond / 1e6).toFixed(3)} M/s: counted / not ` +
      `${cpuRatio.toFixed(3)} ${span(cpuRatioCi95, 3)} of CPU time, ` +
      `${timeRatio.toFixed(3)} ${span(timeRatioCi95, 3)} of run time, ` +
      `${nsEach.toFixed(1)} ns each ${span(nsEachCi95, 1)}; ${judge(row)}`,
  );
  return { ...row, verdict: judge(row) };
});
if (values.write) {
  const date = new Date().toISOString();
  const file = path.join(root, 'benchmarks', 'results', `${date.slice(0, 10)}-counting-app.json`);
  const machine = { date, cpu: os.cpus()[0].model, cpus: os.availableParallelism(), load };
  const command = `node benchmarks/counting-app.mjs --runs ${runs} --lock ${lock} --write`;
  fs.writeFileSync(file, `${JSON.stringify({ command, machine, target: TARGET, rows }, null, 2)}\n`);
}
