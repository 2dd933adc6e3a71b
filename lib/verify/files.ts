import path from 'node:path';
import { append } from '../base/bounds';
import { packageRoot } from '../base/version';
import { exploreProgram } from '../explore/programs';
import { lockDefines, readLockFile } from '../own/lock-file';
import { OWN_MODELS } from '../own/plan';
import { type Program, type ProgramOptions, program } from '../own/program';
import type { ProgramReport } from '../own/report';
import type { MemoryName } from '../tables/tables';
import type { LockSize, VerifyPlan } from './plan';
import type { LockFault, LockVerification, Verified } from './report';

/*
 * A lock of the user's is a file that defines functions, and include/dmtorture/verify.c has the main()
 * that calls them. Both make one program, which is explored as any other.
 */

/** A ticket holds it: where the package is in the project, it is there on other machines, too. */
function headersFolder(): string {
  const folder = path.join(packageRoot, 'include', 'dmtorture');
  const fromHere = path.relative('.', folder);
  return fromHere.startsWith('..') ? folder : fromHere;
}

/** The program that takes the lock of a file. */
function programOf(file: string, { threads, rounds }: LockSize, options: ProgramOptions): Program {
  const headers = headersFolder();
  const lock = readLockFile(file);
  const own = program(path.join(headers, lock.language === 'c' ? 'verify.c' : 'verify.cc'), {
    ...options,
    flags: [
      ...(options.flags ?? []),
      `-I${headers}`,
      ...lockDefines(lock),
      `-DDMTORTURE_THREADS=${threads}`,
      `-DDMTORTURE_ROUNDS=${rounds}`,
      '-include',
      file,
    ],
  });
  return Object.freeze({ ...own, name: file });
}

function describeRow(at: LockVerificationAt, report: ProgramReport): LockVerification {
  const { states, executions, verdict, exhaustive, limit, durationMs } = report;
  return {
    ...at,
    states,
    executions,
    verdict,
    exhaustive,
    limit: verdict === 'fault' ? null : limit,
    sitesReached: null,
    sites: null,
    durationMs,
  };
}

type LockVerificationAt = Pick<LockVerification, 'lock' | 'memory' | 'threads' | 'rounds'>;

function describeFaults(at: LockVerificationAt, report: ProgramReport): LockFault[] {
  return report.faults.map((fault) => {
    const { kind, means, site, message, cpu, preemptions, steps, minimal } = fault;
    const { ticket, titles, trace } = fault;
    const { code, file, line, object, field } = fault;
    return {
      kind,
      means,
      ...at,
      site,
      message,
      function: fault.function,
      code,
      file,
      line,
      object,
      field,
      cpu,
      options: trace.filter(({ option }) => option !== undefined).length,
      preemptions,
      steps,
      minimal,
      ticket,
      titles,
      trace,
    };
  });
}

/** A fault mostly shows in the first executions, and what comes after them adds nothing to it. */
const FIRST_EXECUTIONS = 50_000;

/** Explore one row: a little first, and if that neither ends nor finds a fault, all of it. */
async function verifyOne(
  { lock, memory, ...size }: LockVerificationAt,
  timeMs: number,
  plan: VerifyPlan,
  onExecutions: (executions: number) => void,
): Promise<ProgramReport> {
  const { report, signal } = plan;
  const own = programOf(lock, size, plan.program);
  const began = performance.now();
  const explored = (executions: number): Promise<ProgramReport> =>
    exploreProgram(own, {
      memory,
      seed: 1,
      minimise: report.minimise,
      executions,
      time: timeMs > 0 ? Math.max(1, Math.ceil(timeMs - (performance.now() - began))) : 0,
      signal,
      onProgress: (progress) => onExecutions(progress.executions),
    });
  const most = report.states;
  if (most > 0 && most <= FIRST_EXECUTIONS) return explored(most);
  const first = await explored(FIRST_EXECUTIONS);
  return first.limit === 'executions' && first.verdict !== 'fault' ? explored(most) : first;
}

/** One model is what was asked for; of all of them those that own C has. */
const modelsOf = (memories: readonly MemoryName[]): readonly MemoryName[] =>
  memories.length === 1 ? memories : memories.filter((memory) => OWN_MODELS.includes(memory));

/** A row that did not begin: the time was up, or all of it was stopped. */
function notBegun(at: LockVerificationAt, limit: 'time' | 'stopped'): LockVerification {
  return {
    ...at,
    states: 0,
    executions: 0,
    verdict: 'unfinished',
    exhaustive: false,
    limit,
    sitesReached: null,
    sites: null,
    durationMs: 0,
  };
}

/** Verify the locks of files, one after another; `spentMs`: of the time limit. */
export async function verifyFiles(plan: VerifyPlan, spentMs: number): Promise<Verified> {
  const { files, memories, report, signal } = plan;
  const rows: LockVerification[] = [];
  const faults: LockFault[] = [];
  const began = performance.now();
  const all = files.flatMap((lock) =>
    modelsOf(memories).flatMap((memory) => report.sizes.map((size) => ({ lock, memory, ...size }))),
  );
  let stopped = false;
  for (const at of all) {
    stopped ||= signal?.aborted === true;
    const leftMs = report.timeMs - spentMs - (performance.now() - began);
    if (stopped || (report.timeMs > 0 && leftMs < 1)) {
      rows.push(notBegun(at, stopped ? 'stopped' : 'time'));
      continue;
    }
    const timeMs = report.timeMs > 0 ? Math.ceil(leftMs) : 0;
    const explored = await verifyOne(at, timeMs, plan, (executions) =>
      plan.onProgress({
        elapsedMs: spentMs + performance.now() - began,
        states: executions,
        done: rows.length,
        all: all.length,
      }),
    );
    rows.push(describeRow(at, explored));
    append(faults, describeFaults(at, explored));
    stopped = explored.limit === 'stopped';
  }
  const durationMs = performance.now() - began;
  return { rows, barriers: [], relaxed: [], faults, stopped, durationMs };
}
