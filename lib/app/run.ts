import { type ChildProcess, spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { DmTortureError, shortened } from '../base/errors';
import { readAllCounts, readNotes } from './counts';
import { appCommand, appLock, type RunAppOptions } from './plan';
import { findPreload, preloadEnvironment, programFile, whyNotReached } from './preload';
import { makeRunReport, type RunAppPlan, type RunAppReport } from './report';

/** An application that is running: what is done to it, and its end. */
export interface Started {
  child: ChildProcess;
  ended: Promise<{ status: number | null; signal: string | null }>;
}

function cannotRun(program: string, why: string): DmTortureError {
  return new DmTortureError('ERR_PROGRAM', `Cannot run \`${shortened(program)}\`: ${why}`);
}

/**
 * A program that the library reaches.
 *
 * @throws DmTortureError ERR_PROGRAM
 */
export function checkProgram(program: string): void {
  const file = programFile(program);
  if (file === undefined)
    throw cannotRun(program, 'there is no such program, or it may not be run');
  const why = whyNotReached(file);
  if (why !== undefined) throw cannotRun(program, why);
}

/** Start a command as it is. */
export function startApp(
  [program, ...args]: readonly [string, ...string[]],
  { stdio = 'inherit', env }: Pick<RunAppOptions, 'stdio' | 'env'>,
): Started {
  const child = spawn(program, args, { stdio, env: { ...process.env, ...env } });
  const ended = new Promise<{ status: number | null; signal: string | null }>((resolve, reject) => {
    child.once('error', (error) => reject(cannotRun(program, error.message)));
    child.once('exit', (status, signal) => resolve({ status, signal }));
  });
  return { child, ended };
}

/** What a caller of {@link runWith} may do to the application. */
export interface AppControl {
  /** It has begun; `kill` sends it a signal. */
  onStart?: (kill: (signal: NodeJS.Signals) => void) => void;
}

/** {@link runApp}, with a hand on the application. */
export async function runWith(
  command: readonly string[],
  options: RunAppOptions,
  { onStart }: AppControl = {},
): Promise<RunAppReport> {
  const words = appCommand(command);
  const lock = appLock('lock', options.lock);
  const { force = false, count = true, signal, stdio, env } = options;
  signal?.throwIfAborted();
  const library = findPreload();
  checkProgram(words[0]);
  const plan: RunAppPlan = { seed: 0, lock, command: [...words], force, count };
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'dmtorture-run-'));
  try {
    const preload = preloadEnvironment(library, { lock, count, force, folder });
    const beganMs = Date.now();
    const { child, ended } = startApp(words, { stdio, env: { ...env, ...preload } });
    const stop = (): void => void child.kill('SIGTERM');
    signal?.addEventListener('abort', stop, { once: true });
    onStart?.((name) => void child.kill(name));
    const end = await ended.finally(() => signal?.removeEventListener('abort', stop));
    const durationMs = Date.now() - beganMs;
    const processes = readAllCounts(folder);
    return await makeRunReport(plan, {
      ...end,
      beganMs,
      durationMs,
      processes,
      notes: readNotes(folder),
    });
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * Run an unmodified application with another lock in its pthread mutexes and reader-writer locks,
 * and count where it takes them. Linux with glibc alone.
 *
 * @param command - The program and its arguments.
 * @returns Also for an application that fails: its status is in the report.
 * @throws DmTortureError ERR_INVALID_ARG_TYPE, ERR_OUT_OF_RANGE, ERR_PROGRAM where it cannot be run,
 *   ERR_NATIVE_MISSING where this machine cannot do it
 * @example
 * const { status, sites } = await runApp(['./server', '--once'], { lock: 'futex3_spin' });
 * if (status !== 0) throw new Error(`it ends with ${status} under another lock`);
 */
export function runApp(command: readonly string[], options: RunAppOptions): Promise<RunAppReport> {
  return runWith(command, options);
}
