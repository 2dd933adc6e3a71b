import type { FaultKind } from './tables';

/** What real memory dies of. */
export const DEATHS = {
  /** A touch of memory that was freed. */
  freed: {
    signal: 'SIGSEGV',
    says: 'freed memory',
    faults: ['use-after-free', 'open-of-freeing', 'refcount-resurrect', 'refcount-underflow'],
  },
  /** A touch by a pointer to what was never memory: NULL, a mark, the poison of new memory. */
  wild: {
    signal: 'SIGSEGV',
    says: 'a pointer that leads nowhere',
    faults: ['use-uninitialized', 'placeholder-deref', 'announce-before-init', 'use-after-free'],
  },
  /** A call of a module that is gone. */
  unloaded: {
    signal: 'SIGSEGV',
    says: 'a call into a module that is unloaded',
    faults: ['module-unloaded-in-use'],
  },
  /** A test of the kernel's own that ends in BUG(): it may notice late. */
  bug: {
    signal: 'SIGABRT',
    says: 'a BUG() of the kernel',
    faults: ['use-after-free', 'open-of-freeing', 'refcount-resurrect', 'init-overwrite'],
  },
  /** A free of what is free, or was never allocated. */
  'freed-twice': {
    signal: 'SIGABRT',
    says: 'a free of what is free already',
    faults: ['double-free', 'refcount-resurrect', 'open-of-freeing', 'refcount-underflow'],
  },
} as const satisfies Record<
  string,
  { signal: NodeJS.Signals; says: string; faults: readonly FaultKind[] }
>;

/** The name of a way to die. */
export type DeathName = keyof typeof DEATHS;

/**
 * The kinds of fault that the explorer may have for a death, the likeliest first.
 *
 * @param kind - Of a BUG(), or of what else the core found by itself.
 */
export function faultsBehind(death: DeathName, kind: FaultKind | undefined): readonly FaultKind[] {
  return [...new Set([...(kind === undefined ? [] : [kind]), ...DEATHS[death].faults])];
}
