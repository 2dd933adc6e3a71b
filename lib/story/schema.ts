import * as v from 'valibot';
import { named } from '../base/schema';
import type { OpSlug } from '../tables/tables';

/** Places and steps, as this version writes them: their types are made of these. */

export const place = v.object({
  /** The function; empty where it is not known. */
  function: v.string(),
  /** The access, as the code has it; empty where it is not known. */
  code: v.string(),
  /** The file, relative to the root of the package; null: it is nowhere in the sources. */
  file: v.nullable(v.string()),
  /** The line of it, from 1. */
  line: v.nullable(v.number()),
  /** The kind of object, such as `md`: see `tables.objects`; null: none that is known. */
  object: v.nullable(v.string()),
  /** Its field. */
  field: v.nullable(v.string()),
});

export const stepOf = v.object({
  /** From 1. */
  step: v.number(),
  /** The thread, from 1. */
  cpu: v.number(),
});

/** A write that a read did not see. */
export const missedWrite = v.object({
  ...stepOf.entries,
  /** It waits in the buffer of its CPU; absent: nothing has the read happen after it. */
  waits: v.exactOptional(v.boolean()),
});

/** An order that a site does not have. */
export const lackedOrder = v.object({
  ...place.entries,
  /** By its name in C11: `release`. */
  order: v.string(),
});

export const traceStep = v.object({
  /** From 1; what is released at once has the number of the step that it follows. */
  step: v.number(),
  /** The thread, from 1. */
  cpu: v.number(),
  /** What it was doing; null where nothing. */
  op: v.nullable(named<OpSlug>()),
  /** The device it was doing it to; null where none. */
  minor: v.nullable(v.number()),
  /** `read`, `write`, `update`, `lock`, `unlock`, `wait`, `give-up`, `free`, `stop`, `queue`, `flush`. */
  kind: v.string(),
  /** Where, the access, and the values: `find_md: md->disk  [= cpu1's disk, from step 6 of cpu1]`. */
  text: v.string(),
  /** Points of the protocol that were passed with it. */
  notes: v.array(v.string()),
  /** The story cannot do without it. */
  key: v.boolean(),
  /** The fault came with it. */
  faulted: v.boolean(),
  ...place.entries,
  /** What was read, as text; null where nothing was, or the model does not say. */
  read: v.nullable(v.string()),
  /** What was there before it wrote. */
  was: v.nullable(v.string()),
  /** What it wrote. */
  wrote: v.nullable(v.string()),
  /** The step of another thread whose write it read; null: none. */
  from: v.nullable(stepOf),
  /** Every operation begins and ends with such a step, so that a story leaves it out. */
  background: v.boolean(),
  /**
   * Under a memory model that is weaker than sequential consistency: how many messages before the
   * newest it read, or before how many its own landed; absent: none.
   */
  option: v.exactOptional(v.number()),
  /** The newest write, which it did not read: it read an older one. */
  missed: v.exactOptional(missedWrite),
  /** The write of another step that comes after its own in the order of their location. */
  before: v.exactOptional(stepOf),
  /** The site whose order would have forbidden that, and which order it lacks. */
  lacks: v.exactOptional(lackedOrder),
  /**
   * Of own C, where `code` is the line of the source: what was touched, by the name that the program
   * has for it, such as `queue.head`; null where it has none.
   */
  variable: v.exactOptional(v.nullable(v.string())),
});
