#!/usr/bin/env node
// Whether a lock of the user's is measured as a built-in one: the very sources of built-in locks as
// files, each beside itself in the same rounds. The target is a ratio of 0.98 to 1.02.
//
//   node benchmarks/own-lock.mjs [--runs N] [--windows N] [--locks a,b] [--write]
//
// A ratio is the median over all windows of all runs (a process each), paired window by window, with
// its 95 % interval; so is that of CPU time of a pair, by run, which neighbours disturb less. The
// control is a copy of the file against the file: what that is off 1 by is where the two lie in memory,
// and not how they are compiled. Two threads have work: without any that is up to a quarter.
import fs from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import statistics from './statistics.cjs';

const { median, medianRatio } = statistics;
const require = createRequire(import.meta.url);
const { bench } = require('../dist/index.js');
const root = path.join(import.meta.dirname, '..');
process.chdir(root);

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '10' },
    windows: { type: 'string', default: '60' },
    locks: { type: 'string', default: 'tas,ticket,mcs,futex3' },
    write: { type: 'boolean', default: false },
  },
});
const [runs, windows] = [Number(values.runs), Number(values.windows)];
const names = values.locks.split(',');
const fileOf = (name) => `./native/locks/${name}.c`;
const TARGET = [0.98, 1.02];

const copies = fs.mkdtempSync(path.join(os.tmpdir(), 'own-lock-'));
process.on('exit', () => fs.rmSync(copies, { recursive: true, force: true }));
const copyOf = (name) => path.join(copies, `${name}.c`);
for (const name of names) fs.copyFileSync(fileOf(name), copyOf(name));

/** One process: a lock three times, in the same rounds. */
async function measure(threads, name) {
  const { rows, machine } = await bench('locks', {
    threads,
    ...(threads > 1 && { holdNs: 100, outsideNs: 200 }),
    windows,
    time: 0,
    unverified: true,
    locks: [name, fileOf(name), copyOf(name)],
  }).result;
  return { rows, machine };
}

async function cell(threads) {
  const all = [];
  for (let run = 0; run < runs; run++) {
    const parts = [];
    for (const name of names) parts.push(await measure(threads, name));
    all.push({ rows: parts.flatMap(({ rows }) => rows), machine: parts[0].machine });
  }
  const pick = (name, value) =>
    all.flatMap(({ rows }) => value(rows.find(({ lock }) => lock === name)));
  return {
    machine: all.at(-1).machine,
    rows: names.map((name) => {
      const speeds = [fileOf(name), name].map((one) => pick(one, (row) => row.windows));
      const costs = [fileOf(name), name].map((one) => pick(one, (row) => [row.cpuNsPerOp]));
      const { median: ratio, ci95 } = medianRatio(speeds[0], speeds[1]);
      const cpu = medianRatio(costs[0], costs[1]);
      const control = medianRatio(
        pick(copyOf(name), (row) => row.windows),
        speeds[0],
      );
      const { median: ns } = median(costs[1]);
      return {
        ...{ lock: name, threads, windows: speeds[0].length, ratio, ci95 },
        ...{ copy: control.median, copyCi95: control.ci95 },
        ...{ cpuRatio: cpu.median, cpuRatioCi95: cpu.ci95, cpuNsPerOp: ns },
      };
    }),
  };
}

const digits = (value) => value.toFixed(3);
const span = ([low, high]) => `[${digits(low)}, ${digits(high)}]`;
const cells = [await cell(1), ...(os.availableParallelism() > 1 ? [await cell(2)] : [])];
const rows = cells.flatMap((one) => one.rows);
for (const row of rows) {
  const { lock, threads, ratio, ci95, copy, copyCi95, cpuRatio, cpuRatioCi95 } = row;
  const met = ratio >= TARGET[0] && ratio <= TARGET[1] ? 'within' : 'outside of';
  console.log(
    `${lock.padEnd(8)} ${threads} thread(s): file / built-in ${digits(ratio)} ${span(ci95)}, ` +
      `${met} ${TARGET.join('..')}; control ${digits(copy)} ${span(copyCi95)}; ` +
      `CPU time ${digits(cpuRatio)} ${span(cpuRatioCi95)}`,
  );
}
if (values.write) {
  const { date, cpu, cpus, compiler, flags, kernel, load, noisy } = cells[0].machine;
  const file = path.join(root, 'benchmarks', 'results', `${date.slice(0, 10)}-own-lock.json`);
  const machine = { date, cpu, cpus, compiler, flags, kernel, load, noisy };
  const command = `node benchmarks/own-lock.mjs --runs ${runs} --windows ${windows} --write`;
  fs.writeFileSync(file, `${JSON.stringify({ command, machine, target: TARGET, rows }, null, 2)}\n`);
}
