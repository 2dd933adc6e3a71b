import type { OutputOf } from '../base/output-of';
import { exactly } from '../base/text';
import {
  lockMeans,
  lockMessage,
  lockTrace,
  replayLockNow,
  siteNames,
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
import { rowAt, tables } from '../tables/tables';
import type { VerifyPlan, VerifyPlanReport } from './plan';

/** One lock under one memory model with that many threads and rounds. */
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

type At = Pick<LockVerification, 'lock' | 'memory' | 'threads' | 'rounds'>;

function describeFault(found: NativeVerifyFault, at: At): LockFault {
  const { slug, means: told } = rowAt(tables.faults, found.kind);
  const { cpu, site, options, preemptions, steps, minimal, ticket } = found;
  const means = lockMeans(slug, told);
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

function describeRow(row: NativeVerifyRow): LockVerification {
  const { threads, rounds, states, executions, verdict, sitesReached, sites, elapsedNs } = row;
  return {
    lock: rowAt(tables.locks, row.lock).name,
    memory: rowAt(tables.models, row.memory).name,
    threads,
    rounds,
    states,
    executions,
    verdict,
    exhaustive: row.exhausted,
    limit: verdict === 'fault' ? null : limitOf(rowAt(tables.ends, row.limit).name, false),
    sitesReached,
    sites,
    durationMs: elapsedNs / 1e6,
  };
}

function describeBarrier(row: NativeVerifyBarrier, names: Map<number, string>): Barrier {
  const { site, number, order, weaker, verdict, threads, rounds, states, fault } = row;
  const lock = rowAt(tables.locks, row.lock).name;
  const { file, line } = describePlace(site);
  return {
    lock,
    site: names.get(number) ?? siteText(site),
    file,
    line,
    order,
    weaker,
    verdict,
    threads,
    rounds,
    states,
    ticket: fault?.ticket ?? null,
    fault: fault && describeFault(fault, { lock, memory: 'rc11', threads, rounds }),
  };
}

/** Of each lock that was relaxed the orders of its sites. */
function describeRelaxed({ relaxed, barriers }: NativeVerified): RelaxedOrders[] {
  const locks = new Set(barriers.map(({ lock }) => lock));
  return [...locks].map((lock) => {
    const names = siteNames(barriers.filter((one) => one.lock === lock));
    const orders = relaxed
      .filter((one) => one.lock === lock)
      .map(({ number, site, weaker }) => [names.get(number) ?? siteText(site), weaker]);
    return { lock: rowAt(tables.locks, lock).name, orders: Object.fromEntries(orders) };
  });
}

/** What the native side verified, in words. */
export function describeVerified(found: NativeVerified): Verified {
  const rows = found.rows.map(describeRow);
  const barriers = [...new Set(found.barriers.map(({ lock }) => lock))].flatMap((lock) => {
    const own = found.barriers.filter((one) => one.lock === lock);
    const names = siteNames(own);
    return own.map((one) => describeBarrier(one, names));
  });
  const faults = found.rows.flatMap(({ fault }, i) => {
    const { lock, memory, threads, rounds } = rowAt(rows, i);
    return fault ? [describeFault(fault, { lock, memory, threads, rounds })] : [];
  });
  return {
    rows,
    barriers,
    relaxed: describeRelaxed(found),
    faults,
    stopped: found.stopped,
    durationMs: found.elapsedNs / 1e6,
  };
}

/** `2x1, 2x2, 3x1`: threads x rounds. */
export const sizesText = (sizes: VerifyPlanReport['sizes']): string =>
  sizes.map(({ threads, rounds }) => `${threads}x${rounds}`).join(', ');

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
function evidenceOf({ sizes }: VerifyPlanReport, rows: readonly LockVerification[]): string {
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
    `${all} under ${under}, at ${sizesText(sizes)} (threads x rounds): ` +
    [exactly(rows.length, 'row'), ...counted].join(', ')
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
