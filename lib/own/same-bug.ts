import { faultRow, isDataRace, isStuck } from '../tables/tables';
import type { ProgramFault } from './faults';

/*
 * The host counts faults by the addresses of the code that they come at, and one line may have many
 * of those: faults of one kind at the same lines are one bug.
 */

type Where = Pick<ProgramFault, 'file' | 'line'>;
type Faulted = Pick<ProgramFault, 'kind' | 'file' | 'line' | 'other' | 'waits'>;

const lineText = ({ file, line }: Where): string => `${file}:${line}`;

/** The line of a fault, and that of what was done before, such as a free. */
const placesOf = ({ file, line, other }: Faulted): string[] =>
  [{ file, line }, ...(other ? [other] : [])].map(lineText);

/** The lines of two accesses, in either order: the reads and the writes of a race are one bug. */
const linesOf = (fault: Faulted): string => placesOf(fault).sort().join(' ');

/** Where threads wait: it does not matter which of them is where, and which met it last. */
const waitsOf = ({ waits }: Faulted): string => [...new Set(waits.map(lineText))].sort().join(' ');

/** What two faults of one bug have in common; undefined: its line is not known. */
function bugOf(fault: Faulted): string | undefined {
  const { kind, line } = fault;
  if (isStuck(kind) && fault.waits.length > 0) return `${kind} ${waitsOf(fault)}`;
  if (line === null) return undefined;
  return `${kind} ${isDataRace(kind) ? linesOf(fault) : placesOf(fault).join(' ')}`;
}

/**
 * One fault of each bug: of those of one kind at the same lines, that with the fewest preemptions and
 * steps. An execution ends with its fault, so the others count for it; data races end none, and the
 * first stands for all. One between an access and a free is left out where the same two are a use
 * after free in the other order, which says more. What is freed is in the heap: a race on other memory
 * at the same lines, such as a vector's pointer to it, stays.
 */
export function onceEach(faults: readonly ProgramFault[]): ProgramFault[] {
  const freed = new Set(
    faults
      .filter(({ kind, other }) => other !== null && faultRow(kind)?.madeBy === 'free')
      .map(linesOf),
  );
  const bugs = new Map<string, ProgramFault>();
  for (const [i, fault] of faults.entries()) {
    const isRace = isDataRace(fault.kind);
    const isOfHeap = fault.block !== null;
    const bug = bugOf(fault) ?? `${i}`;
    const known = bugs.get(bug);
    if (isRace && isOfHeap && fault.line !== null && freed.has(linesOf(fault))) continue;
    if (!known) bugs.set(bug, fault);
    else if (!isRace) bugs.set(bug, together(known, fault));
  }
  return [...bugs.values()];
}

function together(one: ProgramFault, other: ProgramFault): ProgramFault {
  const isSmaller =
    other.preemptions < one.preemptions ||
    (other.preemptions === one.preemptions && other.steps < one.steps);
  return {
    ...(isSmaller ? other : one),
    count: one.count + other.count,
    executionsToFirst: Math.min(one.executionsToFirst, other.executionsToFirst),
  };
}
