import type { NativeExplored, NativeFound } from '../native/explore';
import type { CheckCause } from '../programs/final';
import { describeOutcome, type EndedOutcome } from '../programs/outcomes';
import { type Subject, subjectOfPlan } from '../programs/subject';
import { describeHead, preventing, type ReportHead, toVerdict } from '../reports/head';
import { isSampling } from '../run/shard';
import { describePlace, type Place, siteText, type Trace } from '../story/trace';
import { type LimitName, limitOf } from '../tables/limit';
import {
  type FaultKind,
  type FaultRow,
  type InvariantName,
  type OpSlug,
  type PatchNo,
  rowAt,
  type StrategyName,
  tables,
} from '../tables/tables';
import { describeEvidence } from './evidence';
import type { ExplorePlan, ExplorePlanReport } from './plan';
import { storyOf } from './replay';

/**
 * What a fault takes: `race`, that one thread comes between two steps of another; `sequential`,
 * that one thing is done after another; `always`, nothing: it breaks a rule on every way through.
 */
export type FaultCause = 'race' | 'always' | 'sequential';

/** A fault that an exploration found. */
export interface ExploredFault extends Place {
  /** Its kind. */
  kind: FaultKind;
  /** What it broke. */
  invariant: InvariantName;
  /** Patches that prevent it and were left out. */
  preventedBy: PatchNo[];
  /** What this kind means, in words. */
  means: string;
  /** What it takes. */
  how: FaultCause;
  /** Where in the protocol. */
  site: string;
  /** What happened, with its numbers. */
  message: string;
  /** What the check of the race threw. */
  cause?: CheckCause;
  /** The thread that met it, from 1; null where it was found at the end. */
  cpu: number | null;
  /** What that thread was doing; null where nothing. */
  op: OpSlug | null;
  /** The device it was doing it to; null where none. */
  minor: number | null;
  /** Executions it was seen in. */
  count: number;
  /** The first of them, from 1. */
  executionsToFirst: number;
  /** Of the ticket's schedule. */
  preemptions: number;
  /** Of the ticket's schedule. */
  steps: number;
  /** No schedule has fewer preemptions, and none with as many has fewer steps. */
  minimal: boolean;
  /** Replays it: see {@link replay}. */
  ticket: string;
  /** What each thread does, cpu1's first: `remove 0, open 0`. */
  titles: string[];
  /** What happens in the ticket's schedule, step by step. */
  trace: Trace;
}

/** The report of {@link explore}. */
export interface ExploreReport extends ReportHead<'explore'> {
  /** Every parameter. */
  plan: ExplorePlanReport;
  /** What was explored. */
  subject: Subject;
  /** The name of what was explored. */
  scenario: string;
  /** How the explorer decided which thread runs next. */
  strategy: StrategyName;
  /** Every interleaving was looked at; or a fault comes in every one. */
  exhaustive: boolean;
  /** How far it looked, as a sentence. */
  evidence: string;
  /**
   * What cut it off: then it is not `complete`, and `unfinished` unless it has a fault. Null where it
   * did all that it was asked for, the first fault being enough unless `allFaults` is given.
   */
  limit: LimitName | null;
  /** Executions that were begun. */
  executions: number;
  /** Of these, those that were not cut off as redundant. */
  traces: number;
  /** Different ones; 0 where the strategy does not remember states. */
  states: number;
  /** Accesses that were made. */
  steps: number;
  /** How fast it went. */
  executionsPerSecond: number;
  /** Of executions; a stateful search counts those that led to a new state. */
  outcomes: EndedOutcome[];
  /** What was found, each kind once at each site. */
  faults: ExploredFault[];
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
