import { tables } from './tables';

/** What can be verified, by kind. */

/** Of whose table a name is: a lock, a reader-writer lock, a way to count references. */
export type SubjectKind = 'lock' | 'rwlock' | 'refcount';

/** A kind of what can be verified. */
export interface SubjectRows {
  readonly kind: SubjectKind;
  /** One of them, in words. */
  readonly one: string;
  /** Several of them. */
  readonly many: string;
  /** What stands for every one except the control, which has to fail. */
  readonly all: string;
  /** Its table; it has what cannot be verified, too. */
  readonly table: 'locks' | 'rwlocks' | 'refcounts';
  /** What a size is. */
  readonly size: string;
  /** Those whose source is here, the control among them. */
  readonly names: readonly string[];
  /** The same without the control. */
  readonly usual: readonly string[];
}

type Row = {
  readonly name: string;
  readonly control: boolean;
  readonly reference?: boolean;
};

const namesOf = (rows: readonly Row[]): string[] =>
  rows.filter(({ reference }) => reference !== true).map(({ name }) => name);

const rowsOf = (told: Omit<SubjectRows, 'names' | 'usual'>): SubjectRows => {
  const rows: readonly Row[] = tables[told.table];
  return Object.freeze({
    ...told,
    names: namesOf(rows),
    usual: namesOf(rows.filter(({ control }) => !control)),
  });
};

/** In the order of `enum verify_kind`. */
export const subjectKinds: readonly SubjectRows[] = [
  rowsOf({
    kind: 'lock',
    one: 'lock',
    many: 'locks',
    all: 'all',
    table: 'locks',
    size: 'threads x rounds',
  }),
  rowsOf({
    kind: 'rwlock',
    one: 'reader-writer lock',
    many: 'reader-writer locks',
    all: 'rwlocks',
    table: 'rwlocks',
    size: 'writers + readers x rounds',
  }),
  rowsOf({
    kind: 'refcount',
    one: 'reference count',
    many: 'reference counts',
    all: 'refcounts',
    table: 'refcounts',
    size: 'users x rounds x objects',
  }),
];

/** The rows of a kind; of one that this version does not know those of locks. */
export function subjectRows(kind: string | undefined): SubjectRows {
  const rows = subjectKinds.find((one) => one.kind === kind) ?? subjectKinds[0];
  if (!rows) throw new Error('dmtorture bug: there are no kinds');
  return rows;
}

/** Whose table has a name; undefined: none has. */
export const kindOfRow = (name: string): SubjectRows | undefined =>
  subjectKinds.find(({ table }) =>
    (tables[table] as readonly Row[]).some((row) => row.name === name),
  );

/** The kind of a name: a file is a lock. */
export const kindOfName = (name: string): SubjectKind => kindOfRow(name)?.kind ?? 'lock';

/** What these faults mean of a reference count: the table of faults says it of the device mapper. */
export const faultsOfCounts: Readonly<Record<string, string>> = {
  'use-after-free': 'an object is used after it was freed',
  'double-free': 'an object is freed twice',
};

/** How many threads do what how often. */
export interface SubjectSize {
  /** All of them. */
  readonly threads: number;
  readonly rounds: number;
  readonly writers?: number | undefined;
  readonly readers?: number | undefined;
  readonly users?: number | undefined;
  readonly objects?: number | undefined;
}

/** `2x1` of a lock, `1+2x1` of a reader-writer lock, `2x1x1` of a reference count. */
export function sizeName(size: SubjectSize): string {
  const { threads, rounds, writers, readers, users, objects } = size;
  if (writers !== undefined) return `${writers}+${readers}x${rounds}`;
  if (users !== undefined) return `${users}x${rounds}x${objects}`;
  return `${threads}x${rounds}`;
}
