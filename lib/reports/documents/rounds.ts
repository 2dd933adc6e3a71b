import * as v from 'valibot';
import { foreignSubject, ownSubject, outcome as writtenOutcome } from '../../programs/schema';
import { place } from '../../story/schema';
import type { Trace } from '../../story/trace';
import type { FaultKind } from '../../tables/tables';
import { expectedKinds, fault, outcome } from './faults';
import { count, named, opened, texts, written } from './fields';
import { head } from './head';
import { inSources, trace } from './steps';

/** The report of own C on real threads, as this version writes it and as far as it is read again. */

export const roundFault = v.object({
  ...v.omit(v.object(fault), ['preventedBy']).entries,
  /** Where, as far as it is known: `put`. */
  site: v.string(),
  /** Since the run began, in milliseconds. */
  atMs: v.number(),
  /** The round, from 1. */
  round: v.number(),
  /** The seed of its delays. */
  seed: v.number(),
});

/** The explorer's own fault. */
export const foundFault = v.object({
  ...v.pick(roundFault, ['kind', 'site', 'message']).entries,
  ...place.entries,
});

const first = v.object(v.omit(roundFault, ['kind', 'invariant', 'means']).entries);

export const roundsFault = v.object({
  ...v.pick(roundFault, ['kind', 'invariant']).entries,
  /** Always empty: patches are of the device mapper. */
  preventedBy: written<never[]>(),
  /** How many rounds showed it. */
  count,
  /** The function that showed it; empty where it is not known. */
  function: place.entries.function,
  /** Its file, and null where it is not known. */
  file: place.entries.file,
  /** Its line, and null where it is not known. */
  line: place.entries.line,
  /** The earliest of them. */
  first,
  /** Replays a fault of this kind, or of `explored`; where the explorer found one. */
  ticket: v.exactOptional(v.string()),
  /** What happens in the ticket's schedule, step by step. */
  trace: v.exactOptional(written<Trace>()),
  /** What each thread does in it. */
  titles: v.exactOptional(texts),
  /** The kind that the explorer found, where it is another, which can end as this one. */
  explored: v.exactOptional(named<FaultKind>()),
  /** What the explorer found, in which the trace ends. */
  found: v.exactOptional(foundFault),
});

export const roundsResult = v.object({
  /** What ran; of `threads` 0: not known. */
  subject: ownSubject,
  /** Runs of the program. */
  rounds: count,
  /** How fast it went. */
  roundsPerSecond: count,
  /** What rounds recorded, and how often. */
  outcomes: v.array(writtenOutcome),
  /** What was seen, by kind. */
  faults: v.array(roundsFault),
});

const { kind, invariant } = opened(roundsFault);
const { atMs, round, seed, site, message } = opened(first);
const { rounds: runs, roundsPerSecond } = roundsResult.entries;

const shard = v.looseObject({ index: v.number(), count: v.number() });

export const rounds = v.looseObject({
  ...head,
  kind: v.literal('stress'),
  expected: expectedKinds,
  plan: v.looseObject({
    seed: v.number(),
    scenario: v.string(),
    shard: v.optional(shard),
    sanitizer: v.optional(v.nullable(v.string()), null),
    allowOutcomes: v.optional(texts, []),
    forbidOutcomes: v.optional(texts, []),
  }),
  subject: foreignSubject,
  rounds: runs,
  roundsPerSecond,
  outcomes: v.array(outcome),
  faults: v.array(
    v.looseObject({
      kind,
      invariant,
      preventedBy: v.array(v.string()),
      count,
      function: inSources.function,
      file: inSources.file,
      line: inSources.line,
      first: v.looseObject({ atMs, round, seed, site, message, ...inSources }),
      ticket: v.optional(v.string()),
      explored: v.optional(v.string()),
      found: v.optional(v.looseObject({ kind, site, message, ...inSources })),
      trace: v.optional(trace),
      titles: v.optional(texts),
    }),
  ),
});
