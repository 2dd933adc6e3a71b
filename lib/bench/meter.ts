import type { BenchPlan } from './plan';
import type { BenchMachine, BenchValidated } from './report';
import type { BenchRows, BenchSuite } from './rows';

/** How far a benchmark is. */
export interface BenchProgress {
  /** Since the benchmark began. */
  elapsedMs: number;
  /** Time left, once that can be told. */
  etaMs?: number;
  /** What is measured one after another: cells, tables, calls, scenarios by strategies. */
  parts: number;
  /** Parts that are measured. */
  partsDone: number;
  /** That were told up to now. */
  rows: number;
}

/** Who listens to a benchmark. */
export interface BenchListener<Suite extends BenchSuite> {
  progress(progress: Omit<BenchProgress, 'rows'>): void;
  validated(validated: BenchValidated): void;
  row(row: BenchRows[Suite]): void;
}

/** What a benchmark ends with. */
export interface MeterEnd {
  /** False where it was stopped. */
  complete: boolean;
  machine?: BenchMachine;
}

/** Measures a suite. Rejects where the tool fails, or with the reason of a signal aborted before. */
export type Meter<Suite extends BenchSuite> = (
  plan: BenchPlan<Suite>,
  listener: BenchListener<Suite>,
  signal: AbortSignal,
) => Promise<MeterEnd>;

/** Shares a time limit out among parts, each of which repeats a window as often as it can. */
export class Pace {
  readonly #startMs = performance.now();
  readonly #timeMs: number;
  readonly #parts: number;
  readonly #tell: (progress: Omit<BenchProgress, 'rows'>) => void;
  #done = 0;

  constructor(
    timeMs: number,
    parts: number,
    tell: (progress: Omit<BenchProgress, 'rows'>) => void,
  ) {
    this.#timeMs = timeMs;
    this.#parts = parts;
    this.#tell = tell;
  }

  /**
   * Measure windows of the next part until there are `windows`, or its share of the time is over.
   *
   * @param window - Measures one. There is one at least, unless `signal` is aborted.
   */
  async part(
    windows: number,
    signal: AbortSignal,
    window: (index: number) => void | Promise<void>,
  ): Promise<void> {
    const began = performance.now();
    const left = this.#timeMs - (began - this.#startMs);
    const until = this.#timeMs > 0 ? began + left / (this.#parts - this.#done) : Infinity;
    for (let i = 0; i < windows && !signal.aborted; i += 1) {
      if (i > 0 && performance.now() >= until) break;
      await window(i);
      this.#progress(Math.max((i + 1) / windows, this.#share(began, until)));
    }
    this.#done += 1;
    this.#progress(0);
  }

  /** Of a part's time, what is over. */
  #share(began: number, until: number): number {
    return Math.min(1, (performance.now() - began) / (until - began));
  }

  /** @param share - Of the part that runs. */
  #progress(share: number): void {
    const elapsedMs = performance.now() - this.#startMs;
    const done = (this.#done + share) / this.#parts;
    this.#tell({
      elapsedMs,
      ...(done > 0 && { etaMs: elapsedMs * (1 / done - 1) }),
      parts: this.#parts,
      partsDone: this.#done,
    });
  }
}
