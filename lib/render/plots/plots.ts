import { inert } from '../../base/sinks/inert';
import type { BenchDocument } from '../../reports/documents';
import {
  type BenchRow,
  bySuite,
  type LockRow,
  type RwlockRow,
} from '../../reports/documents/bench-rows';
import { type Machine, machineLine } from '../../reports/documents/machine';
import { appSketches } from './app';
import { draw, type Plot, type Sketch, tooMany, VALUES_DRAWN } from './draw';
import { cellText, throughputSketches } from './locks';
import { distinct, groupBy } from './marks';
import { rwlockSketches } from './rwlocks';
import { callSketches, exploreSketches, minorSketches, refcountSketches } from './suites';
import { waitSketches } from './waits';

export type { Plot } from './draw';

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
  const { rows, environment, parts, machine, version } = inert(document);
  const runs = groupBy(rows, ({ run }) => (typeof run === 'number' ? run : 0));
  if (runs.size < 2) return runSketches(rows, { cpus: environment.cpus, machine, version });
  // Measurements of several runs do not add up: each has plots of its own.
  return [...runs].flatMap(([run, own]) => {
    const part = parts?.[run];
    const place = {
      cpus: part?.environment.cpus ?? environment.cpus,
      machine: part?.machine as Machine | undefined,
      version,
    };
    return runSketches(own, place).map((sketch) => ({
      ...sketch,
      name: `run-${run + 1}-${sketch.name}`,
      title: `Run ${run + 1}: ${sketch.title}`,
    }));
  });
}

/** Where a run was measured. */
interface Place {
  cpus: number;
  machine: Machine | undefined;
  version: string;
}

/** Cells are named where there are so few. */
const CELLS_NAMED = 4;

/** What every picture of a run says below itself. */
function footerOf(
  locks: readonly (LockRow | RwlockRow)[],
  { machine = {}, version }: Place,
): string[] {
  const cells = distinct(locks.map(cellText));
  const noisy = machine.noisy ? ['measured on a noisy machine: read it with care'] : [];
  const named = cells.length > 0 && cells.length <= CELLS_NAMED ? [cells.join('; ')] : [];
  return [...noisy, ...named, machineLine(machine, version)];
}

function runSketches(rows: readonly BenchRow[], place: Place): Sketch[] {
  const { app, locks, rwlocks, minors, refcount, calls, explore } = bySuite(rows);
  const { cpus } = place;
  const footer = footerOf([...locks, ...rwlocks], place);
  const sketches = [
    ...appSketches(app),
    ...throughputSketches(locks, cpus),
    ...waitSketches(locks),
    ...rwlockSketches(rwlocks),
    ...minorSketches(minors, cpus),
    ...refcountSketches(refcount, cpus),
    ...callSketches(calls),
    ...exploreSketches(explore),
  ];
  return sketches.map((sketch) => ({ ...sketch, footer }));
}
