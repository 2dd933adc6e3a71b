import { memberOf } from '../base/bounds';
import { outOfRange, wrongType } from '../base/errors';
import { type LockName, tables } from '../tables/tables';

/** The locks that can stand in the mutexes of a program. */
export const appLocks: readonly LockName[] = tables.locks
  .filter(({ preloaded }) => preloaded)
  .map(({ name }) => name);

/** Whether a lock never sleeps: it is refused where threads exceed CPUs. */
export const isSpinner = (lock: LockName): boolean =>
  tables.locks.find(({ name }) => name === lock)?.waits !== 'blocks';

/** How an application is run: {@link runApp}. */
export interface RunAppOptions {
  /** The lock in its mutexes: a lock of `list locks` that is `preloaded`. */
  lock: LockName;
  /** A lock that spins is kept where threads exceed CPUs. @default false */
  force?: boolean | undefined;
  /** Acquisitions, waits and holds are counted. @default true */
  count?: boolean | undefined;
  /** Where its input and output go, as in `child_process`. @default 'inherit' */
  stdio?: 'inherit' | 'ignore' | undefined;
  /** Variables beside those of this process. */
  env?: Readonly<Record<string, string>> | undefined;
  /** Sends SIGTERM to the application. */
  signal?: AbortSignal | undefined;
}

/**
 * A lock by its name.
 *
 * @throws DmTortureError ERR_OUT_OF_RANGE
 */
export function appLock(option: string, name: unknown): LockName {
  if (typeof name !== 'string') throw wrongType(option, 'the name of a lock', name);
  const known = memberOf(
    Object.fromEntries(appLocks.map((lock) => [lock, lock])) as Record<string, LockName>,
    name,
  );
  if (known !== undefined) return known;
  const fits = tables.locks.some((lock) => lock.name === name)
    ? '; this one does not fit into a mutex'
    : '';
  throw outOfRange(option, `one of ${appLocks.join(', ')}`, name, fits);
}

/**
 * The words of a command.
 *
 * @throws DmTortureError ERR_INVALID_ARG_TYPE, ERR_OUT_OF_RANGE
 */
export function appCommand(command: unknown): [string, ...string[]] {
  if (!Array.isArray(command) || !command.every((word) => typeof word === 'string')) {
    throw wrongType('command', 'an array of texts: the program and its arguments', command);
  }
  const [program, ...args] = command as string[];
  if (program === undefined || program === '') {
    throw outOfRange('command', 'a program and its arguments', '');
  }
  if (command.some((word) => (word as string).includes('\0'))) {
    throw outOfRange('command', 'texts without a zero', program);
  }
  return [program, ...args];
}
