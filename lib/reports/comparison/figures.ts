import { median } from '../../base/statistics';
import { eraOf } from '../documents/bench-figures';
import { type BenchRow, bySuite, type MinorRow, type RowsBySuite } from '../documents/bench-rows';
import type { BenchDocument } from '../schemas';

/** What is compared of a row: its speed beside that of a reference in the same rounds. */
export interface Figure {
  /** The same for the same measurement in every document. */
  name: string;
  /** The run of the document, from 0. */
  run: number;
  /** Speed / that of the reference, the median of the rounds; null: there is no reference. */
  speed: number | null;
  /** What stands beside it. */
  reference: string;
}

/** What a row of minors is divided by; null: it is what others are divided by. */
function minorReference(row: MinorRow): string | null {
  const { minorLock, against = '' } = row;
  const era = eraOf(row);
  if (era !== undefined) return era === against ? null : against;
  if (minorLock === 'mutex') return null;
  return minorLock === undefined ? 'the bare radix walk' : 'the mutex';
}

/** The locks that others are divided by. */
const MUTEX = 'pthread_mutex';
const RWLOCK = 'pthread_rwlock';

type Windows = readonly number[] | undefined;

/** The median of the quotients of both, round by round; null where either has no windows. */
function quotient(over: Windows, under: Windows): number | null {
  const rounds = Math.min(over?.length ?? 0, under?.length ?? 0);
  if (!over || !under || rounds === 0) return null;
  const all = Array.from({ length: rounds }, (_, i) => (over[i] ?? 0) / (under[i] ?? 0));
  const told = median(all);
  return Number.isFinite(told) && told > 0 ? told : null;
}

const runOf = ({ run }: BenchRow): number => (typeof run === 'number' ? run : 0);

const counted = (threads: number): string => `${threads} thread${threads === 1 ? '' : 's'}`;

/** Run times of an application: the shorter the faster. Each round is a process, so a run by itself. */
function appFigures(rows: RowsBySuite['app']): Figure[] {
  const own = new Map(rows.filter(({ lock }) => lock === MUTEX).map((row) => [runOf(row), row]));
  return rows
    .filter(({ lock, leftOut }) => lock !== MUTEX && leftOut === null)
    .flatMap((row) => {
      const theirs = own.get(runOf(row))?.windows ?? [];
      return row.windows.map((ms, round) => ({
        name: `the application under ${row.lock}`,
        run: runOf(row),
        speed: quotient(theirs.slice(round, round + 1), [ms]),
        reference: MUTEX,
      }));
    });
}

/** Cells and locks are those of a row of either kind. */
type AnyLockRow = RowsBySuite['locks' | 'rwlocks'][number];

const cellOf = (row: AnyLockRow): string =>
  [
    counted(row.threads),
    ...('readPercent' in row ? [`${row.readPercent} % readers`] : []),
    `${row.holdNs} ns held`,
    `${row.outsideNs} ns outside`,
    ...(row.pinned === false ? ['not pinned'] : []),
    ...(typeof row.calls === 'string' && row.calls !== 'inlined' ? [`by ${row.calls}`] : []),
  ].join(', ');

const placeOf = (row: AnyLockRow): string => `${runOf(row)} ${cellOf(row)}`;

/** The figures of locks of one kind, without those of `reference`. */
function lockFigures(rows: readonly AnyLockRow[], reference: string): Figure[] {
  const references = new Map(
    rows.filter(({ lock }) => lock === reference).map((row) => [placeOf(row), row.windows]),
  );
  return rows
    .filter(({ lock }) => lock !== reference)
    .map((row) => ({
      name: `${row.lock}, ${cellOf(row)}`,
      run: runOf(row),
      speed: quotient(row.windows, references.get(placeOf(row))),
      reference,
    }));
}

/** Whose the counts are; rows of older versions do not say how many there are. */
const sharing = ({ shared, objects = 1 }: RowsBySuite['refcount'][number]): string =>
  shared && objects > 1 ? `${objects} shared` : shared ? 'shared' : 'private';

/**
 * The figures of a document. A row that is the reference itself has none: it is 1 by what it is, and
 * would only add to the verdicts that the others share.
 */
export function figuresOf({ rows }: Pick<BenchDocument, 'rows'>): Figure[] {
  const { app, locks, rwlocks, minors, refcount, calls, explore } = bySuite(rows);
  return [
    ...appFigures(app),
    ...lockFigures(locks, MUTEX),
    ...lockFigures(rwlocks, RWLOCK),
    ...minors.flatMap((row) => {
      const reference = minorReference(row);
      if (reference === null) return [];
      const which = eraOf(row) ?? row.minorLock ?? row.order;
      const name = [row.op, which, `n ${row.n}`, counted(row.threads)].join(', ');
      return [{ name, run: runOf(row), speed: quotient(row.bareWindows, row.windows), reference }];
    }),
    ...refcount
      .filter(({ variant }) => variant !== 'xadd')
      .map((row) => ({
        name: `${row.variant}, ${counted(row.threads)}, ${sharing(row)}`,
        run: runOf(row),
        speed: quotient(row.xaddWindows, row.windows),
        reference: 'xadd',
      })),
    ...calls.map((row) => ({
      name: row.call,
      run: runOf(row),
      speed: quotient(row.rawWindows, row.windows),
      reference: row.raw ?? 'the raw call',
    })),
    ...explore.map((row) => ({
      name: `${row.scenario}, ${row.strategy}${row.races ? ', races' : ''}`,
      run: runOf(row),
      speed: quotient(row.windows, row.bareWindows),
      reference: 'bare fibers',
    })),
  ];
}
