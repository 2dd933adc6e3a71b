/** What the entries of both test runners export. */
export type { AsFastOptions } from './as-fast';
export type {
  DmTortureMatchers,
  MatcherContext,
  MatcherResult,
  MatchOptions,
  ProgramMatchOptions,
  ReplayCheck,
} from './matchers';
export { matchers } from './matchers';
export type { ScaleOptions } from './scaling';
