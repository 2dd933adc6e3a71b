import type { NativeMachine } from '../native/machine';
import type { BenchOwnLock } from './own-locks';
import type { BenchPlan } from './plan';
import type { BenchRefused, BenchValidated } from './report';
import type { BenchRows, BenchSuite } from './rows';

/** How far a benchmark is. */
export interface BenchProgress {
  /** Since the benchmark began. */
  elapsedMs: number;
  /** Time left, once it is known. */
  etaMs?: number;
  /** What all of it was to take by the plan, where that is known before it begins. */
  expectedMs?: number;
  /** What is measured one after another: cells, tables, calls, scenarios by strategies. */
  parts: number;
  /** Parts that are measured. */
  partsDone: number;
  /** Rows that were reported up to now. */
  rows: number;
}

/** A listener of a benchmark. */
export interface BenchListener<Suite extends BenchSuite> {
  progress(progress: Omit<BenchProgress, 'rows'>): void;
  validated(validated: BenchValidated): void;
  row(row: BenchRows[Suite]): void;
  /** An era fails or faults under the load. */
  refused(refused: BenchRefused): void;
  /** A lock of the user's is compiled and verified, or it failed since. */
  own(lock: BenchOwnLock): void;
}

/** What a benchmark ends with. */
export interface MeterEnd {
  /** False where it was stopped, or cut by the time limit. */
  complete: boolean;
  /** The time limit cut it. */
  limited: boolean;
  /** Parts that the time limit left no room for. */
  cellsLeftOut: number;
  machine?: NativeMachine;
  /** Locks of the user's, where the plan has any. */
  own?: BenchOwnLock[];
}

/** Measures a suite. Rejects where the tool fails, or with the reason of a signal aborted before. */
export type Meter<Suite extends BenchSuite> = (
  plan: BenchPlan<Suite>,
  listener: BenchListener<Suite>,
  signal: AbortSignal,
) => Promise<MeterEnd>;

/**
 * Walks through the parts of a benchmark, each a number of windows. A time limit leaves out parts, and
 * no windows: a part that would not end in time, by what those before took, is not begun. One that
 * takes longer than that is cut at the limit.
 */
export class Pace {
  readonly #startMs = performance.now();
  readonly #timeMs: number;
  readonly #parts: number;
  readonly #tell: (progress: Omit<BenchProgress, 'rows'>) => void;
  #done = 0;
  #longestMs = 0;
  #leftOut = 0;
  #cut = false;

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
   * Measure the next part: `windows` of them.
   *
   * @param prepare - What it takes before the first window.
   * @param window - Measures one.
   */
  async part(
    windows: number,
    signal: AbortSignal,
    window: (index: number) => void | Promise<void>,
    prepare: () => Promise<void> = async () => undefined,
  ): Promise<void> {
    const began = performance.now();
    if (began + this.#longestMs > this.#deadline) {
      this.#leftOut += 1;
    } else {
      await prepare();
      await this.#windows(windows, signal, window);
      this.#longestMs = Math.max(this.#longestMs, performance.now() - began);
    }
    this.#done += 1;
    this.#progress(0);
  }

  /** How it ended, for the report. */
  end(signal: AbortSignal): MeterEnd {
    const limited = this.#cut || this.#leftOut > 0;
    return { complete: !signal.aborted && !limited, limited, cellsLeftOut: this.#leftOut };
  }

  get #deadline(): number {
    return this.#timeMs > 0 ? this.#startMs + this.#timeMs : Number.POSITIVE_INFINITY;
  }

  async #windows(
    windows: number,
    signal: AbortSignal,
    window: (index: number) => void | Promise<void>,
  ): Promise<void> {
    for (let i = 0; i < windows && !signal.aborted; i += 1) {
      if (performance.now() >= this.#deadline) {
        this.#cut = true;
        return;
      }
      await window(i);
      this.#progress((i + 1) / windows);
    }
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
