import type { BenchDocument } from './documents';
import { bySuite } from './documents/bench-rows';
import { draw, type Plot, type Sketch } from './plots/draw';
import { throughputSketches } from './plots/locks';
import { callSketches, exploreSketches, minorSketches, refcountSketches } from './plots/suites';
import { waitSketches } from './plots/waits';

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
export function benchPlots(document: BenchDocument): Promise<Plot[]> {
  return draw(benchSketches(document));
}

/** What {@link benchPlots} draws. */
export function benchSketches({ rows, environment }: BenchDocument): Sketch[] {
  const { locks, minors, refcount, calls, explore } = bySuite(rows);
  return [
    ...throughputSketches(locks, environment.cpus),
    ...waitSketches(locks),
    ...minorSketches(minors),
    ...refcountSketches(refcount, environment.cpus),
    ...callSketches(calls),
    ...exploreSketches(explore),
  ];
}
