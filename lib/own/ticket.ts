import { DmTortureError } from '../base/errors';
import { isWeak, MEMORY_DEFAULT } from '../tables/memory';
import { type MemoryName, tables } from '../tables/tables';
import { TICKET_FORMS } from '../tables/ticket-forms';
import type { CompilerFamily } from './built';
import type { Deviation, HeapName } from './protocol';
import { damaged, Reader, Writer } from './sealed';

/*
 * A ticket is bytes, sealed as `sealed.ts` says. `dmo2.` is of a memory model that is not sequentially
 * consistent; what does not need one is written as `dmo1.`.
 */

/** What changes what an execution does, beside the program itself. */
export interface RunOptions {
  heap: HeapName;
  orders: 'c11' | 'all';
  memory: MemoryName;
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
export type ProgramTicket = `dmo1.${string}` | `dmo2.${string}`;

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
  schedule: Deviation[];
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

const PLAIN_PREFIX = TICKET_FORMS.ownPlain satisfies ProgramTicket;
const MEMORY_PREFIX = TICKET_FORMS.ownMemory satisfies ProgramTicket;
/** Enough to know a changed file; the report has all of it. */
export const HASH_DIGITS = 32;
/** Steps that a ticket has: a longer story is told apart by its hashes. */
export const STEPS_MAX = 256;

const FAMILIES: readonly CompilerFamily[] = ['gcc', 'clang'];
const FACTS: readonly string[] = ['point', 'tried', 'overlap', 'order'];
/** Steps and threads travel as one number; no program has more threads. */
const CPUS_MAX = 64;
const KINDS_MAX = 32;
/** Of one access: the last is a flush, see `struct deviation`. */
const OPTION_MAX = 255;

function newer(): DmTortureError {
  const message = 'the ticket is of a newer version of dmtorture';
  return new DmTortureError('ERR_TICKET_VERSION', message, { option: 'ticket' });
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

function readRun(from: Reader): Omit<RunOptions, 'memory'> {
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

/** The model, release sequences as of C11, and how many sites have another order: none has. */
function writeMemory(out: Writer, memory: MemoryName): void {
  out.number(tables.models.findIndex(({ name }) => name === memory));
  out.number(0);
  out.number(0);
}

function readMemory(from: Reader): MemoryName {
  const row = tables.models[from.number()];
  const more = [from.number(), from.number()];
  if (row && isWeak(row.name) && more.every((value) => value === 0)) return row.name;
  throw newer();
}

/** How many deviations have an option, and of each of these which it is, from 0, and what. */
function writeOptions(out: Writer, schedule: OwnTicket['schedule']): void {
  const some = schedule.flatMap(([, , option = 0], i) =>
    option > 0 ? [[i, option] as const] : [],
  );
  out.list(some, ([at, option]) => {
    out.number(at);
    out.number(option);
  });
}

function readOptions(from: Reader, schedule: OwnTicket['schedule']): void {
  let next = 0;
  from.list(() => {
    const [at, option] = [from.number(), from.number(OPTION_MAX)];
    const [step, cpu] = schedule[at] ?? [];
    // Each stands once, so that no two texts say the same.
    if (at < next || option === 0 || step === undefined || cpu === undefined) {
      throw damaged('it says something impossible');
    }
    schedule[at] = [step, cpu, option];
    next = at + 1;
  });
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

/** A schedule, with its options where it has some. */
function readWhole(from: Reader, hasOptions: boolean): OwnTicket['schedule'] {
  const schedule = readSchedule(from);
  if (hasOptions) readOptions(from, schedule);
  return schedule;
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
  const { memory } = ticket.run;
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
  if (isWeak(memory)) writeMemory(out, memory);
  out.list(ticket.knowledge, (fact) => writeFact(out, fact));
  writeSchedule(out, ticket.schedule);
  if (isWeak(memory)) writeOptions(out, ticket.schedule);
  out.text(ticket.kind);
  writeOffset(out, ticket.at);
  writeOffset(out, ticket.other);
  out.list(ticket.events, (event) => out.bytes(event.padStart(8, '0')));
  writeSteps(out, ticket.steps);
  return out.seal(isWeak(memory) ? MEMORY_PREFIX : PLAIN_PREFIX) as ProgramTicket;
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
  const hasMemory = ticket.startsWith(MEMORY_PREFIX);
  if (!hasMemory && !ticket.startsWith(PLAIN_PREFIX)) throw newer();
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
    run: { ...readRun(from), memory: hasMemory ? readMemory(from) : MEMORY_DEFAULT },
    knowledge: from.list(() => readFact(from)),
    schedule: readWhole(from, hasMemory),
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
