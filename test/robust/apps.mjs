// Programs that know nothing of dmtorture, with each lock that sleeps in the place of their mutexes:
//
//   node test/robust/apps.mjs [runs of each; 20] [minutes; no limit] [lock; each that sleeps]
//
// pigz, xz -T, threads at one connection of SQLite, every kind of mutex in C, and what the C++
// library has. The result of each run has to be right, and it has to end; every other run is counted.
// Every program has 20 runs under every lock before one of them has more, so that they have run
// about as often where the limit ends them. First come programs and locks with a mistake, which have
// to be seen. It needs dist, binaries, pigz, xz and the headers of SQLite.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { APPS, compileApp, hasTools, makeInput, PRELOAD } from './apps/programs.mjs';
import { ask, makeFolder, require, root } from './kit.mjs';

const runs = Number(process.argv[2] || 20);
const wholeMs = Number(process.argv[3] || Number.POSITIVE_INFINITY) * 60_000;
/** Runs of a program under a lock before the next has its turn. */
const TURN = 20;
const folder = makeFolder('under-locks');
const AT_ONCE = Math.max(2, os.availableParallelism());
/** Longer than any of these takes on a machine with much other work: what has not ended then hangs. */
const LIMIT_MS = 600_000;
// The programs of C have a limit of their own, which is for a machine that is theirs.
process.env.DMTORTURE_LIMIT_S = '0';
/** A lock that lets two in is not seen to be wrong by every run. */
const TRIES = 20;
/** Half a megabyte. */
const WORDS = 60_000;

const { appLocks, isSpinner } = require(path.join(root, 'dist/app/plan.js'));
const { SYSTEM_LOCK } = require(path.join(root, 'dist/tables/system-lock.js'));
const sleepers = appLocks.filter((lock) => !isSpinner(lock) && lock !== SYSTEM_LOCK);
const locks = sleepers.filter((lock) => lock === (process.argv[4] ?? lock));
if (locks.length === 0) throw new Error(`${process.argv[4]} is not one of ${sleepers.join(', ')}`);

/** A program, and what it has to print. */
function makePrograms() {
  const input = makeInput(folder, WORDS);
  const compile = (source, ...more) => compileApp(folder, source, ...more);
  const says = (program, ...args) => ({ command: [program, ...args], right: 'right\n' });
  // What it prints with the locks that it has, once that was seen to be its input.
  const packs = (...command) => {
    const options = { encoding: 'buffer', maxBuffer: 2 ** 26 };
    const right = ask(command[0], command.slice(1), options);
    const whole = ask(command[0], ['-d', '-c'], { ...options, input: right });
    if (!whole.equals(fs.readFileSync(input))) throw new Error(`${command[0]} is not right`);
    return { command, right };
  };
  // Fewer turns than in the tests of C, which are one run each. A thread of `conditions` spins on a
  // mutex, and futex3_spin, which yields to it, pays a turn of the scheduler each time.
  const kinds = (name, turns = 240) =>
    says(compile(path.join(PRELOAD, `${name}.c`), `-DTURNS=${turns}`));
  return {
    pigz: packs('pigz', '-n', '-c', '-p', '4', '-b', '32', input),
    'xz -T': packs('xz', '-0', '-c', '-T', '4', '--block-size=65536', input),
    sqlite: says(compile(path.join(APPS, 'sqlite.c'), '-lsqlite3')),
    mutexes: kinds('mutexes'),
    rwlocks: kinds('rwlocks'),
    conditions: kinds('conditions', 24),
    forks: kinds('forks'),
    'C++': says(compile(path.join(APPS, 'standard.cc'))),
  };
}

let begun = 0;

/** Runs a program under a lock; what is wrong with that, or nothing. */
async function runOnce({ command, right, limitMs = LIMIT_MS }, { lock, count, from = root }) {
  const { runWith } = require(path.join(from, 'dist/app/run.js'));
  const out = path.join(folder, `out-${begun++}`);
  let timer;
  const hangs = (kill) => {
    timer = setTimeout(() => kill('SIGKILL'), limitMs);
  };
  const words = ['sh', '-c', 'exec "$@" >"$0"', out, ...command];
  const report = await runWith(words, { lock, count }, { onStart: hangs });
  clearTimeout(timer);
  const said = fs.readFileSync(out);
  fs.rmSync(out);
  const { status, signal, warnings } = report;
  if (signal === 'SIGKILL') return `it did not end within ${limitMs / 1000} s`;
  if (signal !== null || status !== 0) return `it ended with ${signal ?? status}`;
  if (!said.equals(Buffer.from(right))) return 'its result is wrong';
  if (count && report.acquisitions === 0) return 'it took no lock';
  return warnings.join('; ');
}

/** `count` runs of one program under one lock, some at once; what was wrong. */
async function runTurn(program, lock, count) {
  const wrong = [];
  let next = 0;
  const worker = async () => {
    while (next < count) {
      const why = await runOnce(program, { lock, count: next++ % 2 === 0 });
      if (why) wrong.push(why);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return wrong;
}

/** This package with one mistake in what replaces locks: a folder that has dist and the library. */
function plant(name, { file, text, instead }) {
  const copy = path.join(folder, name);
  for (const part of ['dist', 'native', 'package.json']) {
    fs.cpSync(path.join(root, part), path.join(copy, part), { recursive: true });
  }
  const source = path.join(copy, file);
  const parts = fs.readFileSync(source, 'utf8').split(text);
  if (parts.length !== 2) throw new Error(`${file} has to have once: ${text}`);
  fs.writeFileSync(source, parts.join(instead));
  const { parts: lists } = JSON.parse(fs.readFileSync(path.join(copy, 'native/sources.json')));
  const includes = ['preload', 'tables', 'machine', 'machine/threads', 'locks', 'locks/threads'];
  fs.mkdirSync(path.join(copy, 'build/Release'), { recursive: true });
  const flags = ['-std=gnu11', '-O1', '-w', '-fPIC', '-shared', '-fexceptions'];
  ask(
    'cc',
    [
      ...[...flags, '-fno-strict-aliasing', '-pthread'],
      ...includes.map((room) => `-I${path.join(copy, 'native', room)}`),
      ...[...lists.preload, ...lists.preload_locks],
      ...['-o', 'build/Release/dmtorture-preload.node', '-ldl'],
    ],
    { cwd: copy },
  );
  return copy;
}

/** Each is run until something is wrong, which has to be as its pattern says. */
function makeControls({ mutexes, sqlite }) {
  const lock = 'futex3';
  return {
    'a program that is wrong': [
      { command: ['echo', 'left'], right: 'right\n' },
      { lock },
      /result/,
    ],
    'a program that fails': [{ command: ['false'], right: '' }, { lock }, /ended with 1/],
    'a program that hangs': [
      { command: ['sleep', '60'], right: '', limitMs: 500 },
      { lock },
      /not end within/,
    ],
    'a program without locks': [{ command: ['true'], right: '' }, { lock, count: true }, /no lock/],
    'a lock that lets two in': [
      { ...sqlite, limitMs: 5000 },
      {
        lock,
        from: plant('two-in', {
          file: 'native/preload/mutex.h',
          text: 'return atomic_compare_exchange_strong_explicit(word, &none, 1,',
          instead: 'return 1 | atomic_compare_exchange_strong_explicit(word, &none, 1,',
        }),
      },
      /./,
    ],
    'a lock that wakes nobody': [
      { ...mutexes, limitMs: 5000 },
      {
        lock,
        from: plant('no-wake', {
          file: 'native/preload/park.c',
          text: 'syscall(SYS_futex, address, FUTEX_WAKE_PRIVATE,',
          instead: 'syscall(SYS_getppid, address, FUTEX_WAKE_PRIVATE,',
        }),
      },
      /not end within/,
    ],
  };
}

hasTools('pigz', 'xz');
const began = performance.now();
const seconds = () => `${((performance.now() - began) / 1000).toFixed(1)} s`;
const programs = makePrograms();
for (const [name, [program, how, expected]] of Object.entries(makeControls(programs))) {
  let why = '';
  for (let i = 0; i < TRIES && why === ''; i++) why = await runOnce(program, how);
  if (!expected.test(why)) throw new Error(`the control was not seen: ${name}: ${why || 'right'}`);
  console.log(`control, ${name}: ${why}`);
}

const pairs = Object.entries(programs).flatMap(([name, program]) =>
  locks.map((lock) => ({ name: `${name} under ${lock}`, program, lock, done: 0, wrong: [] })),
);
const isLate = () => performance.now() - began > wholeMs;
for (let turn = 0; turn * TURN < runs && !isLate(); turn++) {
  for (const pair of pairs) {
    if (isLate()) break;
    const count = Math.min(TURN, runs - pair.done);
    const wrong = await runTurn(pair.program, pair.lock, count);
    pair.done += count;
    pair.wrong.push(...wrong);
    for (const why of wrong) console.log(`${pair.name}: ${why}`);
  }
  const least = Math.min(...pairs.map(({ done }) => done));
  console.log(`${least} of ${runs} runs of each, ${seconds()} so far`);
}
for (const { name, done, wrong } of pairs) {
  const verdict = wrong.length === 0 ? 'right' : `${wrong.length} wrong`;
  console.log(`${name}, ${done} runs: ${verdict}`);
  for (const why of new Set(wrong))
    console.log(`  ${wrong.filter((other) => other === why).length} times: ${why}`);
  if (wrong.length > 0) process.exitCode = 1;
}
