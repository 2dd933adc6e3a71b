import type { OutputOf } from '../base/output-of';
import type { NativeExplored, NativeFound } from '../native/explore';
import { describeOutcome } from '../programs/outcomes';
import { subjectOfPlan } from '../programs/subject';
import type { exploredFault, exploreResult } from '../reports/documents/explore';
import type { cause } from '../reports/documents/faults';
import { describeHead, preventing, type ReportHead, toVerdict } from '../reports/head';
import { isSampling } from '../run/shard';
import { describePlace, siteText } from '../story/trace';
import { limitOf } from '../tables/limit';
import { type FaultRow, rowAt, tables } from '../tables/tables';
import { describeEvidence } from './evidence';
import type { ExplorePlan, ExplorePlanReport } from './plan';
import { storyOf } from './replay';

/**
 * What a fault takes: `race`, that one thread comes between two steps of another; `sequential`,
 * that one thing is done after another; `always`, nothing: it breaks a rule on every way through.
 */
export type FaultCause = OutputOf<typeof cause>;

/** A fault that an exploration found. */
export type ExploredFault = OutputOf<typeof exploredFault>;

/** The report of {@link explore}. */
export interface ExploreReport extends ReportHead<'explore'>, OutputOf<typeof exploreResult> {
  /** Every parameter. */
  plan: ExplorePlanReport;
}

function causeOf({ always }: FaultRow, preemptions: number): FaultCause {
  if (preemptions > 0) return 'race';
  return always ? 'always' : 'sequential';
}

function describeFound(found: NativeFound, cpus: number, plan: ExplorePlan): ExploredFault {
  const row = rowAt(tables.faults, found.kind);
  const { trace, titles, message, cause } = storyOf(found.ticket, plan.race.check);
  return {
    kind: row.slug,
    invariant: row.invariant,
    preventedBy: [...preventing(row, plan.report.patches)],
    means: row.means,
    how: causeOf(row, found.preemptions),
    site: siteText(found.site),
    message: message ?? (found.message === '' ? row.means : found.message),
    ...describePlace(found.site),
    ...(cause && { cause }),
    cpu: found.cpu < cpus ? found.cpu + 1 : null,
    op: found.op < 0 ? null : rowAt(tables.ops, found.op).slug,
    minor: found.minor < 0 ? null : found.minor,
    count: found.count,
    executionsToFirst: found.execution,
    preemptions: found.preemptions,
    steps: found.steps,
    minimal: found.minimal,
    ticket: found.ticket,
    titles,
    trace,
  };
}

/** The report of an exploration. */
export function makeExploreReport(plan: ExplorePlan, explored: NativeExplored): ExploreReport {
  const { race, report } = plan;
  const { executions, blocked, states, points, elapsedNs, cpus } = explored;
  const outcomes = explored.outcomes.map((outcome) => describeOutcome(outcome, race));
  const lost =
    explored.faults.length === 0 && outcomes.some(({ refused }) => refused !== undefined);
  const end = rowAt(tables.ends, explored.limit).name;
  // An end that the check refuses was seen, and there was no time to come to it again.
  const limit = limitOf(end, isSampling(report.strategy)) ?? (lost ? 'time' : null);
  const complete = limit === null;
  const seconds = elapsedNs / 1e9;
  return {
    ...describeHead('explore', toVerdict(explored.faults.length > 0, complete), complete),
    plan: report,
    subject: subjectOfPlan(report),
    durationMs: elapsedNs / 1e6,
    scenario: report.scenario,
    strategy: report.strategy,
    memory: report.memory,
    exhaustive: explored.exhausted || explored.beforeFailed,
    evidence: describeEvidence(explored, report),
    limit,
    executions,
    traces: executions - blocked,
    states,
    steps: points,
    executionsPerSecond: seconds > 0 ? executions / seconds : 0,
    outcomes,
    faults: explored.faults.map((found) => describeFound(found, cpus, plan)),
  };
}
