#!/usr/bin/env node
// Whether a lock of the user's is measured as a built-in one: the very sources of built-in locks as
// files, each beside itself in the same rounds. The target is a ratio of 0.98 to 1.02.
//
//   node benchmarks/own-lock.mjs [--runs N] [--windows N] [--locks a,b] [--write]
//
// A ratio is the median over all windows of all runs (a process each), paired window by window, with
// its 95 % interval; so is that of CPU time of a pair, by run, which neighbours disturb less.
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

/** One process: every lock twice, in the same rounds. */
async function measure(threads) {
  const { rows, machine } = await bench('locks', {
    threads,
    windows,
    time: 0,
    unverified: true,
    locks: names.flatMap((name) => [name, fileOf(name)]),
  }).result;
  return { rows, machine };
}

async function cell(threads) {
  const all = [];
  for (let run = 0; run < runs; run++) all.push(await measure(threads));
  const pick = (name, value) =>
    all.flatMap(({ rows }) => value(rows.find(({ lock }) => lock === name)));
  return {
    machine: all.at(-1).machine,
    rows: names.map((name) => {
      const speeds = [fileOf(name), name].map((one) => pick(one, (row) => row.windows));
      const costs = [fileOf(name), name].map((one) => pick(one, (row) => [row.cpuNsPerOp]));
      const { median: ratio, ci95 } = medianRatio(speeds[0], speeds[1]);
      const cpu = medianRatio(costs[0], costs[1]);
      const { median: ns } = median(costs[1]);
      return {
        ...{ lock: name, threads, windows: speeds[0].length, ratio, ci95 },
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
  const { lock, threads, ratio, ci95, cpuRatio, cpuRatioCi95 } = row;
  const met = ratio >= TARGET[0] && ratio <= TARGET[1] ? 'within' : 'outside of';
  console.log(
    `${lock.padEnd(8)} ${threads} thread(s): file / built-in ${digits(ratio)} ${span(ci95)}, ` +
      `${met} ${TARGET.join('..')}; CPU time ${digits(cpuRatio)} ${span(cpuRatioCi95)}`,
  );
}
if (values.write) {
  const { date, cpu, cpus, compiler, flags, kernel, load, noisy } = cells[0].machine;
  const file = path.join(root, 'benchmarks', 'results', `${date.slice(0, 10)}-own-lock.json`);
  const machine = { date, cpu, cpus, compiler, flags, kernel, load, noisy };
  const command = `node benchmarks/own-lock.mjs --runs ${runs} --windows ${windows} --write`;
  fs.writeFileSync(file, `${JSON.stringify({ command, machine, target: TARGET, rows }, null, 2)}\n`);
}
