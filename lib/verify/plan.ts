import fs from 'node:fs';
import os from 'node:os';
import { parseDuration } from '../base/duration';
import { DmTortureError, incompatible, wrongType } from '../base/errors';
import type { OutputOf } from '../base/output-of';
import type { ProgramOptions } from '../own/program';
import type { verifyPlan } from '../reports/documents/verify';
import { readMemory } from '../run/memory';
import { checkOptions, checkSignal, paramToNumber } from '../run/params';
import { type SubjectKind, type SubjectSize, subjectKinds } from '../tables/subjects';
import { type MemoryName, tables, type VerifyParamName } from '../tables/tables';
import { type Asked, askedFor } from './names';
import { readSizes, type SizeOptions, type Sizes, sizeNames } from './sizes';

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
export interface VerifyOptions
  extends Pick<ProgramOptions, 'cc' | 'flags' | 'optimize'>,
    SizeOptions {
  /** The memory model. @default all of them, one after another */
  memory?: MemoryName | undefined;
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

/** What is verified of one kind. */
export interface PlannedSubjects {
  kind: SubjectKind;
  /** As the native side calls the kind. */
  number: number;
  /** Of its table. */
  rows: number[];
  sizes: readonly SubjectSize[];
}

/** A checked plan, ready to run. */
export interface VerifyPlan {
  report: VerifyPlanReport;
  /** One for each row of the table. */
  numbers: Float64Array;
  /** What is verified of each kind that something is named of. */
  subjects: PlannedSubjects[];
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
  ...sizeNames,
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

const WORKERS_MAX = 64;

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

function subjectsOf(names: Asked['names'], sizes: Sizes): PlannedSubjects[] {
  const subjects = subjectKinds.map(({ kind, table }, number): PlannedSubjects => {
    const rowOf = (name: string): number =>
      tables[table].findIndex((row) => String(row.name) === name);
    return { kind, number, rows: names[kind].map(rowOf), sizes: sizes[kind] };
  });
  return subjects.filter(({ rows }) => rows.length > 0);
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
  const { names, files } = askedFor(given);
  const kinds = subjectKinds
    .map(({ kind }) => kind)
    .filter((kind) => names[kind].length > 0 || (kind === 'lock' && files.length > 0));
  const memory = options.memory === undefined ? 'all' : readMemory(options.memory);
  const memories = memory === 'all' ? tables.models.map(({ name }) => name) : [memory];
  const sizes = readSizes(options, kinds);
  const report: VerifyPlanReport = {
    seed: 0,
    locks: [...subjectKinds.flatMap(({ kind }) => names[kind]), ...files],
    memory,
    sizes: sizes.lock,
    rwlockSizes: sizes.rwlock,
    refcountSizes: sizes.refcount,
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
    subjects: subjectsOf(names, sizes),
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
    `\`c11Sequences\` is for what \`dmtorture list\` has, and \`${file}\` is a file: ` +
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
