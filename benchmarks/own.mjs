#!/usr/bin/env node
// What own C costs, each figure beside its floor or its peer in the same round: the bare loop of
// fibers, Relacy (Debian's relacy-dev, where it is installed), a copy of the same bytes.
//
//   node benchmarks/own.mjs [--rounds N] [--executions N] [--cc gcc|clang]
//
// Prints a table of medians with their 95 % intervals, and the targets beside them. Ratios are of
// one round: both sides ran within the same second.
import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import statistics from './statistics.cjs';

const { median, medianRatio } = statistics;
const require = createRequire(import.meta.url);
const root = path.join(import.meta.dirname, '..');
const own = path.join(import.meta.dirname, 'own');
const host = path.join(root, 'build', 'Release', 'dmtorture-own');
const { compile } = require('../dist/own/compile.js');
const { program } = require('../dist/own/program.js');
const { nativeExplore } = require('../dist/native/load.js');

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '11' },
    executions: { type: 'string', default: '100000' },
    cc: { type: 'string' },
  },
});
const rounds = Number(values.rounds);
const executions = Number(values.executions);

async function build(file, ...flags) {
  const source = program(path.join(own, file), { flags, ...(values.cc && { cc: values.cc }) });
  return (await compile(source.program ?? source)).object;
}

/** The last line of a search: `strategy` over at most `count` executions. */
function search(object, strategy, count) {
  const args = ['search', object, `--strategy=${strategy}`, `--executions=${count}`];
  const text = execFileSync(host, [...args, '--seed=1', '--heap=fresh'], { encoding: 'utf8' });
  return JSON.parse(text.trimEnd().split('\n').at(-1));
}

/** Nanoseconds of an execution of a random walk. */
function walk(object) {
  const { elapsedNs, executions: done, points } = search(object, 'random', executions);
  return { ns: elapsedNs / done, points: points / done, perPoint: elapsedNs / points };
}

/** Nanoseconds of an execution of bare fibers, and of one of their points. */
function bare(threads, points) {
  return new Promise((resolve) => {
    const numbers = Float64Array.of(threads, points, executions, 1);
    nativeExplore().bare(numbers, (event) => {
      if (event.type !== 'finished') return;
      resolve({ ns: event.elapsedNs / executions, perPoint: event.elapsedNs / event.points });
    });
  });
}

function buildRelacy(folder) {
  const file = path.join(folder, 'relacy');
  const args = ['-std=c++11', '-O2', '-w', '-o', file, path.join(own, 'relacy.cpp')];
  return spawnSync('g++', args, { stdio: 'ignore' }).status === 0 ? file : undefined;
}

function relacy(file, name) {
  const { stderr } = spawnSync(file, [name, String(executions)], { encoding: 'utf8' });
  return Number(stderr);
}

function copyNs(bytes) {
  const from = Buffer.alloc(bytes, 1);
  const to = Buffer.alloc(bytes);
  const began = process.hrtime.bigint();
  for (let i = 0; i < 10_000; i++) from.copy(to);
  return Number(process.hrtime.bigint() - began) / 10_000;
}

const rows = [];
function row(says, target, { median: middle, ci95 }) {
  const [low, high] = ci95.map((value) => value.toPrecision(3));
  rows.push({ says, median: middle.toPrecision(3), interval: `[${low}, ${high}]`, target });
}

const KIB = 1024;
const SETS = [16, 64, 1024];

async function main() {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'dmtorture-own-bench-'));
  const peer = buildRelacy(folder);
  const objects = {
    rmw: await build('rmw.c'),
    // A program whose threads do nothing that others see is refused: one point each.
    idle: await build('rmw.c', '-DPOINTS=1', '-DTHREADS=3'),
    idlers: await build('rmw.c', '-DPOINTS=1', '-DTHREADS=9'),
    plain: await build('rmw.c', '-DPLAIN=10'),
    find: await build('find.c', '-DFINDS=2'),
    // Of find/find/put all 558 traces are run in less time than it takes to begin.
    finds: await build('find.c', '-DFINDS=3'),
    ...Object.fromEntries(
      await Promise.all(
        SETS.map(async (kib) => [`data${kib}`, await build('rmw.c', `-DBYTES=${kib * KIB}`)]),
      ),
    ),
  };
  const took = [];
  for (let round = 0; round < rounds; round++) {
    const [rmw, idle, idlers, plain, find, finds] = [
      'rmw',
      'idle',
      'idlers',
      'plain',
      'find',
      'finds',
    ].map((name) => walk(objects[name]));
    const floor = await bare(3, 30);
    took.push({
      rmw,
      idle,
      idlers,
      plain,
      find,
      finds,
      floor,
      dpor: search(objects.finds, 'dpor', executions),
      peers: peer && { rmw: relacy(peer, 'rmw'), find: relacy(peer, 'find') },
      data: SETS.map((kib) => [walk(objects[`data${kib}`]).ns - rmw.ns, copyNs(kib * KIB)]),
    });
  }
  const ratio = (a, b) => medianRatio(took.map(a), took.map(b));
  const floor = ({ floor: { perPoint } }) => perPoint;
  row('a point / a point of bare fibers, 3 threads x 10 read-modify-writes', '<= 3', ratio(({ rmw }) => rmw.perPoint, floor));
  row('the same, find/find/put', '<= 3', ratio(({ find }) => find.perPoint, floor));
  const morePoints = ({ rmw, idle }) => (rmw.ns - idle.ns) / 27;
  row('one more point of a thread / a point of bare fibers', '', ratio(morePoints, floor));
  row('a thread / a point of bare fibers', '<= 6.5', ratio((one) => (one.idlers.ns - one.idle.ns) / 6 - morePoints(one), floor));
  row('a plain access / a point of bare fibers', '<= 1', ratio(({ plain, rmw }) => (plain.ns - rmw.ns) / 300, floor));
  SETS.forEach((kib, i) => {
    row(`put back ${kib} KiB of data / a copy of them`, '<= 2', ratio(({ data }) => data[i][0], ({ data }) => data[i][1]));
  });
  row('an execution of dpor / of the walk, find/find/find/put', '<= 2', ratio(({ dpor }) => dpor.elapsedNs / dpor.executions, ({ finds }) => finds.ns));
  // Two whole searches a round: a few rounds say it.
  const proofs = Array.from({ length: Math.min(rounds, 3) }, () => ({
    dpor: search(objects.finds, 'dpor', 0),
    states: search(objects.finds, 'stateful', 0),
  }));
  row('dpor / stateful, the whole of find/find/find/put', '>= 5', medianRatio(proofs.map(({ dpor }) => dpor.elapsedNs), proofs.map(({ states }) => states.elapsedNs)));
  if (peer) {
    row('Relacy / ours, 3 threads x 10', '>= 1.3', ratio(({ peers }) => peers.rmw, ({ rmw }) => rmw.ns));
    row('Relacy / ours, find/find/put', '>= 1.3', ratio(({ peers }) => peers.find, ({ find }) => find.ns));
  }
  row('ns of a point of ours (says nothing alone)', '', median(took.map(({ rmw }) => rmw.perPoint)));
  console.table(rows);
  if (!peer) console.log('Relacy is not installed (Debian: relacy-dev): no comparison with it');
  fs.rmSync(folder, { recursive: true, force: true });
}

await main();
