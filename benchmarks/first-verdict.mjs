#!/usr/bin/env node
// How long a first verdict takes: `dmtorture explore` on a file of a hundred lines, beside the bare
// commands of the compiler that it runs, in the same round.
//
//   node benchmarks/first-verdict.mjs [--rounds N] [--cc gcc]... [--node <file>] [--command <main.js>]
//
// `cold` begins with an empty cache, `warm` has the build. Prints medians with their 95 % intervals
// in milliseconds: of the clock, and of processor time, which other jobs of the machine change less.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import statistics from './statistics.cjs';

const { median } = statistics;
const require = createRequire(import.meta.url);
const root = path.join(import.meta.dirname, '..');
const file = path.join(import.meta.dirname, 'own', 'pool.c');
const { findCompiler } = require('../dist/own/compiler.js');
const { compileArgs, linkArgs } = require('../dist/own/flags.js');

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '21' },
    cc: { type: 'string', multiple: true, default: ['gcc', 'clang'] },
    node: { type: 'string', default: process.execPath },
    command: { type: 'string', default: path.join(root, 'dist', 'cli', 'main.js') },
  },
});
const rounds = Number(values.rounds);
/** What a first verdict may take beside the compiler. */
const TARGET_MS = 300;

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'dmtorture-first-verdict-'));
const cache = path.join(folder, 'cache');

/** Node reads these certificates at each start, in 36 ms: they say nothing of us. */
const { NODE_EXTRA_CA_CERTS, ...environment } = process.env;

/** Milliseconds of one command: of the clock, and of the processor, with all that it starts. */
function timed(words, ...statuses) {
  const script = 'TIMEFORMAT="%R %U %S"; time "$@" >/dev/null 2>&1';
  const { status, stderr } = spawnSync('bash', ['-c', script, 'bash', ...words], {
    env: { ...environment, LC_ALL: 'C', XDG_CACHE_HOME: cache },
    encoding: 'utf8',
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  if (!statuses.includes(status)) throw new Error(`${words.join(' ')} ended with ${status}`);
  const [real, user, system] = stderr.trim().split(' ').map(Number);
  return { wallMs: real * 1000, cpuMs: (user + system) * 1000 };
}

const TO_TEXT = new Set(['-S', '-emit-llvm', '-Xclang', '-disable-llvm-passes']);
const sum = (a, b) => ({ wallMs: a.wallMs + b.wallMs, cpuMs: a.cpuMs + b.cpuMs });

/** The commands of the compiler alone: compile to an object, link what the host loads. */
function bare(compiler, flags) {
  const [made, object] = ['bare.o', 'bare.so'].map((name) => path.join(folder, name));
  const include = path.join(root, 'include');
  // What we have clang do in two steps takes one by hand.
  const ours = compileArgs(compiler, { file, flags, optimize: false, include });
  const compile = ['-c', ...ours.filter((word) => !TO_TEXT.has(word) && word !== '-c')];
  const link = linkArgs([made], { object, flags: [], cxx: false });
  const { words } = compiler;
  return sum(timed([...words, ...compile, '-o', made], 0), timed([...words, ...link], 0));
}

function whole(cc, flags, status) {
  const words = ['explore', file, '--cc', cc, '--no-config', ...flags.map((one) => `--flag=${one}`)];
  return timed([values.node, values.command, ...words], status);
}

const rows = [];
function row(says, target, took) {
  const cells = ['wallMs', 'cpuMs'].map((clock) => {
    const { median: middle, ci95 } = median(took.map((one) => one[clock]));
    return `${middle.toFixed(0)} [${ci95.map((value) => value.toFixed(0)).join(', ')}]`;
  });
  rows.push({ says, 'clock, ms': cells[0], 'processor, ms': cells[1], target });
}

const minus = (a, b) => ({ wallMs: a.wallMs - b.wallMs, cpuMs: a.cpuMs - b.cpuMs });

async function main() {
  const compilers = await Promise.all(values.cc.map((cc) => findCompiler(cc)));
  const cells = compilers.flatMap((compiler) =>
    [
      ['clean', [], 0],
      ['bug', ['-DBUG'], 1],
    ].map(([name, flags, status]) => ({ compiler, name, flags, status, took: [] })),
  );
  for (let round = 0; round < rounds; round += 1) {
    for (const { compiler, flags, status, took } of cells) {
      const own = bare(compiler, flags);
      fs.rmSync(cache, { recursive: true, force: true });
      const cold = whole(compiler.command, flags, status);
      took.push({ own, cold, warm: whole(compiler.command, flags, status) });
    }
  }
  for (const { compiler, name, took } of cells) {
    const head = `${compiler.family} ${compiler.version}, ${name}:`;
    row(`${head} the compiler alone`, '', took.map(({ own }) => own));
    row(`${head} first verdict`, '', took.map(({ cold }) => cold));
    row(`${head} the same - the compiler`, `<= ${TARGET_MS}`, took.map(({ own, cold }) => minus(cold, own)));
    row(`${head} second verdict`, '', took.map(({ warm }) => warm));
  }
  console.table(rows);
  const [load] = os.loadavg();
  const { stdout: version } = spawnSync(values.node, ['--version'], { encoding: 'utf8' });
  console.log(
    `${rounds} rounds, node ${version.trim()}, ${os.availableParallelism()} cores, load ${load.toFixed(1)}`,
  );
}

try {
  await main();
} finally {
  fs.rmSync(folder, { recursive: true, force: true });
}
