import fs from 'node:fs';
import path from 'node:path';
import { grouped } from '../base/text';
import type { CodePlace, DataAddress, HeapAddress, Symbols } from './built';
import type {
  HostFault,
  HostLine,
  HostPlace,
  HostReplayed,
  HostSentence,
  HostWait,
} from './protocol';

/** Lines of an excerpt before and after each that it is about. */
const AROUND = 3;
const LINE_LENGTH_MAX = 240;

/** A piece of a source: a reader may not have the file. */
export interface Excerpt {
  /** The file, as reports name it. */
  file: string;
  /** Number of the first line, from 1. */
  first: number;
  /** The lines. */
  lines: string[];
  /** Numbers of the lines that the fault and its steps are in. */
  marked: number[];
}

/** A line without its indentation, and without a comment at its end: the code is what ran. */
function withoutComment(line: string): string {
  const text = line.trim().replace(/\s+/g, ' ');
  const bare = text.replace(/\s*(\/\/.*|\/\*(?!.*\*\/.*\S).*)$/, '');
  return bare === '' || /["']/.test(text) ? text : bare;
}

/** A call that takes more lines than that is not read to its end. */
const STATEMENT_LINES = 4;

const isOpen = (text: string): boolean => text.split('(').length > text.split(')').length;

/** Lines of sources, read once each. */
export class Sources {
  readonly #files = new Map<string, readonly string[]>();

  /** A line without its indentation; empty where it is not there. */
  text(file: string | null, line: number | null): string {
    if (file === null || line === null) return '';
    return withoutComment(this.#linesOf(file)[line - 1] ?? '').slice(0, LINE_LENGTH_MAX);
  }

  /** The statement that a call in a line is part of, as far as parentheses and `=` say. */
  statement(file: string | null, line: number | null): string {
    if (file === null || line === null) return '';
    const lines = this.#linesOf(file);
    const before = withoutComment(lines[line - 2] ?? '');
    let text = `${before.endsWith('=') ? before : ''} ${withoutComment(lines[line - 1] ?? '')}`;
    for (let next = line; next < line + STATEMENT_LINES && isOpen(text); next += 1)
      text += ` ${withoutComment(lines[next] ?? '')}`;
    return text.trim();
  }

  /** What is around lines of a file, in as many pieces as it takes. */
  excerpts(file: string, marked: readonly number[]): Excerpt[] {
    const lines = this.#linesOf(file);
    const known = [...new Set(marked)].filter((n) => n >= 1 && n <= lines.length);
    const pieces: { first: number; last: number; marked: number[] }[] = [];
    for (const n of known.sort((a, b) => a - b)) {
      const [first, last] = [Math.max(1, n - AROUND), Math.min(lines.length, n + AROUND)];
      const before = pieces.at(-1);
      if (before && first <= before.last + 1) {
        before.last = last;
        before.marked.push(n);
      } else pieces.push({ first, last, marked: [n] });
    }
    return pieces.map(({ first, last, marked: own }) => ({
      file,
      first,
      lines: lines.slice(first - 1, last).map((text) => text.slice(0, LINE_LENGTH_MAX)),
      marked: own,
    }));
  }

  #linesOf(file: string): readonly string[] {
    const known = this.#files.get(file);
    if (known) return known;
    let lines: readonly string[] = [];
    try {
      lines = fs.readFileSync(path.resolve(file), 'utf8').split(/\r?\n/);
    } catch {
      // It was there when it was compiled; without it a place is its number alone.
    }
    this.#files.set(file, lines);
    return lines;
  }
}

/** Every offset of code that a sentence names. */
export const offsetsIn = (sentence: HostSentence): string[] =>
  sentence.flatMap((piece) => (typeof piece === 'string' ? [] : [piece.at]));

const ofPlace = (place: HostPlace | null | undefined): (string | null)[] =>
  place ? [place.made, place.call ?? null, place.freed] : [];

function ofWaits(waits: readonly HostWait[] = []): (string | null)[] {
  return waits.flatMap(({ at, on }) => [at, ...ofPlace(on)]);
}

/** Every offset of code that a fault names. */
export function offsetsOfFault(fault: HostFault): (string | null)[] {
  const { at, other, message, place, waits } = fault;
  return [at, other, ...offsetsIn(message), ...ofPlace(place), ...ofWaits(waits)];
}

function ofLine({ at, place, lacksAt = null }: HostLine): (string | null)[] {
  return [at, lacksAt, ...ofPlace(place)];
}

/** Every offset of code that a replay names. */
export function offsetsOfReplay(replayed: HostReplayed): (string | null)[] {
  const { at, other = null, message, place, waits, lines, begins = [] } = replayed;
  const own = [at, other, ...begins, ...offsetsIn(message), ...ofPlace(place), ...ofWaits(waits)];
  return [...own, ...lines.flatMap(ofLine)];
}

/** Every place in memory that a replay names. */
export function memoryOf({ place, waits = [], lines }: HostReplayed): HostPlace[] {
  const all = [place, ...waits.map(({ on }) => on), ...lines.map((line) => line.place)];
  return all.filter((one) => one !== null && one !== undefined);
}

const isNamed = ({ region }: Pick<HostPlace, 'region'>): boolean =>
  region === 'data' || region === 'tls';
const keyOf = ({ region, offset, block, call, size }: HostPlace): string =>
  isNamed({ region }) ? `${region} ${offset}` : `${region} ${offset} ${block} ${size} ${call}`;

/** Names of what the heap has, where the line of an allocation says what it is of. */
async function blockNames(
  symbols: Symbols,
  memory: readonly HostPlace[],
  code: ReadonlyMap<string, CodePlace>,
  sources: Sources,
): Promise<[key: string, name: string][]> {
  const addresses = new Map<string, HeapAddress>();
  for (const place of memory) {
    const { region, call, block, size, offset } = place;
    if (region !== 'heap' || typeof call !== 'string') continue;
    const { file = null, line = null } = code.get(call) ?? {};
    const statement = sources.statement(file, line);
    addresses.set(keyOf(place), { call, statement, block, size, offset });
  }
  const names = await symbols.heapNames([...addresses.values()]);
  return [...addresses.keys()].map((key, i) => [key, names[i] ?? '']);
}

/** The names of code and data of one program, asked for in one go. */
export class Names {
  readonly sources: Sources;
  readonly #code: ReadonlyMap<string, CodePlace>;
  readonly #data: ReadonlyMap<string, string>;

  private constructor(
    sources: Sources,
    code: ReadonlyMap<string, CodePlace>,
    data: ReadonlyMap<string, string>,
  ) {
    this.sources = sources;
    this.#code = code;
    this.#data = data;
  }

  /** Ask for the names of offsets and of places in memory. */
  static async of(
    symbols: Symbols,
    offsets: readonly (string | null | undefined)[],
    memory: readonly HostPlace[],
  ): Promise<Names> {
    const wanted = [...new Set(offsets.filter((one) => typeof one === 'string' && one !== ''))];
    const addresses = new Map<string, DataAddress>();
    for (const place of memory) {
      if (!isNamed(place)) continue;
      addresses.set(keyOf(place), { region: place.region as 'data' | 'tls', offset: place.offset });
    }
    const [code, names] = await Promise.all([
      symbols.places(wanted as string[]),
      symbols.dataNames([...addresses.values()]),
    ]);
    const sources = new Sources();
    const data = [...addresses.keys()].map((key, i) => [key, names[i] ?? ''] as const);
    const blocks = await blockNames(symbols, memory, code, sources);
    const known = [...data, ...blocks].filter(([, name]) => name !== '');
    return new Names(sources, code, new Map(known));
  }

  /** Where an instruction is. */
  code(offset: string | null | undefined): CodePlace {
    const known = typeof offset === 'string' ? this.#code.get(offset) : undefined;
    return known ?? { function: '', file: null, line: null };
  }

  /** `queue.c:12`; empty where it is not known. */
  at(offset: string | null | undefined): string {
    const { file, line } = this.code(offset);
    return file === null || line === null ? '' : `${file}:${line}`;
  }

  /** What is at a place in memory: `queue.head`, `node#1.next`, `block 1 + 8`; null: it has no name. */
  memory(place: HostPlace | null | undefined): string | null {
    if (!place) return null;
    const { region, offset, block, thread } = place;
    const name = this.#data.get(keyOf(place));
    if (isNamed(place)) return name ?? null;
    if (region === 'heap')
      return name ?? (offset === 0 ? `block ${block}` : `block ${block} + ${offset}`);
    return region === 'stack' ? `a local variable of thread ${thread + 1}` : null;
  }

  /** Where a block of the heap comes from: `block 1 (24 bytes, from queue.c:9, freed at queue.c:31)`. */
  block(place: HostPlace | null | undefined): string {
    if (place?.region !== 'heap') return '';
    const { block, offset, size, made, freed } = place;
    const name = this.#data.get(keyOf(place)) ?? '';
    const facts = [
      ...(name === '' || name.startsWith('block ') ? [] : [name]),
      `${grouped(size)} byte${size === 1 ? '' : 's'}`,
      ...(this.at(made) === '' ? [] : [`allocated at ${this.at(made)}`]),
      ...(this.at(freed) === '' ? [] : [`freed at ${this.at(freed)}`]),
    ];
    const at = offset === 0 ? '' : `byte ${offset} of `;
    return `${at}block ${block} (${facts.join(', ')})`;
  }

  /** A sentence of the host's, with lines for its places. */
  words(sentence: HostSentence): string {
    const text = (piece: HostSentence[number]): string => {
      if (typeof piece === 'string') return piece;
      const place = this.at(piece.at);
      return place === '' ? `+0x${piece.at}` : place;
    };
    return sentence.map(text).join('');
  }
}
