import type { OutputOf } from '../base/output-of';
import type { NativeFault, NativeFinished, NativeOpStats, NativeSite } from '../native/stress';
import {
  CHECK_FAILED,
  describeOutcome,
  type EndedOutcome,
  refusedText,
} from '../programs/outcomes';
import { subjectOfPlan } from '../programs/subject';
import type {
  faultReport,
  faultSummary,
  opReport,
  stressResult,
} from '../reports/documents/stress';
import { describeHead, preventing, type ReportHead, toVerdict } from '../reports/head';
import { describeLatency, formatBuckets, latencyUnder, toBuckets } from '../reports/latency';
import { describePlace, siteText, wholePlace } from '../story/trace';
import { type FaultKind, rowAt, tables } from '../tables/tables';
import type { PlanReport, StressPlan } from './plan';

/** A fault, as a run or a {@link DeviceMapper} reports it. */
export type FaultReport = OutputOf<typeof faultReport>;

/** The faults of one kind in a run. */
export type FaultSummary = OutputOf<typeof faultSummary>;

/** What became of one kind of operation. */
export type OpReport = OutputOf<typeof opReport>;

/** The report of {@link stress}. */
export interface StressReport extends ReportHead<'stress'>, OutputOf<typeof stressResult> {
  /** Every parameter. */
  plan: PlanReport;
}

/** A fault in words. `set` is the run's, to name the patches that it left out. */
export function describeFault(fault: NativeFault, set: { readonly mask: number }): FaultReport {
  const row = rowAt(tables.faults, fault.kind);
  return {
    kind: row.slug,
    invariant: row.invariant,
    preventedBy: [...preventing(row, set)],
    means: row.means,
    count: fault.count,
    atMs: fault.atNs / 1e6,
    cpu: fault.cpu + 1,
    op: fault.op < 0 ? null : rowAt(tables.ops, fault.op).slug,
    minor: fault.minor < 0 ? null : fault.minor,
    site: siteText(fault.site),
    message: fault.message,
    ...describePlace(fault.site),
  };
}

/** A site that no source has: what a check says of the threads. */
const NOWHERE: NativeSite = { function: '', code: '', file: '', line: 0, object: '', field: '' };

function describeOp(stats: NativeOpStats, withLatency: boolean): OpReport {
  const errors: OpReport['errors'] = {};
  for (const [i, count] of stats.errors.entries()) {
    if (count > 0) errors[rowAt(tables.errnos, i).name] = count;
  }
  const { count, ok, bucketNs, bucketCounts, maxNs } = stats;
  const report: OpReport = { count, ok, errors };
  if (withLatency) {
    const buckets = toBuckets(bucketNs, bucketCounts);
    report.latencyNs = describeLatency(buckets, maxNs);
    report.latencyBuckets = formatBuckets(buckets);
  }
  return report;
}

function describeOps(plan: PlanReport, finished: NativeFinished): StressReport['ops'] {
  const ops: StressReport['ops'] = {};
  for (const [code, stats] of finished.ops.entries()) {
    if (stats.count > 0) ops[rowAt(tables.ops, code).slug] = describeOp(stats, plan.latency);
  }
  return ops;
}

/**
 * How the threads of a run ended, the most frequent first.
 *
 * @throws DmTortureError ERR_INVALID_ARG_TYPE, where the check returns what it should not
 */
export function describeOutcomes({ race }: StressPlan, finished: NativeFinished): EndedOutcome[] {
  if (!race) return [];
  return finished.outcomes
    .map((outcome) => describeOutcome(outcome, race))
    .sort((a, b) => b.count - a.count);
}

/**
 * The fault that the check of a race makes of the ends that it refuses; undefined: of none. It is found
 * when the threads are through.
 */
export function describeRefused(
  plan: StressPlan,
  finished: NativeFinished,
  outcomes: readonly EndedOutcome[],
): FaultReport | undefined {
  const refused = outcomes.filter(({ refused }) => refused !== undefined);
  const [most] = refused;
  if (!most?.final) return undefined;
  const kind = tables.faults.findIndex(({ slug }) => slug === CHECK_FAILED);
  const { cause } = most;
  const fault = describeFault(
    {
      kind,
      cpu: plan.race?.cpus.length ?? 0,
      op: -1,
      minor: -1,
      count: refused.reduce((sum, { count }) => sum + count, 0),
      atNs: finished.totals.elapsedNs,
      world: 0,
      site: { ...NOWHERE, function: 'check', code: 'what the threads left behind' },
      message: refusedText(most.refused ?? '', most.final),
    },
    plan.report.patches,
  );
  return { ...fault, ...(cause && { cause }) };
}

function summarizeFaults(
  finished: NativeFinished,
  firsts: ReadonlyMap<FaultKind, FaultReport>,
): FaultSummary[] {
  const summaries: FaultSummary[] = [];
  for (const [kind, first] of firsts) {
    const { invariant, preventedBy, atMs, cpu, op, minor, site, message, cause } = first;
    const place = wholePlace(first);
    const count = finished.faultsByKind[tables.faults.findIndex(({ slug }) => slug === kind)] ?? 0;
    summaries.push({
      kind,
      count: Math.max(count, first.count),
      invariant,
      preventedBy,
      first: { atMs, cpu, op, minor, site, message, ...place, ...(cause && { cause }) },
    });
  }
  return summaries.sort((a, b) => a.first.atMs - b.first.atMs);
}

/** The report of a run: `firsts` has the first fault of each kind. */
export function makeReport(
  plan: StressPlan,
  finished: NativeFinished,
  firsts: ReadonlyMap<FaultKind, FaultReport>,
  outcomes: EndedOutcome[],
): StressReport {
  const faults = summarizeFaults(finished, firsts);
  const { complete, totals, notes } = finished;
  const seconds = totals.elapsedNs / 1e9;
  return {
    ...describeHead('stress', toVerdict(faults.length > 0, complete), complete),
    plan: plan.report,
    subject: subjectOfPlan(plan.report),
    durationMs: totals.elapsedNs / 1e6,
    ...(plan.report.latency && { latencyUnder: latencyUnder(plan.report) }),
    ops: describeOps(plan.report, finished),
    opsPerSecond: seconds > 0 ? totals.ops / seconds : 0,
    rounds: totals.rounds,
    notes: notes.map((note) => rowAt(tables.notes, note).text),
    outcomes,
    faults,
  };
}
