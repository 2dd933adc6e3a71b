import { formatClock, formatCount, plural } from './format';

/** What the line under a run says. */
export interface StatusFacts {
  elapsedMs: number;
  /** Time limit of the run; absent when it ends by rounds, operations or faults alone. */
  totalMs?: number;
  /** Time left, where it is known. */
  etaMs?: number;
  ops: number;
  /** How many there are to be, where that is known. */
  opsTotal?: number;
  /** Absent where it says nothing. */
  opsPerSecond?: number;
  /** What is counted. @default 'ops' */
  unit?: string;
  /** Absent where they are reported otherwise. */
  faults?: number;
  faultsByKind?: ReadonlyMap<string, number>;
  /** Absent where nothing is left to chance. */
  seed?: number;
  /** What runs, for commands of several runs: `05 freeing`. */
  label?: string;
}

/**
 * What goes when the line is too long, first to last; time and faults stay. The time of a run with a
 * time limit says when it ends.
 */
const DROPPED_FIRST = ['ops', 'eta', 'seed', 'rate', 'label'] as const;
const DROPPED_FIRST_OF_OPEN_ENDED = ['seed', 'rate', 'label', 'ops', 'eta'] as const;
const SEPARATOR = ' | ';

/**
 * One line, at most `width` wide: what matters least goes first when there is no room. `paint` colors
 * the faults that there are.
 */
export function statusLine(
  facts: StatusFacts,
  width: number,
  paint: (faults: string) => string = (faults) => faults,
): string {
  const parts = new Map<string, string>();
  if (facts.label) parts.set('label', facts.label);
  parts.set(
    'time',
    facts.totalMs === undefined
      ? formatClock(facts.elapsedMs)
      : `${formatClock(facts.elapsedMs)} of ${formatClock(facts.totalMs)}`,
  );
  if (facts.etaMs !== undefined) parts.set('eta', `ETA ${formatClock(facts.etaMs)}`);
  const { unit = 'ops' } = facts;
  const total = facts.opsTotal === undefined ? '' : ` of ${formatCount(facts.opsTotal)}`;
  parts.set('ops', `${formatCount(facts.ops)}${total} ${unit}`);
  if (facts.opsPerSecond !== undefined) {
    parts.set('rate', `${formatCount(facts.opsPerSecond)} ${unit}/s`);
  }
  if (facts.faults !== undefined) parts.set('faults', '');
  if (facts.seed !== undefined) parts.set('seed', `seed ${facts.seed}`);

  const dropped = facts.totalMs === undefined ? DROPPED_FIRST_OF_OPEN_ENDED : DROPPED_FIRST;
  for (const name of [undefined, ...dropped]) {
    if (name) parts.delete(name);
    if (parts.has('faults')) parts.set('faults', faultText(facts, roomForFaults(parts, width)));
    if (join(parts).length > width) continue;
    if (facts.faults) parts.set('faults', paint(parts.get('faults') ?? ''));
    return join(parts);
  }
  return join(parts).slice(0, Math.max(0, width));
}

function join(parts: Map<string, string>): string {
  return [...parts.values()].join(SEPARATOR);
}

function roomForFaults(parts: Map<string, string>, width: number): number {
  return width - (join(parts).length - (parts.get('faults') ?? '').length);
}

/** `3 faults: use-after-free 2, double-free 1`, with the kinds that fit and `+2` for the rest. */
function faultText({ faults = 0, faultsByKind = new Map() }: StatusFacts, room: number): string {
  if (faults === 0) return 'no faults';
  const head = plural(faults, 'fault');
  const kinds = [...faultsByKind].sort((a, b) => b[1] - a[1]);
  for (let shown = kinds.length; shown > 0; shown -= 1) {
    const named = kinds.slice(0, shown).map(([kind, count]) => `${kind} ${formatCount(count)}`);
    const more = kinds.length - shown;
    const text = `${head}: ${named.join(', ')}${more > 0 ? `, +${more}` : ''}`;
    if (text.length <= room) return text;
  }
  return head;
}
