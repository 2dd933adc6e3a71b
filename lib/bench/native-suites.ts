import type {
  NativeBenchEvent,
  NativeBenchFinished,
  NativeBenchProgress,
  NativeRefusal,
} from '../native/bench';
import { noResources, runJob } from '../native/job';
import { nativeBench } from '../native/load';
import { runOwnBench } from '../native/own-bench';
import { formatResult } from '../tables/errno';
import { tables } from '../tables/tables';
import { verifiedText } from '../tables/verified';
import type { BenchListener, BenchProgress, Meter, MeterEnd } from './meter';
import {
  type BenchOwnLock,
  describeFate,
  exhaustedText,
  type OwnLock,
  prepareOwn,
} from './own-locks';
import { type BenchPlan, type BenchPlanReport, benchNumber } from './plan';
import type { BenchRefused, BenchValidated } from './report';
import type { BenchMinorRow, BenchRows } from './rows';
import { benchSuites } from './suites';

/** Suites that bench.node measures, on threads of its own. */
type NativeSuite = 'locks' | 'rwlocks' | 'minors' | 'refcount';

function cellNumbers({ cells = [] }: BenchPlanReport): Float64Array {
  const flat = cells.flatMap((cell) => [
    cell.threads,
    cell.holdNs,
    cell.outsideNs,
    'readPercent' in cell ? cell.readPercent : 0,
  ]);
  return Float64Array.from(flat);
}

/** Of the suite's table; files are loaded. */
function lockNumbers({ suite, locks = [] }: BenchPlanReport): Uint32Array {
  const table = suite === 'rwlocks' ? tables.rwlocks : tables.locks;
  const rows = locks.map((name) => table.findIndex((row) => row.name === name));
  return Uint32Array.from(rows.filter((row) => row >= 0));
}

/** What is to be said of the NUMA nodes of a lock. */
function nodesOf(lock: string): { nodes?: 'made up' } {
  const row = tables.locks.find(({ name }) => name === lock);
  return row?.nodesMadeUp ? { nodes: 'made up' } : {};
}

/** A row of a lock, or of a scheme that counts, says under which memory models it is verified. */
function withVerified<Row extends BenchRows[NativeSuite]>(
  row: Row,
  own: readonly BenchOwnLock[],
): Row {
  if ('variant' in row) {
    const verified = verifiedText(row.variant);
    return verified === '' ? row : { ...row, verified };
  }
  if (!('lock' in row)) return row;
  const mine = own.find(({ lock }) => lock === row.lock);
  if (!mine) return { ...row, verified: verifiedText(row.lock), ...nodesOf(row.lock) };
  const { verification, verifications } = mine;
  return { ...row, verified: exhaustedText(verifications), verification };
}

/** A row of an era says which patches it has; the engine knows its place in the plan. */
function withEra(row: object, { sets = [] }: BenchPlanReport): object {
  if (!('set' in row)) return row;
  const { set, ...rest } = row;
  return { ...rest, patches: sets[Number(set)], against: sets[0]?.name };
}

/** `2.6.10 has no figures for ...: get failed with -ENXIO`. */
function describeRefusal(
  { set, lookup, op, threads, fault, step = '', error = 0 }: NativeRefusal,
  { sets = [] }: BenchPlanReport,
): BenchRefused {
  const patches = sets[set]?.name ?? '';
  const how =
    fault === undefined ? `${step} failed with ${formatResult(error)}` : `it met ${fault}`;
  const of = lookup === 'rcu' ? `${patches} with a lookup as in RCU` : patches;
  const why = `${of}, ${op}, ${threads} ${threads === 1 ? 'thread' : 'threads'}: ${how}`;
  return { patches, lookup, op, threads, fault: fault ?? null, why };
}

/** On a machine that is busy the rest takes longer than planned, as what is done has. */
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

/** Pass to the listener what the binary reports. */
function hearWith(
  listener: BenchListener<NativeSuite>,
  plan: BenchPlanReport,
  own: readonly BenchOwnLock[],
): (event: Exclude<NativeBenchEvent, NativeBenchFinished>) => void {
  return (event) => {
    if (event.type === 'row') {
      const row = withEra(event.row, plan) as BenchRows[NativeSuite];
      listener.row(withVerified(row, own));
    } else if (event.type === 'refused') listener.refused(describeRefusal(event.refused, plan));
    else if (event.type === 'validated') listener.validated(event.validated as BenchValidated);
    else listener.progress(withinLimit(describeProgress(event), plan.timeMs));
  };
}

function endOf({ complete, limited, cellsLeftOut, machine, error }: NativeBenchFinished): MeterEnd {
  if (error < 0) throw noResources('The benchmark', error);
  return { complete, limited, cellsLeftOut, machine };
}

/** Measure a suite of bench.node, with locks of the user's in a process of their own. */
export const measureNative: Meter<NativeSuite> = async (plan, listener, signal) => {
  if (plan.own.length > 0) return measureWithOwn(plan, listener, signal);
  const binary = nativeBench();
  const { suite, numbers, report } = plan;
  const finished = await runJob<NativeBenchEvent>(
    'The benchmark',
    {
      start: (onEvent) =>
        binary.bench(
          benchSuites.indexOf(suite),
          numbers,
          cellNumbers(report),
          lockNumbers(report),
          Uint32Array.from(report.populations ?? report.objects ?? []),
          Float64Array.from(report.sets ?? [], ({ mask }) => mask),
          onEvent,
        ),
      stop: (job) => binary.stop(job),
    },
    { signal, progress: hearWith(listener, report, []) },
  );
  return endOf(finished);
};

/** Windows that a lock may take for one before it hangs; own_watch.h looks sooner, and where. */
const SILENT_WINDOWS = 10;
const SILENT_MS = 20_000;

/** For how long nothing may be heard of a process. */
function silenceOf(plan: BenchPlan): number {
  const windowMs = Math.max(
    1000,
    benchNumber(plan, 'windowUs') / 1000,
    benchNumber(plan, 'crowdedWindowUs') / 1000,
    benchNumber(plan, 'validateMs'),
  );
  return SILENT_MS + SILENT_WINDOWS * windowMs + benchNumber(plan, 'stallMs');
}

type Cells = NonNullable<BenchPlanReport['cells']>;

const keyOf = ({ op, n, order, threads, minorLock = '' }: BenchMinorRow): string =>
  [op, n, order, threads, minorLock].join(' ');

/** What of a plan is not measured yet. */
class Rest {
  readonly #cells: Cells;
  readonly #rows: BenchRows[NativeSuite][] = [];

  constructor({ cells = [] }: BenchPlanReport) {
    this.#cells = cells;
  }

  /** Returns whether there was none of that row: what is not of a cell is measured again. */
  add(row: BenchRows[NativeSuite]): boolean {
    if ('op' in row && this.#rows.some((one) => 'op' in one && keyOf(one) === keyOf(row))) {
      return false;
    }
    this.#rows.push(row);
    return true;
  }

  /** Cells of locks that have no row: all rows of a cell come at its end. */
  cells(): Cells {
    return this.#cells.filter(
      ({ threads, holdNs, outsideNs }) =>
        !this.#rows.some(
          (row) =>
            'lock' in row &&
            row.threads === threads &&
            row.holdNs === holdNs &&
            row.outsideNs === outsideNs,
        ),
    );
  }
}

/** Whether it has been seen that the lock does not exclude. */
function failed(own: OwnLock[], { lock, excludes, lost, intruders }: BenchValidated): OwnLock[] {
  return own.filter(({ report }) => {
    if (report.lock !== lock || excludes) return false;
    report.failure = {
      kind: 'intruders',
      message: `on two threads ${lost} increments under it were lost, and ${intruders} holders met another`,
      places: [],
    };
    return true;
  });
}

/**
 * Measure with locks of the user's: all locks in one process, so that they take turns in the same
 * rounds. A lock that ends the process is left out, and what has no rows yet is measured again.
 */
async function measureWithOwn(
  plan: BenchPlan<NativeSuite>,
  listener: BenchListener<NativeSuite>,
  signal: AbortSignal,
): Promise<MeterEnd> {
  const { suite, numbers, report } = plan;
  const own = await prepareOwn(plan, listener, signal);
  const reports = own.map((one) => one.report);
  const rest = new Rest(report);
  const tried = new Set<string>();
  const hear = hearWith(
    {
      ...listener,
      row: (row) => {
        if (!rest.add(row)) return;
        listener.row(row);
      },
      validated: (told) => {
        const name = `${told.lock} ${told.calls}`;
        if (tried.has(name)) return;
        tried.add(name);
        for (const one of failed(own, told)) listener.own(one.report);
        listener.validated(told);
      },
    },
    report,
    reports,
  );
  const locks = lockNumbers(report);
  for (;;) {
    const good = own.filter((one) => one.report.failure === null);
    const cells = suite === 'locks' ? rest.cells() : (report.cells ?? []);
    if ((good.length === 0 && locks.length === 0) || cells.length === 0 || signal.aborted) {
      const complete = !signal.aborted;
      return { complete, limited: false, cellsLeftOut: 0, own: reports };
    }
    const end = await runOwnBench(
      {
        own: good.map(({ shell: { name, object, isLibrary } }) => ({ name, object, isLibrary })),
        suite: benchSuites.indexOf(suite),
        numbers,
        cells: cellNumbers({ ...report, cells }),
        locks,
        populations: Uint32Array.from(report.populations ?? []),
        silenceMs: silenceOf(plan),
      },
      { signal, event: (event) => event.type !== 'finished' && hear(event) },
    );
    if ('finished' in end) return { ...endOf(end.finished), own: reports };
    const lost = good[end.fate.lock];
    if (!lost) throw new Error('dmtorture bug: no such lock');
    lost.report.failure = await describeFate(end.fate, lost.shell);
    listener.own(lost.report);
  }
}

/** A time limit is kept by leaving out cells. */
function withinLimit<Progress extends Omit<BenchProgress, 'rows'>>(
  progress: Progress,
  timeMs: number,
): Progress {
  if (timeMs === 0 || progress.etaMs === undefined) return progress;
  return { ...progress, etaMs: Math.min(progress.etaMs, Math.max(0, timeMs - progress.elapsedMs)) };
}
