import { incompatible, outOfRange, wrongType } from '../base/errors';
import type { OutputOf } from '../base/output-of';
import type { lockSize, refcountSize, rwlockSize } from '../reports/documents/verify';
import { type SubjectKind, type SubjectSize, subjectRows } from '../tables/subjects';
import { tables } from '../tables/tables';

/** How many threads take a lock, and how often each. */
export type LockSize = OutputOf<typeof lockSize>;
/** How many threads write and how many read under a reader-writer lock, and how often each. */
export type VerifyRwlockSize = OutputOf<typeof rwlockSize>;
/** How many threads use objects, how often each, and how many objects another thread ends. */
export type VerifyRefcountSize = OutputOf<typeof refcountSize>;

/** The sizes of a plan, by kind; empty where nothing of that kind is verified. */
export interface Sizes {
  lock: LockSize[];
  rwlock: VerifyRwlockSize[];
  refcount: VerifyRefcountSize[];
}

/** What sizes are made of, as options have it. */
export interface SizeOptions {
  /** Threads that take a lock: with `rounds`, every pair. @default 2x1, 2x2, 3x1 (threads x rounds) */
  threads?: number | readonly number[] | undefined;
  /** How often each thread does what it does. @default 1 where another size is given */
  rounds?: number | readonly number[] | undefined;
  /** Threads that write under a reader-writer lock: with `readers` and `rounds`, every combination. @default those of `tables.rwlockSizes` */
  writers?: number | readonly number[] | undefined;
  /** Threads that read under it. */
  readers?: number | readonly number[] | undefined;
  /** Threads that get, use and put, of a reference count: with `rounds` and `objects`, every combination. @default those of `tables.refcountSizes` */
  users?: number | readonly number[] | undefined;
  /** Objects that one more thread ends, one after the other. */
  objects?: number | readonly number[] | undefined;
}

/** A number of a size. */
export type SizeName = keyof SizeOptions;

const THREADS_MAX = 8;

/** What each number may be, and of which kinds it is. */
export const sizeRanges: Readonly<
  Record<SizeName, { least: number; most: number; of: readonly SubjectKind[] }>
> = {
  threads: { least: 2, most: THREADS_MAX, of: ['lock'] },
  rounds: { least: 1, most: 16, of: ['lock', 'rwlock', 'refcount'] },
  writers: { least: 1, most: THREADS_MAX, of: ['rwlock'] },
  readers: { least: 0, most: THREADS_MAX - 1, of: ['rwlock'] },
  users: { least: 1, most: THREADS_MAX - 1, of: ['refcount'] },
  objects: { least: 1, most: 4, of: ['refcount'] },
};

export const sizeNames = Object.keys(sizeRanges) as SizeName[];

const DEFAULT_SIZES: readonly LockSize[] = [
  { threads: 2, rounds: 1 },
  { threads: 2, rounds: 2 },
  { threads: 3, rounds: 1 },
];

function readNumbers(option: SizeName, value: unknown): number[] | undefined {
  if (value === undefined) return undefined;
  const { least, most } = sizeRanges[option];
  const list = [value].flat() as unknown[];
  const what = `${least}..${most} (${option})`;
  if (list.length === 0) throw outOfRange(option, what, 'none');
  for (const one of list) {
    if (typeof one !== 'number') throw wrongType(option, `a number, or a list: ${what}`, one);
    if (!Number.isInteger(one) || one < least || one > most) throw outOfRange(option, what, one);
  }
  return [...new Set(list as number[])];
}

type Given = Partial<Record<SizeName, number[]>>;

/** Every combination of what was given; undefined: nothing was. */
function combined(given: Given, defaults: Given): Record<string, number>[] | undefined {
  const names = Object.keys(defaults) as SizeName[];
  if (names.every((name) => given[name] === undefined)) return undefined;
  return names.reduce<Record<string, number>[]>(
    (sizes, name) =>
      sizes.flatMap((size) =>
        (given[name] ?? defaults[name] ?? []).map((n) => ({ ...size, [name]: n })),
      ),
    [{}],
  );
}

function lockSizes(given: Given): LockSize[] {
  const sizes = combined(given, { threads: [2], rounds: [1] }) as LockSize[] | undefined;
  return sizes ?? DEFAULT_SIZES.map((size) => ({ ...size }));
}

function rwlockSizes(given: Given): VerifyRwlockSize[] {
  const asked = combined(given, { writers: [1], readers: [1], rounds: [1] });
  return ((asked ?? tables.rwlockSizes) as readonly Omit<VerifyRwlockSize, 'threads'>[]).map(
    (size) => {
      const { writers, readers, rounds } = size;
      const threads = writers + readers;
      if (threads >= 2 && threads <= THREADS_MAX) return { threads, rounds, writers, readers };
      const got = `${writers} + ${readers}`;
      throw outOfRange('readers', `such that writers + readers are 2..${THREADS_MAX}`, got);
    },
  );
}

function refcountSizes(given: Given): VerifyRefcountSize[] {
  const asked = combined(given, { users: [1], rounds: [1], objects: [1] });
  const sizes = (asked ?? tables.refcountSizes) as readonly Omit<VerifyRefcountSize, 'threads'>[];
  return sizes.map(({ users, rounds, objects }) => ({
    threads: users + 1,
    rounds,
    users,
    objects,
  }));
}

/** @throws DmTortureError for a number of a kind that nothing is verified of */
function checkUsed(given: Given, kinds: readonly SubjectKind[]): void {
  const unused = sizeNames.find(
    (name) => given[name] && !sizeRanges[name].of.some((kind) => kinds.includes(kind)),
  );
  if (unused === undefined) return;
  const [of] = sizeRanges[unused].of;
  const others = kinds.map((kind) => {
    const names = sizeNames.filter((name) => sizeRanges[name].of.includes(kind));
    return `the size of ${subjectRows(kind).many} is ${names.map((name) => `\`${name}\``).join(', ')}`;
  });
  const message = `\`${unused}\` is for ${subjectRows(of).many}, and none is named: ${others.join('; ')}`;
  throw incompatible(unused, message);
}

/**
 * The sizes that options ask for.
 *
 * @param kinds - Of what is verified.
 * @throws DmTortureError ERR_INVALID_ARG_TYPE, ERR_OUT_OF_RANGE, ERR_INCOMPATIBLE_OPTIONS
 */
export function readSizes(options: SizeOptions, kinds: readonly SubjectKind[]): Sizes {
  const given: Given = {};
  for (const name of sizeNames) {
    const numbers = readNumbers(name, options[name]);
    if (numbers) given[name] = numbers;
  }
  checkUsed(given, kinds);
  return {
    lock: kinds.includes('lock') ? lockSizes(given) : [],
    rwlock: kinds.includes('rwlock') ? rwlockSizes(given) : [],
    refcount: kinds.includes('refcount') ? refcountSizes(given) : [],
  };
}

/** A size as the native side has it: threads, rounds, writers, objects. */
export const sizeNumbers = ({ threads, rounds, writers, objects }: SubjectSize): number[] => [
  threads,
  rounds,
  writers ?? 0,
  objects ?? 0,
];
