import { EventEmitter } from 'node:events';
import { smallest } from '../base/bounds';

/** Faults that wait for a reader; further ones are in the report only. */
const UNREAD_MAX = 10_000;

/** A run that gives its faults as they come, and a report at its end. */
export abstract class FaultRun<Fault, Report, Events extends Record<keyof Events, unknown[]>>
  extends EventEmitter<Events>
  implements AsyncIterable<Fault>
{
  /** The report. Rejects where the run fails, or where `signal` was aborted before the start. */
  abstract readonly result: Promise<Report>;
  readonly #unread: Fault[] = [];
  #ended = false;
  #wake: () => void = () => undefined;

  /** Stop the run; the report then has what there was. Any number of times. */
  abstract stop(): void;

  /** Each fault as it is seen. Leaving the loop stops the run. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Fault, void, undefined> {
    // A caller that iterates learns of a failure here, whether or not `result` has a reader.
    this.result.catch(() => undefined);
    try {
      for (;;) {
        const fault = this.#unread.shift();
        if (fault !== undefined) yield fault;
        else if (this.#ended) break;
        else await this.#change();
      }
      await this.result;
    } finally {
      await this[Symbol.asyncDispose]();
    }
  }

  /** Stop the run and wait for its end. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.stop();
    await this.result.catch(() => undefined);
  }

  /** No fault comes any more. */
  protected get ended(): boolean {
    return this.#ended;
  }

  /** Keep a fault for a reader that iterates. */
  protected see(fault: Fault): void {
    if (this.#unread.length < UNREAD_MAX) this.#unread.push(fault);
    this.#wake();
  }

  /** Readers that iterate are to wait for no further fault. */
  protected endFaults(): void {
    this.#ended = true;
    this.#wake();
  }

  #change(): Promise<void> {
    return new Promise((resolve) => {
      const others = this.#wake;
      this.#wake = () => {
        others();
        this.#wake = () => undefined;
        resolve();
      };
    });
  }
}

/** A limit of a run, 0 where there is none, and how far it has come on the way to it. */
export type Way = readonly [limit: number, done: number];

/** The time that a run has left, by the limit that ends it first; nothing where no limit does. */
export function etaOf(ways: readonly Way[], elapsedMs: number): { etaMs?: number } {
  const etas = ways
    .filter(([limit, done]) => limit > 0 && done > 0)
    .map(([limit, done]) => Math.max(0, (limit / done - 1) * elapsedMs));
  return etas.length > 0 ? { etaMs: smallest(etas) } : {};
}
