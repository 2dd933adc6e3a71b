import { crc32 } from 'node:zlib';
import { DmTortureError } from '../base/errors';
import type { CompilerFamily } from './built';
import type { HeapName } from './protocol';

/*
 * A ticket is bytes, sealed as those of the device mapper are (native/explore/story/seal.c): numbers
 * of seven bits a byte, the lowest first, then their CRC-32, in base64url after the prefix.
 */

/** What changes what an execution does, beside the program itself. */
export interface RunOptions {
  heap: HeapName;
  orders: 'c11' | 'all';
  volatile: 'point' | 'marked';
  main: 'ends' | 'waits';
  /** How often condition variables wake from nowhere. */
  spurious: number;
  leaks: boolean;
  /** Outcomes that are faults. */
  forbid: string[];
}

/** A step of the schedule, as far as a changed program is held against it. */
export interface TicketStep {
  /** From 1. */
  step: number;
  /** A row of the accesses, by its number. */
  kind: number;
  /** Where in the sources; 0: nowhere. */
  line: number;
}

/** The text of a ticket of own C. */
export type ProgramTicket = `dmo1.${string}`;

/** What a ticket of own C says. */
export interface OwnTicket {
  /** Sources first; of their SHA-256 the first {@link HASH_DIGITS} digits. */
  files: { name: string; sha256: string }[];
  /** How many of them are sources, the others being headers. */
  sources: number;
  family: CompilerFamily;
  /** A compiler that goes by another name than its family. */
  cc: string | undefined;
  flags: string[];
  optimize: boolean;
  allow: string[];
  compileCommands: string | undefined;
  run: RunOptions;
  /** `point:12ab`. */
  knowledge: string[];
  schedule: [step: number, cpu: number][];
  /** The kind of the fault that it is about, and where; null: nowhere. */
  kind: string;
  at: string | null;
  /** Its other access; null: it has none. */
  other: string | null;
  /** A hash of every 16 events. */
  events: string[];
  /** The first steps, {@link STEPS_MAX} at most. */
  steps: TicketStep[];
}

export const TICKET_PREFIX = 'dmo1.' satisfies ProgramTicket;
/** Enough to know a changed file; the report has all of it. */
export const HASH_DIGITS = 32;
/** Steps that a ticket has: a longer story is told apart by its hashes. */
export const STEPS_MAX = 256;

const CRC_BYTES = 4;
const FAMILIES: readonly CompilerFamily[] = ['gcc', 'clang'];
const FACTS: readonly string[] = ['point', 'tried', 'overlap'];
/** Steps and threads travel as one number; no program has more threads. */
const CPUS_MAX = 64;
const KINDS_MAX = 32;

function damaged(why = 'a character is wrong or missing'): DmTortureError {
  return new DmTortureError('ERR_BAD_TICKET', `the ticket is damaged: ${why}`, {
    option: 'ticket',
  });
}

/** Numbers and texts into bytes. */
class Writer {
  readonly #bytes: number[] = [];

  number(value: number | bigint): void {
    let rest = BigInt(value);
    while (rest >= 0x80n) {
      this.#bytes.push(Number(rest & 0x7fn) | 0x80);
      rest >>= 7n;
    }
    this.#bytes.push(Number(rest));
  }

  /** Small or large, of either sign. */
  signed(value: number): void {
    this.number(value < 0 ? -value * 2 - 1 : value * 2);
  }

  hex(digits: string): void {
    this.number(BigInt(`0x${digits}`));
  }

  bytes(digits: string): void {
    for (const byte of Buffer.from(digits, 'hex')) this.#bytes.push(byte);
  }

  text(value: string): void {
    const bytes = Buffer.from(value, 'utf8');
    this.number(bytes.length);
    for (const byte of bytes) this.#bytes.push(byte);
  }

  list<Value>(values: readonly Value[], write: (value: Value) => void): void {
    this.number(values.length);
    for (const value of values) write(value);
  }

  seal(): ProgramTicket {
    const bytes = Buffer.from(this.#bytes);
    const sum = Buffer.alloc(CRC_BYTES);
    sum.writeUInt32LE(crc32(bytes));
    return `${TICKET_PREFIX}${Buffer.concat([bytes, sum]).toString('base64url')}`;
  }
}

/** The same, back; every wrong byte is a ticket that is damaged. */
class Reader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(ticket: string) {
    const text = ticket.slice(TICKET_PREFIX.length);
    const all = Buffer.from(text, 'base64url');
    // Node skips what is none of its digits: only what it would write is whole.
    if (all.toString('base64url') !== text || all.length < CRC_BYTES) throw damaged();
    this.#bytes = all.subarray(0, -CRC_BYTES);
    if (crc32(this.#bytes) !== all.readUInt32LE(all.length - CRC_BYTES)) throw damaged();
  }

  big(): bigint {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = this.#bytes[this.#at];
      if (byte === undefined) break;
      this.#at += 1;
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    throw damaged('it says something impossible');
  }

  number(max: number = Number.MAX_SAFE_INTEGER): number {
    const value = this.big();
    if (value > BigInt(max)) throw damaged('it says something impossible');
    return Number(value);
  }

  signed(): number {
    const value = this.number();
    return value % 2 === 1 ? -(value + 1) / 2 : value / 2;
  }

  hex(): string {
    return this.big().toString(16);
  }

  bytes(digits: number): string {
    return this.#take(digits / 2).toString('hex');
  }

  text(): string {
    return this.#take(this.number()).toString('utf8');
  }

  list<Value>(read: () => Value): Value[] {
    // Each of them takes a byte at least.
    const count = this.number(this.#bytes.length - this.#at);
    return Array.from({ length: count }, read);
  }

  end(): void {
    if (this.#at !== this.#bytes.length) throw damaged('it says more than a ticket does');
  }

  #take(length: number): Buffer {
    const bytes = this.#bytes.subarray(this.#at, this.#at + length);
    if (bytes.length !== length) throw damaged('it says something impossible');
    this.#at += length;
    return bytes;
  }
}

function writeRun(out: Writer, run: RunOptions): void {
  const flags = [
    run.heap === 'reuse',
    run.orders === 'all',
    run.volatile === 'marked',
    run.main === 'waits',
    run.leaks,
    run.forbid.length > 0,
  ];
  out.number(flags.reduce((bits, flag, i) => bits + Number(flag) * 2 ** i, 0));
  out.number(run.spurious);
  if (run.forbid.length > 0) out.list(run.forbid, (outcome) => out.text(outcome));
}

function readRun(from: Reader): RunOptions {
  const bits = from.number(63);
  const has = (i: number): boolean => Math.floor(bits / 2 ** i) % 2 === 1;
  return {
    heap: has(0) ? 'reuse' : 'fresh',
    orders: has(1) ? 'all' : 'c11',
    volatile: has(2) ? 'marked' : 'point',
    main: has(3) ? 'waits' : 'ends',
    leaks: has(4),
    spurious: from.number(),
    // Absent where there are none, as in tickets of earlier versions.
    forbid: has(5) ? from.list(() => from.text()) : [],
  };
}

function writeFact(out: Writer, fact: string): void {
  const [kind = '', value = ''] = fact.split(':');
  const row = FACTS.indexOf(kind);
  // What this version has no number for travels as it is.
  out.number(row + 1);
  if (row < 0) out.text(fact);
  else out.hex(value);
}

function readFact(from: Reader): string {
  const row = from.number(FACTS.length);
  if (row === 0) return from.text();
  return `${FACTS[row - 1]}:${from.hex()}`;
}

/** Of code: none is at 0. */
const writeOffset = (out: Writer, offset: string | null): void => out.hex(offset ?? '0');

function readOffset(from: Reader): string | null {
  const offset = from.hex();
  return offset === '0' ? null : offset;
}

function writeSchedule(out: Writer, schedule: OwnTicket['schedule']): void {
  let last = 0;
  out.list(schedule, ([step, cpu]) => {
    out.number(BigInt(step - last) * BigInt(CPUS_MAX) + BigInt(cpu));
    last = step;
  });
}

function readSchedule(from: Reader): OwnTicket['schedule'] {
  let last = 0;
  return from.list(() => {
    const both = from.number();
    last += Math.floor(both / CPUS_MAX);
    return [last, both % CPUS_MAX];
  });
}

function writeSteps(out: Writer, steps: readonly TicketStep[]): void {
  let last: TicketStep = { step: 0, kind: 0, line: 0 };
  out.list(steps.slice(0, STEPS_MAX), (step) => {
    // What is released at once has the number of the step that it follows.
    out.number(step.kind * 2 + Number(step.step === last.step));
    out.signed(step.line - last.line);
    last = step;
  });
}

function readSteps(from: Reader): TicketStep[] {
  let last: TicketStep = { step: 0, kind: 0, line: 0 };
  return from.list(() => {
    const both = from.number(KINDS_MAX * 2);
    const step = last.step + (both % 2 === 1 ? 0 : 1);
    last = { step, kind: Math.floor(both / 2), line: last.line + from.signed() };
    return last;
  });
}

/** The text of a ticket. */
export function sealTicket(ticket: OwnTicket): ProgramTicket {
  const out = new Writer();
  const text = (value: string): void => out.text(value);
  out.number(ticket.sources);
  out.list(ticket.files, ({ name, sha256 }) => {
    out.text(name);
    out.bytes(sha256.slice(0, HASH_DIGITS));
  });
  out.number(FAMILIES.indexOf(ticket.family) * 2 + Number(ticket.optimize));
  out.text(ticket.cc ?? '');
  out.text(ticket.compileCommands ?? '');
  out.list(ticket.flags, text);
  out.list(ticket.allow, text);
  writeRun(out, ticket.run);
  out.list(ticket.knowledge, (fact) => writeFact(out, fact));
  writeSchedule(out, ticket.schedule);
  out.text(ticket.kind);
  writeOffset(out, ticket.at);
  writeOffset(out, ticket.other);
  out.list(ticket.events, (event) => out.bytes(event.padStart(8, '0')));
  writeSteps(out, ticket.steps);
  return out.seal();
}

/** Whether a text begins as a ticket of own C does, of any version. */
export const isOwnTicket = (text: string): boolean => /^\s*dmo\d+\./.test(text);

/**
 * What a ticket says.
 *
 * @throws DmTortureError ERR_BAD_TICKET, ERR_TICKET_VERSION
 */
export function readTicket(text: string): OwnTicket {
  const ticket = text.trim();
  if (!ticket.startsWith(TICKET_PREFIX)) {
    const message = 'the ticket is of a newer version of dmtorture';
    throw new DmTortureError('ERR_TICKET_VERSION', message, { option: 'ticket' });
  }
  const from = new Reader(ticket);
  const texts = (): string[] => from.list(() => from.text());
  const sources = from.number();
  const files = from.list(() => ({ name: from.text(), sha256: from.bytes(HASH_DIGITS) }));
  const compiler = from.number(FAMILIES.length * 2 - 1);
  const [cc, compileCommands] = [from.text(), from.text()];
  const read: OwnTicket = {
    files,
    sources,
    family: FAMILIES[Math.floor(compiler / 2)] ?? 'gcc',
    optimize: compiler % 2 === 1,
    cc: cc === '' ? undefined : cc,
    compileCommands: compileCommands === '' ? undefined : compileCommands,
    flags: texts(),
    allow: texts(),
    run: readRun(from),
    knowledge: from.list(() => readFact(from)),
    schedule: readSchedule(from),
    kind: from.text(),
    at: readOffset(from),
    other: readOffset(from),
    events: from.list(() => from.bytes(8)),
    steps: readSteps(from),
  };
  from.end();
  if (sources < 1 || sources > files.length) throw damaged('it says something impossible');
  return read;
}
