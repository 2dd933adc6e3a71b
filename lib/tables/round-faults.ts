import type { FaultKind } from './tables';

/** What is wrong with a program that runs on real threads, by how it ends. */
export const ROUND_FAULTS = {
  /** An assertion, an exit status, an outcome that is forbidden. */
  failed: 'check-failed',
  /** A signal of the processor. */
  crashed: 'crash',
  /** abort(), and signals that something sent. */
  gaveUp: 'abort',
  /** None of its threads can go on. */
  stuck: 'deadlock',
  /** It did not end in its time. */
  late: 'hang',
} as const satisfies Record<string, FaultKind>;

/** A kind of fault, by what a library says of it. */
export type FaultSign = readonly [sign: RegExp, kind: FaultKind];

/** What the C library's allocator says before it aborts. */
export const ALLOCATOR_SIGNS: readonly FaultSign[] = [
  [/^(?:free\(\): double free detected.*|double free or corruption.*)$/m, 'double-free'],
  [/^(?:free|munmap_chunk|realloc)\(\): invalid (?:pointer|size|next size.*)$/m, 'bad-free'],
];

/** How the reports of sanitizers begin; what is not here is not a fault. */
export const SANITIZER_SIGNS: readonly FaultSign[] = [
  [/^data race/, 'data-race'],
  [/heap-use-after-free/, 'use-after-free'],
  [/double-free/, 'double-free'],
  [/(?:heap|global|stack|container)-buffer-(?:over|under)flow/, 'out-of-bounds'],
  [/free on address which was not malloc|bad-free/, 'bad-free'],
  [/mutex/, 'lock-misuse'],
  [/SEGV|BUS|FPE|ILL|stack-overflow/, 'crash'],
];

/** What the explorer may find where real threads showed a fault: the same, or what ends as that. */
const CAUSES: Readonly<Partial<Record<FaultKind, readonly FaultKind[]>>> = {
  crash: ['use-after-free', 'out-of-bounds', 'double-free', 'bad-free'],
  abort: ['double-free', 'bad-free', 'out-of-bounds', 'use-after-free', 'check-failed'],
  'check-failed': ['use-after-free', 'out-of-bounds'],
  hang: ['deadlock', 'livelock'],
  deadlock: ['livelock', 'hang'],
  'double-free': ['use-after-free', 'bad-free'],
  'bad-free': ['out-of-bounds', 'double-free', 'use-after-free'],
};

/** The kinds that explain one that real threads showed, the best first: its own. */
export const causesOf = (kind: FaultKind): readonly FaultKind[] => [kind, ...(CAUSES[kind] ?? [])];
