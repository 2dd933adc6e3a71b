import { STORM } from '../programs/storm';
import { type FaultKind, isStuck, type PatchSlug } from '../tables/tables';

/** Since this row a removal waits until nobody holds the device. */
const WAITS: PatchSlug = 'destroy';
const NOTE =
  'it may be the storm that waits: its threads keep references between ops, and since R9 a removal ' +
  'waits for them. Whether a kernel has a deadlock, a scenario shows: dmtorture history --matrix';

/** What a deadlock of a storm is worth; nothing for anything else. */
export function stormFacts(
  kind: string,
  { scenario, patches }: { scenario: string; patches?: unknown },
): [label: string, text: string][] {
  const { names } = (patches ?? {}) as { names?: readonly string[] };
  return isStuck(kind as FaultKind) && scenario === STORM && names?.includes(WAITS)
    ? [['beware', NOTE]]
    : [];
}
