import * as v from 'valibot';
import { place } from '../../story/schema';
import { named, texts } from './fields';

/** What faults of own C have beside what all have, as this version writes it and as it is read. */

/** A piece of a source: a reader may not have the file. */
export const excerpt = v.object({
  /** The file, as places name it. */
  file: v.string(),
  /** Number of the first line, from 1. */
  first: v.number(),
  /** The lines. */
  lines: texts,
  /** Numbers of the lines in which something happens. */
  marked: v.array(v.number()),
});

/** What a thread waits for. */
export const waiting = v.object({
  /** The thread, from 1. */
  cpu: v.number(),
  /** `a mutex`. */
  what: v.string(),
  /** The name of what it waits for; null: none that is known. */
  on: v.nullable(v.string()),
  ...place.entries,
});

/** Replays a schedule of own C. */
export const ownTicket = named<`dmo1.${string}` | `dmo2.${string}`>();

export const ownFault = {
  /** What was touched, by the name that the program has for it; null: none that is known. */
  variable: v.nullable(v.string()),
  /** The other access of a data race; null: of another kind. */
  other: v.nullable(place),
  /** Of the heap: which block it is in, and where that was allocated and freed. */
  block: v.nullable(v.string()),
  /** Where nobody can go on: what each thread waits for. */
  waits: v.array(waiting),
  /** Whether freed memory was given again: `fresh`, `reuse`. */
  heap: v.picklist(['fresh', 'reuse']),
  /** The sources around its places and the steps of its trace. */
  excerpts: v.array(excerpt),
  /** What usually helps, as a sentence; empty: nothing that holds for all of this kind. */
  advice: v.string(),
};

/** The same, as it is read. */
export const ofOwn = {
  means: v.optional(v.string(), ''),
  variable: v.optional(ownFault.variable, null),
  other: v.optional(v.nullable(v.looseObject(place.entries)), null),
  block: v.optional(ownFault.block, null),
  waits: v.optional(v.array(v.looseObject(waiting.entries)), []),
  excerpts: v.optional(v.array(v.looseObject(excerpt.entries)), []),
  advice: v.optional(ownFault.advice, ''),
};
