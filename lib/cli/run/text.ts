import type { RunAppReport } from '../../app/report';
import type { Inert } from '../../base/sinks/inert';
import { formatCount, formatMs, formatNs, plural } from '../terminal/format';
import { type Column, renderTable, wrapText } from '../terminal/table';
import type { Terminal } from '../terminal/terminal';

/** How much is shown. */
export interface RunTextMode {
  quiet: boolean;
  /** Places in the table. */
  shown: number;
}

const right = (title: string, spare?: number): Column => ({
  title,
  align: 'right',
  ...(spare !== undefined && { spare }),
});

function sitesTable(sites: Inert<RunAppReport>['sites'], terminal: Terminal): string {
  const columns: Column[] = [
    { title: 'place', wrap: true },
    right('taken'),
    right('waited'),
    right('mean wait'),
    right('longest', 2),
    right('mean hold'),
    right('timed', 1),
  ];
  const rows = sites.map((site) => [
    site.place,
    formatCount(site.acquisitions),
    formatCount(site.contended),
    site.contended > 0 ? formatNs(site.waitNs / site.contended) : '-',
    site.contended > 0 ? formatNs(site.waitMaxNs) : '-',
    site.holdNs === null ? '-' : formatNs(site.holdNs),
    formatCount(site.holds),
  ]);
  const { err, progressWidth } = terminal;
  return renderTable(columns, rows, { width: progressWidth(), heading: err.bold });
}

const LIBC = {
  robust: 'of robust mutexes',
  priority: 'of mutexes with a priority protocol',
  shared: 'of mutexes and rwlocks that processes share',
  writers: 'of rwlocks that prefer writers',
} as const;

function libcText(libc: Inert<RunAppReport>['libc']): string[] {
  const parts = Object.entries(LIBC)
    .map(([name, says]) => ({ calls: libc[name as keyof typeof LIBC], says }))
    .filter(({ calls }) => calls > 0)
    .map(({ calls, says }) => `${formatCount(calls)} ${says}`);
  return parts.length > 0 ? [`calls left to the C library: ${parts.join(', ')}`] : [];
}

function endText({ status, signal }: Inert<RunAppReport>): string {
  return signal === null ? `exit status ${status}` : `ended by ${signal}`;
}

/** The report for people, for standard error. `quiet`: warnings alone. */
export function renderRun(
  report: Inert<RunAppReport>,
  { quiet, shown }: RunTextMode,
  terminal: Terminal,
): string {
  const { err, progressWidth } = terminal;
  const { plan, sites, acquisitions, contended, waitNs, durationMs, processes } = report;
  const wrapped = (text: string): string => wrapText(text, progressWidth()).join('\n');
  const warnings = report.warnings.map((text) => wrapped(`${err.yellow('warning:')} ${text}`));
  if (quiet) return warnings.map((line) => `${line}\n`).join('');
  const timed = sites.some(({ holds }) => holds > 0);
  const some = sites.slice(0, shown);
  const left = sites.length - some.length;
  const notes = [
    ...(left > 0 ? [`${plural(left, 'more place')}: --sites 0 shows all`] : []),
    ...(timed ? ['one of 64 holds of a thread is timed; waits are all timed'] : []),
    ...(sites.length > 0
      ? ['a function that is not exported by its module has no name without debug symbols']
      : []),
    ...libcText(report.libc),
  ];
  const verdict =
    `${err.bold(plan.lock)}: ${endText(report)} after ${formatMs(durationMs)}, ` +
    `${processes.length} ${processes.length === 1 ? 'process' : 'processes'}, taken ${formatCount(acquisitions)} times, ` +
    `waited ${formatCount(contended)} times${contended > 0 ? `, ${formatNs(waitNs)} in all` : ''}`;
  return [
    some.length > 0 ? sitesTable(some, terminal) : '',
    ...notes.map((text) => `${err.dim(wrapped(text))}\n`),
    ...warnings.map((line) => `${line}\n`),
    `${wrapped(verdict)}\n`,
  ].join('');
}
