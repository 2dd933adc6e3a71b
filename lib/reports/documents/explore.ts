import * as v from 'valibot';
import { endedOutcome } from '../../programs/schema';
import type { DmSubject, OwnSubject } from '../../programs/subject';
import { shard } from '../../run/schema';
import type { Trace } from '../../story/trace';
import type { LimitName } from '../../tables/limit';
import { patchSet } from '../../tables/schema';
import type { MemoryName, StrategyName } from '../../tables/tables';
import { cause, expectedKinds, fault, how, metBy, outcome } from './faults';
import { count, named, opened, texts, written } from './fields';
import { head, plan } from './head';
import { ofOwn, ownFault, ownTicket } from './own';
import { inSources, trace } from './steps';
import { bySubject, subject } from './subject';

/** The report of an exploration, as this version writes it and as it is read. */

/** What a plan has beside its parameters. */
export const explorePlan = v.object({
  /** Patches that are in. */
  patches: patchSet,
  /** The name of what is explored. */
  scenario: v.string(),
  /** Text of the thread programs. */
  program: v.string(),
  /** Absent where it is the whole. */
  shard: v.exactOptional(shard),
  /** Absent where there is one. */
  slices: v.exactOptional(v.number()),
});

export const exploredFault = v.object({
  ...fault,
  /** What it takes. */
  how: cause,
  ...metBy,
  /** The thread that met it, from 1; null where it was found at the end. */
  cpu: v.nullable(v.number()),
  /** Executions it was seen in. */
  count,
  /** The first of them, from 1. */
  executionsToFirst: v.number(),
  /** Of the ticket's schedule. */
  preemptions: v.number(),
  /** Of the ticket's schedule. */
  steps: v.number(),
  /** No schedule has fewer preemptions, and none with as many has fewer steps. */
  minimal: v.boolean(),
  /** Replays it: see {@link replay}. */
  ticket: v.string(),
  /** What each thread does, cpu1's first: `remove 0, open 0`. */
  titles: texts,
  /** What happens in the ticket's schedule, step by step. */
  trace: written<Trace>(),
});

export const exploreResult = v.object({
  /** What was explored. */
  subject: written<DmSubject>(),
  /** The name of what was explored. */
  scenario: v.string(),
  /** How the explorer decided which thread runs next. */
  strategy: named<StrategyName>(),
  /** The memory model: what an access may see. */
  memory: named<MemoryName>(),
  /** Every interleaving was looked at; or a fault comes in every one. */
  exhaustive: v.boolean(),
  /** How far it looked, as a sentence. */
  evidence: v.string(),
  /**
   * What cut it off: then it is not `complete`, and `unfinished` unless it has a fault. Null where it
   * did all that it was asked for, the first fault being enough unless `allFaults` is given.
   */
  limit: v.nullable(named<LimitName>()),
  /** Executions that were begun. */
  executions: count,
  /** Of these, those that were not cut off as redundant. */
  traces: count,
  /** Different ones; 0 where the strategy does not remember states. */
  states: count,
  /** Accesses that were made. */
  steps: count,
  /** How fast it went. */
  executionsPerSecond: count,
  /** Of executions; a stateful search counts those that led to a new state. */
  outcomes: v.array(endedOutcome),
  /** What was found, each kind once at each site. */
  faults: v.array(exploredFault),
});

/** A fault of own C. */
export const programFault = v.object({
  ...exploredFault.entries,
  ...ownFault,
  /** What cut the search for a shorter schedule off; absent: nothing, or it was not asked for. */
  minimiseLimit: v.exactOptional(named<LimitName>()),
  /** Replays it where its files are: see {@link replay}. */
  ticket: ownTicket,
});

/** The same of own C. */
export const programResult = v.object({
  ...exploreResult.entries,
  /** What was explored. */
  subject: written<OwnSubject>(),
  /** What was found, each kind once at each place. */
  faults: v.array(programFault),
  /** About how many executions there are, where the search did not come to its end; null: not known. */
  estimate: v.nullable(v.number()),
  /** What would bring a search to its end that did not; empty: it did. */
  advice: v.string(),
});

const ofFault = opened(exploredFault);
const { scenario, strategy, memory, exhaustive, executions, states, limit } = opened(exploreResult);

/** A fault of an exploration, as it is read. */
export const readFault = v.looseObject({
  scenario: v.optional(scenario),
  kind: ofFault.kind,
  invariant: ofFault.invariant,
  preventedBy: ofFault.preventedBy,
  fixedBy: v.optional(ofFault.preventedBy),
  how,
  site: ofFault.site,
  message: ofFault.message,
  ...inSources,
  count,
  executionsToFirst: ofFault.executionsToFirst,
  preemptions: ofFault.preemptions,
  steps: ofFault.steps,
  minimal: ofFault.minimal,
  ticket: ofFault.ticket,
  titles: v.optional(ofFault.titles),
  trace,
});

const inPlan = explorePlan.entries;

const readPlan = {
  ...plan,
  scenario: inPlan.scenario,
  program: v.optional(inPlan.program),
  strategy,
};

const explored = {
  ...head,
  kind: v.literal('explore'),
  expected: expectedKinds,
  plan: v.looseObject(readPlan),
  subject,
  scenario,
  strategy,
  /** Absent before 0.4: sequential consistency. */
  memory: v.optional(memory),
  exhaustive,
  executions,
  states,
  /** Absent, `none` or `fault` in what 0.1 wrote, where nothing cut it off. */
  limit: v.optional(limit),
  outcomes: v.array(outcome),
  faults: v.array(readFault),
};
const { evidence } = exploreResult.entries;
const oneExplored = v.looseObject({ ...explored, evidence });

const anyExplored = v.looseObject({
  ...explored,
  evidence: v.optional(evidence),
  scenarios: v.optional(v.array(oneExplored)),
});

const ownExplored = v.looseObject({
  ...anyExplored.entries,
  plan: v.looseObject({ ...readPlan, patches: v.optional(plan.patches) }),
  faults: v.array(v.looseObject({ ...readFault.entries, ...ofOwn })),
});

export const explore = bySubject(anyExplored, ownExplored);
