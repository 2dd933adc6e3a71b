import * as v from 'valibot';
import type { LockName } from '../../tables/tables';
import { count, named, opened, texts } from './fields';
import { head } from './head';

/** The report of an application's run, as this version writes it and as it is read. */

/** Acquisitions of an application, counted. */
const acquisitions = v.object({
  /** Locks that were taken. */
  acquisitions: count,
  /** Of these, those that had to wait. */
  contended: count,
  /** How long they waited, all together. */
  waitNs: v.number(),
});

/** One place that locks are taken from. */
export const appSite = v.object({
  /** `function (module+0x12)`, or `module+0x12` where the module has no name for it. */
  place: v.string(),
  /** The function; null: it has no name. */
  function: v.nullable(v.string()),
  /** The file of the module; null: the address was in none. */
  module: v.nullable(v.string()),
  /** In the module, hexadecimal. */
  offset: v.string(),
  ...acquisitions.entries,
  /** The longest wait. */
  waitMaxNs: v.number(),
  /** How many holds were timed: about one of 64. */
  holds: v.number(),
  /** Their mean; null: none was timed. */
  holdNs: v.nullable(v.number()),
  /** The longest of them. */
  holdMaxNs: v.number(),
});

/** One process of the application. */
export const appProcess = v.object({
  /** Its number. */
  pid: v.number(),
  /** What it was called with, as far as there was room. */
  command: texts,
  /** Threads that took a lock, at most at once. */
  threads: v.number(),
  ...acquisitions.entries,
});

/** Calls that were left to the C library, by why. */
export const leftToLibc = v.object({
  /** Robust mutexes. */
  robust: count,
  /** Mutexes with a priority protocol. */
  priority: count,
  /** Mutexes and rwlocks that processes share. */
  shared: count,
  /** Rwlocks that prefer writers. */
  writers: count,
});

export const runPlan = v.object({
  /** Always 0: nothing is left to chance. */
  seed: v.number(),
  /** The lock in the application's mutexes. */
  lock: named<LockName>(),
  /** The application and its arguments. */
  command: texts,
  /** A lock that spins was kept where threads exceeded CPUs. */
  force: v.boolean(),
  /** Acquisitions were counted. */
  count: v.boolean(),
});

export const runResult = v.object({
  /** The exit status of the application; null: a signal ended it. */
  status: v.nullable(v.number()),
  /** The signal that ended it; null: none did. */
  signal: v.nullable(v.string()),
  /** The lock spins, and threads exceeded CPUs: the application was ended; null: it was not. */
  refused: v.nullable(
    v.object({
      /** Threads that took locks. */
      threads: v.number(),
      /** CPUs that the process may use. */
      cpus: v.number(),
    }),
  ),
  ...acquisitions.entries,
  /** Acquisitions at more places than there was room for; they are in no row. */
  lost: count,
  /** What was left to the C library. */
  libc: leftToLibc,
  /** Those that took a lock. */
  processes: v.array(appProcess),
  /** Where locks were taken, most acquisitions first. */
  sites: v.array(appSite),
});

export const run = v.looseObject({
  ...head,
  kind: v.literal('run'),
  plan: v.looseObject(opened(runPlan)),
  ...opened(runResult),
  processes: v.array(v.looseObject(appProcess.entries)),
  sites: v.array(v.looseObject(appSite.entries)),
  warnings: v.optional(texts),
});
