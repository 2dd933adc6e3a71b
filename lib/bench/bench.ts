import { EventEmitter, on } from 'node:events';
import type { NativeNoise } from '../native/bench';
import { nativeBench } from '../native/load';
import { driftOf } from '../reports/comparison/words';
import { measureCalls } from './calls';
import { measureExplore } from './explore';
import type { BenchListener, BenchProgress, Meter } from './meter';
import { measureNative } from './native-suites';
import type { BenchOwnLock } from './own-locks';
import { type BenchOptions, type BenchPlan, makeBenchPlan } from './plan';
import {
  type BenchMachine,
  type BenchRefused,
  type BenchReport,
  type BenchValidated,
  makeBenchReport,
} from './report';
import type { BenchRows, BenchSuite } from './rows';

/** Events of a {@link BenchRun}. */
export interface BenchEvents<Suite extends BenchSuite> {
  /** Emitted now and then. */
  progress: [progress: BenchProgress];
  /** A lock was tried. */
  validated: [validated: BenchValidated];
  /** A lock of your own was verified, or it failed since: again then. */
  own: [lock: BenchOwnLock];
  /** An era has no figures. */
  refused: [refused: BenchRefused];
  /** A row was measured. */
  row: [row: BenchRows[Suite]];
  /** The report is there. */
  finished: [report: BenchReport<Suite>];
  /** No row comes any more, whether it was finished or failed. */
  end: [];
}

type RowEvents<Suite extends BenchSuite> = AsyncIterable<[row: BenchRows[Suite]]>;

const METERS = {
  locks: measureNative,
  rwlocks: measureNative,
  minors: measureNative,
  refcount: measureNative,
  calls: measureCalls,
  explore: measureExplore,
} as { [Suite in BenchSuite]: Meter<BenchSuite> };

/** The machine before it is measured on, and when that was. */
function describeMachine(): BenchMachine {
  return { ...nativeBench().machine(), date: new Date().toISOString() };
}

/** The suites of bench.node look for themselves, beside their threads. */
const LOOKS: readonly BenchSuite[] = ['calls', 'explore'];

/** How noisy the machine is before a suite that does not look itself. */
const lookBefore = (suite: BenchSuite): NativeNoise | undefined =>
  LOOKS.includes(suite) ? nativeBench().noise(1, 0) : undefined;

/** The load of before and of now, and how noisy it was. */
function lookAfter(
  { load: [before] }: BenchMachine,
  noise: NativeNoise | undefined,
): Partial<BenchMachine> {
  const binary = nativeBench();
  const load: BenchMachine['load'] = [before, binary.machine().load[1]];
  if (!noise) return { load };
  const after = binary.noise(noise.loopsPerNs, noise.noise);
  return {
    load,
    loopsPerNsBefore: noise.loopsPerNs,
    loopsPerNsAfter: after.loopsPerNs,
    noiseBefore: noise.noise,
    noiseAfter: after.noise,
    noisy: after.noisy,
  };
}

/**
 * A benchmark that runs, made by {@link bench}.
 *
 * Iterating it gives each row once, as it is measured; leaving the loop stops the threads.
 */
export class BenchRun<Suite extends BenchSuite = BenchSuite>
  extends EventEmitter<BenchEvents<Suite>>
  implements AsyncIterable<BenchRows[Suite]>
{
  /** The report. Rejects where the tool fails, or where `signal` was aborted before the start. */
  readonly result: Promise<BenchReport<Suite>>;
  readonly #stop = new AbortController();
  readonly #rows: RowEvents<Suite>;

  /** Use {@link bench}. */
  constructor(plan: BenchPlan<Suite>) {
    super();
    this.#rows = on(this, 'row', { close: ['end'] }) as RowEvents<Suite>;
    this.result = this.#run(plan);
  }

  /** Stop the threads; the report then has the rows that are there. Any number of times. */
  stop(): void {
    this.#stop.abort();
  }

  /** Each row as it is measured. Leaving the loop stops the threads. */
  async *[Symbol.asyncIterator](): AsyncGenerator<BenchRows[Suite], void, undefined> {
    // A caller that iterates learns of a failure here, whether or not `result` has a reader.
    this.result.catch(() => undefined);
    try {
      for await (const [row] of this.#rows) yield row;
      await this.result;
    } finally {
      await this[Symbol.asyncDispose]();
    }
  }

  /** Stop the threads and wait for their end. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.stop();
    await this.result.catch(() => undefined);
  }

  async #run(plan: BenchPlan<Suite>): Promise<BenchReport<Suite>> {
    const startMs = performance.now();
    const before = describeMachine();
    const noise = lookBefore(plan.suite);
    const rows: BenchRows[Suite][] = [];
    const validated: BenchValidated[] = [];
    const refused: BenchRefused[] = [];
    const listener: BenchListener<BenchSuite> = {
      progress: (progress) => this.emit('progress', { ...progress, rows: rows.length }),
      validated: (told) => {
        validated.push(told);
        this.emit('validated', told);
      },
      own: (lock) => this.emit('own', lock),
      refused: (told) => {
        refused.push(told);
        this.emit('refused', told);
      },
      row: (row) => {
        const drift = 'lock' in row ? driftOf(row.windows) : null;
        const told = (drift === null ? row : { ...row, drift }) as BenchRows[Suite];
        rows.push(told);
        this.emit('row', told);
      },
    };
    try {
      const signals = [this.#stop.signal, ...(plan.signal ? [plan.signal] : [])];
      const end = await METERS[plan.suite](plan, listener, AbortSignal.any(signals));
      const durationMs = performance.now() - startMs;
      const machine = {
        ...before,
        ...(end.machine ?? lookAfter(before, noise)),
        date: before.date,
      };
      const report = makeBenchReport(plan, {
        rows,
        validated,
        refused,
        durationMs,
        ...end,
        machine,
      });
      // A caller that awaits the result gets it before the listeners do.
      queueMicrotask(() => this.emit('finished', report));
      return report;
    } finally {
      this.emit('end');
    }
  }
}

/**
 * Measure: locks against each other, reader-writer locks, tables of minors and the protocol under contention, reference
 * counts, calls of this library, explorations. Figures are medians of windows that take turns, with
 * an interval that holds the true one with a probability of 95 %.
 *
 * @param suite - `locks`, `rwlocks`, `minors`, `refcount`, `calls` or `explore`.
 * @throws DmTortureError ERR_INVALID_ARG_TYPE, ERR_OUT_OF_RANGE, ERR_INCOMPATIBLE_OPTIONS
 * @example
 * const run = bench('locks', { threads: 2, locks: ['ttas', 'mcs', 'pthread_mutex'], time: '2s' });
 * for await (const row of run) console.log(row.lock, row.opsPerSecond, row.ci95);
 * console.log((await run.result).warnings);
 */
export function bench<Suite extends BenchSuite>(
  suite: Suite,
  options: BenchOptions = {},
): BenchRun<Suite> {
  return new BenchRun(makeBenchPlan(suite, options));
}
