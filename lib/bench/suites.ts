/** What can be measured; those that bench.node knows come first, in the order of its numbers. */
export const benchSuites = ['locks', 'rwlocks', 'minors', 'refcount', 'calls', 'explore'] as const;
