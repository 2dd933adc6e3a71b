import fs from 'node:fs';
import os from 'node:os';
import { append } from '../base/bounds';
import { parseDuration } from '../base/duration';
import { DmTortureError, incompatible, outOfRange, wrongType } from '../base/errors';
import type { OutputOf } from '../base/output-of';
import { didYouMean } from '../base/suggest';
import { isSourceName, type ProgramOptions } from '../own/program';
import type { lockSize, verifyPlan } from '../reports/documents/verify';
import { readMemory } from '../run/memory';
import { checkOptions, checkSignal, paramToNumber } from '../run/params';
import { type MemoryName, tables, type VerifyParamName } from '../tables/tables';

/** How many threads take a lock, and how often each. */
export type LockSize = OutputOf<typeof lockSize>;

/** How a verification goes. */
export interface VerifyProgress {
  /** Since it began. */
  elapsedMs: number;
  /** States that were visited. */
  states: number;
  /** Rows, weakenings and relaxed sets that are done. */
  done: number;
  /** Those that are known up to now. */
  all: number;
}

/** What {@link verify} takes. */
export interface VerifyOptions extends Pick<ProgramOptions, 'cc' | 'flags' | 'optimize'> {
  /** The memory model. @default all of them, one after another */
  memory?: MemoryName | undefined;
  /** How many threads: with `rounds`, every pair. @default 2x1, 2x2, 3x1 (threads x rounds) */
  threads?: number | readonly number[] | undefined;
  /** How often each of them takes the lock. */
  rounds?: number | readonly number[] | undefined;
  /** Try each order of each site one step weaker, under rc11. @default false */
  barriers?: boolean | undefined;
  /**
   * Limit of each row, and of each weakening, in states; 0: 16777216. Of a file it counts
   * executions; 0: ten million, or 16777216 states under rc11. @default 0
   */
  states?: number | undefined;
  /** Time limit of it all: `'10s'`, or milliseconds; 0: none. @default 0 */
  time?: number | string | undefined;
  /** Look for the fault with the fewest stale reads, then preemptions, then steps. @default true */
  minimise?: boolean | undefined;
  /** Threads that share the work. @default one for each CPU */
  workers?: number | undefined;
  /** Release sequences as C11 and C17 have them, in place of C++20. @default false */
  c11Sequences?: boolean | undefined;
  /** Ends it; its report is then partial. */
  signal?: AbortSignal | undefined;
  /** Called now and then. */
  onProgress?: ((progress: VerifyProgress) => void) | undefined;
}

/** Every parameter of a verification, as reports show it. */
export type VerifyPlanReport = OutputOf<typeof verifyPlan>;

/** A checked plan, ready to run. */
export interface VerifyPlan {
  report: VerifyPlanReport;
  /** One for each row of the table. */
  numbers: Float64Array;
  /** Rows of the table of locks. */
  locks: number[];
  /** Sources of the user's. */
  files: string[];
  memories: MemoryName[];
  program: ProgramOptions;
  signal: AbortSignal | undefined;
  onProgress: (progress: VerifyProgress) => void;
}

const OF_FILES = ['cc', 'flags', 'optimize'] as const;
const OPTIONS: readonly string[] = [
  'memory',
  'threads',
  'rounds',
  'barriers',
  'states',
  'time',
  'minimise',
  'workers',
  'c11Sequences',
  'signal',
  'onProgress',
  ...OF_FILES,
];

const DEFAULT_SIZES: readonly LockSize[] = [
  { threads: 2, rounds: 1 },
  { threads: 2, rounds: 2 },
  { threads: 3, rounds: 1 },
];
const THREADS = { least: 2, most: 8, says: 'threads' };
const ROUNDS = { least: 1, most: 16, says: 'rounds' };
const WORKERS_MAX = 64;

/** What stands for every lock but the control, which has to fail. */
export const ALL_LOCKS = 'all';

/** The locks that can be verified: those whose source is here. */
export const verifiableLocks: readonly string[] = tables.locks
  .filter(({ reference }) => !reference)
  .map(({ name }) => name);

const everyLock = tables.locks
  .filter(({ reference, control }) => !reference && !control)
  .map(({ name }): string => name);

function readLocks(given: unknown): { names: string[]; files: string[] } {
  const list = typeof given === 'string' ? [given] : given;
  const what = 'the name of a lock, a file, or a list of them';
  if (!Array.isArray(list)) throw wrongType('locks', what, given);
  if (list.length === 0) throw outOfRange('locks', 'one at least', 'none');
  const names: string[] = [];
  const files: string[] = [];
  for (const one of list as unknown[]) {
    if (typeof one !== 'string') throw wrongType('locks', what, one);
    if (one === ALL_LOCKS) append(names, everyLock);
    else if (isSourceName(one)) files.push(one);
    else if (one.endsWith('.so')) throw notInstrumented(one);
    else names.push(checkName(one));
  }
  return { names: [...new Set(names)], files: [...new Set(files)] };
}

function notInstrumented(file: string): DmTortureError {
  const message = `\`${file}\` is compiled already, and its accesses cannot be seen: give its source`;
  return new DmTortureError('ERR_OUT_OF_RANGE', message, { option: 'locks' });
}

function checkName(name: string): string {
  if (verifiableLocks.includes(name)) return name;
  const isReference = tables.locks.some((row) => row.name === name);
  const what = isReference
    ? 'a lock whose source is here'
    : `a lock of \`dmtorture list locks\`, \`${ALL_LOCKS}\`, or a file such as \`my_lock.c\``;
  throw outOfRange('locks', what, name, didYouMean(name, verifiableLocks));
}

function readNumbers(
  option: 'threads' | 'rounds',
  value: unknown,
  { least, most, says }: typeof THREADS,
): number[] | undefined {
  if (value === undefined) return undefined;
  const list = [value].flat() as unknown[];
  const what = `${least}..${most} (${says})`;
  if (list.length === 0) throw outOfRange(option, what, 'none');
  for (const one of list) {
    if (typeof one !== 'number') throw wrongType(option, `a number, or a list: ${what}`, one);
    if (!Number.isInteger(one) || one < least || one > most) throw outOfRange(option, what, one);
  }
  return [...new Set(list as number[])];
}

function readSizes({ threads, rounds }: VerifyOptions): LockSize[] {
  const [given, often] = [
    readNumbers('threads', threads, THREADS),
    readNumbers('rounds', rounds, ROUNDS),
  ];
  if (!given && !often) return DEFAULT_SIZES.map((size) => ({ ...size }));
  return (given ?? [2]).flatMap((one) => (often ?? [1]).map((n) => ({ threads: one, rounds: n })));
}

function readFlag(option: string, value: unknown, fallback: boolean): boolean {
  if (value === undefined) return fallback;
  if (typeof value !== 'boolean') throw wrongType(option, '`true` or `false`', value);
  return value;
}

function paramRow(name: VerifyParamName): (typeof tables.verify)[number] {
  const row = tables.verify.find((one) => one.name === name);
  if (!row) throw new Error(`dmtorture bug: no parameter ${name}`);
  return row;
}

function readNumber(name: 'states' | 'workers', value: unknown, fallback: number): number {
  return value === undefined ? fallback : paramToNumber(paramRow(name), value);
}

/** @throws DmTortureError for what does not go with barriers */
function checkBarriers(barriers: boolean, memories: readonly MemoryName[]): void {
  if (!barriers) return;
  if (!memories.includes('rc11')) {
    const message = '`barriers` are weakened under rc11: leave `memory` out, or give `rc11`';
    throw incompatible('barriers', message);
  }
}

/**
 * Check what {@link verify} was given, fill in what it was not.
 *
 * @throws DmTortureError ERR_INVALID_ARG_TYPE, ERR_OUT_OF_RANGE, ERR_INCOMPATIBLE_OPTIONS
 */
export function makeVerifyPlan(given: unknown, options: VerifyOptions = {}): VerifyPlan {
  checkOptions(options, OPTIONS);
  checkSignal(options.signal);
  const { onProgress = () => undefined } = options;
  if (typeof onProgress !== 'function') throw wrongType('onProgress', 'a function', onProgress);
  const { names, files } = readLocks(given);
  const memory = options.memory === undefined ? 'all' : readMemory(options.memory);
  const memories = memory === 'all' ? tables.models.map(({ name }) => name) : [memory];
  const sizes = readSizes(options);
  const report: VerifyPlanReport = {
    seed: 0,
    locks: [...names, ...files],
    memory,
    sizes,
    barriers: readFlag('barriers', options.barriers, false),
    states: readNumber('states', options.states, paramRow('states').fallback),
    timeMs:
      options.time === undefined ? 0 : parseDuration(options.time, 'time', paramRow('timeMs')),
    minimise: readFlag('minimise', options.minimise, true),
    workers: readNumber(
      'workers',
      options.workers,
      Math.min(WORKERS_MAX, os.availableParallelism()),
    ),
    c11Sequences: readFlag('c11Sequences', options.c11Sequences, false),
  };
  checkBarriers(report.barriers, memories);
  checkFiles(report, files);
  checkReadable(files);
  checkProgramOptions(options, files);
  const { cc, flags, optimize } = options;
  return {
    report,
    numbers: Float64Array.from(tables.verify, ({ name }) => Number(report[name])),
    locks: names.map((name) => tables.locks.findIndex((row) => row.name === name)),
    files,
    memories,
    program: { cc, flags, optimize },
    signal: options.signal,
    onProgress,
  };
}

/** @throws DmTortureError for what locks have that files do not */
function checkFiles({ c11Sequences }: VerifyPlanReport, files: readonly string[]): void {
  const [file] = files;
  if (file === undefined) return;
  if (!c11Sequences) return;
  const message =
    `\`c11Sequences\` is for the locks of \`dmtorture list locks\`, and \`${file}\` is a file: ` +
    'its release sequences are those of C++20';
  throw incompatible('c11Sequences', message);
}

/** @throws DmTortureError for a file that is not there, before anything is said of the plan */
function checkReadable(files: readonly string[]): void {
  for (const file of files) {
    try {
      fs.accessSync(file, fs.constants.R_OK);
    } catch {
      throw new DmTortureError('ERR_PROGRAM', `\`${file}\` cannot be read`, { option: 'locks' });
    }
  }
}

/** How files are compiled means nothing where there is none. */
function checkProgramOptions(options: VerifyOptions, files: readonly string[]): void {
  if (files.length > 0) return;
  const given = OF_FILES.find((name) => options[name] !== undefined);
  if (given === undefined) return;
  throw incompatible(given, `\`${given}\` is for files of your own: name one, such as my_lock.c`);
}
