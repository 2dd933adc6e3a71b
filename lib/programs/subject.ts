import type { OutputOf } from '../base/output-of';
import { exactly } from '../base/text';
import { patchesText } from '../tables/patches';
import { type SubjectSize, subjectKinds } from '../tables/subjects';
import type { dmSubject, foreignSubject, lockSubject, ownSubject } from './schema';

/** The device mapper: thread programs, under a set of patches. */
export type DmSubject = OutputOf<typeof dmSubject>;

/** C or C++ of the user's, and how it was compiled. */
export type OwnSubject = OutputOf<typeof ownSubject>;

/** A lock or a reference count, and how many threads use it how often. */
export type LockSubject = OutputOf<typeof lockSubject>;

/**
 * What a report, a ticket, a diagram is about; told apart by `kind`. Reports on it ask here, and
 * know neither patches nor operations themselves.
 */
export type Subject = DmSubject | OwnSubject | LockSubject;

/** A subject as a document has it: of another version it may be of another kind. */
export type ForeignSubject = OutputOf<typeof foreignSubject>;

/** The parameters of a run that say what it is about. */
interface SubjectPlan<Patches> {
  program?: string | undefined;
  patches: Patches;
}

/** What a run is about, as its parameters say. */
export function subjectOfPlan<Patches>({ program, patches: set }: SubjectPlan<Patches>): {
  kind: 'dm';
  program: string | null;
  patches: Patches;
} {
  return { kind: 'dm', program: program || null, patches: set };
}

/** What a document is about; those of 0.1 have it in the plan alone. */
export function subjectOf(report: {
  subject?: ForeignSubject | undefined;
  plan: Omit<SubjectPlan<unknown>, 'patches'> & {
    patches?: NonNullable<ForeignSubject['patches']> | undefined;
    scenario?: string | undefined;
  };
}): ForeignSubject {
  const { subject, plan } = report;
  if (subject) return subject;
  return { kind: 'dm', program: plan.program || null, patches: plan.patches };
}

/** Whether what a document is about is C or C++ of the user's. */
export const isOwnSubject = ({ kind }: { kind: string }): boolean => kind === 'own';

const isVerified = (kind: string): boolean => subjectKinds.some((rows) => rows.kind === kind);

/** Whether what a document is about has patches: a program of the user's has none, nor has a lock. */
export const hasPatches = ({ kind }: { kind: string }): boolean =>
  kind !== 'own' && !isVerified(kind);

/** `3 threads x 2 rounds`; `1 writer + 2 readers x 1 round`; `2 users x 1 round x 1 object`. */
export function sizeText(size: SubjectSize): string {
  const { threads, writers, readers = 0, users, objects = 0 } = size;
  const rounds = exactly(size.rounds, 'round');
  if (writers !== undefined) {
    return `${exactly(writers, 'writer')} + ${exactly(readers, 'reader')} x ${rounds}`;
  }
  if (users === undefined) return `${exactly(threads, 'thread')} x ${rounds}`;
  return `${exactly(users, 'user')} x ${rounds} x ${exactly(objects, 'object')}`;
}

function lockText({ threads = 0, rounds = 0, orders = {}, ...size }: ForeignSubject): string {
  const weaker = Object.entries(orders).map(([site, order]) => `${order} at ${site}`);
  return [sizeText({ ...size, threads, rounds }), ...weaker].join(', ');
}

/**
 * What is under test, beside the name of a scenario: `patches all,-05`, `clang 14.0.6 -O0`; empty:
 * nothing to say.
 */
export function subjectText(subject: ForeignSubject): string {
  const { patches: set, compiler, flags = [], kind } = subject;
  if (isVerified(kind)) return lockText(subject);
  if (compiler !== undefined) return [compiler, ...flags].join(' ');
  return set === undefined ? '' : `patches ${patchesText(set)}`;
}

/** `remove-open, patches all,-05`. */
export function aboutText(scenario: string, subject: ForeignSubject): string {
  return [scenario, subjectText(subject)].filter((part) => part !== '').join(', ');
}
