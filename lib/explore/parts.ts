import type { Journal } from '../run/journal';

/** The report of a part, as far as it says whether others have to follow. */
interface Part {
  durationMs: number;
  executions: number;
  states: number;
  faults: readonly unknown[];
  limit: string | null;
}

/** What parts came to that are done: the counts of the next come on top of them. */
export interface Before {
  elapsedMs: number;
  executions: number;
  states: number;
}

/** Parts that are to be run one after another. */
export interface PartsRun<One extends Part> {
  /** Their numbers. */
  own: readonly number[];
  /** Not only the first fault is looked for. */
  allFaults: boolean;
  signal: AbortSignal | undefined;
  journal: Journal | undefined;
  /** Gives what was JSON its diagrams back. */
  restore(part: One): void;
  /** The report of a part, without what all have in common. */
  run(unit: number, before: Before): Promise<One>;
}

/** The plan of a part: its counts come on top of those before it. */
export function planAfter<Plan extends { onProgress(counts: Before): void }>(
  plan: Plan,
  before: Before,
): Plan {
  const onProgress = ({ elapsedMs, executions, states }: Before): void =>
    plan.onProgress({
      elapsedMs: before.elapsedMs + elapsedMs,
      executions: before.executions + executions,
      states: before.states + states,
    });
  return { ...plan, onProgress };
}

function countsOf(parts: Iterable<Part>): Before {
  const before = { elapsedMs: 0, executions: 0, states: 0 };
  for (const { durationMs, executions, states } of parts) {
    before.elapsedMs += durationMs;
    before.executions += executions;
    before.states += states;
  }
  return before;
}

/** One part after another, until all are there or, where that is enough, one has a fault. */
export async function runParts<One extends Part>(
  run: PartsRun<One>,
): Promise<{ parts: One[]; stopped: boolean }> {
  const { own, allFaults, signal, journal } = run;
  const parts: One[] = [];
  const isEnough = (): boolean => !allFaults && parts.some(({ faults }) => faults.length > 0);
  for (const unit of own) {
    if (isEnough()) break;
    let written: boolean | undefined;
    let part = journal?.units.get(unit) as One | undefined;
    if (part) {
      run.restore(part);
    } else {
      if (signal?.aborted) break;
      part = await run.run(unit, countsOf(parts));
      if (part.limit !== 'stopped') written = await journal?.add(unit, part);
    }
    parts.push(part);
    if (part.limit === 'stopped' || written === false) break;
  }
  return { parts, stopped: parts.length < own.length && !isEnough() };
}
