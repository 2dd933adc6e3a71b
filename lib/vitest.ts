import { type DmTortureMatchers, matchers } from './matchers/matchers';

/**
 * Matchers for races, reports and tickets. Importing this has Vitest's `expect` know them: in a test,
 * or once for all tests in a file of `setupFiles`.
 *
 * @example
 * import 'dmtorture/vitest';
 * import { expect, test } from 'vitest';
 * test('mine', () => expect('cpu1: create 5 ; cpu2: find 5').toBeRaceFree());
 * @module
 */
export * from './matchers/names';

// biome-ignore lint/suspicious/noTsIgnore: there is an error only where it is not installed.
/** @ts-ignore: where Vitest is not installed, this has no use. */
declare module 'vitest' {
  interface Matchers<T> extends DmTortureMatchers<void> {}
}

// Vitest cannot be reached by require(), from which this face of the package is loaded; the other
// one, which `import` loads, has it from Vitest itself. Here is left the `expect` of `globals: true`.
const { expect } = globalThis as { expect?: { extend?: (added: typeof matchers) => void } };
expect?.extend?.(matchers);
