import { exactly } from '../base/text';
import { tables } from './tables';
import { verifiedRows } from './verified.gen';

/** What is verified of a lock. */
export interface VerifiedLock {
  /** Memory models under which it was exhausted without a fault. */
  readonly models: readonly string[];
  /** `2x1`: threads x rounds, under each of these models. */
  readonly sizes: readonly string[];
  /** Orders weaker than in its source that hold together at these sizes, and no more than that. */
  readonly spare: readonly string[];
}

const NOTHING: VerifiedLock = { models: [], sizes: [], spare: [] };

/** What is verified of a lock; nothing of the control, and of the system's own. */
export function verifiedOf(name: string): VerifiedLock {
  return verifiedRows.find(({ lock }) => lock === name) ?? NOTHING;
}

/** `sc, tso, rc11 at 1+1x2 (writers + readers x rounds)`: all of them at the same sizes. */
function rwlockText(): string {
  const sizes = tables.rwlockSizes.map((of) => `${of.writers}+${of.readers}x${of.rounds}`);
  const models = tables.models.map(({ name }) => name);
  return `${models.join(', ')} at ${sizes.join(', ')} (writers + readers x rounds)`;
}

/** The same of reference counts, which end objects beside. */
function refcountText(): string {
  const sizes = tables.refcountSizes.map((of) => `${of.users}x${of.rounds}x${of.objects}`);
  const models = tables.models.map(({ name }) => name);
  return `${models.join(', ')} at ${sizes.join(', ')} (users x rounds x objects)`;
}

/** `sc, tso, rc11 at 2x1, 2x2, 3x1; 2 orders stronger than needed there`; empty: nothing is. */
export function verifiedText(name: string): string {
  const rwlock = tables.rwlocks.find((row) => row.name === name);
  if (rwlock) return rwlock.control || rwlock.reference ? '' : rwlockText();
  const refcount = tables.refcounts.find((row) => row.name === name);
  if (refcount) return refcount.control ? '' : refcountText();
  const { models, sizes, spare } = verifiedOf(name);
  if (models.length === 0) return '';
  const more =
    spare.length === 0 ? '' : `; ${exactly(spare.length, 'order')} stronger than needed there`;
  return `${models.join(', ')} at ${sizes.join(', ')}${more}`;
}
