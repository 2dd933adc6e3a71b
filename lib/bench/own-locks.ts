import { append } from '../base/bounds';
import { incompatible } from '../base/errors';
import type { OutputOf } from '../base/output-of';
import type { OwnFate } from '../native/own-bench';
import { isLockLibrary } from '../own/lock-file';
import { compileShell, type LockShell } from '../own/shell';
import { symbolsOf } from '../own/symbols';
import type { benchOwn, lockFailure } from '../reports/documents/bench-own';
import { memoryCalled } from '../tables/memory';
import { tables } from '../tables/tables';
import type { LockVerification } from '../verify/report';
import { verify } from '../verify/verify';
import { type BenchPlan, benchNumber } from './plan';
import type { BenchSuite } from './rows';

/** A lock of your own: what was done with it before it was measured, and why it has no figures. */
export type BenchOwnLock = OutputOf<typeof benchOwn>;
/** Why a lock of your own has no figures. */
export type BenchLockFailure = OutputOf<typeof lockFailure>;

/** A listener of what is done before anything is measured. */
export interface OwnListener {
  progress(progress: { elapsedMs: number; parts: number; partsDone: number }): void;
  own(lock: BenchOwnLock): void;
}

/** A lock of the user's on its way to its figures. */
export interface OwnLock {
  shell: LockShell;
  report: BenchOwnLock;
}

function describe({ name, isLibrary, sha256, compiler, flags }: LockShell): BenchOwnLock {
  return {
    lock: name,
    calls: isLibrary ? 'pointer' : 'inlined',
    sha256,
    compiler: compiler && `${compiler.family} ${compiler.version}`,
    flags,
    verification: isLibrary ? 'impossible' : 'skipped',
    evidence: isLibrary
      ? 'not verified: a library is not instrumented, give its source'
      : 'not verified: it was not asked for',
    verifications: [],
    faults: [],
    failure: null,
  };
}

const sizeOf = ({ threads, rounds }: LockVerification): string => `${threads}x${rounds}`;

/** `sc, tso, rc11 at 2x1, 2x2, 3x1`: of the rows that were exhausted without a fault; empty: none was. */
export function exhaustedText(rows: readonly LockVerification[]): string {
  const sizes = new Map<string, string[]>();
  for (const row of rows) {
    if (!row.exhaustive || row.verdict !== 'clean') continue;
    sizes.set(row.memory, [...(sizes.get(row.memory) ?? []), sizeOf(row)]);
  }
  const models = new Map<string, string[]>();
  for (const [memory, all] of sizes) {
    const text = all.join(', ');
    models.set(text, [...(models.get(text) ?? []), memory]);
  }
  return [...models].map(([at, names]) => `${names.join(', ')} at ${at}`).join('; ');
}

/** What was not exhausted, and what cut it off. */
function unfinishedText(rows: readonly LockVerification[]): string {
  return rows
    .filter(({ verdict }) => verdict === 'unfinished')
    .map((row) => `${row.memory} at ${sizeOf(row)} (limit: ${row.limit ?? 'none'})`)
    .join(', ');
}

function judge(own: BenchOwnLock): void {
  const { verifications: rows, faults } = own;
  const done = exhaustedText(rows);
  const [fault] = faults;
  if (fault) {
    own.verification = 'fault';
    own.evidence =
      `${fault.kind} under ${memoryCalled(fault.memory)} at ${fault.threads}x${fault.rounds} ` +
      '(threads x rounds)';
    own.failure = { kind: 'fault', message: own.evidence, places: [] };
  } else if (rows.every(({ verdict, exhaustive }) => verdict === 'clean' && exhaustive)) {
    own.verification = 'verified';
    own.evidence = `exhaustive under ${done} (threads x rounds)`;
  } else {
    own.verification = 'unfinished';
    const but = done === '' ? '' : `; exhaustive under ${done}`;
    own.evidence = `no fault, and not finished: ${unfinishedText(rows)}${but}`;
  }
}

/** What cannot be explored can be measured all the same, if that is asked for. */
function orUnverified(error: unknown): unknown {
  const { code, message } = error as { code?: string; message?: string };
  if (code !== 'ERR_PROGRAM') return error;
  return incompatible('unverified', `${message}. \`unverified\` measures it without verification`);
}

/** Model by model, up to the first with a fault: one diagram says enough. */
async function verifyOwn(
  own: BenchOwnLock,
  plan: BenchPlan,
  signal: AbortSignal,
  onProgress: () => void,
): Promise<void> {
  const { cc, flags } = plan.report;
  const limitMs = benchNumber(plan, 'verifyMs');
  const began = performance.now();
  try {
    for (const { name: memory } of tables.models) {
      const leftMs = limitMs - (performance.now() - began);
      const time = limitMs > 0 ? Math.max(1, Math.ceil(leftMs)) : 0;
      const { rows, faults } = await verify(own.lock, {
        ...{ cc, flags, memory, time, signal },
        onProgress,
      });
      append(own.verifications, rows);
      append(own.faults, faults.slice(0, 1));
      if (faults.length > 0 || signal.aborted) break;
    }
  } catch (error) {
    throw orUnverified(error);
  }
  judge(own);
}

/**
 * Compile the locks of a plan, all of them before the first is verified, then verify them.
 *
 * @throws DmTortureError ERR_COMPILE, ERR_NO_COMPILER, ERR_PROGRAM, ERR_INCOMPATIBLE_OPTIONS
 */
export async function prepareOwn<Suite extends BenchSuite>(
  plan: BenchPlan<Suite>,
  listener: OwnListener,
  signal: AbortSignal,
): Promise<OwnLock[]> {
  const { cc, flags, unverified = false } = plan.report;
  const locks: OwnLock[] = [];
  for (const file of plan.own) {
    const shell = await compileShell(file, { cc, flags, signal });
    locks.push({ shell, report: describe(shell) });
  }
  const began = performance.now();
  for (const { report } of locks) {
    if (!unverified && !isLockLibrary(report.lock) && !signal.aborted) {
      await verifyOwn(report, plan, signal, () =>
        listener.progress({ elapsedMs: performance.now() - began, parts: 1, partsDone: 0 }),
      );
    }
    listener.own(report);
  }
  return locks;
}

const SIGNALS: Readonly<Record<string, string>> = {
  '4': 'SIGILL',
  '5': 'SIGTRAP',
  '6': 'SIGABRT',
  '7': 'SIGBUS',
  '8': 'SIGFPE',
  '11': 'SIGSEGV',
};

function fateText({ what, detail }: OwnFate): string {
  switch (what) {
    case 'crashed':
      return `it crashed: ${SIGNALS[detail] ?? `signal ${detail}`}`;
    case 'hangs':
      return 'it hangs: threads did not come back within ten windows (two seconds at least)';
    case 'scribbles':
      return 'it wrote behind the end of its lock_t';
    case 'exits':
      return `it ended the process that it was measured in: ${detail}`;
    case 'refused':
      return `it cannot be measured: ${detail}`;
  }
}

/** What became of a lock in its process, with where its threads were. */
export async function describeFate(fate: OwnFate, lock: LockShell): Promise<BenchLockFailure> {
  const places: BenchLockFailure['places'] = [];
  const inside = fate.places.filter((place) => place.lock === fate.lock);
  const symbols = symbolsOf(lock.object);
  const known = await symbols.places(inside.map(({ offset }) => offset)).catch(() => new Map());
  for (const place of fate.places) {
    const at = place.lock === fate.lock ? known.get(place.offset) : undefined;
    const isIn = at?.file != null && !/(^|\/)native\/bench\//.test(at.file);
    places.push({
      thread: place.thread + 1,
      function: isIn ? at.function : '',
      file: isIn ? at.file : null,
      line: isIn ? at.line : null,
    });
  }
  return { kind: fate.what, message: fateText(fate), places };
}

/** `cpu1 in lock_acquire, my_lock.c:6; cpu2 outside of it`; empty: nobody knows. */
export function placesText({ places }: Pick<BenchLockFailure, 'places'>): string {
  return places
    .map(({ thread, function: name, file, line }) =>
      file === null
        ? `cpu${thread} outside the lock's source`
        : `cpu${thread} in ${name}, ${file}:${line}`,
    )
    .join('; ');
}
