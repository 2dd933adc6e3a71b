import type { NativeTraceLine } from './explore';
import type { NativeSite } from './stress';

/** The memory order of an access, by its name in C11 without the prefix. */
export type NativeOrder = 'relaxed' | 'acquire' | 'release' | 'acq_rel' | 'seq_cst';

/** A fault of a lock, with the ticket that replays it. */
export interface NativeVerifyFault {
  /** A row of the faults. */
  kind: number;
  /** The number of threads where it was found at the end. */
  cpu: number;
  site: NativeSite;
  message: string;
  /** Steps that read an older value, or whose store lands before others. */
  options: number;
  preemptions: number;
  steps: number;
  /** Provably the fewest options, then preemptions, then steps. */
  minimal: boolean;
  ticket: string;
}

/** How many threads do what how often. */
export interface NativeVerifySize {
  /** All of them. */
  threads: number;
  rounds: number;
  /** Of a reader-writer lock: those of the threads that write; else 0. */
  writers: number;
  /** Of a reference count: objects that are ended; else 0. */
  objects: number;
}

/** One lock under one memory model at one size. */
export interface NativeVerifyRow extends NativeVerifySize {
  /** A row of the table of its kind. */
  lock: number;
  /** A row of the memory models. */
  memory: number;
  verdict: 'clean' | 'fault' | 'unfinished';
  exhausted: boolean;
  /** A row of the ends: what cut it off. */
  limit: number;
  /** Of a reader-writer lock whether two readers can be in at once; empty: not known. */
  sharing: '' | 'shared' | 'not-shared';
  /** Accesses in the lock's source, and those that some execution came to. */
  sites: number;
  sitesReached: number;
  states: number;
  executions: number;
  elapsedNs: number;
  fault: NativeVerifyFault | null;
}

/** One order of one site, a step weaker than the source has it, under RC11. */
export interface NativeVerifyBarrier extends NativeVerifySize {
  lock: number;
  site: NativeSite;
  /** Of the site in its lock, in the order of lines, from 0. */
  number: number;
  order: NativeOrder;
  weaker: NativeOrder;
  /** Its size is where it broke, else the last that was tried. */
  verdict: 'needed' | 'not-needed' | 'not-reached' | 'unfinished';
  states: number;
  fault: NativeVerifyFault | null;
}

/** A site whose order is weaker in the relaxed set than in the source; see `verify.h`. */
export interface NativeVerifyRelaxed {
  lock: number;
  site: NativeSite;
  number: number;
  order: NativeOrder;
  weaker: NativeOrder;
}

/** The end of a verification. */
export interface NativeVerified {
  type: 'finished';
  /** 0 or -errno; then the rest means nothing. */
  error: number;
  /** It was stopped: what was not begun is `unfinished`. */
  stopped: boolean;
  elapsedNs: number;
  rows: NativeVerifyRow[];
  /** Of locks whose rows under RC11 are all clean. */
  barriers: NativeVerifyBarrier[];
  relaxed: NativeVerifyRelaxed[];
}

/** How far a verification is: rows, weakenings and relaxed sets; `all` grows on the way. */
export interface NativeVerifyProgress {
  type: 'progress';
  elapsedNs: number;
  states: number;
  done: number;
  all: number;
}

/** What a verification reports to its listener. */
export type NativeVerifyEvent = NativeVerifyProgress | NativeVerified;

/** An order that a ticket puts in the place of the source's. */
export interface NativeOverride {
  site: NativeSite;
  number: number;
  /** What the source says. */
  order: NativeOrder;
  /** What the ticket says. */
  weaker: NativeOrder;
}

/** What a ticket of a lock says, and what its schedule did; or why the ticket is refused. */
export type NativeLockReplay =
  | { refused: string; otherVersion: boolean }
  | (NativeVerifySize & {
      refused: '';
      subject: 'lock';
      /** Of which kind it is: see {@link NativeVerify.verify}. */
      of: number;
      lock: number;
      memory: number;
      c11Sequences: boolean;
      overrides: NativeOverride[];
      /** The kind that the ticket is about. */
      expected: number;
      followed: boolean;
      /** The fault that the ticket is about came, at its site. */
      met: boolean;
      /** The kind that came; -1: none. */
      kind: number;
      cpu: number;
      site: NativeSite;
      message: string;
      preemptions: number;
      steps: number;
      lines: NativeTraceLine[];
      /** What each thread does. */
      titles: string[];
    });

/** The functions of explore.node that verify locks. */
export interface NativeVerify {
  /**
   * Start a verification: returns the job's number, or -errno.
   *
   * @param numbers one for each row of the table `verify`
   * @param kind 0 locks, 1 reader-writer locks, 2 reference counts
   * @param locks rows of the table of that kind; none that is a reference
   * @param memories rows of the memory models
   * @param sizes fours: threads, rounds, writers, objects
   */
  verify(
    numbers: Float64Array,
    kind: number,
    locks: Uint32Array,
    memories: Uint32Array,
    sizes: Uint32Array,
    onEvent: (event: NativeVerifyEvent) => void,
  ): number;
  /** Whether a text begins as the ticket of a lock does, intact or not decided. */
  isLockTicket(ticket: string): boolean;
  replayLock(ticket: string): NativeLockReplay;
}
