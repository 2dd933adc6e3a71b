import os from 'node:os';
import { version } from '../base/version';
import { patches } from '../tables/patches';
import type { FaultRow, PatchNo } from '../tables/tables';

/** Where a report was made. */
export interface Environment {
  /** Version of Node. */
  node: string;
  /** The operating system. */
  os: string;
  /** The architecture of the CPU. */
  arch: string;
  /** CPUs that are there. */
  cpus: number;
}

/** `unfinished`: stopped from outside, or a search that a limit cut off, and no fault up to then. */
export type Verdict = 'clean' | 'fault' | 'unfinished';
/** What every report begins with. */
export interface ReportHead<Kind extends string> {
  /** Always `dmtorture`. */
  tool: 'dmtorture';
  /** Of the package. */
  version: string;
  /** What was done. */
  kind: Kind;
  /** What it came to. */
  verdict: Verdict;
  /** False where it was stopped from outside, or a limit cut a search off. */
  complete: boolean;
  /** Where it ran. */
  environment: Environment;
  /** How long it took. */
  durationMs: number;
  /** What is strange, a sentence each, such as a journal that has a unit twice. */
  warnings?: string[] | undefined;
  /** Why the tool failed before the end, such as a full disk; the report is of what was done. */
  failure?: string | undefined;
}

/** The rows that prevent a fault and were left out, of those that `all` has. */
export function preventing(
  { preventedBy }: FaultRow,
  set: { readonly mask: number },
): readonly PatchNo[] {
  const leftOut = patches.parse('all').without(set);
  return preventedBy.filter((no) => leftOut.has(no));
}

/** Where this process runs. */
export function describeEnvironment(): Environment {
  return {
    node: process.version,
    os: `${os.type()} ${os.release()}`,
    arch: process.arch,
    cpus: os.availableParallelism(),
  };
}

/** A fault is one, however the run ended. */
export function toVerdict(faulted: boolean, complete: boolean): Verdict {
  if (faulted) return 'fault';
  return complete ? 'clean' : 'unfinished';
}

/** The head of a report, its duration not yet known. */
export function describeHead<Kind extends string>(
  /** What was done. */
  kind: Kind,
  verdict: Verdict,
  complete = true,
): Omit<ReportHead<Kind>, 'durationMs'> {
  return {
    tool: 'dmtorture',
    version,
    kind,
    verdict,
    complete,
    environment: describeEnvironment(),
  };
}
