import * as v from 'valibot';
import { opened, written } from '../base/schema';
import { patchSet, readPatchSet } from '../tables/schema';
import type { CheckCause, FinalState } from './final';
import { GRADES } from './grades';

/** How threads ended, as this version writes it. */
export const outcome = v.object({
  /** Such as `create 0=0 | find 0=-ENXIO`. */
  results: v.string(),
  /** How often it came. */
  count: v.pipe(v.number(), v.minValue(0)),
  /** What it says of the race. */
  grade: v.picklist(GRADES),
});

export const endedOutcome = v.object({
  ...outcome.entries,
  /** Of a race with a check: what its threads left behind, where they came to their end. */
  final: v.exactOptional(written<FinalState>()),
  /** What the check has against it. */
  refused: v.exactOptional(v.string()),
  /** What it threw, where it threw. */
  cause: v.exactOptional(written<CheckCause>()),
});

/** The device mapper: thread programs, under a set of patches. */
export const dmSubject = v.object({
  /** Always `dm`. */
  kind: v.literal('dm'),
  /** Text of the thread programs; null: random operations, or every scenario of the table. */
  program: v.nullable(v.string()),
  /** Patches that are in. */
  patches: patchSet,
});

/** C or C++ of the user's. */
export const ownSubject = v.object({
  /** Always `own`. */
  kind: v.literal('own'),
  /** Every file of the user's that the compiler read, sources first. */
  files: v.array(
    v.object({
      /** Relative to the working directory where it lies below it. */
      name: v.string(),
      /** Of its contents, in hexadecimal. */
      sha256: v.string(),
    }),
  ),
  /** The most that an execution had, main() among them. */
  threads: v.number(),
  /** `clang 14.0.6`. */
  compiler: v.string(),
  /** How it was compiled, as far as it was asked for: `-O0`, `-DN=2`. */
  flags: v.array(v.string()),
  /** What it calls, and no explorer looks into: `qsort()`. Absent: nothing. */
  unseen: v.exactOptional(v.array(v.string())),
  /** Of what it calls, what went one way of several: `clock`, `numbers`, `wakes`. Absent: nothing. */
  assumes: v.exactOptional(v.array(v.string())),
});

/** The size of a lock, a reader-writer lock or a reference count. */
export const subjectSize = {
  /** Threads, all of them. */
  threads: v.number(),
  /** How often each of them does what it does. */
  rounds: v.number(),
  /** Of a reader-writer lock: threads that write. */
  writers: v.exactOptional(v.number()),
  /** Of a reader-writer lock: threads that read. */
  readers: v.exactOptional(v.number()),
  /** Of a reference count: threads that get, use and put. */
  users: v.exactOptional(v.number()),
  /** Of a reference count: objects that one more thread ends. */
  objects: v.exactOptional(v.number()),
};

/** What {@link verify} verifies: threads that use it some times. */
export const lockSubject = v.object({
  /** A row of `tables.locks`, of `tables.rwlocks` or of `tables.refcounts`. */
  kind: v.picklist(['lock', 'rwlock', 'refcount']),
  /** Its name. */
  lock: v.string(),
  ...subjectSize,
  /** Of sites whose order is another than in the source: that order. */
  orders: v.record(v.string(), v.string()),
});

/** A subject as it is read: of another version it may be of another kind. */
export const foreignSubject = v.looseObject({
  kind: v.string(),
  program: v.optional(opened(dmSubject).program),
  patches: v.optional(readPatchSet),
  files: v.optional(v.array(v.looseObject({ name: v.string(), sha256: v.string() }))),
  compiler: v.optional(v.string()),
  flags: v.optional(v.array(v.string())),
  unseen: v.optional(v.array(v.string())),
  assumes: v.optional(v.array(v.string())),
  lock: v.optional(v.string()),
  threads: v.optional(v.number()),
  rounds: v.optional(v.number()),
  writers: v.optional(v.number()),
  readers: v.optional(v.number()),
  users: v.optional(v.number()),
  objects: v.optional(v.number()),
  orders: v.optional(v.record(v.string(), v.string())),
});
