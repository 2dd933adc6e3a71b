/** Sums of a run so far, as the native side counts. */
export interface NativeTotals {
  elapsedNs: number;
  ops: number;
  rounds: number;
  faults: number;
}

/** A place in the sources; what is not known is empty, or 0. */
export interface NativeSite {
  function: string;
  /** The access, as the code has it. */
  code: string;
  /** Relative to the root of the package. */
  file: string;
  line: number;
  /** Names in the tables of objects and fields. */
  object: string;
  field: string;
}

/** A fault in numbers: `kind` and `op` are rows of their tables; `op` and `minor` -1 for none. */
export interface NativeFault {
  kind: number;
  cpu: number;
  op: number;
  minor: number;
  count: number;
  atNs: number;
  world: number;
  site: NativeSite;
  message: string;
}

/** What became of one kind of operation; `errors` by row of the errno table. */
export interface NativeOpStats {
  count: number;
  ok: number;
  errors: number[];
  p50Ns: number;
  p90Ns: number;
  p99Ns: number;
  p999Ns: number;
  maxNs: number;
  /** Ends of the buckets of the latency histogram that have something, and how many are in each. */
  bucketNs: number[];
  bucketCounts: number[];
}

/** One combination of results; `grade` 0 acceptable, 1 interesting, 2 forbidden. */
export interface NativeOutcome {
  results: number[];
  count: number;
  grade: number;
}

/** The end of a run. */
export interface NativeFinished {
  type: 'finished';
  /** 0, or -errno: something of what happened is not counted. */
  error: number;
  complete: boolean;
  totals: NativeTotals;
  ops: NativeOpStats[];
  notes: number[];
  faultsByKind: number[];
  outcomes: NativeOutcome[];
}

/** What a run reports to its listener. */
export type NativeEvent =
  | { type: 'progress'; totals: NativeTotals }
  | ({ type: 'fault' } & NativeFault)
  | NativeFinished;

/** What a run is started with. */
export interface NativeInput {
  /** A number for each row of the parameter table. */
  numbers: Float64Array;
  /** Weights by operation code; empty: those of the table. */
  mix: Uint32Array;
  /** Encoded thread programs; empty: a storm. */
  programs: Uint32Array;
  /** Outcomes include what the programs left behind. */
  look: boolean;
  /** What `_minor_lock` is, where it is a lock of the user's: in a process of its own alone. */
  own?: {
    name: string;
    object: string;
    isLibrary: boolean;
    /** When the run is to be over; 0: nobody knows. */
    endsMs: number;
  };
}

/**
 * The functions of stress.node. Objects are numbers; results below zero are -errno. Those without
 * arguments are direct calls: see {@link DirectCalls}.
 */
export interface NativeStress {
  describe(): unknown;
  start(
    numbers: Float64Array,
    mix: Uint32Array,
    programs: Uint32Array,
    look: boolean,
    onEvent: (event: NativeEvent) => void,
  ): number;
  stop(run: number): boolean;
  /** Where arguments and the result of direct calls go through. */
  registers(): Float64Array;
  dmNew(numbers: Float64Array): number;
  /** dm, operation, minor. */
  dmCall(): void;
  /** dm. */
  dmCheck(): void;
  /** dm. */
  dmFaultCount(): void;
  dmFaults(dm: number): NativeFault[];
  /** dm. */
  dmFree(): void;
  idrNew(): void;
  /** idr. */
  idrFree(): void;
  /** idr. */
  idrPreload(): void;
  /** idr, value, start. */
  idrGetNewAbove(): void;
  /** idr, value, start, end. */
  idrAlloc(): void;
  /** idr, value, start, end. */
  idrAllocCyclic(): void;
  /** idr, id. */
  idrFind(): void;
  /** idr; ids and values beside it. */
  idrFindMany(ids: Uint32Array, values: Float64Array): void;
  /** idr, value, id. */
  idrReplace(): void;
  /** idr, id. */
  idrRemove(): void;
  /** idr, id. */
  idrNext(): void;
  /** idr. */
  idrIsEmpty(): void;
  /** idr. */
  idrDestroy(): void;
  /** Load a lock of the user's into this process, which is its own. Empty, or why it is refused. */
  ownLock(name: string, object: string, isLibrary: boolean): string;
}
