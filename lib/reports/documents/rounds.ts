import * as v from 'valibot';
import { foreignSubject } from '../../programs/schema';
import { expectedKinds, fault, outcome } from './faults';
import { count, texts } from './fields';
import { head } from './head';
import { inSources, trace } from './steps';

/** The report of own C on real threads, as far as it is read again. */

const shard = v.looseObject({ index: v.number(), count: v.number() });

const first = v.looseObject({
  atMs: v.number(),
  round: v.number(),
  seed: v.number(),
  site: fault.site,
  message: fault.message,
  ...inSources,
});

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
  rounds: count,
  roundsPerSecond: count,
  outcomes: v.array(outcome),
  faults: v.array(
    v.looseObject({
      kind: fault.kind,
      invariant: fault.invariant,
      preventedBy: v.array(v.string()),
      count,
      function: inSources.function,
      file: inSources.file,
      line: inSources.line,
      first,
      ticket: v.optional(v.string()),
      explored: v.optional(v.string()),
      trace: v.optional(trace),
      titles: v.optional(texts),
    }),
  ),
});
