import * as v from 'valibot';
import type { DmSubject } from '../../programs/subject';
import { place } from '../../story/schema';
import type { DeathName } from '../../tables/deaths';
import { patchSet } from '../../tables/schema';
import type { FaultKind, OpSlug } from '../../tables/tables';
import { exploredFault } from './explore';
import { expectedKinds, fault } from './faults';
import { count, named, opened, texts, written } from './fields';
import { head, plan } from './head';
import { inSources, trace } from './steps';
import { subject } from './subject';

/** The report of a run with real memory, as this version writes it and as it is read. */

/** Where a thread was: a function, and how far it had come in it. */
export const frame = v.object({
  /** The function; empty where it is not known. */
  function: v.string(),
  /** Bytes from its beginning. */
  offset: v.number(),
});

export const freedBy = v.object({
  /** What was freed: `md`, `pool`. */
  object: v.string(),
  /** Where in it the touch was, in bytes. */
  offset: v.number(),
  /** The thread that freed it, from 1; null where it was the one that prepares and ends rounds. */
  cpu: v.nullable(v.number()),
  /** The place of the free. */
  ...v.pick(place, ['function', 'code', 'file', 'line']).entries,
  /** Where that thread was, the innermost first. */
  trace: v.array(frame),
});

export const death = v.object({
  /** What it died of: `freed`, `wild`, `unloaded`, `bug`, `freed-twice`. */
  by: named<DeathName>(),
  /** What ended the process. */
  signal: v.string(),
  /** What it died of, as a sentence. */
  says: v.string(),
  /** Since the start of the run, in milliseconds. */
  atMs: v.number(),
  /** The round in which it died, from 1. */
  round: v.number(),
  /** The thread that died, from 1; null where it was the one that prepares and ends rounds. */
  cpu: v.nullable(v.number()),
  /** What that thread was doing; null where nothing. */
  op: v.nullable(named<OpSlug>()),
  /** The device it was doing it to; null where none. */
  minor: v.nullable(v.number()),
  /** What could not be reached, in hexadecimal; null where the processor does not say. */
  address: v.nullable(v.string()),
  /** `read` or `write`; null where the processor does not say. */
  access: v.nullable(v.picklist(['read', 'write'])),
  /** The pointer that the touch went by, in hexadecimal; null where nothing was touched. */
  pointer: v.nullable(v.string()),
  /** Where it died. */
  ...place.entries,
  /** Where the thread was, the innermost first. */
  trace: v.array(frame),
  /** Which thread freed the memory; null where none was freed. */
  freed: v.nullable(freedBy),
});

/** A fault of the model that no machine dies of. */
export const survived = v.object({
  /** Its kind. */
  kind: named<FaultKind>(),
  /** How often it was met. */
  count,
});

export const oopsPlan = v.object({
  /** Of delays and offsets. */
  seed: v.number(),
  /** Patches that are in. */
  patches: patchSet,
  /** The name of what is run. */
  scenario: v.string(),
  /** Text of the thread programs. */
  program: v.string(),
  /** Threads that run them. */
  threads: v.number(),
  /** How long it was to live at most, in milliseconds; 0: no limit. */
  timeMs: v.number(),
  /** What a thread may do at a noted point: `none`, `yield`, `delay`. */
  perturb: v.string(),
});

export const oopsFault = v.object({
  ...exploredFault.entries,
  /** It is at the place where the process died, of the same kind. */
  samePlace: v.boolean(),
});

export const oopsResult = v.object({
  /** What ran. */
  subject: written<DmSubject>(),
  /** Rounds that came to their end. */
  rounds: count,
  /** It neither died nor ended: a thread goes round for ever. */
  hung: v.boolean(),
  /** How it died; null: it did not, which proves nothing. */
  death: v.nullable(death),
  /** The fault of the model that the explorer found for the death: one, or none. */
  faults: v.array(oopsFault),
  /** What was met and is a fault of the model alone. */
  survived: v.array(survived),
});

const { kind, invariant, preventedBy, ticket } = opened(oopsFault);
const { site, message } = fault;

export const oops = v.looseObject({
  ...head,
  kind: v.literal('oops'),
  expected: expectedKinds,
  plan: v.looseObject({
    ...plan,
    ...v.pick(oopsPlan, ['scenario', 'program', 'threads', 'timeMs']).entries,
  }),
  subject,
  rounds: count,
  hung: v.boolean(),
  death: v.nullable(
    v.looseObject({
      ...opened(death),
      freed: v.nullable(v.looseObject(freedBy.entries)),
    }),
  ),
  faults: v.array(
    v.looseObject({
      kind,
      invariant,
      preventedBy,
      ticket,
      site,
      message,
      ...inSources,
      samePlace: v.boolean(),
      titles: v.optional(texts),
      trace,
    }),
  ),
  survived: v.array(v.looseObject(opened(survived))),
});
