import { append } from '../../base/bounds';
import type { LaidOut } from '../../story/diagram';
import { isOwnStep, placeText, type Trace, threadName } from '../../story/trace';

/** Back to the top of an empty screen. */
const CLEAR_SCREEN = '\x1b[H\x1b[J';
const CLEAR_LINE = '\r\x1b[2K';
const NEXT_KEYS = new Set(['\r', '\n', 'n', ' ', '\x1b[C', '\x1b[B']);
const BACK_KEYS = new Set(['b', 'p', '\x7f', '\x1b[D', '\x1b[A']);
const QUIT_KEYS = new Set(['q', '\x03', '\x04', '\x1b']);

const ARROW = '\x1b[';

/** Keys that were typed ahead come in one piece; an arrow, which is three characters, stays one. */
export function splitKeys(piece: string): string[] {
  const keys: string[] = [];
  for (let at = 0; at < piece.length; ) {
    const length = piece.startsWith(ARROW, at) ? ARROW.length + 1 : 1;
    keys.push(piece.slice(at, at + length));
    at += length;
  }
  return keys;
}

/** What a row of a diagram is in a walk: it begins a step, or belongs to one. */
export type RowRole = 'heading' | 'step' | 'more';

/** What pressing a key makes appear, and whether that was the end. */
export interface Pressed {
  text: string;
  done: boolean;
}

/** Walks a diagram step by step: what to print for each key. */
export class Walk {
  readonly #head: string;
  readonly #frames: string[];
  readonly #width: number;
  #shown = 0;

  /** @param width - Of the terminal: text that is wiped later must fit on a line. */
  constructor({ head, rows }: LaidOut, roles: readonly RowRole[], width: number) {
    this.#width = width;
    this.#head = `${head.join('\n')}\n`;
    this.#frames = toFrames(rows, roles);
  }

  /** What is there before the first key. */
  open(): string {
    return this.#head + this.#prompt();
  }

  press(key: string): Pressed {
    if (QUIT_KEYS.has(key)) return { text: CLEAR_LINE, done: true };
    if (NEXT_KEYS.has(key)) return this.#next();
    if (key === 'a') return this.#all();
    if (BACK_KEYS.has(key) && this.#shown > 0) return this.#back();
    return { text: '', done: false };
  }

  #next(): Pressed {
    if (this.#shown === this.#frames.length) return { text: CLEAR_LINE, done: true };
    const frame = this.#frames[this.#shown] ?? '';
    this.#shown += 1;
    return { text: CLEAR_LINE + frame + this.#prompt(), done: false };
  }

  #all(): Pressed {
    const rest = this.#frames.slice(this.#shown).join('');
    this.#shown = this.#frames.length;
    return { text: CLEAR_LINE + rest + this.#prompt(), done: false };
  }

  #back(): Pressed {
    this.#shown -= 1;
    const text = CLEAR_SCREEN + this.#head + this.#frames.slice(0, this.#shown).join('');
    return { text: text + this.#prompt(), done: false };
  }

  #prompt(): string {
    const { length } = this.#frames;
    const next = this.#shown === length ? 'Enter ends' : 'Enter next, a all';
    const where = `[${this.#shown} of ${length}]`;
    const prompts = [`${where} ${next}, b back, q quit `, `${where} Enter, a, b, q `, `${where} `];
    return prompts.find((prompt) => prompt.length < this.#width) ?? '';
  }
}

/** The lines of each step, with the heading that stands above it. */
function toFrames(rows: readonly string[][], roles: readonly RowRole[]): string[] {
  const frames: string[][] = [];
  let heading: string[] = [];
  for (const [i, lines] of rows.entries()) {
    if (roles[i] === 'step') {
      frames.push([...heading, ...lines]);
      heading = [];
    } else if (roles[i] === 'heading') append(heading, lines);
    else append(frames.at(-1) ?? [], lines);
  }
  return frames.map((lines) => `${lines.join('\n')}\n`);
}

/**
 * The steps in words, one a line: for pipes, and for readers that know no columns.
 *
 * @param withPlaces - The file and the line of each access, too.
 */
export function stepLines(trace: Trace, withPlaces = false): string[] {
  const last = trace.at(-1)?.step ?? 0;
  const lines: string[] = [];
  let before = '';
  for (const line of trace) {
    const { step, cpu, op, minor, text, notes, faulted } = line;
    const name = threadName(cpu, isOwnStep(line));
    const who = `${name} ${[op, minor].filter((part) => part !== null).join(' ')}`.trimEnd();
    const head = `step ${step} of ${last}, ${who}`;
    const fault = faulted ? '  *** the fault' : '';
    const place = withPlaces ? placeText(line) : undefined;
    const at = place === undefined ? '' : `  (${place})`;
    // What a library does within a step has neither text nor place.
    if (head !== before || text + at + fault !== '')
      lines.push(`${head === before ? ' '.repeat(head.length) : head}: ${text}${at}${fault}`);
    append(
      lines,
      notes.filter((note) => note !== text).map((note) => `${' '.repeat(head.length)}  (${note})`),
    );
    before = head;
  }
  return lines;
}
