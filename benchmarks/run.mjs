#!/usr/bin/env node
// Runs the trials of trials.json, writes a result file for each group of them, with machine, date
// and command, and says what the newest results are against the targets of targets.json.
//
//   node benchmarks/run.mjs [trial | group...] [--quick] [--machine NAME]
//   node benchmarks/run.mjs --targets [--machine NAME]
//
// --quick: few windows, and nothing is written. --targets: measure nothing, report what is written.
// --machine: results of another machine, in a folder of their own; the README shows those without.
//
// Builds the C benchmarks with CMake first. Figures are medians with a 95 % interval of the
// median (binomial order statistics); a verdict is given only where the whole interval is on one
// side of the target.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import statistics from './statistics.cjs';
import targets from './targets.cjs';

const { median, medianRatio } = statistics;
const root = path.join(import.meta.dirname, '..');
const build = path.join(root, 'build-benchmarks');
const dist = path.join(root, 'dist', 'cli', 'main.js');
const trials = JSON.parse(fs.readFileSync(path.join(import.meta.dirname, 'trials.json'), 'utf8'));
const groups = [...new Set(Object.values(trials).map(({ group }) => group))];

/** Threads of a crowd: four for each CPU, as eight are on two. */
const CROWD = 4 * os.availableParallelism();
const QUICK = { windows: 3, pairs: 5, repeats: 5 };
const CALL_BYTES_MAX = 256 * 2 ** 20;

/** What a row of locks has for plots alone, and nobody reads out of a result file. */
const FOR_PLOTS = ['waits', 'waitsCorrected', 'handoffs', 'runLengths'];
/** Digits that are kept: more are noise. */
const DIGITS = 6;

/** Longer than the system lets one thread run among others. */
const NOISE_MS = 100;
const NOISE_LOOPS = 20_000;
const NOISY = 0.1;

/** Some 20 us of work that nothing can be left out of. */
function work(value) {
  for (let i = 0; i < NOISE_LOOPS; i++) value = (Math.imul(value, 0x9e3779b1) + i) | 0;
  return value;
}

/** The share of time that others take: threads, the hypervisor, a neighbour on the core. */
function noiseNow() {
  let best = Number.POSITIVE_INFINITY;
  let windows = 0;
  let sink = 1;
  for (let i = 0; i < 200; i++) sink = work(sink);
  const began = performance.now();
  let now = began;
  while (now - began < NOISE_MS || sink === 0) {
    const before = now;
    sink = work(sink) | 1;
    now = performance.now();
    best = Math.min(best, now - before);
    windows++;
  }
  return 1 - (windows * best) / (now - began);
}

/** A trial with what others took before and after it. */
function withNoise(measureIt) {
  const before = noiseNow();
  const results = measureIt();
  const after = noiseNow();
  const noisy = Math.max(before, after) > NOISY || results.noisy === true;
  const { noisy: _, ...rest } = results;
  return { ...rest, noise: slim({ before, after, noisy }) };
}

function compile() {
  const quiet = { stdio: ['ignore', 'ignore', 'inherit'] };
  const options = [
    '-DDMTORTURE_BENCHMARKS=ON',
    '-DBUILD_TESTING=OFF',
    '-DCMAKE_BUILD_TYPE=Release',
  ];
  execFileSync('cmake', ['-S', root, '-B', build, ...options], quiet);
  execFileSync('cmake', ['--build', build, '--parallel', '2'], quiet);
}

/** A program that CMake made, wherever in its folder; `dmtorture` is the command itself. */
function programOf(name) {
  if (name === 'dmtorture') {
    if (!fs.existsSync(dist)) throw new Error(`there is no ${dist}: npm run build`);
    return [process.execPath, dist];
  }
  const places = ['', 'native/bench', 'benchmarks/native/peers'];
  const found = places.map((place) => path.join(build, place, name)).find(fs.existsSync);
  if (!found) throw new Error(`CMake made no ${name} in ${build}`);
  return [found];
}

function call(command, values) {
  const words = command.map((word) => word.replace(/\{(\w+)\}/g, (_, name) => String(values[name])));
  const [program, ...rest] = [...programOf(words[0]), ...words.slice(1)];
  const options = { encoding: 'utf8', maxBuffer: CALL_BYTES_MAX, stdio: ['ignore', 'pipe', 'ignore'] };
  return JSON.parse(execFileSync(program, rest, options));
}

/** a / b, run alternately, the first of a pair changing every time. */
function paired(trial, quick) {
  const pairs = quick ? QUICK.pairs : trial.pairs;
  return trial.threads.map((threads) => {
    const got = { a: [], b: [] };
    for (let pair = 0; pair < pairs; pair++) {
      const values = { threads, ms: trial.ms, seed: pair + 1 };
      for (const side of pair % 2 ? ['b', 'a'] : ['a', 'b'])
        got[side].push(call(trial[side], values)[trial.figure]);
    }
    return { threads, ...medianRatio(got.a, got.b) };
  });
}

function repeated(trial, quick, figure) {
  const values = [];
  for (let i = 0; i < (quick ? QUICK.repeats : trial.repeats); i++)
    values.push(figure(call(trial.a, {})));
  return [median(values)];
}

const short = (_, value) =>
  typeof value === 'number' && !Number.isInteger(value) ? Number(value.toPrecision(DIGITS)) : value;

function slim(row) {
  const kept = Object.entries(row).filter(([name]) => !FOR_PLOTS.includes(name));
  return JSON.parse(JSON.stringify(Object.fromEntries(kept), short));
}

const percent = (share) => `${Math.round(share * 100)} %`;

const valuesOf = (trial, quick) => ({
  windows: quick ? QUICK.windows : trial.windows,
  crowd: CROWD,
});

/** Schedules a second, and what they cost beside bare fibers and with the race detector. */
function schedules(trial, quick) {
  return call(trial.a, valuesOf(trial, quick)).map((row) => {
    const { walkNs, racedNs, bareNs, searchMs, ...rest } = row;
    const figures = {
      schedulesPerSecond: median(walkNs.map((ns) => 1e9 / ns)),
      vsBare: medianRatio(bareNs, walkNs),
      racesCost: median(racedNs.map((ns, i) => ns / walkNs[i] - 1)),
      searchMs: median(searchMs),
    };
    const named = Object.entries(figures).flatMap(([name, { median: middle, ci95 }]) => [
      [name, middle],
      [`${name}Ci95`, ci95],
    ]);
    return slim({ ...rest, ...Object.fromEntries(named), samples: walkNs.length });
  });
}

/** Seconds of a verification of all locks. */
function verification(trial, quick) {
  return call(trial.a, valuesOf(trial, quick)).map(({ seconds, ...rest }) => {
    const { median: middle, ci95 } = median(seconds);
    return slim({ ...rest, seconds: middle, secondsCi95: ci95, samples: seconds.length });
  });
}

const kinds = {
  paired,
  schedules,
  verification,
  difference: (trial, quick) => repeated(trial, quick, (got) => got[trial.plus] - got[trial.minus]),
  quotient: (trial, quick) => repeated(trial, quick, (got) => got[trial.over] / got[trial.under]),
};

/** Returns the results of a trial: what it says, and its rows. */
function run(trial, quick) {
  const { says, target } = trial;
  if (trial.kind === 'rows') {
    const { rows, machine } = call(trial.a, valuesOf(trial, quick));
    return { says, noisy: machine?.noisy, cpus: machine?.cpus, rows: rows.map(slim) };
  }
  return { says, ...(target && { target }), rows: kinds[trial.kind](trial, quick) };
}

function machineOf() {
  return {
    cpu: os.cpus()[0]?.model ?? 'unknown',
    cpus: os.availableParallelism(),
    memoryGiB: Math.round(os.totalmem() / 2 ** 30),
    os: `${os.type()} ${os.release()}`,
    arch: os.arch(),
    node: process.version,
  };
}

/** One file a group, so that none overwrites another's. Each row is a line. */
function write(group, results, command, folder) {
  const date = new Date().toISOString();
  const head = JSON.stringify({ command, date, machine: machineOf() }, null, 2).slice(0, -2);
  const bodies = Object.entries(results).map(([name, { rows, ...rest }]) => {
    const lines = rows.map((row) => `        ${JSON.stringify(row)}`).join(',\n');
    const start = JSON.stringify(rest, null, 2).slice(0, -2).replaceAll('\n', '\n    ');
    return `    ${JSON.stringify(name)}: ${start},\n      "rows": [\n${lines}\n      ]\n    }`;
  });
  const file = path.join(folder, `${date.slice(0, 10)}-${group}.json`);
  fs.mkdirSync(folder, { recursive: true });
  fs.writeFileSync(file, `${head},\n  "results": {\n${bodies.join(',\n')}\n  }\n}\n`);
  console.log(`written: ${path.relative(root, file)}`);
}

function chosen(names) {
  const known = [...groups, ...Object.keys(trials)];
  const unknown = names.find((name) => !known.includes(name));
  if (unknown) throw new Error(`Expected one of ${known.join(', ')}, got \`${unknown}\``);
  if (names.length === 0) return groups;
  // A group is written as a whole, or the newest file would lack the rest of it.
  const wanted = (group) =>
    names.includes(group) || names.some((name) => trials[name]?.group === group);
  return groups.filter(wanted);
}

function measure(names, quick, command, folder) {
  compile();
  const all = {};
  for (const group of chosen(names)) {
    const results = {};
    for (const [name, trial] of Object.entries(trials)) {
      if (trial.group !== group) continue;
      const began = performance.now();
      results[name] = withNoise(() => run(trial, quick));
      const { before, after } = results[name].noise;
      const others = `others took ${percent(before)} before, ${percent(after)} after`;
      const seconds = ((performance.now() - began) / 1000).toFixed(1);
      console.log(`${name}: ${seconds} s, ${others}  (${trial.says})`);
    }
    Object.assign(all, results);
    if (!quick) write(group, results, command, folder);
  }
  return all;
}

function main(argv) {
  const { values, positionals } = parseArgs({
    args: argv,
    allowPositionals: true,
    options: {
      quick: { type: 'boolean', default: false },
      targets: { type: 'boolean', default: false },
      machine: { type: 'string', default: '' },
    },
  });
  const folder = path.join(import.meta.dirname, 'results', values.machine);
  const command = `node benchmarks/run.mjs ${argv.join(' ')}`.trim();
  const measured = values.targets ? {} : measure(positionals, values.quick, command, folder);
  const known = values.quick ? {} : targets.newestResults(groups, folder);
  const judged = targets.judge({ ...known, ...measured });
  console.log(`\n${targets.reportLines(judged).join('\n')}`);
  return judged.some(({ verdict }) => verdict === 'missed') ? 1 : 0;
}

try {
  process.exitCode = main(process.argv.slice(2));
} catch (error) {
  console.error(String(error.message ?? error));
  process.exitCode = 2;
}
