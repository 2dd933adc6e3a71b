import { tables } from '../../tables/tables';

/** The locks that the range of the parameter `lock` has room for. */
function firstLocks(params: readonly { name: string; max: number }[]): string[] {
  const last = params.find(({ name }) => name === 'lock')?.max ?? 0;
  return tables.locks.slice(0, last + 1).map(({ name }) => name);
}

/** What `_minor_lock` can be once patch 04 is in, by the number that the plan's `lock` is. */
export const lockNames: readonly string[] = firstLocks(tables.params);
/** Those that the model has, too: how a lock waits is of no interest to it. */
export const modelLocks: readonly string[] = firstLocks(tables.search);
