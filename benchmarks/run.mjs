#!/usr/bin/env node
// Runs the trials of trials.json and writes one result file with machine, date and command.
//
//   node benchmarks/run.mjs [trial...] [--quick]
//
// Builds the C benchmarks with CMake first. Figures are medians with a 95 % interval of the
// median (binomial order statistics); a verdict is given only where the whole interval is on one
// side of the target.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const root = path.join(import.meta.dirname, '..');
const build = path.join(root, 'build-benchmarks');
const trials = JSON.parse(fs.readFileSync(path.join(import.meta.dirname, 'trials.json'), 'utf8'));

function compile() {
  const quiet = { stdio: ['ignore', 'ignore', 'inherit'] };
  const options = ['-DDMTORTURE_BENCHMARKS=ON', '-DBUILD_TESTING=OFF', '-DCMAKE_BUILD_TYPE=Release'];
  execFileSync('cmake', ['-S', root, '-B', build, ...options], quiet);
  execFileSync('cmake', ['--build', build, '--parallel', '2'], quiet);
}

/** Median and the order statistics that enclose it with 95 % probability. */
function median(values) {
  const sorted = [...values].sort((x, y) => x - y);
  const at = (index) => sorted[Math.min(sorted.length - 1, Math.max(0, index))];
  const half = (1.96 * Math.sqrt(sorted.length)) / 2;
  const middle = (sorted.length - 1) / 2;
  return {
    median: (at(Math.floor(middle)) + at(Math.ceil(middle))) / 2,
    ci95: [at(Math.floor(middle - half)), at(Math.ceil(middle + half))],
    samples: sorted.length,
  };
}

function call(command, values) {
  const [program, ...rest] = command.map((word) =>
    word.replace(/\{(\w+)\}/g, (_, name) => String(values[name])),
  );
  return JSON.parse(execFileSync(path.join(build, program), rest, { encoding: 'utf8' }));
}

/** a / b, run alternately, the first of a pair changing every time. */
function paired(trial, quick) {
  const pairs = quick ? 5 : trial.pairs;
  return trial.threads.map((threads) => {
    const ratios = [];
    for (let pair = 0; pair < pairs; pair++) {
      const values = { threads, ms: trial.ms, seed: pair + 1 };
      const order = pair % 2 ? ['b', 'a'] : ['a', 'b'];
      const got = {};
      for (const side of order) got[side] = call(trial[side], values)[trial.figure];
      ratios.push(got.a / got.b);
    }
    return { threads, ...median(ratios) };
  });
}

function repeated(trial, quick, figure) {
  const values = [];
  for (let i = 0; i < (quick ? 5 : trial.repeats); i++) values.push(figure(call(trial.a, {})));
  return [median(values)];
}

/** A program that prints its own rows, each figure of which may have a target. */
function table(trial, quick) {
  const rows = call(trial.a, { windows: quick ? 3 : trial.windows });
  return rows.map((row) => {
    const verdicts = {};
    for (const { figure, ratio, value, byThreads } of trial.targets) {
      const target = value ?? byThreads[row.threads];
      if (target === undefined) continue;
      const met = ratio === '>=' ? row[figure] >= target : row[figure] <= target;
      verdicts[figure] = met ? 'met' : 'missed';
    }
    return { ...row, verdicts };
  });
}

const kinds = {
  paired,
  difference: (trial, quick) => repeated(trial, quick, (got) => got[trial.plus] - got[trial.minus]),
  quotient: (trial, quick) => repeated(trial, quick, (got) => got[trial.over] / got[trial.under]),
};

const prefixed = (verdicts) =>
  Object.fromEntries(Object.entries(verdicts).map(([name, value]) => [`${name}?`, value]));

/** met / missed only where the whole interval says so. */
function verdict(target, row) {
  const atLeast = (target.ratio ?? target.difference) === '>=';
  const meets = (value) => (atLeast ? value >= target.value : value <= target.value);
  const [low, high] = row.ci95.map(meets);
  if (low !== high) return 'inconclusive';
  return low ? 'met' : 'missed';
}

function main(argv) {
  const quick = argv.includes('--quick');
  const names = argv.filter((word) => !word.startsWith('--'));
  const unknown = names.find((name) => !trials[name]);
  if (unknown) {
    console.error(`Expected a trial (${Object.keys(trials).join(', ')}), got \`${unknown}\``);
    return 2;
  }
  compile();
  const results = {};
  for (const name of names.length ? names : Object.keys(trials)) {
    const trial = trials[name];
    if (trial.kind === 'table') {
      const rows = table(trial, quick);
      results[name] = { says: trial.says, targets: trial.targets, rows };
      console.table(rows.map(({ verdicts, ...row }) => ({ ...row, ...prefixed(verdicts) })));
      continue;
    }
    const rows = kinds[trial.kind](trial, quick);
    results[name] = {
      says: trial.says,
      target: trial.target,
      rows: rows.map((row) => ({ ...row, verdict: verdict(trial.target, row) })),
    };
    for (const row of results[name].rows) {
      const threads = row.threads ? `, ${row.threads} thread${row.threads > 1 ? 's' : ''}` : '';
      const [low, high] = row.ci95.map((value) => value.toFixed(3));
      const sign = trial.target.ratio ?? trial.target.difference;
      console.log(
        `${name}${threads}: ${row.median.toFixed(3)} [${low}, ${high}]` +
          ` target ${sign} ${trial.target.value}: ${row.verdict}   (${trial.says})`,
      );
    }
  }
  const date = new Date().toISOString();
  const document = {
    command: `node benchmarks/run.mjs ${argv.join(' ')}`.trim(),
    date,
    machine: {
      cpu: os.cpus()[0]?.model ?? 'unknown',
      cpus: os.cpus().length,
      memoryGiB: Math.round(os.totalmem() / 2 ** 30),
      os: `${os.type()} ${os.release()}`,
      arch: os.arch(),
      node: process.version,
    },
    results,
  };
  const file = path.join(import.meta.dirname, 'results', `${date.slice(0, 10)}-stress.json`);
  if (!quick) {
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, `${JSON.stringify(document, null, 2)}\n`);
    console.log(`written: ${path.relative(root, file)}`);
  }
  return Object.values(results).some((r) => r.rows.some((row) => row.verdict === 'missed')) ? 1 : 0;
}

process.exitCode = main(process.argv.slice(2));
