import type { NativeMachine, NativeMachineFacts } from './machine';

/** How far a benchmark is. */
export interface NativeBenchProgress {
  type: 'progress';
  elapsedNs: number;
  /** Of the whole, by the plan. */
  expectedNs: number;
  /** Of that, what is done. */
  doneNs: number;
  parts: number;
  partsDone: number;
}

/** The end of a benchmark. */
export interface NativeBenchFinished {
  type: 'finished';
  complete: boolean;
  /** The time limit cut it. */
  limited: boolean;
  cellsLeftOut: number;
  /** 0 or -errno. */
  error: number;
  machine: NativeMachine;
}

/** An era that has no figures: it met a fault, or an operation of it failed. */
export interface NativeRefusal {
  /** Of the sets of the plan. */
  set: number;
  lookup: 'locked' | 'rcu';
  op: string;
  threads: number;
  /** The kind of fault. */
  fault?: string;
  /** The operation that failed. */
  step?: string;
  /** How, as -errno. */
  error?: number;
}

/** What a benchmark reports to its listener. */
export type NativeBenchEvent =
  | NativeBenchProgress
  | { type: 'validated'; validated: object }
  | { type: 'row'; row: object }
  | { type: 'refused'; refused: NativeRefusal }
  | NativeBenchFinished;

/** How noisy the machine is. */
export interface NativeNoise {
  loopsPerNs: number;
  noise: number;
  noisy: boolean;
}

/** The functions of bench.node. Jobs are numbers; results below zero are -errno. */
export interface NativeBench {
  describe(): unknown;
  stop(job: number): boolean;
  /** The rows of the table of locks. */
  locks(): unknown;
  /** The rows of the table of reader-writer locks. */
  rwlocks(): unknown;
  refcounts(): unknown;
  /** The machine as it is now. */
  machine(): NativeMachineFacts;
  /** How noisy it is, looked at for 60 ms; `noisy` by what an earlier look found, too. */
  noise(loopsPerNs: number, noise: number): NativeNoise;
  bench(
    suite: number,
    numbers: Float64Array,
    /** Of four numbers: threads, holdNs, outsideNs, readPercent. */
    cells: Float64Array,
    /** Indices of locks; empty: all but the control. */
    locks: Uint32Array,
    populations: Uint32Array,
    /** Masks of patches: eras of the protocol; empty: none. */
    sets: Float64Array,
    onEvent: (event: NativeBenchEvent) => void,
  ): number;
  /** Load a lock of the user's into this process, which is its own. Empty, or why it is refused. */
  ownLock(name: string, object: string, isLibrary: boolean): string;
  /** Write what becomes of those locks to a descriptor; see own_watch.h. */
  ownWatch(fd: number): void;
  /** The calls that others are set against: the least that Node-API allows. */
  rawEmpty(): void;
  rawSame(number: number): number;
  /** Of the ids of {@link NativeBench.rawFill}. */
  rawFind(id: number): number;
  /** Make an IDR of that number of ids, each with the value id + 1. */
  rawFill(ids: number): void;
  /** Nanoseconds of that number of passes over the ids in C. */
  loopFindMany(ids: Uint32Array, passes: number): number;
  /** Nanoseconds of that number of opens and closes of a device in C. */
  loopOpenClose(times: number): number;
}
