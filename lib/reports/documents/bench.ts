import * as v from 'valibot';
import { patchSet } from '../../tables/schema';
import type {
  BenchCell,
  BenchRwCell,
  RefcountName,
  RwlockName,
  StrategyName,
} from '../../tables/tables';
import { type BenchLock, benchOwn, readBenchOwn } from './bench-own';
import { type BenchSuite, benchEra, benchRow } from './bench-rows';
import { count, named, opened, texts, written } from './fields';
import { head } from './head';
import { benchMachine, machine } from './machine';

/** The report of a benchmark, as this version writes it and as it is read. */

/** What a plan has beside its parameters: what its suite has. */
export const benchPlan = v.object({
  /** What is measured. */
  suite: named<BenchSuite>(),
  /** Of what is drawn at random. */
  seed: v.number(),
  /** Patches that are in. */
  patches: patchSet,
  /** Time limit; 0: none. */
  timeMs: v.number(),
  /** Windows of each variant in each cell. */
  windows: v.number(),
  /** Combinations that are measured; of locks, rwlocks, minors and refcount. */
  cells: v.exactOptional(v.array(written<BenchCell | BenchRwCell>())),
  /** Locks that are measured. */
  locks: v.exactOptional(v.array(named<BenchLock | RwlockName>())),
  /** Files of locks are measured without verification. */
  unverified: v.exactOptional(v.boolean()),
  /** The compiler of those files, where one was asked for. */
  cc: v.exactOptional(v.string()),
  /** Their flags. */
  flags: v.exactOptional(texts),
  /** Ids in the tables; of minors. */
  populations: v.exactOptional(v.array(v.number())),
  /** Objects that all threads share, where they were asked for; of refcount. */
  objects: v.exactOptional(v.array(v.number())),
  /** Eras that take turns, in place of tables and locks; of minors. */
  sets: v.exactOptional(v.array(benchEra)),
  /** Scenarios that are explored; of explore. */
  scenarios: v.exactOptional(texts),
  /** Strategies that they are explored by; of explore. */
  strategies: v.exactOptional(v.array(named<StrategyName>())),
  /** With the data-race detector; of explore. */
  races: v.exactOptional(v.boolean()),
  /** Cells with more threads than CPUs were left out. */
  quick: v.exactOptional(v.boolean()),
});

export const benchValidated = v.object({
  /** The lock, or the reference count, that was tried. */
  lock: named<BenchLock | RwlockName | RefcountName>(),
  /** `pointer`: a library, whose functions are called through pointers. */
  calls: v.exactOptional(v.picklist(['inlined', 'pointer'])),
  /** It is to exclude nobody, or to count nothing, and to be caught. */
  control: v.boolean(),
  /** Nobody was seen to be in it beside another; a reference count: it did what it has to. */
  excludes: v.boolean(),
  /** How often it was acquired for that; a reference count: uses of objects. */
  acquired: count,
  /** Increments under the lock that were lost; objects that were freed twice, or never. */
  lost: v.number(),
  /** Times that a holder met another; uses of what was free. */
  intruders: v.number(),
});

/** An era that has no figures, since it fails or faults under the load that is measured. */
export const benchRefused = v.object({
  /** The set of patches, as it was asked for. */
  patches: v.string(),
  /** How devices were looked up. */
  lookup: v.picklist(['locked', 'rcu']),
  /** What was to be measured. */
  op: v.string(),
  /** By how many threads. */
  threads: count,
  /** The kind of fault that it met; null: none, an operation failed. */
  fault: v.nullable(v.string()),
  /** What happened, in words. */
  why: v.string(),
});

export const benchResult = v.object({
  /** What ended it before its end: the time limit, or that it was stopped. */
  limit: v.nullable(named<'time' | 'stopped'>()),
  /** Cells that the time limit left no room for. */
  cellsLeftOut: count,
  /** What it was measured on. */
  machine: benchMachine,
  /** Locks. */
  validated: v.array(benchValidated),
  /** Locks of the user's, whether or not they have figures; of locks and minors. */
  own: v.exactOptional(v.array(benchOwn)),
  /** Eras without figures; of minors, where sets of patches take turns. */
  refused: v.exactOptional(v.array(benchRefused)),
  /** What to know before one believes a figure. */
  warnings: texts,
});

const { limit, warnings } = opened(benchResult);
const { lock, control, excludes, lost, intruders } = opened(benchValidated);

export const bench = v.looseObject({
  ...head,
  kind: v.literal('bench'),
  plan: v.looseObject({}),
  rows: v.array(benchRow),
  limit: v.optional(limit),
  machine: v.optional(machine),
  warnings: v.optional(warnings),
  own: v.optional(v.array(readBenchOwn)),
  validated: v.optional(v.array(v.looseObject({ lock, control, excludes, lost, intruders }))),
});
