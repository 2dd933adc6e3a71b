import type { OutputOf } from '../../base/output-of';
import { toldFlags } from '../../own/flags';
import { type CountedOutcome, describeRecorded } from '../../own/outcomes';
import type { PlainProgram } from '../../own/plain';
import type { roundFault, roundsFault, roundsResult } from '../../reports/documents/rounds';
import { describeHead, type ReportHead, toVerdict } from '../../reports/head';
import { type FaultKind, faultRow } from '../../tables/tables';
import type { ProgramStressPlan, ProgramStressPlanReport } from './plan';

/** A fault that a round of a program showed. */
export type ProgramFaultReport = OutputOf<typeof roundFault>;

/** The faults of one kind in a run. */
export type ProgramFaultSummary = OutputOf<typeof roundsFault>;

/** The report of {@link stress} on a {@link program}. */
export interface ProgramStressReport extends ReportHead<'stress'>, OutputOf<typeof roundsResult> {
  /** Every parameter. */
  plan: ProgramStressPlanReport;
}

/** What a run came to. */
export interface ProgramTotals {
  elapsedMs: number;
  rounds: number;
  threads: number;
  complete: boolean;
  outcomes: readonly CountedOutcome[];
  faults: ReadonlyMap<FaultKind, { count: number; first: ProgramFaultReport }>;
  warnings: readonly string[];
}

function summarize(count: number, told: ProgramFaultReport): ProgramFaultSummary {
  const { kind, invariant, means, ...first } = told;
  const { file, line } = first;
  return {
    kind,
    invariant,
    preventedBy: [],
    count,
    function: first.function,
    file,
    line,
    first,
  };
}

/** The row of a kind, which is one of the table's. */
export function meaningOf(kind: FaultKind): Pick<ProgramFaultReport, 'invariant' | 'means'> {
  const row = faultRow(kind);
  if (!row) throw new Error(`dmtorture bug: no fault ${kind}`);
  return { invariant: row.invariant, means: row.means };
}

/** The report of a run. */
export function makeProgramStressReport(
  { report: plan, program }: ProgramStressPlan,
  { compiler, files, optimization }: PlainProgram,
  totals: ProgramTotals,
): ProgramStressReport {
  const { elapsedMs, rounds, threads, complete, faults, warnings } = totals;
  const sanitizer = plan.sanitizer === null ? [] : [`-fsanitize=${plan.sanitizer}`];
  const summaries = [...faults.values()].map(({ count, first }) => summarize(count, first));
  return {
    ...describeHead('stress', toVerdict(faults.size > 0, complete), complete),
    ...(warnings.length > 0 && { warnings: [...warnings] }),
    plan,
    subject: {
      kind: 'own',
      files: files.map(({ name, sha256 }) => ({ name, sha256 })),
      threads,
      compiler: `${compiler.family} ${compiler.version}`,
      flags: toldFlags(optimization, [...sanitizer, ...program.flags]),
    },
    durationMs: elapsedMs,
    rounds,
    roundsPerSecond: elapsedMs > 0 ? (rounds / elapsedMs) * 1000 : 0,
    outcomes: describeRecorded(totals.outcomes, plan),
    faults: summaries.sort((a, b) => a.first.atMs - b.first.atMs),
  };
}
