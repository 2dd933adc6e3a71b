import * as v from 'valibot';
import type { CheckCause } from '../../programs/final';
import { outcome as writtenOutcome } from '../../programs/schema';
import { place } from '../../story/schema';
import type { FaultKind, InvariantName, OpSlug, PatchNo } from '../../tables/tables';
import { named, texts, written } from './fields';

/** What reports of several kinds have of faults. */

export const fault = {
  /** Its kind. */
  kind: named<FaultKind>(),
  /** What it broke. */
  invariant: named<InvariantName>(),
  /** Patches that prevent it and were left out. */
  preventedBy: v.array(named<PatchNo>()),
  /** What this kind means, in words. */
  means: v.string(),
  /** Where in the protocol. */
  site: v.string(),
  /** What happened, with its numbers. */
  message: v.string(),
  ...place.entries,
};

export const metBy = {
  /** What that thread was doing; null where nothing. */
  op: v.nullable(named<OpSlug>()),
  /** The device it was doing it to; null where none. */
  minor: v.nullable(v.number()),
  /** What the check of the race threw. */
  cause: v.exactOptional(written<CheckCause>()),
};

export const outcome = v.looseObject(writtenOutcome.entries);

/** Of `--expect`: kinds that were to be seen, those that were not, and others that were. */
export const expectedKinds = v.optional(
  v.looseObject({ kinds: texts, missing: texts, unexpected: v.optional(texts) }),
);

/** What a fault takes. */
export const cause = v.picklist(['race', 'always', 'sequential']);

/** The same, as it is read. Documents of 0.1 have `context` where it is `always` now. */
export const how = v.pipe(
  v.string(),
  v.transform((text) => (text === 'context' ? 'always' : text)),
);
