import { tables } from '../../tables/tables';
import type { OptionData } from './option';

/** The names that options take, from the tables. */

/** Kinds of faults. */
export const faultKinds: readonly string[] = tables.faults.map(({ slug }) => slug);
/** Strategies of the explorer. */
export const strategyNames: readonly string[] = tables.strategies.map(({ name }) => name);
/** Memory models. */
export const memoryNames: readonly string[] = tables.models.map(({ name }) => name);
/** Every lock. */
export const allLocks: readonly string[] = tables.locks.map(({ name }) => name);
/** Every reader-writer lock. */
export const allRwlocks: readonly string[] = tables.rwlocks.map(({ name }) => name);
/** What `bench locks` measures when no lock is named. */
export const usualLocks: readonly string[] = tables.locks
  .filter(({ usual }) => usual !== '')
  .map(({ name }) => name);

/** What a set of patches is put together of. */
const patchTerms: readonly string[] = [
  ...tables.sets.map(({ name }) => name),
  ...tables.patches.map(({ no }) => no),
  ...tables.patches.map(({ slug }) => slug),
];

/** `--patches`, whatever it is that has these patches. */
export const patchesOption = (says: string): OptionData => ({
  flags: '--patches <set>',
  says,
  choices: patchTerms,
  list: true,
  minus: true,
  fallback: 'all',
  table: 'patches',
});

/** `--memory`, of whatever is searched under a model. */
export const memoryOption = (says: string): OptionData => ({
  flags: '--memory <model>',
  says,
  choices: memoryNames,
  fallback: memoryNames[0] ?? '',
  table: 'models',
});
