import type { OutputOf } from '../base/output-of';
import { patchesText } from '../tables/patches';
import type { dmSubject, foreignSubject } from './schema';

/** The device mapper: thread programs, under a set of patches. */
export type DmSubject = OutputOf<typeof dmSubject>;

/**
 * What a report, a ticket, a diagram is about; told apart by `kind`. Reports on it ask here, and
 * know neither patches nor operations themselves.
 */
export type Subject = DmSubject;

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
  plan: SubjectPlan<NonNullable<ForeignSubject['patches']>>;
}): ForeignSubject {
  return report.subject ?? subjectOfPlan(report.plan);
}

/** What is under test, beside the name of a scenario: `patches all,-05`; empty: nothing to say. */
export function subjectText({ patches: set }: ForeignSubject): string {
  return set === undefined ? '' : `patches ${patchesText(set)}`;
}

/** `remove-open, patches all,-05`. */
export function aboutText(scenario: string, subject: ForeignSubject): string {
  return [scenario, subjectText(subject)].filter((part) => part !== '').join(', ');
}
