import { exactly } from '../base/text';
import { kindOfName, subjectRows } from './subjects';
import { verifiedRows } from './verified.gen';

/** What is verified of a lock, a reader-writer lock or a reference count. */
export interface VerifiedLock {
  /** Memory models under which it was exhausted without a fault. */
  readonly models: readonly string[];
  /** Under each of these models: `2x1`, `1+2x1`, `2x1x1`. */
  readonly sizes: readonly string[];
  /** Orders weaker than in its source that hold together at these sizes, and no more than that. */
  readonly spare: readonly string[];
}

const NOTHING: VerifiedLock = { models: [], sizes: [], spare: [] };

/** What is verified of a name; nothing of the controls, and of the system's own. */
export function verifiedOf(name: string): VerifiedLock {
  return verifiedRows.find(({ lock }) => lock === name) ?? NOTHING;
}

/** `sc, tso, rc11 at 2x1, 2x2, 3x1; 2 orders stronger than needed there`; empty: nothing is. */
export function verifiedText(name: string): string {
  const { models, sizes, spare } = verifiedOf(name);
  if (models.length === 0) return '';
  const rows = subjectRows(kindOfName(name));
  // Sizes of locks are what the others are told apart from.
  const unit = rows.kind === 'lock' ? '' : ` (${rows.size})`;
  const more =
    spare.length === 0 ? '' : `; ${exactly(spare.length, 'order')} stronger than needed there`;
  return `${models.join(', ')} at ${sizes.join(', ')}${unit}${more}`;
}
