import * as v from 'valibot';
import type { FinalState } from '../../programs/final';
import { subjectSize } from '../../programs/schema';
import type { DmSubject, LockSubject, OwnSubject } from '../../programs/subject';
import type { Trace } from '../../story/trace';
import { patchSet } from '../../tables/schema';
import type { FaultKind, MemoryName } from '../../tables/tables';
import { fault } from './faults';
import { named, opened, texts, written } from './fields';
import { head, plan } from './head';
import { ofOwn, ownFault } from './own';
import { inSources, trace } from './steps';
import { bySubject, subject } from './subject';

/** The report of a replay, as this version writes it and as it is read. */

export const replayedFault = v.object({
  ...fault,
  /** The thread that met it, from 1; null where it was found at the end. */
  cpu: v.nullable(v.number()),
  /** Of the schedule. */
  preemptions: v.number(),
  /** Of the schedule. */
  steps: v.number(),
});

export const replayPlan = v.object({
  /** Always 0: a ticket leaves nothing to chance. */
  seed: v.number(),
  /** Patches that are in. */
  patches: patchSet,
  /** The scenario that has these programs, or their text. */
  scenario: v.string(),
  /** Text of the thread programs. */
  program: v.string(),
  /** What `_minor_lock` is, as its row of the locks. */
  lock: v.number(),
  /** The other threads go on after a fault. */
  runOn: v.boolean(),
  /** The memory model of the ticket. */
  memory: named<MemoryName>(),
});

export const replayResult = v.object({
  /** What it is about. */
  subject: written<DmSubject>(),
  /** The memory model of the ticket: what an access may see. */
  memory: named<MemoryName>(),
  /** The ticket. */
  ticket: v.string(),
  /** The schedule could be followed to its end, and led to the fault that the ticket is about. */
  reproduced: v.boolean(),
  /** The kind that the ticket is about; null: none. */
  expected: v.nullable(named<FaultKind>()),
  /** What came. */
  fault: v.nullable(replayedFault),
  /** What the threads left behind; null where they did not come to their end. */
  final: v.nullable(written<FinalState>()),
  /** What each thread does, cpu1's first: `remove 0, open 0`. */
  titles: texts,
  /** What happened, step by step. */
  trace: written<Trace>(),
});

/** The fault of own C that a schedule leads to. */
export const replayedProgramFault = v.object({ ...replayedFault.entries, ...ownFault });

/** The same of own C. */
export const replayedProgram = v.object({
  ...replayResult.entries,
  /** What it is about. */
  subject: written<OwnSubject>(),
  /** What came. */
  fault: v.nullable(replayedProgramFault),
  /** Where the program is another than the ticket's: what was found of that, a sentence each. */
  changes: texts,
});

/** What the ticket of a lock says. */
export const lockReplayPlan = v.object({
  /** Always 0: a ticket leaves nothing to chance. */
  seed: v.number(),
  /** The lock, or the reference count. */
  scenario: v.string(),
  ...subjectSize,
  /** The memory model of the ticket. */
  memory: named<MemoryName>(),
  /** Release sequences as C11 and C17 have them, in place of C++20. */
  c11Sequences: v.boolean(),
});

/** The same of a lock. */
export const replayedLock = v.object({
  ...replayResult.entries,
  /** What it is about. */
  subject: written<LockSubject>(),
});

const { kind, invariant, preventedBy, site, message, preemptions, steps } = opened(replayedFault);
const { memory, ticket, reproduced, expected, titles } = opened(replayResult);
const { changes } = opened(replayedProgram);

const { scenario, program } = replayPlan.entries;

const readFault = v.looseObject({
  kind,
  invariant,
  preventedBy,
  site,
  message,
  ...inSources,
  preemptions,
  steps,
});

const anyReplay = v.looseObject({
  ...head,
  kind: v.literal('replay'),
  plan: v.looseObject({ ...plan, scenario, program }),
  subject,
  /** Absent before 0.4: sequential consistency. */
  memory: v.optional(memory),
  ticket,
  reproduced,
  expected,
  fault: v.nullable(readFault),
  titles: v.optional(titles),
  trace,
  /** Of own C alone. */
  changes: v.optional(changes),
});

const ownReplay = v.looseObject({
  ...anyReplay.entries,
  plan: v.looseObject({
    ...plan,
    patches: v.optional(plan.patches),
    scenario,
    program: v.optional(program),
  }),
  fault: v.nullable(v.looseObject({ ...readFault.entries, ...ofOwn })),
});

export const replay = bySubject(anyReplay, ownReplay);
