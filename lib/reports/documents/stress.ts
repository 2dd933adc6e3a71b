import * as v from 'valibot';
import type { OutputOf } from '../../base/output-of';
import { endedOutcome } from '../../programs/schema';
import type { DmSubject } from '../../programs/subject';
import { shard } from '../../run/schema';
import { place } from '../../story/schema';
import type { Trace } from '../../story/trace';
import { patchSet } from '../../tables/schema';
import type { ErrnoName, OpSlug } from '../../tables/tables';
import { expectedKinds, fault, metBy, outcome } from './faults';
import { count, latencyNs, opened, texts, written } from './fields';
import { head, plan } from './head';
import { inSources, trace } from './steps';
import { subject } from './subject';

/** The report of a run, as this version writes it and as it is read. */

/** What a plan has beside its parameters. */
export const stressPlan = v.object({
  /** Patches that are in. */
  patches: patchSet,
  /** The name of what is run. */
  scenario: v.string(),
  /** Text of the thread programs; absent in a storm. */
  program: v.exactOptional(v.string()),
  /** Weights of a storm; absent where they are the table's. */
  mix: v.exactOptional(written<Partial<Record<OpSlug, number>>>()),
  /** It runs in a child process. */
  isolate: v.boolean(),
  /** The file of the lock that `_minor_lock` was, in place of `lock`. */
  lockFile: v.exactOptional(v.string()),
  /** The explorer gives tickets to its faults. */
  tickets: v.boolean(),
  /** Absent where it is the whole. */
  shard: v.exactOptional(shard),
  /** Absent where there is one. */
  slices: v.exactOptional(v.number()),
});

export const faultReport = v.object({
  ...fault,
  ...metBy,
  /** How many equal ones (kind, site, operation) this stands for. */
  count,
  /** Since the start of the run, in milliseconds. */
  atMs: v.number(),
  /** The thread that met it, from 1. */
  cpu: v.number(),
  /** What that thread was doing; null where it was found at the end of a world. */
  op: metBy.op,
});

const first = v.object({
  ...place.entries,
  ...v.pick(faultReport, ['atMs', 'cpu', 'op', 'minor', 'site', 'message', 'cause']).entries,
});

export const faultSummary = v.object({
  ...v.pick(faultReport, ['kind', 'invariant', 'preventedBy']).entries,
  /** How often it was seen. */
  count,
  /** The earliest of them. */
  first,
  /** Replays a fault of this kind in the same scenario; where the explorer found one. */
  ticket: v.exactOptional(v.string()),
  /** What happens in the ticket's schedule, step by step. */
  trace: v.exactOptional(written<Trace>()),
  /** What each thread does in it. */
  titles: v.exactOptional(texts),
});

export const opReport = v.object({
  /** Calls. */
  count,
  /** Calls that succeeded. */
  ok: count,
  /** How often which error was returned; an error is an outcome, not a fault. */
  errors: written<Partial<Record<ErrnoName, number>>>(),
  /** Absent where latency was not measured. */
  latencyNs: v.exactOptional(latencyNs),
  /** What the percentiles are taken from: `120:5`: five took up to 120 ns; {@link parseBuckets}. */
  latencyBuckets: v.exactOptional(v.string()),
});

export const stressResult = v.object({
  /** What ran. */
  subject: written<DmSubject>(),
  /** What latencies were measured under, such as injected delays; absent where none were measured. */
  latencyUnder: v.exactOptional(v.string()),
  /** The operations that ran. */
  ops: written<Partial<Record<OpSlug, OutputOf<typeof opReport>>>>(),
  /** How fast it went. */
  opsPerSecond: count,
  /** Worlds that were built and emptied: rounds of a scenario, epochs of a storm. */
  rounds: count,
  /** Points of the protocol that were passed. */
  notes: texts,
  /** How rounds ended, and how often; empty in a storm. */
  outcomes: v.array(endedOutcome),
  /** What was seen, by kind. */
  faults: v.array(faultSummary),
});

const { kind, invariant, preventedBy } = opened(faultSummary);
const { atMs, cpu, op, minor, site, message } = opened(first);
const { opsPerSecond, rounds, notes } = stressResult.entries;

const { scenario, program } = stressPlan.entries;

export const stress = v.looseObject({
  ...head,
  kind: v.literal('stress'),
  expected: expectedKinds,
  plan: v.looseObject({
    ...plan,
    scenario,
    program: v.optional(program.wrapped),
    threads: v.number(),
  }),
  subject,
  latencyUnder: v.optional(v.string()),
  ops: v.record(
    v.string(),
    v.looseObject({
      ...opReport.entries,
      errors: v.record(v.string(), count),
      latencyNs: v.optional(v.looseObject(latencyNs.entries)),
      latencyBuckets: v.optional(v.string()),
    }),
  ),
  opsPerSecond,
  rounds,
  notes: v.optional(notes),
  outcomes: v.array(outcome),
  faults: v.array(
    v.looseObject({
      kind,
      invariant,
      preventedBy,
      count,
      first: v.looseObject({ atMs, cpu, op, minor, site, message, ...inSources }),
      ticket: v.optional(v.string()),
      trace: v.optional(trace),
      titles: v.optional(texts),
    }),
  ),
});
