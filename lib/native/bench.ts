/** What a benchmark ran on. */
export interface NativeMachineFacts {
  /** That the process may use. */
  cpus: number;
  /** The processor's own name. */
  cpu: string;
  /** Processors that are online. */
  cores: number;
  /** Whether cores have several threads. */
  smt: boolean;
  /** NUMA nodes. */
  numa: number;
  /** What sets the clock rate. */
  governor: string;
  /** The system and its release. */
  kernel: string;
  /** What the binaries were compiled by, and how. */
  compiler: string;
  /** Its options. */
  flags: string;
  /** The C library and its version. */
  libc: string;
  /** Load average of the last minute, before and after; negative: the system has none. */
  load: [before: number, after: number];
}

/** The machine as a benchmark found it, and left it. */
export interface NativeMachine extends NativeMachineFacts {
  /** Ticks of the time stamp counter in a nanosecond. */
  ticksPerNs: number;
  /** Of the loop that holds a lock for a time. */
  loopsPerNsBefore: number;
  /** The same as `loopsPerNs`, after the benchmark. */
  loopsPerNsAfter: number;
  /** The share of time that others took. */
  noiseBefore: number;
  /** The same as `noise`, after the benchmark. */
  noiseAfter: number;
  /** A cache line's way from one CPU to another; 0 with one CPU. */
  transferNs: number;
  /** What a look at the clock takes: a shorter wait looks like none. */
  clockNs: number;
  /** The clock rate moved, or others took a tenth of the time. */
  noisy: boolean;
}

/** Whether a lock excluded on real threads; the control must not. */
export interface NativeValidated {
  lock: string;
  control: boolean;
  excludes: boolean;
  acquired: number;
  /** Increments under the lock that were lost. */
  lost: number;
  /** Times that a holder met another. */
  intruders: number;
}

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

/** What a benchmark reports to its listener. */
export type NativeBenchEvent =
  | NativeBenchProgress
  | { type: 'validated'; validated: NativeValidated }
  | { type: 'row'; row: object }
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
  /** The machine as it is now. */
  machine(): NativeMachineFacts;
  /** How noisy it is, looked at for 60 ms; `noisy` by what an earlier look found, too. */
  noise(loopsPerNs: number, noise: number): NativeNoise;
  bench(
    suite: number,
    numbers: Float64Array,
    /** Triples: threads, holdNs, outsideNs. */
    cells: Float64Array,
    /** Indices of locks; empty: all but the control. */
    locks: Uint32Array,
    populations: Uint32Array,
    onEvent: (event: NativeBenchEvent) => void,
  ): number;
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
