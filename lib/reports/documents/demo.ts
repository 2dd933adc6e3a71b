import * as v from 'valibot';
import { patchSet } from '../../tables/schema';
import type { FaultKind, PatchNo, PatchSlug } from '../../tables/tables';
import { cause, how } from './faults';
import { count, named, opened } from './fields';
import { head, plan } from './head';

/** The report of the tour, as this version writes it and as it is read. */

/** What became of leaving one patch out. */
export const demoRow = v.object({
  patch: named<PatchNo>(),
  slug: named<PatchSlug>(),
  prevents: v.string(),
  scenario: v.string(),
  /** Null where none was seen in time. */
  fault: v.nullable(named<FaultKind>()),
  means: v.nullable(v.string()),
  msToFirst: v.nullable(v.number()),
  how: cause,
  /** Replays such a fault; null where the explorer is not built. */
  ticket: v.nullable(v.string()),
});

/** A run with every patch in. */
export const cleanRun = v.object({
  scenario: v.string(),
  ops: count,
  faults: v.array(named<FaultKind>()),
});

export const demoPlan = v.object({
  seed: plan.seed,
  patches: patchSet,
  /** For a race on average: they share the time of all, so that one of them may take longer. */
  faultMs: v.number(),
  cleanMs: v.number(),
  stormMs: v.number(),
});

export const demoResult = v.object({
  rows: v.array(demoRow),
  allClean: v.boolean(),
  clean: v.array(cleanRun),
});

export const demo = v.looseObject({
  ...head,
  kind: v.literal('demo'),
  plan: v.looseObject(plan),
  rows: v.array(v.looseObject({ ...opened(demoRow), how })),
  allClean: demoResult.entries.allClean,
  clean: v.array(v.looseObject(opened(cleanRun))),
});
