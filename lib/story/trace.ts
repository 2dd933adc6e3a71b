import type { NativeTraceLine } from '../native/explore';
import { type OpSlug, rowAt, tables } from '../tables/tables';

/** One access of a thread, in the order in which they happened. */
export interface TraceStep {
  /** From 1; what is released at once has the number of the step that it follows. */
  step: number;
  /** The thread, from 1. */
  cpu: number;
  /** What it was doing; null where nothing. */
  op: OpSlug | null;
  /** The device it was doing it to; null where none. */
  minor: number | null;
  /** `read`, `write`, `update`, `lock`, `unlock`, `wait`, `give-up`, `free`, `stop` or `queue`. */
  kind: string;
  /** Where, the access, and the values: `find_md: md->disk  [= cpu1's disk, from step 6 of cpu1]`. */
  text: string;
  /** Points of the protocol that were passed with it. */
  notes: string[];
  /** The story cannot do without it. */
  key: boolean;
  /** The fault came with it. */
  faulted: boolean;
}

/** What happened, step by step: an array whose `toString()` is the two-CPU diagram. */
export interface Trace extends Array<TraceStep> {
  /** The diagram of the kernel's mails: time runs down, one column a CPU. */
  toString(): string;
}

function describeLine(line: NativeTraceLine): TraceStep {
  return {
    step: line.step,
    cpu: line.cpu + 1,
    op: line.op < 0 ? null : rowAt(tables.ops, line.op).slug,
    minor: line.minor < 0 ? null : line.minor,
    kind: line.kind,
    text: line.text,
    notes: line.notes.map((note) => rowAt(tables.notes, note).text),
    key: line.key,
    faulted: line.faulted,
  };
}

/** A trace of its steps, such as JSON has them: `draw` makes the diagram. */
export function restoreTrace(
  steps: readonly TraceStep[],
  draw: (steps: readonly TraceStep[]) => string,
): Trace {
  const trace: Trace = [...steps];
  return Object.defineProperty(trace, 'toString', { value: () => draw(trace) });
}

/**
 * A trace of what the native side tells.
 *
 * @param draw - The diagram of its steps; asked when somebody wants to read it.
 */
export function makeTrace(
  lines: readonly NativeTraceLine[],
  draw: (steps: readonly TraceStep[]) => string,
): Trace {
  return restoreTrace(lines.map(describeLine), draw);
}
