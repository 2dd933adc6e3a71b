import fs from 'node:fs';
import path from 'node:path';
import { DmTortureError } from './errors';

/** Sums of a run so far, as the native side counts. */
export interface NativeTotals {
  elapsedNs: number;
  ops: number;
  rounds: number;
  faults: number;
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
  func: string;
  text: string;
  line: number;
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
  complete: boolean;
  totals: NativeTotals;
  ops: NativeOpStats[];
  notes: number[];
  faultsByKind: number[];
  outcomes: NativeOutcome[];
}

/** What a run tells its listener. */
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
}

/** The functions of stress.node. Objects are numbers; results below zero are -errno. */
export interface NativeStress {
  describe(): unknown;
  start(
    numbers: Float64Array,
    mix: Uint32Array,
    programs: Uint32Array,
    onEvent: (event: NativeEvent) => void,
  ): number;
  stop(run: number): boolean;
  dmNew(numbers: Float64Array): number;
  dmCall(dm: number, op: number, minor: number): number;
  dmCheck(dm: number): number;
  dmFaultCount(dm: number): number;
  dmFaults(dm: number): NativeFault[];
  dmFree(dm: number): number;
  idrNew(): number;
  idrFree(idr: number): number;
  idrPreload(idr: number): number;
  idrGetNewAbove(idr: number, value: number, start: number): number;
  idrAlloc(idr: number, value: number, start: number, end: number): number;
  idrAllocCyclic(idr: number, value: number, start: number, end: number): number;
  idrFind(idr: number, id: number): number;
  idrReplace(idr: number, value: number, id: number): number;
  idrRemove(idr: number, id: number): number;
  idrNext(idr: number, id: number): number;
  idrIsEmpty(idr: number): number;
  idrDestroy(idr: number): number;
}

/** The native binaries: one per engine. */
export type BinaryName = 'stress';

const root = path.join(__dirname, '..');

/** `linux-x64-glibc`, `darwin-arm64`: what a prebuilt binary's folder is called. */
export function platformName(): string {
  const name = `${process.platform}-${process.arch}`;
  if (process.platform !== 'linux') return name;
  const report = process.report.getReport() as { header?: { glibcVersionRuntime?: string } };
  return `${name}-${report.header?.glibcVersionRuntime ? 'glibc' : 'musl'}`;
}

/** Where a binary may be, most wanted first. */
export function binaryPaths(name: BinaryName): string[] {
  return [`prebuilds/${platformName()}`, 'build/Release'].map((dir) =>
    path.join(root, dir, `${name}.node`),
  );
}

function missing(name: BinaryName, tried: string[], causes: unknown[]): DmTortureError {
  const reasons = tried.map((file, i) => {
    const cause = causes[i];
    return `  ${file}: ${cause instanceof Error ? cause.message.split('\n')[0] : 'not there'}`;
  });
  const message =
    `No native binary \`${name}.node\` for ${platformName()} on Node ${process.version}. Tried:\n` +
    `${reasons.join('\n')}\nTo compile it: \`npm rebuild dmtorture\` in your project, or ` +
    '`npm run build:native` in a git checkout. Where install scripts are blocked, first: ' +
    '`npm install-scripts approve dmtorture`';
  return new DmTortureError('ERR_NATIVE_MISSING', message, { cause: causes.find(Boolean) });
}

/** A loaded binary, and the file it came from. */
export interface LoadedBinary {
  file: string;
  exports: NativeStress;
}

const loaded = new Map<BinaryName, LoadedBinary>();

/**
 * Load a native binary, once.
 *
 * @throws DmTortureError ERR_NATIVE_MISSING, saying what was tried and what to run
 */
export function loadBinary(name: BinaryName): LoadedBinary {
  const before = loaded.get(name);
  if (before) return before;
  const paths = binaryPaths(name);
  const causes: unknown[] = [];
  for (const [i, file] of paths.entries()) {
    if (!fs.existsSync(file)) continue;
    try {
      const binary = { file, exports: require(file) as NativeStress };
      loaded.set(name, binary);
      return binary;
    } catch (error) {
      causes[i] = error;
    }
  }
  throw missing(name, paths, causes);
}

/** The functions of stress.node. */
export function native(): NativeStress {
  return loadBinary('stress').exports;
}
