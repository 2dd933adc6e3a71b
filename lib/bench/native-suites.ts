import type { NativeBenchEvent, NativeBenchProgress } from '../native/bench';
import { noResources, runJob } from '../native/job';
import { nativeBench } from '../native/load';
import { tables } from '../tables/tables';
import { verifiedText } from '../tables/verified';
import type { BenchProgress, Meter } from './meter';
import type { BenchPlanReport } from './plan';
import type { BenchValidated } from './report';
import type { BenchRows } from './rows';
import { benchSuites } from './suites';

/** Suites that bench.node measures, on threads of its own. */
type NativeSuite = 'locks' | 'minors' | 'refcount';

function cellNumbers({ cells = [] }: BenchPlanReport): Float64Array {
  const flat = cells.flatMap(({ threads, holdNs, outsideNs }) => [threads, holdNs, outsideNs]);
  return Float64Array.from(flat);
}

function lockNumbers({ locks = [] }: BenchPlanReport): Uint32Array {
  return Uint32Array.from(locks, (name) => tables.locks.findIndex((row) => row.name === name));
}

/** On a machine that is busy the rest takes longer than planned, as what is done has. */
/** A row of a lock says under which memory models it is verified. */
function withVerified<Row extends BenchRows[NativeSuite]>(row: Row): Row {
  return 'lock' in row ? { ...row, verified: verifiedText(row.lock) } : row;
}

function describeProgress(event: NativeBenchProgress): Omit<BenchProgress, 'rows'> {
  const { elapsedNs, expectedNs, doneNs, parts, partsDone } = event;
  const slower = doneNs > 0 ? elapsedNs / doneNs : 1;
  return {
    elapsedMs: elapsedNs / 1e6,
    etaMs: (Math.max(0, expectedNs - doneNs) * slower) / 1e6,
    expectedMs: expectedNs / 1e6,
    parts,
    partsDone,
  };
}

/** Measure a suite of bench.node. */
export const measureNative: Meter<NativeSuite> = async (plan, listener, signal) => {
  const binary = nativeBench();
  const { suite, numbers, report } = plan;
  const { timeMs } = report;
  const finished = await runJob<NativeBenchEvent>(
    'The benchmark',
    {
      start: (onEvent) =>
        binary.bench(
          benchSuites.indexOf(suite),
          numbers,
          cellNumbers(report),
          lockNumbers(report),
          Uint32Array.from(report.populations ?? []),
          onEvent,
        ),
      stop: (job) => binary.stop(job),
    },
    {
      signal,
      progress: (event) => {
        if (event.type === 'row') listener.row(withVerified(event.row as BenchRows[NativeSuite]));
        else if (event.type === 'validated') listener.validated(event.validated as BenchValidated);
        else listener.progress(withinLimit(describeProgress(event), timeMs));
      },
    },
  );
  if (finished.error < 0) throw noResources('The benchmark', finished.error);
  const { complete, limited, cellsLeftOut, machine } = finished;
  return { complete, limited, cellsLeftOut, machine };
};

/** A time limit is kept by leaving out cells. */
function withinLimit<Progress extends Omit<BenchProgress, 'rows'>>(
  progress: Progress,
  timeMs: number,
): Progress {
  if (timeMs === 0 || progress.etaMs === undefined) return progress;
  return { ...progress, etaMs: Math.min(progress.etaMs, Math.max(0, timeMs - progress.elapsedMs)) };
}
