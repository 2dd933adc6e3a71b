import path from 'node:path';
import { packageRoot } from '../base/version';
import {
  exploreOrders,
  type OrderedExploration,
  type ReplacedOrder,
} from '../explore/program-orders';
import { lockDefines, readLockFile } from '../own/lock-file';
import { type Program, type ProgramOptions, program } from '../own/program';
import type { ProgramReport } from '../own/report';
import type { VerifyPlan } from './plan';
import type { LockFault, LockVerification, SubjectFields } from './report';

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

/**
 * Whether order of service is looked at: that takes a step that orders everything, which would hide
 * what the other models are for. With it there are few states, and many executions.
 */
const servesInOrder = (file: string, memory: LockVerification['memory']): boolean =>
  memory === 'sc' && readLockFile(file).fifo;

/** The program that takes the lock of a file. */
function programOf(
  file: string,
  { memory, threads, rounds }: Pick<LockVerificationAt, 'memory' | 'threads' | 'rounds'>,
  options: ProgramOptions,
): Program {
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
      ...(servesInOrder(file, memory) ? ['-DDMTORTURE_FIFO'] : []),
      '-include',
      file,
    ],
  });
  return Object.freeze({ ...own, name: file });
}

/** What a row came to. */
export function describeRow(
  at: LockVerificationAt,
  report: ProgramReport,
  sites: SitesOfRow | null,
): LockVerification {
  const { states, executions, verdict, exhaustive, limit, durationMs } = report;
  return {
    ...at,
    states,
    executions,
    verdict,
    exhaustive,
    limit: verdict === 'fault' ? null : limit,
    sitesReached: sites?.reached ?? null,
    sites: sites?.all ?? null,
    durationMs,
  };
}

/** Which row. */
export type LockVerificationAt = Pick<LockVerification, 'lock' | 'subject' | 'memory'> &
  SubjectFields;

/** What a row's fault is, as a report of locks has it. */
export function describeFaults(at: LockVerificationAt, report: ProgramReport): LockFault[] {
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

/** Of one row: atomics that were come to, and all that the object has; null: those are not known. */
export interface SitesOfRow {
  reached: number;
  all: number | null;
}

/** A fault mostly shows in the first executions, and what comes after them adds nothing to it. */
const FIRST_EXECUTIONS = 50_000;

/** As {@link exploreRow}; null where it was stopped before it had begun. */
export async function verifyOne(
  at: LockVerificationAt,
  options: RowOptions,
): Promise<OrderedExploration | null> {
  try {
    return await exploreRow(at, options);
  } catch (error) {
    if (options.plan.signal?.aborted === true) return null;
    throw error;
  }
}

/** Explore one row: a little first, and if that neither ends nor finds a fault, all of it. */
async function exploreRow(
  { lock, memory, threads, rounds }: LockVerificationAt,
  { plan, leftMs, onStates, replaced = [] }: RowOptions,
): Promise<OrderedExploration> {
  const { report, signal } = plan;
  const own = programOf(lock, { memory, threads, rounds }, plan.program);
  const explored = (executions: number): Promise<OrderedExploration> => {
    const left = leftMs();
    const options = {
      memory,
      ...(servesInOrder(lock, memory) && { strategy: 'stateful' as const }),
      seed: 1,
      minimise: report.minimise,
      executions,
      time: left === null ? 0 : Math.max(1, Math.ceil(left)),
      signal,
      onProgress: ({ executions: ran, states }: { executions: number; states: number }) =>
        onStates(Math.max(ran, states)),
    };
    return exploreOrders(own, options, replaced);
  };
  const most = report.states;
  if (most > 0 && most <= FIRST_EXECUTIONS) return explored(most);
  const first = await explored(FIRST_EXECUTIONS);
  const isCut = first.report.limit === 'executions' && first.report.verdict !== 'fault';
  return isCut ? explored(most) : first;
}

/** What a row of a file is explored with. */
export interface RowOptions {
  plan: VerifyPlan;
  /** Of the time limit of it all; null: there is none. */
  leftMs: () => number | null;
  onStates: (states: number) => void;
  /** Orders in the place of those of the source. */
  replaced?: readonly ReplacedOrder[];
}

/** A row that did not begin: the time was up, or all of it was stopped. */
export function notBegun(at: LockVerificationAt, limit: 'time' | 'stopped'): LockVerification {
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

/** Runs work, as many at a time as the plan has workers, and keeps what comes of it in order. */
export async function inPool<Item, Made>(
  items: readonly Item[],
  workers: number,
  work: (item: Item) => Promise<Made>,
): Promise<Made[]> {
  const made: Made[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let at = next++; at < items.length; at = next++) {
      made[at] = await work(items[at] as Item);
    }
  };
  const all = Array.from({ length: Math.max(1, Math.min(workers, items.length)) }, worker);
  // One that fails leaves none of the others behind.
  await Promise.allSettled(all);
  await Promise.all(all);
  return made;
}
