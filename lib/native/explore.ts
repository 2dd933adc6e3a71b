import type { NativeOutcome, NativeSite } from './stress';

/** How an exploration goes, as the native side counts. */
export interface NativeExploreTotals {
  elapsedNs: number;
  executions: number;
  states: number;
}

/** A fault that was found; `kind` and `op` are rows of their tables, `op` and `minor` -1 for none. */
export interface NativeFound {
  kind: number;
  /** The number of threads where it was found at the end. */
  cpu: number;
  op: number;
  minor: number;
  /** Executions it was seen in. */
  count: number;
  /** The first of them, from 1. */
  execution: number;
  preemptions: number;
  steps: number;
  minimal: boolean;
  site: NativeSite;
  message: string;
  ticket: string;
}

/** The end of an exploration. */
export interface NativeExplored {
  type: 'finished';
  /** 0 or -errno; then the rest means nothing. */
  error: number;
  /** The first event that one schedule did not do twice; `error` says so, too. */
  differs?: string;
  /** What of the plan cannot be, as a sentence; empty: nothing. `error` says so, too. */
  refused: string;
  /** Fewer than two threads came to something shared; `error` says so, too. */
  nothing: boolean;
  exhausted: boolean;
  beforeFailed: boolean;
  /** A row of the ends. */
  limit: number;
  /** A row of the strategies: the one that found the first fault. */
  foundBy: number;
  cpus: number;
  bound: number;
  stepsLongest: number;
  /** The last execution that took more steps than all before it, from 1. */
  longestAt: number;
  executions: number;
  blocked: number;
  states: number;
  points: number;
  elapsedNs: number;
  faults: NativeFound[];
  outcomes: NativeOutcome[];
}

/** What an exploration reports to its listener. */
export type NativeExploreEvent = { type: 'progress'; totals: NativeExploreTotals } | NativeExplored;

/** The end of a matrix: a number for each cell, masks outside, scenarios inside. */
export interface NativeMatrixFinished {
  type: 'finished';
  /** 0, or -errno: -EINTR where it was stopped. */
  error: number;
  /** What of the plan cannot be, as a sentence; empty: nothing. `error` says so, too. */
  refused: string;
  /** In a cell fewer than two threads came to something shared; `error` says so, too. */
  nothing: boolean;
  elapsedNs: number;
  /** Masks of fault kinds. */
  faultKinds: Uint32Array;
  exhausted: Uint8Array;
  /** Rows of the ends: what cut a cell off. */
  limits: Uint8Array;
  /** Begun in each cell; 0: it was not explored. */
  executions: Float64Array;
  states: Float64Array;
}

/** What a matrix reports to its listener. */
export type NativeMatrixEvent =
  | { type: 'progress'; done: number; all: number }
  | NativeMatrixFinished;

/** One line of a trace. */
export interface NativeTraceLine {
  step: number;
  cpu: number;
  op: number;
  minor: number;
  /** A row of the accesses, by its name: `read`, `write`, `update`. */
  kind: string;
  text: string;
  site: NativeSite;
  /** Values, as text; null where there are none. */
  read: string | null;
  was: string | null;
  wrote: string | null;
  /** The step of another thread whose write it read, and that thread; 0 and -1: none. */
  fromStep: number;
  fromCpu: number;
  /** What a memory model had it do beside the newest; 0: that. See `struct deviation`. */
  option: number;
  /** The newest write, where it read an older one; the write that its own landed before. */
  missed: { step: number; cpu: number } | null;
  /** It waits in the buffer of its CPU. */
  missedWaits: boolean;
  before: { step: number; cpu: number } | null;
  /** The site whose order would have forbidden that, and which order; null and empty: none. */
  lacks: NativeSite | null;
  lacksOrder: string;
  /** Every operation begins and ends with such a step. */
  background: boolean;
  /** Rows of the notes. */
  notes: number[];
  key: boolean;
  faulted: boolean;
}

/** What a ticket says, and what its schedule did; or why the ticket is refused. */
export type NativeReplay =
  | { refused: string; otherVersion: boolean }
  | {
      refused: '';
      /** Of the ticket; 1 is of dmtorture 0.1. */
      version: number;
      patches: number;
      lock: number;
      runOn: boolean;
      /** A row of the memory models. */
      memory: number;
      c11Sequences: boolean;
      /** The kind that the ticket is about; -1: none. */
      expected: number;
      words: Uint32Array;
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
      /** Results, and what was left behind; empty where the threads did not come to their end. */
      end: number[];
    };

/** The end of a window of bare fibers. */
export interface NativeBareFinished {
  type: 'finished';
  elapsedNs: number;
  points: number;
  switches: number;
}

/** The functions of explore.node. Jobs are numbers; results below zero are -errno. */
export interface NativeExplore {
  describe(): unknown;
  stop(job: number): boolean;
  /** Fibers that do nothing but switch: threads, points, executions, seed. */
  bare(numbers: Float64Array, onEvent: (event: NativeBareFinished) => void): number;
  explore(
    numbers: Float64Array,
    programs: Uint32Array,
    onEvent: (event: NativeExploreEvent) => void,
    /** With it, outcomes include what is left behind, and those listed in it are faults. */
    refused?: Int32Array,
    /** This part, from 0, and the number of parts; `dfs` and `dpor` alone. */
    part?: Uint32Array,
  ): number;
  matrix(
    numbers: Float64Array,
    masks: Float64Array,
    scenarios: Uint32Array[],
    onEvent: (event: NativeMatrixEvent) => void,
  ): number;
  replay(ticket: string): NativeReplay;
}
