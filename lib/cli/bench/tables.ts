import { array, safeParse } from 'valibot';
import type {
  BenchCallRow,
  BenchExploreRow,
  BenchLockRow,
  BenchMinorRow,
  BenchRefcountRow,
  BenchRow,
  BenchRows,
  BenchRwlockRow,
  BenchSuite,
} from '../../bench/rows';
import { appRow } from '../../reports/documents/bench-app';
import { type BenchRow as AnyRow, writtenRows } from '../../reports/documents/bench-rows';
import { tables } from '../../tables/tables';
import { formatCount, formatMs, formatNs, plural } from '../terminal/format';
import type { Column } from '../terminal/table';
import type { Terminal } from '../terminal/terminal';
import { appTable } from './app-table';
import { digits, right, section, span, table, times } from './cells';
import { erasText } from './eras';
import { lockNotes } from './notes';
import { verdictsOf, winnerLine } from './winner';

/** What of a machine its tables are read by. */
interface Clocked {
  clockNs?: number | undefined;
}

function cellName({ threads, holdNs, outsideNs, oversubscribed, calls }: BenchLockRow): string {
  const crowd = oversubscribed ? ', more threads than CPUs' : '';
  // What is called through pointers is set against what is called so alone.
  const how = calls === 'pointer' ? ', called through pointers' : '';
  return `${plural(threads, 'thread')}, ${holdNs} ns held, ${outsideNs} ns outside${crowd}${how}`;
}

/** Waits are the upper ends of histogram buckets, which are so much wider than they are low. */
const BUCKET_WIDTH = 1 + 1 / 16;

const LOCK_COLUMNS: Column[] = [
  { title: 'lock' },
  right('n', 6),
  right('ops/s'),
  right('95 %', 3),
  right('pthread_mutex', 4),
  right('handoffs'),
  right('Jain'),
  right('CPU ns', 5),
  right('p50', 7),
  right('p99', 8),
  right('p99.9', 2),
  right('corrected', 1),
];

/** A wait, or that it is shorter than what a look at the clock takes. */
function waitText(ns: number, clockNs: number): string {
  return ns <= clockNs * BUCKET_WIDTH ? `<${formatNs(clockNs)}` : formatNs(ns);
}

function lockCells(row: BenchLockRow, clockNs: number): string[] {
  const { p50, p99, p999 } = row.waitNs;
  return [
    row.lock,
    String(row.n),
    formatCount(row.opsPerSecond),
    span(row.ci95, formatCount),
    times(row.vsMutex),
    `${(row.handoffRatio * 100).toFixed(0)} %`,
    row.jain.toFixed(3),
    digits(row.cpuNsPerOp),
    ...[p50, p99, p999, row.waitNsCorrected.p999].map((ns) => waitText(ns, clockNs)),
  ];
}

/** Locks that exclude nobody, for which a throughput means nothing. */
const CONTROLS = new Set<string>(
  [...tables.locks, ...tables.rwlocks].filter(({ control }) => control).map(({ name }) => name),
);

/** How the rows of a kind of locks are shown. */
interface LockTable<Row> {
  cellName(row: Row): string;
  columns: Column[];
  cells(row: Row, clockNs: number): string[];
}

function lockTables<Row extends BenchLockRow | BenchRwlockRow>(
  rows: readonly Row[],
  { cellName, columns, cells }: LockTable<Row>,
  terminal: Terminal,
  { clockNs = 0 }: Clocked,
): string {
  if (rows.length === 0) return '';
  const competes = ({ lock }: Row): boolean => !CONTROLS.has(lock);
  const verdicts = verdictsOf(rows.filter(competes), cellName);
  const render = (cell: Row[]): string => {
    const entrants = cell.filter(competes).map(({ lock, opsPerSecond, ci95, windows }) => ({
      name: lock,
      figure: opsPerSecond,
      ci95,
      windows,
    }));
    const lines = cell.map((row) => cells(row, clockNs));
    const winner = winnerLine(entrants, { more: 'higher', unit: 'ops/s', verdicts }, terminal);
    return table(columns, lines, terminal) + winner;
  };
  return `${section(rows, cellName, render, terminal)}\n${lockNotes(rows)}`;
}

const LOCK_TABLE: LockTable<BenchLockRow> = {
  cellName,
  columns: LOCK_COLUMNS,
  cells: lockCells,
};

const RWLOCK_TABLE: LockTable<BenchRwlockRow> = {
  cellName: ({ threads, readPercent, holdNs, outsideNs, oversubscribed }) =>
    `${plural(threads, 'thread')}, ${readPercent} % readers, ${holdNs} ns held, ` +
    `${outsideNs} ns outside${oversubscribed ? ', more threads than CPUs' : ''}`,
  columns: [
    { title: 'lock' },
    right('n', 6),
    right('ops/s'),
    right('95 %', 3),
    right('pthread_rwlock', 4),
    right('Jain'),
    right('CPU ns', 5),
    right('read p50', 7),
    right('read p99', 2),
    right('write p50', 8),
    right('write p99', 2),
    right('read again', 1),
  ],
  cells: (row, clockNs) => [
    row.lock,
    String(row.n),
    formatCount(row.opsPerSecond),
    span(row.ci95, formatCount),
    times(row.vsRwlock),
    row.jain.toFixed(3),
    digits(row.cpuNsPerOp),
    ...waitsText(row.readWaitNs, row.readPercent > 0, clockNs),
    ...waitsText(row.writeWaitNs, row.readPercent < 100, clockNs),
    row.rereads > 0 ? `${digits(row.rereads * 100)} %` : '-',
  ],
};

/** Median and p99 of a side of the lock; dashes where the cell has none of it. */
const waitsText = (
  { p50, p99 }: BenchRwlockRow['readWaitNs'],
  are: boolean,
  clockNs: number,
): string[] => [p50, p99].map((ns) => (are ? waitText(ns, clockNs) : '-'));

function tablesText(rows: readonly BenchMinorRow[], terminal: Terminal): string {
  const columns = [
    { title: 'operation' },
    { title: 'order' },
    right('ids'),
    right('n', 4),
    right('ns'),
    right('95 %', 1),
    right('bare walk'),
    right('95 %', 2),
  ];
  const cells = rows.map((row) => [
    row.op,
    row.order,
    formatCount(row.n),
    String(row.windows.length),
    digits(row.nsPerOp),
    span(row.ci95, digits),
    times(row.vsBare),
    span(row.vsBareCi95, digits),
  ]);
  return rows.length > 0 ? table(columns, cells, terminal) : '';
}

function protocolText(rows: readonly BenchMinorRow[], terminal: Terminal): string {
  const columns = [
    { title: '_minor_lock' },
    right('n', 4),
    right('ns'),
    right('95 %', 1),
    right('ops/s'),
    right('mutex'),
    right('95 %', 2),
  ];
  const cellsOf = (row: BenchMinorRow): string[] => [
    row.minorLock ?? '',
    String(row.windows.length),
    digits(row.nsPerOp),
    span(row.ci95, digits),
    formatCount(row.opsPerSecond ?? 0),
    times(row.vsBare),
    span(row.vsBareCi95, digits),
  ];
  const mixName = ({ op, threads }: BenchMinorRow): string => `${op}, ${plural(threads, 'thread')}`;
  const verdicts = verdictsOf(rows, mixName);
  return section(
    rows,
    mixName,
    (mix) => {
      const entrants = mix.map(({ minorLock = '', nsPerOp, ci95, windows }) => ({
        name: minorLock,
        figure: nsPerOp,
        ci95,
        windows,
      }));
      const winner = winnerLine(entrants, { more: 'lower', unit: 'ns', verdicts }, terminal);
      return table(columns, mix.map(cellsOf), terminal) + winner;
    },
    terminal,
  );
}

function minorsText(rows: readonly BenchMinorRow[], terminal: Terminal): string {
  const tables = rows.filter(({ minorLock }) => minorLock === undefined);
  const eras = rows.filter(({ patches }) => patches !== undefined);
  const protocol = rows.filter(
    ({ minorLock, patches }) => minorLock !== undefined && patches === undefined,
  );
  return [tablesText(tables, terminal), protocolText(protocol, terminal), erasText(eras, terminal)]
    .filter(Boolean)
    .join('\n');
}

function refcountText(rows: readonly BenchRefcountRow[], terminal: Terminal): string {
  const columns = [
    { title: 'get and put by' },
    right('n', 4),
    right('ns'),
    right('95 %', 1),
    right('xadd'),
    right('95 %', 2),
    right('CPU ns', 3),
    ...[right('last ns', 5), right('object', 7), right('thread', 7), right('may wait', 6)],
  ];
  const cellsOf = (row: BenchRefcountRow): string[] => [
    row.variant,
    String(row.windows.length),
    digits(row.nsPerPair),
    span(row.ci95, digits),
    times(row.vsXadd),
    span(row.vsXaddCi95, digits),
    digits(row.cpuNsPerPair),
    row.lastPutNs === null ? '-' : digits(row.lastPutNs),
    ...[String(row.bytesObject), String(row.bytesThread), row.mayWait ? 'yes' : 'no'],
  ];
  const nameOf = ({ threads, shared, objects, oversubscribed }: BenchRefcountRow): string => {
    const all = objects > 1 ? `${objects} objects` : 'one count';
    const counts = shared ? `${all}${threads > 1 ? ' for all' : ''}` : 'a count for each';
    const crowd = oversubscribed ? ', more threads than CPUs' : '';
    return `${plural(threads, 'thread')}, ${counts}${crowd}`;
  };
  return section(rows, nameOf, (group) => table(columns, group.map(cellsOf), terminal), terminal);
}

function callsText(rows: readonly BenchCallRow[], terminal: Terminal): string {
  const columns = [
    { title: 'call' },
    right('n', 4),
    right('ns'),
    { title: 'per', spare: 1 },
    right('95 %', 3),
    { title: 'against', wrap: true },
    right('ns'),
    right('ratio'),
    right('95 %', 2),
  ];
  const cells = rows.map((row) => [
    row.call,
    String(row.windows.length),
    digits(row.ns),
    row.per,
    span(row.ci95, digits),
    row.raw,
    digits(row.rawNs),
    times(row.vsRaw),
    span(row.vsRawCi95, digits),
  ]);
  return rows.length > 0 ? table(columns, cells, terminal) : '';
}

function exploreText(rows: readonly BenchExploreRow[], terminal: Terminal): string {
  const columns = [
    { title: 'scenario' },
    { title: 'strategy' },
    right('n', 4),
    right('schedules/s'),
    right('95 %', 2),
    right('states/s', 1),
    right('points', 4),
    right('ns/point'),
    right('bare'),
    right('of bare', 3),
    right('to the end in'),
  ];
  const cells = rows.map((row) => [
    `${row.scenario} (${row.threads})`,
    `${row.strategy}${row.races ? ', races' : ''}`,
    String(row.windows.length),
    formatCount(row.schedulesPerSecond),
    span(row.ci95, formatCount),
    row.statesPerSecond > 0 ? formatCount(row.statesPerSecond) : '-',
    digits(row.pointsPerSchedule),
    digits(row.nsPerPoint),
    digits(row.bareNsPerPoint),
    `${(row.vsBare * 100).toFixed(0)} %`,
    row.exhaustedMs > 0 ? formatMs(row.exhaustedMs) : '-',
  ]);
  return rows.length > 0 ? table(columns, cells, terminal) : '';
}

const TEXTS: {
  [Suite in BenchSuite]: (rows: BenchRows[Suite][], terminal: Terminal, machine: Clocked) => string;
} = {
  locks: (rows, terminal, machine) => lockTables(rows, LOCK_TABLE, terminal, machine),
  rwlocks: (rows, terminal, machine) => lockTables(rows, RWLOCK_TABLE, terminal, machine),
  minors: minorsText,
  refcount: refcountText,
  calls: callsText,
  explore: exploreText,
};

/** The table of a suite. */
export function suiteTable(
  suite: BenchSuite,
  rows: readonly BenchRow[],
  machine: Clocked,
  terminal: Terminal,
): string {
  const render = TEXTS[suite] as (rows: readonly BenchRow[], ...rest: unknown[]) => string;
  return render(rows, terminal, machine);
}

/** The part of a report that was read that its table is made of. */
interface Tabled {
  plan: { suite?: unknown };
  rows: readonly AnyRow[];
  machine?: Clocked | undefined;
  parts?: unknown;
}

const isSuite = (suite: unknown): suite is BenchSuite => Object.keys(TEXTS).includes(String(suite));

/** What the run itself printed; nothing of several runs, and of versions that wrote other rows. */
export function benchTables({ plan, rows, machine, parts }: Tabled, terminal: Terminal): string[] {
  const { suite } = plan;
  if (parts !== undefined) return [];
  if (suite === 'app') {
    const read = safeParse(array(appRow), rows);
    return read.success ? [appTable(read.output, terminal)] : [];
  }
  if (!isSuite(suite)) return [];
  const read = safeParse(writtenRows[suite], rows);
  return read.success ? [suiteTable(suite, read.output, machine ?? {}, terminal)] : [];
}
