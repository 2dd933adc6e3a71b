import os from 'node:os';
import type { OutputOf } from '../base/output-of';
import { version } from '../base/version';
import { evaluateFormula } from '../tables/formula';
import { PatchSet, patches } from '../tables/patches';
import type { FaultRow, PatchNo, PatchRow } from '../tables/tables';
import type { environment, reportHead } from './documents/head';

/** Where a report was made. */
export type Environment = OutputOf<typeof environment>;

/** `unfinished`: stopped from outside, or a search that a limit cut off, and no fault up to then. */
export type Verdict = ReportHead<string>['verdict'];
/** What every report begins with. */
export interface ReportHead<Kind extends string> extends OutputOf<typeof reportHead> {
  /** What was done. */
  kind: Kind;
}

/**
 * The rows that prevent a fault and were left out: of those that `all` has, and fixes of machinery that
 * is in.
 */
export function preventing(
  { preventedBy }: FaultRow,
  set: { readonly mask: number },
): readonly PatchNo[] {
  const all = patches.parse('all');
  const out = [...new PatchSet(patches.list()).without(set)];
  const applies = (row: PatchRow): boolean =>
    all.has(row.no) || (row.needs !== '' && evaluateFormula(row.needs, set));
  const leftOut = new Set(out.filter(applies).map(({ no }) => no));
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
