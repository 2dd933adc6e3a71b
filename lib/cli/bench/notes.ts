import type { BenchLockRow, BenchRwlockRow } from '../../bench/rows';

/** The names that have a text, in the order of their first rows. */
function namesBy(pairs: readonly (readonly [string, string])[]): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>();
  for (const [text, name] of pairs) found.set(text, (found.get(text) ?? new Set()).add(name));
  return found;
}

const withoutSpare = (verified: string): string => verified.split(';')[0] ?? '';

/** `verified  ttas, mcs: sc, tso, rc11 at 2x1, 2x2, 3x1`, and which locks made up their NUMA nodes. */
export function lockNotes(rows: readonly (BenchLockRow | BenchRwlockRow)[]): string {
  const told = namesBy(rows.map(({ lock, verified = '' }) => [withoutSpare(verified), lock]));
  const verified = [...told].map(
    ([text, names]) => `${[...names].join(', ')}: ${text || 'nothing is verified here'}`,
  );
  const made = new Set(
    rows.filter((row) => 'nodes' in row && row.nodes !== undefined).map(({ lock }) => lock),
  );
  const nodes =
    made.size === 0
      ? ''
      : `nodes     ${[...made].join(', ')}: made up, thread n is of node n mod 2\n`;
  return `verified  ${verified.join('; ')}\n${nodes}`;
}
