import type { LimitName } from '../tables/limit';
import type { CodePlace } from './built';

/**
 * The lines that the host prints, each an object of JSON. Offsets are in hexadecimal, of an
 * instruction in the program's object; threads are numbers from 0, main() being 0.
 */

/** What the host says in words, its places in code apart: `['a mutex that ', { at: '12ab' }, …]`. */
export type HostSentence = readonly (string | { readonly at: string })[];

/** What an address is of. */
export interface HostPlace {
  region: 'data' | 'heap' | 'tls' | 'stack' | 'elsewhere';
  /** In the object's data, the block, or the thread's memory. */
  offset: number;
  /** Of thread-local memory and stacks: whose. */
  thread: number;
  /** Of the heap: number of the block, from 1. */
  block: number;
  /** Of that block, in bytes. */
  size: number;
  /** Where it was allocated, and freed; null: it is not. */
  made: string | null;
  /** The call of malloc() itself, which may be in a header; null: a library has it. */
  call?: string | null;
  freed: string | null;
}

/** What a thread waits for, where nobody can go on. */
export interface HostWait {
  cpu: number;
  /** `a mutex`. */
  what: string;
  on: HostPlace | null;
  at: string | null;
}

/** Where another thread goes on than would by itself, and what its access does; see `struct deviation`. */
export type Deviation = [step: number, cpu: number, option?: number];

export type HeapName = 'fresh' | 'reuse';

/** A fault that was found. */
export interface HostFault {
  /** The short name of its kind. */
  kind: string;
  /** Where; null: at an end, or where nobody can go on. */
  at: string | null;
  /** The other access of a data race. */
  other: string | null;
  /** Below zero: found at the end. */
  cpu: number;
  message: HostSentence;
  /** An outcome that is forbidden: what it is a fault for. */
  outcome?: string;
  /** Executions it was seen in. */
  count: number;
  /** The first of them, from 1. */
  execution: number;
  preemptions: number;
  steps: number;
  minimal: boolean;
  /** What cut it off while it was made shorter; absent: nothing did. */
  minimiseLimit?: LimitName;
  /** Where another thread goes on than would by itself. */
  schedule: Deviation[];
  /** What has to be known for the schedule to be what it is: `point:12ab`. */
  knowledge: string[];
  heap: HeapName;
  /** A hash of every 16 events. */
  events: string[];
  place: HostPlace | null;
  waits: HostWait[];
}

/** How far one heap was looked at. */
export interface HostHeap {
  heap: HeapName;
  executions: number;
  blocked: number;
  /** Different ones, of a strategy that remembers them. */
  states?: number;
  exhausted: boolean;
  limit: string;
}

export interface HostOutcome {
  results: Record<string, number | string>;
  count: number;
  /** Also seen where the threads run one after another. */
  serial: boolean;
  faulted: boolean;
}

export interface HostProgress {
  type: 'progress';
  executions: number;
  states: number;
  elapsedNs: number;
  /** Kinds at places, that ended searches have found. */
  faults: number;
  /** The searches have ended, and a fault's schedule is made shorter. */
  shortens: boolean;
}

/** What an atomic does. */
export type OrderedKind = 'load' | 'store' | 'update' | 'fence';

/** An atomic that some execution came to, and its memory order. */
export interface HostOrder {
  at: string;
  kind: OrderedKind;
  order: string;
}

/** The end of a search. */
export interface HostFinished {
  type: 'finished';
  /** 0 or -errno; then the rest means nothing. */
  error: number;
  /** What the program does that is not supported; empty: nothing. */
  refused: HostSentence;
  refusedAt: string | null;
  /** The first event that one schedule did not do twice; empty: none. */
  differs: HostSentence;
  exhausted: boolean;
  limit: string;
  foundBy: string;
  bound: number;
  stepsLongest: number;
  longestAt: number;
  executions: number;
  blocked: number;
  points: number;
  elapsedNs: number;
  /** Threads of the execution that had the most, main() among them. */
  threads: number;
  knowledge: string[];
  heaps: HostHeap[];
  /** A block was freed that another could have been given: the heaps are two. */
  freed?: boolean;
  /** A thread that went round for long: where, which, and how often. */
  spin: { at: string; cpu: number; times: number } | null;
  /** About how many executions there are, as a power of ten, and from how many descents; null: not known. */
  estimate?: { log10: number; descents: number } | null;
  faults: HostFault[];
  outcomes: HostOutcome[];
  /** Of a weak memory model; absent: no atomic was come to. */
  orders?: HostOrder[];
}

/** A death that the program brought on the host's child. */
export interface HostDied {
  type: 'died';
  signal: number;
  status: number;
  schedule: Deviation[];
  steps: number;
  knowledge: string[];
  heap: HeapName;
}

/** Why the host does not run what it was given. */
export interface HostRefused {
  type: 'refused';
  message: HostSentence;
  at: string | null;
}

/** A step of a replay. */
export interface HostLine {
  step: number;
  cpu: number;
  /** A row of the accesses, by its name. */
  kind: string;
  at: string | null;
  /** `mutex`, `atomic`, `ending`: what it is a step of. */
  object?: string;
  /** The thread that ends, or goes round, where it is a step of that. */
  thread?: number | null;
  place: HostPlace | null;
  /** Values, as text; null where there are none. */
  read: string | null;
  was: string | null;
  wrote: string | null;
  /** The step of another thread whose write it read, and that thread; 0 and -1: none. */
  fromStep: number;
  fromCpu: number;
  /** Of a weak memory model, absent where it says nothing; as in the traces of scenarios. */
  option?: number;
  missed?: { step: number; cpu: number } | null;
  missedWaits?: boolean;
  before?: { step: number; cpu: number } | null;
  /** The instruction whose order would have forbidden that, and which order. */
  lacksAt?: string | null;
  lacksOrder?: string;
  key: boolean;
  background: boolean;
  faulted: boolean;
}

/** What a schedule did. */
export interface HostReplayed {
  type: 'replayed';
  reproduced: boolean;
  met: boolean;
  kind: string | null;
  cpu: number;
  at: string | null;
  other?: string | null;
  place?: HostPlace | null;
  message: HostSentence;
  outcome?: string;
  preemptions: number;
  steps: number;
  /** How many threads there were, main() among them. */
  threads: number;
  /** Where each begins: of main() null. */
  begins?: (string | null)[];
  events: string[];
  lines: HostLine[];
  prints: { step: number; cpu: number; text: string; note?: boolean }[];
  waits: HostWait[];
}

export type HostEvent =
  | HostProgress
  | { type: 'learned'; facts: string[] }
  | HostFinished
  | HostDied
  | HostRefused
  | HostReplayed;

/** Where code is, by its offset; of what is not known, nothing. */
export type PlaceOf = (offset: string | null | undefined) => CodePlace | undefined;
