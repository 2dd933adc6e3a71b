import * as v from 'valibot';
import type { LockName } from '../../tables/tables';
import { count, named } from './fields';
import { lockFault, lockRow, readFault } from './verify';

/** Locks of the user's in a report of `bench`: what was done with each before it was measured. */

/** The file of a lock of your own, as `bench` and `stress` take it. */
export type LockFileName = `${string}.${'c' | 'cc' | 'cpp' | 'cxx' | 'C' | 'so'}`;

/** A lock that can be measured: one of the table, or a file. */
export type BenchLock = LockName | LockFileName;

/** Where a thread was when its lock did not go on. */
export const lockPlace = v.object({
  /** The thread, from 1; of a crash the one that met it, always 1. */
  thread: count,
  /** The function; empty: outside the lock's source. */
  function: v.string(),
  /** The source; null: not known. */
  file: v.nullable(v.string()),
  /** The line of it. */
  line: v.nullable(v.number()),
});

/** Why a lock has no figures. */
export const lockFailure = v.object({
  /**
   * `fault`: the verification found one. `intruders`: on real threads two were in it at once. `crashed`,
   * `hangs`, `scribbles` (it wrote behind its end), `exits` (it ended the process): what became of the
   * process that it has for itself. `refused`: it cannot be loaded.
   */
  kind: v.picklist(['fault', 'intruders', 'crashed', 'hangs', 'scribbles', 'exits', 'refused']),
  /** The same as a sentence. */
  message: v.string(),
  /** Where its threads were, where that is known. */
  places: v.array(lockPlace),
});

/** A lock of the user's. */
export const benchOwn = v.object({
  /** The file, as it was named. */
  lock: v.string(),
  /** `pointer`: a library, whose rows are compared with others through pointers alone. */
  calls: v.picklist(['inlined', 'pointer']),
  /** SHA-256 of the file. */
  sha256: v.string(),
  /** What compiled it: `gcc 12.2.0`; null: a library. */
  compiler: v.nullable(v.string()),
  /** What it was compiled with. */
  flags: v.string(),
  /**
   * `verified`: exhausted without a fault at every size under every model. `unfinished`: without a fault
   * as far as it went. `fault`: with one. `skipped`: not asked for. `impossible`: a library.
   */
  verification: v.picklist(['verified', 'unfinished', 'fault', 'skipped', 'impossible']),
  /** The same as a sentence, with models and sizes. */
  evidence: v.string(),
  /** Of the verification. */
  verifications: v.array(lockRow),
  /** What the verification found, with diagram and ticket. */
  faults: v.array(lockFault),
  /** Why it has no figures, or not all of them; null: it has. */
  failure: v.nullable(lockFailure),
});

/** How it is read. */
export const readBenchOwn = v.looseObject({
  lock: v.string(),
  calls: v.optional(v.string(), 'inlined'),
  compiler: v.optional(v.nullable(v.string()), null),
  flags: v.optional(v.string(), ''),
  verification: v.optional(named<string>(), 'skipped'),
  evidence: v.optional(v.string(), ''),
  faults: v.optional(v.array(readFault), []),
  failure: v.optional(v.nullable(v.looseObject({ kind: v.string(), message: v.string() })), null),
});
