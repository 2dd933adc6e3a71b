import { type CountedOutcome, describeRecorded } from '../../own/outcomes';
import type { PlainProgram } from '../../own/plain';
import type { OutcomeReport } from '../../programs/outcomes';
import { describeHead, type ReportHead, toVerdict } from '../../reports/head';
import type { Place, Trace } from '../../story/trace';
import { type FaultKind, faultRow, type InvariantName } from '../../tables/tables';
import type { ProgramStressPlan, ProgramStressPlanReport } from './plan';

/** A fault that a round of a program showed. */
export interface ProgramFaultReport extends Place {
  /** Its kind. */
  kind: FaultKind;
  /** What it broke. */
  invariant: InvariantName;
  /** What this kind means, in words. */
  means: string;
  /** What happened. */
  message: string;
  /** Where, as far as it is known: `put`. */
  site: string;
  /** Since the run began, in milliseconds. */
  atMs: number;
  /** The round, from 1. */
  round: number;
  /** The seed of its delays. */
  seed: number;
}

/** The faults of one kind in a run. */
export interface ProgramFaultSummary {
  /** Their kind. */
  kind: FaultKind;
  /** What they broke. */
  invariant: InvariantName;
  /** Always empty: patches are of the device mapper. */
  preventedBy: never[];
  /** How many rounds showed it. */
  count: number;
  /** The function that showed it; empty where it is not known. */
  function: string;
  /** Its file, and null where it is not known. */
  file: string | null;
  /** Its line, and null where it is not known. */
  line: number | null;
  /** The earliest of them. */
  first: Omit<ProgramFaultReport, 'kind' | 'invariant' | 'means'>;
  /** Replays a fault of this kind, or of `explored`; where the explorer found one. */
  ticket?: string;
  /** What happens in the ticket's schedule, step by step. */
  trace?: Trace;
  /** What each thread does in it. */
  titles?: string[];
  /** The kind that the explorer found, where it is another, which can end as this one. */
  explored?: FaultKind;
}

/** The report of {@link stress} on a {@link program}. */
export interface ProgramStressReport extends ReportHead<'stress'> {
  /** Every parameter. */
  plan: ProgramStressPlanReport;
  /** What ran. */
  subject: {
    kind: 'own';
    files: { name: string; sha256: string }[];
    /** The most that a round had, main() among them; 0: not known. */
    threads: number;
    compiler: string;
    flags: string[];
  };
  /** Runs of the program. */
  rounds: number;
  /** How fast it went. */
  roundsPerSecond: number;
  /** What rounds recorded, and how often. */
  outcomes: OutcomeReport[];
  /** What was seen, by kind. */
  faults: ProgramFaultSummary[];
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
      flags: [optimization, ...sanitizer, ...program.flags],
    },
    durationMs: elapsedMs,
    rounds,
    roundsPerSecond: elapsedMs > 0 ? (rounds / elapsedMs) * 1000 : 0,
    outcomes: describeRecorded(totals.outcomes, plan),
    faults: summaries.sort((a, b) => a.first.atMs - b.first.atMs),
  };
}
