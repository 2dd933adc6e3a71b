import type { OutputOf } from '../base/output-of';
import { exactly } from '../base/text';
import {
  lockMeans,
  lockMessage,
  lockTrace,
  replayLockNow,
  siteNames,
  sizeFields,
} from '../explore/replay-lock';
import type {
  NativeVerified,
  NativeVerifyBarrier,
  NativeVerifyFault,
  NativeVerifyRow,
} from '../native/verify';
import type {
  barrier,
  lockFault,
  lockRow,
  relaxedOrders,
  verifyResult,
} from '../reports/documents/verify';
import { describeHead, type ReportHead, toVerdict } from '../reports/head';
import { COLUMN_WIDTH } from '../story/drawing';
import { describePlace, siteText } from '../story/trace';
import { limitOf, worstLimit } from '../tables/limit';
import { memoryCalled } from '../tables/memory';
import { type SubjectKind, type SubjectSize, sizeName, subjectRows } from '../tables/subjects';
import { rowAt, tables } from '../tables/tables';
import type { VerifyPlan, VerifyPlanReport } from './plan';

/** One lock, or one reference count, under one memory model at one size. */
export type LockVerification = OutputOf<typeof lockRow>;
/** A fault of a lock. */
export type LockFault = OutputOf<typeof lockFault>;
/** One order of one site, a step weaker than the source has it. */
export type Barrier = OutputOf<typeof barrier>;
/** A set of weaker orders that holds as a whole at the sizes of the plan. */
export type RelaxedOrders = OutputOf<typeof relaxedOrders>;

/** The report of {@link verify}. */
export interface VerifyReport extends ReportHead<'verify'>, OutputOf<typeof verifyResult> {
  /** Every parameter. */
  plan: VerifyPlanReport;
}

/** What was verified. */
export interface Verified {
  rows: LockVerification[];
  barriers: Barrier[];
  relaxed: RelaxedOrders[];
  faults: LockFault[];
  /** It was stopped: what was not begun is unfinished. */
  stopped: boolean;
  durationMs: number;
}

type At = Pick<LockVerification, 'lock' | 'subject' | 'memory'> & SubjectFields;

/** The size of a row, by what it is of. */
export type SubjectFields = Pick<
  LockVerification,
  'threads' | 'rounds' | 'writers' | 'readers' | 'users' | 'objects'
>;

/** The size alone. */
export const sizeOf = ({
  threads,
  rounds,
  writers,
  readers,
  users,
  objects,
}: SubjectFields): SubjectFields => ({
  threads,
  rounds,
  ...(writers !== undefined && { writers }),
  ...(readers !== undefined && { readers }),
  ...(users !== undefined && { users }),
  ...(objects !== undefined && { objects }),
});

function describeFault(found: NativeVerifyFault, at: At): LockFault {
  const { slug, means: told } = rowAt(tables.faults, found.kind);
  const { cpu, site, options, preemptions, steps, minimal, ticket } = found;
  const means = lockMeans(at.subject, slug, told);
  const message = lockMessage(slug, found.message, site);
  const replayed = replayLockNow(ticket);
  return {
    kind: slug,
    means,
    ...at,
    site: siteText(site),
    message: message === '' ? means : message,
    ...describePlace(site),
    cpu: cpu < at.threads ? cpu + 1 : null,
    options,
    preemptions,
    steps,
    minimal,
    ticket,
    titles: replayed.titles,
    trace: lockTrace(replayed, COLUMN_WIDTH),
  };
}

const nameOf = (kind: SubjectKind, row: number): string =>
  rowAt<{ name: string }>(tables[subjectRows(kind).table], row).name;

const SHARING = { '': null, shared: true, 'not-shared': false } as const;

/** At a size with fewer than two readers nobody asks. */
function sharingOf({ sharing }: NativeVerifyRow, { readers = 0 }: SubjectFields): object {
  return readers < 2 ? {} : { readersShare: SHARING[sharing] };
}

function describeRow(row: NativeVerifyRow, subject: SubjectKind): LockVerification {
  const { states, executions, verdict, sitesReached, sites, elapsedNs } = row;
  const size = sizeFields(subject, row);
  return {
    lock: nameOf(subject, row.lock),
    subject,
    memory: rowAt(tables.models, row.memory).name,
    ...size,
    states,
    executions,
    verdict,
    exhaustive: row.exhausted,
    limit: verdict === 'fault' ? null : limitOf(rowAt(tables.ends, row.limit).name, false),
    ...sharingOf(row, size),
    sitesReached,
    sites,
    durationMs: elapsedNs / 1e6,
  };
}

function describeBarrier(
  row: NativeVerifyBarrier,
  subject: SubjectKind,
  names: Map<number, string>,
): Barrier {
  const { site, number, order, weaker, verdict, states, fault } = row;
  const lock = nameOf(subject, row.lock);
  const { file, line } = describePlace(site);
  const size = sizeFields(subject, row);
  return {
    lock,
    subject,
    site: names.get(number) ?? siteText(site),
    file,
    line,
    order,
    weaker,
    verdict,
    ...size,
    states,
    ticket: fault?.ticket ?? null,
    fault: fault && describeFault(fault, { lock, subject, memory: 'rc11', ...size }),
  };
}

/** Of each lock that was relaxed the orders of its sites. */
function describeRelaxed(
  { relaxed, barriers }: NativeVerified,
  kind: SubjectKind,
): RelaxedOrders[] {
  const locks = new Set(barriers.map(({ lock }) => lock));
  return [...locks].map((lock) => {
    const names = siteNames(barriers.filter((one) => one.lock === lock));
    const orders = relaxed
      .filter((one) => one.lock === lock)
      .map(({ number, site, weaker }) => [names.get(number) ?? siteText(site), weaker]);
    return { lock: nameOf(kind, lock), orders: Object.fromEntries(orders) };
  });
}

/** What the native side verified of one kind, in words. */
export function describeVerified(found: NativeVerified, kind: SubjectKind): Verified {
  const rows = found.rows.map((row) => describeRow(row, kind));
  const barriers = [...new Set(found.barriers.map(({ lock }) => lock))].flatMap((lock) => {
    const own = found.barriers.filter((one) => one.lock === lock);
    const names = siteNames(own);
    return own.map((one) => describeBarrier(one, kind, names));
  });
  const faults = found.rows.flatMap(({ fault }, i) => {
    const { lock, subject, memory, ...row } = rowAt(rows, i);
    return fault ? [describeFault(fault, { lock, subject, memory, ...sizeOf(row) })] : [];
  });
  return {
    rows,
    barriers,
    relaxed: describeRelaxed(found, kind),
    faults,
    stopped: found.stopped,
    durationMs: found.elapsedNs / 1e6,
  };
}

/** `2x1, 2x2, 3x1 (threads x rounds)`; of each kind that is verified. */
export function sizesText({ sizes, rwlockSizes, refcountSizes }: VerifyPlanReport): string {
  const all: [SubjectKind, readonly SubjectSize[]][] = [
    ['lock', sizes],
    ['rwlock', rwlockSizes],
    ['refcount', refcountSizes],
  ];
  return all
    .filter(([, own]) => own.length > 0)
    .map(([kind, own]) => `${own.map(sizeName).join(', ')} (${subjectRows(kind).size})`)
    .join(' and ');
}

/** What is known of readers: nothing of locks that have none. */
function readersText(rows: readonly LockVerification[]): string {
  const lockNames = (share: boolean): string[] => [
    ...new Set(rows.filter(({ readersShare }) => readersShare === share).map(({ lock }) => lock)),
  ];
  const [some, none] = [lockNames(true), lockNames(false)];
  return [
    ...(some.length > 0 ? [`; readers share ${some.join(', ')}`] : []),
    ...(none.length > 0 ? [`; no two readers can be in ${none.join(', ')} at once`] : []),
  ].join('');
}

/** The models of the rows; of one that not every lock has rows of, which lock has. */
function modelsOf(rows: readonly LockVerification[]): string {
  const locks = [...new Set(rows.map(({ lock }) => lock))];
  const texts = [...new Set(rows.map(({ memory }) => memory))].map((memory) => {
    const own = locks.filter((lock) =>
      rows.some((row) => row.lock === lock && row.memory === memory),
    );
    return `${memoryCalled(memory)}${own.length === locks.length ? '' : ` (${own.join(', ')})`}`;
  });
  return texts.join(', ');
}

/** How far it looked: models, sizes, how many rows were exhausted. */
function evidenceOf(plan: VerifyPlanReport, rows: readonly LockVerification[]): string {
  const under = modelsOf(rows);
  const exhausted = rows.filter(({ exhaustive }) => exhaustive).length;
  // Of the rows of files executions are counted, and no states.
  const states = rows.reduce((sum, row) => sum + row.states, 0);
  const executions = rows.reduce((sum, row) => sum + (row.states > 0 ? 0 : row.executions), 0);
  const counted = [
    ...(states > 0 || executions === 0 ? [exactly(states, 'state')] : []),
    ...(executions > 0 ? [exactly(executions, 'execution')] : []),
  ];
  const all =
    exhausted === rows.length ? 'exhaustive' : `${exhausted} of ${rows.length} exhaustive`;
  return (
    `${all} under ${under}, at ${sizesText(plan)}: ` +
    [exactly(rows.length, 'row'), ...counted].join(', ') +
    readersText(rows)
  );
}

/** The report of a verification. */
export function makeVerifyReport({ report: plan }: VerifyPlan, verified: Verified): VerifyReport {
  const { rows, barriers, relaxed, faults, stopped, durationMs } = verified;
  const isOpen =
    rows.some(({ verdict }) => verdict === 'unfinished') ||
    barriers.some(({ verdict }) => verdict === 'unfinished');
  const complete = !stopped && !isOpen;
  const limits = [...rows.map(({ limit }) => limit), ...(stopped ? ['stopped'] : [])];
  const worst = worstLimit(limits);
  return {
    ...describeHead('verify', toVerdict(faults.length > 0, complete), complete),
    plan,
    durationMs,
    memory: plan.memory,
    limit: worst ?? (complete ? null : plan.timeMs > 0 ? 'time' : 'states'),
    evidence: evidenceOf(plan, rows),
    rows,
    barriers,
    relaxed,
    faults,
  };
}
