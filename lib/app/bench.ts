import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { DmTortureError, outOfRange } from '../base/errors';
import type { OutputOf } from '../base/output-of';
import { median, medianInterval } from '../base/statistics';
import { nativeBench } from '../native/load';
import type { appRow } from '../reports/documents/bench-app';
import type { benchMachine } from '../reports/documents/machine';
import { describeHead, type ReportHead, toVerdict } from '../reports/head';
import { SYSTEM_LOCK } from '../tables/system-lock';
import type { LockName } from '../tables/tables';
import { readNotes } from './counts';
import { appCommand, appLock, isSpinner } from './plan';
import { findPreload, preloadEnvironment } from './preload';
import { checkProgram, startApp } from './run';

/** How an application is compared under several locks: {@link benchApp}. */
export interface BenchAppOptions {
  /** Locks that take turns; the application's own comes on top. */
  locks: readonly LockName[];
  /** Runs of each. @default 10 */
  runs?: number | undefined;
  /** Locks that spin are kept where threads exceed CPUs. @default false */
  force?: boolean | undefined;
  /** Stops it after the run that is under way. */
  signal?: AbortSignal | undefined;
  /** Called after each run. */
  onRun?: ((done: number, all: number) => void) | undefined;
}

/** One lock's run time. */
export type BenchAppRow = OutputOf<typeof appRow>;

/** The report of {@link benchApp}. */
export interface BenchAppReport extends ReportHead<'bench'> {
  /** Every parameter. */
  plan: {
    suite: 'app';
    seed: number;
    command: string[];
    locks: LockName[];
    runs: number;
    force: boolean;
  };
  /** A row for each lock, the application's own first. */
  rows: BenchAppRow[];
  /** What it was measured on. */
  machine: OutputOf<typeof benchMachine>;
  /** What to know before one believes a figure. */
  warnings: string[];
}

const RUNS = 10;
const RUNS_MAX = 1000;
const SHORT_MS = 100;

/** What one lock came to. */
interface Turns {
  lock: LockName;
  times: number[];
  leftOut: string | null;
  failed: boolean;
}

/** What is run, and how. */
interface Arena {
  words: readonly [string, ...string[]];
  library: string;
  force: boolean;
  stop: AbortSignal | undefined;
}

/** A terminal sends its signal to both; the application may have ended before it is heard here. */
const HEARD_MS = 100;

async function isStopped(stop: AbortSignal | undefined): Promise<boolean> {
  if (stop !== undefined && !stop.aborted) await delay(HEARD_MS);
  return stop?.aborted === true;
}

/** Returns false where it was stopped: Ctrl-C ends the application, too. */
async function takeTurn(turns: Turns, { words, library, force, stop }: Arena): Promise<boolean> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'dmtorture-bench-'));
  try {
    const { lock } = turns;
    const env =
      lock === SYSTEM_LOCK
        ? {}
        : preloadEnvironment(library, { lock, count: false, force, folder });
    const began = performance.now();
    const { status, signal } = await startApp(words, { stdio: 'ignore', env }).ended;
    turns.times.push(performance.now() - began);
    const crowd = readNotes(folder).find(({ what }) => what === 'crowded');
    if (crowd) {
      turns.leftOut = `it spins, and threads (${crowd.values[0]}) exceed CPUs (${crowd.values[1]}); --force keeps it`;
    } else if (status !== 0 && (await isStopped(stop))) {
      return false;
    } else if (status !== 0) {
      turns.leftOut = signal === null ? `exit status ${status}` : `ended by ${signal}`;
      turns.failed = true;
    }
    return true;
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

/** Each lock is first, and last, equally often. A round that was cut has no figure. */
async function takeRound(
  turns: readonly Turns[],
  round: number,
  arena: Arena,
  onTurn: () => void,
): Promise<void> {
  let whole = true;
  for (let i = 0; i < turns.length && whole; i += 1) {
    const turn = turns[(i + round) % turns.length] as Turns;
    whole = !arena.stop?.aborted;
    if (whole && turn.leftOut === null) whole = await takeTurn(turn, arena);
    if (whole) onTurn();
  }
  if (whole) return;
  for (const turn of turns) turn.times.length = Math.min(turn.times.length, round);
}

function describeTurns(
  { lock, times, leftOut, failed }: Turns,
  own: readonly number[],
): BenchAppRow {
  const has = leftOut === null && times.length > 0;
  const ratios = times.map((ms, i) => ms / (own[i] ?? ms));
  return {
    lock,
    n: has ? times.length : 0,
    runMs: has ? median(times) : 0,
    ci95: has ? medianInterval(times) : null,
    vsPthread: has ? median(ratios) : 0,
    vsPthreadCi95: has ? medianInterval(ratios) : null,
    windows: has ? times : [],
    leftOut,
    failed,
  };
}

function checkRuns(runs: number): number {
  if (Number.isInteger(runs) && runs >= 1 && runs <= RUNS_MAX) return runs;
  throw outOfRange('runs', `1..${RUNS_MAX} (runs of each lock)`, runs);
}

/**
 * Run an unmodified application under several locks in turns, and compare how long it runs. What it
 * prints is not kept.
 *
 * @param command - The program and its arguments.
 * @throws DmTortureError ERR_INVALID_ARG_TYPE, ERR_OUT_OF_RANGE, ERR_NATIVE_MISSING, ERR_PROGRAM
 *   where it cannot be run, or fails with the locks that it has
 * @example
 * const { rows } = await benchApp(['./app'], { locks: ['futex3_spin'], runs: 20 });
 */
export async function benchApp(
  command: readonly string[],
  { locks, runs = RUNS, force = false, signal, onRun }: BenchAppOptions,
): Promise<BenchAppReport> {
  const words = appCommand(command);
  const others = locks.map((lock) => appLock('locks', lock)).filter((lock) => lock !== SYSTEM_LOCK);
  const all: LockName[] = [SYSTEM_LOCK, ...new Set(others)];
  checkRuns(runs);
  const library = findPreload();
  checkProgram(words[0]);
  const before = { ...nativeBench().machine(), date: new Date().toISOString() };
  const beganMs = performance.now();
  const turns: Turns[] = all.map((lock) => ({ lock, times: [], leftOut: null, failed: false }));
  let done = 0;
  for (let round = 0; round < runs && !signal?.aborted; round += 1) {
    await takeRound(turns, round, { words, library, force, stop: signal }, () => {
      done += 1;
      onRun?.(done, runs * turns.length);
    });
    if (turns[0]?.leftOut != null) {
      const why = `it fails with the locks that it has: ${turns[0].leftOut}`;
      throw new DmTortureError('ERR_PROGRAM', `Cannot compare \`${words[0]}\`: ${why}`);
    }
  }
  const own = turns[0]?.times ?? [];
  const complete = own.length === runs;
  const rows = turns.map((turn) => describeTurns(turn, own));
  const isShort = complete && median(own) < SHORT_MS;
  return {
    ...describeHead(
      'bench',
      toVerdict(
        turns.some(({ failed }) => failed),
        complete,
      ),
      complete,
    ),
    plan: { suite: 'app', seed: 0, command: [...words], locks: all, runs, force },
    durationMs: performance.now() - beganMs,
    rows,
    machine: { ...before, load: [before.load[0], nativeBench().machine().load[1]] },
    warnings: [
      ...(isShort ? [`Runs of less than ${SHORT_MS} ms say nothing of a few percent`] : []),
      ...rows
        .filter(({ lock, leftOut }) => leftOut !== null && isSpinner(lock))
        .map(({ lock, leftOut }) => `${lock} was left out: ${leftOut}`),
    ],
  };
}
