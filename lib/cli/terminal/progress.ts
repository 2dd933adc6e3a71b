import { stripVTControlCharacters } from 'node:util';
import { type StatusFacts, statusLine } from './status';
import { wrapText } from './table';
import type { Colors } from './terminal';

const LIVE_EVERY_MS = 100;
const PLAIN_EVERY_MS = 10_000;
/** Back to the first column, and everything on the line wiped. */
const CLEAR_LINE = '\r\x1b[2K';
/** The same, of the line above. */
const CLEAR_ABOVE = '\x1b[1A\x1b[2K';

/** What the display writes to: standard error, or a test's notebook. */
export interface ProgressSink {
  live: boolean;
  err: Colors;
  progressWidth(): number;
  tell(text: string): void;
}

/**
 * Reports how a run goes: on a terminal one line that is rewritten, elsewhere a plain line every
 * ten seconds. Everything it writes is progress; results never pass through here.
 */
export class ProgressDisplay {
  readonly #sink: ProgressSink;
  readonly #quiet: boolean;
  readonly #now: () => number;
  #lastMs: number;
  #shown = '';

  constructor(sink: ProgressSink, quiet: boolean, now: () => number = () => performance.now()) {
    this.#sink = sink;
    this.#quiet = quiet;
    this.#now = now;
    this.#lastMs = sink.live ? Number.NEGATIVE_INFINITY : now();
  }

  /** A line that stays: what is about to run, a fault at its first sight. */
  note(text: string): void {
    if (this.#quiet) return;
    const lines = wrapText(text, this.#sink.progressWidth());
    this.#sink.tell(`${this.#clear()}${lines.join('\n')}\n`);
    this.#redraw();
  }

  update(facts: StatusFacts): void {
    if (this.#quiet) return;
    const now = this.#now();
    if (now - this.#lastMs < (this.#sink.live ? LIVE_EVERY_MS : PLAIN_EVERY_MS)) return;
    this.#lastMs = now;
    if (!this.#sink.live) {
      this.#sink.tell(`${statusLine(facts, Number.POSITIVE_INFINITY)}\n`);
      return;
    }
    // The last column stays free: a full line would make some terminals wrap.
    const width = this.#sink.progressWidth() - 1;
    const clear = this.#clear();
    this.#shown = statusLine(facts, width, (faults) => this.#sink.err.red(faults));
    this.#sink.tell(clear + this.#shown);
  }

  /** Takes the live line away, so that what follows starts on a clean one. */
  end(): void {
    const clear = this.#clear();
    if (clear) this.#sink.tell(clear);
    this.#shown = '';
  }

  /** A terminal that became narrower since has broken the line into several. */
  #clear(): string {
    if (!this.#shown) return '';
    const length = stripVTControlCharacters(this.#shown).length;
    const rows = Math.max(1, Math.ceil(length / Math.max(1, this.#sink.progressWidth())));
    return CLEAR_LINE + CLEAR_ABOVE.repeat(rows - 1);
  }

  #redraw(): void {
    if (this.#shown) this.#sink.tell(this.#shown);
  }
}

/** Shows how many of the cells of a matrix are done, and how long the rest will take. */
export function cellProgress(
  label: string,
  progress: ProgressDisplay,
): (cells: { done: number; all: number }) => void {
  const startMs = performance.now();
  return ({ done, all }) => {
    const elapsedMs = performance.now() - startMs;
    progress.update({
      label,
      elapsedMs,
      ...(done > 0 && { etaMs: (elapsedMs * (all - done)) / done }),
      ops: done,
      opsTotal: all,
      unit: 'cells',
      opsPerSecond: elapsedMs > 0 ? (done / elapsedMs) * 1000 : 0,
    });
  };
}
