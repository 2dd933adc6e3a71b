import { type DmTortureMatchers, matchers } from './matchers/matchers';

/**
 * Matchers for races, reports and tickets. Importing this has Jest's `expect` know them; for Vitest
 * there is `dmtorture/vitest`.
 *
 * @example
 * import 'dmtorture/jest';
 * await expect(race('mine', { cpu1: (d) => d.create(5), cpu2: (d) => d.find(5) })).toBeRaceFree();
 * @module
 */
export * from './matchers/names';

interface Expect {
  extend(added: typeof matchers): void;
}

/** The `expect` of the test that imports this, where there is one. */
function findExpect(): Expect | undefined {
  const { expect } = globalThis as { expect?: Partial<Expect> };
  if (typeof expect?.extend === 'function') return expect as Expect;
  try {
    // Inside a Jest without globals; elsewhere it is not there, or refuses.
    return (require('@jest/globals') as { expect: Expect }).expect;
  } catch {
    return undefined;
  }
}

findExpect()?.extend(matchers);

// biome-ignore lint/suspicious/noTsIgnore: there is an error only where it is not installed.
/** @ts-ignore: a project without `expect`, which Jest's types have, does not need this. */
declare module 'expect' {
  interface Matchers<R> extends DmTortureMatchers<R> {}
}

// biome-ignore lint/suspicious/noTsIgnore: as above.
/** @ts-ignore: the same for `vitest`. */
declare module 'vitest' {
  interface Matchers<T> extends DmTortureMatchers<void> {}
}

declare global {
  namespace jest {
    interface Matchers<R> extends DmTortureMatchers<R> {}
  }
}
