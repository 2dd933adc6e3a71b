import type { BenchDocument } from './documents';
import { type BenchRow, bySuite } from './documents/bench-rows';
import { draw, type Plot, type Sketch, tooMany, VALUES_DRAWN } from './plots/draw';
import { throughputSketches } from './plots/locks';
import { groupBy } from './plots/marks';
import { callSketches, exploreSketches, minorSketches, refcountSketches } from './plots/suites';
import { waitSketches } from './plots/waits';
import { inert } from './sinks/inert';

export type { Plot } from './plots/draw';

/**
 * The plots of a `bench` document: throughput against threads, hold time and work outside, waits
 * by percentile, fairness, handoffs and run lengths of locks; nanoseconds against population of
 * id tables; the protocol, reference counts, calls, and schedules per second.
 *
 * @param document - What `dmtorture bench --json` printed.
 * @returns A promise of the plots, each with the text of an SVG file.
 * @example
 * for (const { name, svg } of await benchPlots(report)) writeFileSync(`${name}.svg`, svg);
 */
export async function benchPlots(document: BenchDocument): Promise<Plot[]> {
  const { length } = document.rows;
  return length > VALUES_DRAWN ? [tooMany('bench', length, 'rows')] : draw(benchSketches(document));
}

/** What {@link benchPlots} draws. */
export function benchSketches(document: BenchDocument): Sketch[] {
  // Vega makes expressions of names.
  const { rows, environment, parts } = inert(document);
  const runs = groupBy(rows, ({ run }) => (typeof run === 'number' ? run : 0));
  if (runs.size < 2) return runSketches(rows, environment.cpus);
  // Measurements of several runs do not add up: each has plots of its own.
  return [...runs].flatMap(([run, own]) =>
    runSketches(own, cpusOf(parts, run) ?? environment.cpus).map((sketch) => ({
      ...sketch,
      name: `run-${run + 1}-${sketch.name}`,
      title: `Run ${run + 1}: ${sketch.title}`,
    })),
  );
}

/** The CPUs of one of the runs that a report was merged of. */
function cpusOf(parts: BenchDocument['parts'], run: number): number | undefined {
  return parts?.[run]?.environment.cpus;
}

function runSketches(rows: readonly BenchRow[], cpus: number): Sketch[] {
  const { locks, minors, refcount, calls, explore } = bySuite(rows);
  return [
    ...throughputSketches(locks, cpus),
    ...waitSketches(locks),
    ...minorSketches(minors),
    ...refcountSketches(refcount, cpus),
    ...callSketches(calls),
    ...exploreSketches(explore),
  ];
}
