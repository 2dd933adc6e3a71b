import * as v from 'valibot';
import { subjectSize } from '../../programs/schema';
import { place } from '../../story/schema';
import type { Trace } from '../../story/trace';
import type { LimitName } from '../../tables/limit';
import type { FaultKind, MemoryName } from '../../tables/tables';
import { count, named, opened, texts, written } from './fields';
import { head } from './head';
import { inSources, trace } from './steps';

/** The report of a verification, as this version writes it and as it is read. */

/** How many threads take a lock, and how often each. */
export const lockSize = v.object({
  /** Threads. */
  threads: v.number(),
  /** How often each of them takes the lock. */
  rounds: v.number(),
});

/** How many threads write and how many read under a reader-writer lock, and how often each. */
export const rwlockSize = v.object({
  ...lockSize.entries,
  /** Threads that write. */
  writers: v.number(),
  /** Threads that read. */
  readers: v.number(),
});

/** How many threads use objects, how often each, and how many objects another thread ends. */
export const refcountSize = v.object({
  ...lockSize.entries,
  /** Threads that get, use and put. */
  users: v.number(),
  /** Objects. */
  objects: v.number(),
});

/** What it is. */
const subject = v.picklist(['lock', 'rwlock', 'refcount']);

/** A fault of a lock. */
export const lockFault = v.object({
  /** Its kind. */
  kind: named<FaultKind>(),
  /** What this kind means, in words. */
  means: v.string(),
  /** The lock or the reference count by its name, or the file of a lock. */
  lock: v.string(),
  /** What it is; a file is a lock. */
  subject,
  /** The memory model. */
  memory: named<MemoryName>(),
  ...subjectSize,
  /** Where. */
  site: v.string(),
  /** What happened, with its numbers. */
  message: v.string(),
  ...place.entries,
  /** The thread that met it, from 1; null where it was found at the end. */
  cpu: v.nullable(v.number()),
  /** Steps that read an older value, or whose store lands before others. */
  options: count,
  /** Of the ticket's schedule. */
  preemptions: v.number(),
  /** Of the ticket's schedule. */
  steps: v.number(),
  /** Provably the fewest options, then preemptions, then steps. */
  minimal: v.boolean(),
  /** Replays it: see {@link replay}. */
  ticket: v.string(),
  /** What each thread does, cpu1's first. */
  titles: texts,
  /** What happens in the ticket's schedule, step by step. */
  trace: written<Trace>(),
});

/** One lock, or one reference count, under one memory model at one size. */
export const lockRow = v.object({
  /** The lock or the reference count by its name, or the file of a lock. */
  lock: v.string(),
  /** What it is; a file is a lock. */
  subject,
  /** The memory model. */
  memory: named<MemoryName>(),
  ...subjectSize,
  /** Different ones that were visited. */
  states: count,
  /** Executions that were begun. */
  executions: count,
  /** What it came to. */
  verdict: v.picklist(['clean', 'fault', 'unfinished']),
  /** Every execution was looked at. */
  exhaustive: v.boolean(),
  /** What cut it off; null: nothing did. */
  limit: v.nullable(named<LimitName>()),
  /** Of a reader-writer lock at a size with two readers: whether two can be in at once; null: a fault or a limit came first. */
  readersShare: v.exactOptional(v.nullable(v.boolean())),
  /** Accesses of the lock's source that some execution came to; null: not known of a file, except under rc11. */
  sitesReached: v.nullable(v.number()),
  /** Accesses in the lock's source; of a file, calls of atomics in its object. Null as above. */
  sites: v.nullable(v.number()),
  /** How long it took. */
  durationMs: count,
});

/** One order of one site, a step weaker than the source has it. */
export const barrier = v.object({
  /** The lock, or the reference count. */
  lock: v.string(),
  /** What it is. */
  subject,
  /** The function and the access, with its line where the lock has several that read the same. */
  site: v.string(),
  /** Where it stands. */
  file: v.nullable(v.string()),
  /** The line of it. */
  line: v.nullable(v.number()),
  /** What the source says: `acq_rel`. */
  order: v.string(),
  /** What was tried in its place. */
  weaker: v.string(),
  /** `not-needed`: at all sizes of the plan, which were exhausted, and no more than that. */
  verdict: v.picklist(['needed', 'not-needed', 'not-reached', 'unfinished']),
  /** Its size is where it broke, else the last that was tried. */
  ...subjectSize,
  /** Of all sizes that were tried. */
  states: count,
  /** Replays what breaks; null: nothing does. */
  ticket: v.nullable(v.string()),
  /** What breaks. */
  fault: v.nullable(lockFault),
});

/** A set of weaker orders that holds as a whole at the sizes of the plan. */
export const relaxedOrders = v.object({
  /** The lock. */
  lock: v.string(),
  /** Of each site whose order is weaker than in the source: that order. */
  orders: v.record(v.string(), v.string()),
});

export const verifyPlan = v.object({
  /** Always 0: nothing is left to chance. */
  seed: v.number(),
  /** Locks, reader-writer locks, reference counts and files, in the order of the rows. */
  locks: texts,
  /** The memory model, or `all` of them. */
  memory: named<MemoryName | 'all'>(),
  /** Of locks and files: pairs of threads and rounds; empty where none is verified. */
  sizes: v.array(lockSize),
  /** Of reader-writer locks; empty where none is verified. */
  rwlockSizes: v.array(rwlockSize),
  /** Of reference counts; empty where none is verified. */
  refcountSizes: v.array(refcountSize),
  /** Each order of each site was tried one step weaker. */
  barriers: v.boolean(),
  /** Limit of each row, and of each weakening; 0: that of the table. */
  states: v.number(),
  /** Time limit of it all; 0: none. */
  timeMs: v.number(),
  /** Faults were minimised. */
  minimise: v.boolean(),
  /** Threads that share the work. */
  workers: v.number(),
  /** Release sequences as C11 and C17 have them, in place of C++20. */
  c11Sequences: v.boolean(),
});

export const verifyResult = v.object({
  /** The memory model, or `all` of them. */
  memory: named<MemoryName | 'all'>(),
  /** The worst limit that cut a row or a weakening off; null: none did. */
  limit: v.nullable(named<LimitName>()),
  /** How far it looked, as a sentence. */
  evidence: v.string(),
  /** By lock, then memory model, then size. */
  rows: v.array(lockRow),
  /** Of locks that are clean under rc11, where `barriers` were asked for. */
  barriers: v.array(barrier),
  /** Of the same locks. */
  relaxed: v.array(relaxedOrders),
  /** What was found of the locks as they are. */
  faults: v.array(lockFault),
});

/** Before there were other kinds every one was a lock. */
const anySubject = v.optional(v.string());

const ofFault = opened(lockFault);
/** A fault as reports that are read have it. */
export const readFault = v.looseObject({
  ...v.omit(v.object(ofFault), ['subject', 'trace', 'titles', 'function', 'code', 'file', 'line'])
    .entries,
  subject: anySubject,
  ...inSources,
  titles: ofFault.titles,
  trace,
});

const inRow = opened(lockRow);
const inBarrier = opened(barrier);
const inPlan = opened(verifyPlan);

export const verify = v.looseObject({
  ...head,
  kind: v.literal('verify'),
  plan: v.looseObject({
    ...inPlan,
    rwlockSizes: v.optional(inPlan.rwlockSizes, []),
    refcountSizes: v.optional(inPlan.refcountSizes, []),
  }),
  memory: opened(verifyResult).memory,
  limit: opened(verifyResult).limit,
  evidence: verifyResult.entries.evidence,
  rows: v.array(v.looseObject({ ...inRow, subject: anySubject })),
  barriers: v.array(
    v.looseObject({ ...inBarrier, subject: anySubject, fault: v.nullable(readFault) }),
  ),
  relaxed: v.array(v.looseObject(relaxedOrders.entries)),
  faults: v.array(readFault),
});
