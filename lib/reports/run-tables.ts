import { formatCount, formatNs } from '../base/text';
import { SYSTEM_LOCK } from '../tables/system-lock';
import type { RunDocument } from './schemas';

/** The table of an application's run: terminal, page and Markdown have the same. */

type Site = RunDocument['sites'][number];

/** Its columns. */
export const SITE_HEADS = [
  'place',
  'taken',
  'waited',
  'mean wait',
  'longest',
  'mean hold',
  'timed',
] as const;

const NAMES =
  'A function that its module does not export has no name without debug symbols: its place is ' +
  'module and offset.';

/** What a reader of the table has to know. The system's mutex has no room to note a hold. */
export function siteLegend({ plan }: Pick<RunDocument, 'plan'>): string {
  const timed =
    plan.lock === SYSTEM_LOCK
      ? 'all waits are timed, and no hold; locks with a deadline are not counted'
      : 'all waits are timed, and of the holds of a thread one in 64, drawn at random; none of readers';
  return `Where locks were taken: ${timed}. ${NAMES}`;
}

/** A row for each place. */
export function siteRows(sites: readonly Site[]): string[][] {
  return sites.map(({ place, acquisitions, contended, waitNs, waitMaxNs, holdNs, holds }) => [
    place,
    formatCount(acquisitions),
    formatCount(contended),
    contended > 0 ? formatNs(waitNs / contended) : '-',
    contended > 0 ? formatNs(waitMaxNs) : '-',
    holdNs === null ? '-' : formatNs(holdNs),
    formatCount(holds),
  ]);
}

const LIBC = {
  robust: 'of robust mutexes',
  priority: 'of mutexes with a priority protocol',
  shared: 'of mutexes and rwlocks that processes share',
  writers: 'of rwlocks that prefer writers',
} as const;

/** What was left to the C library, a sentence where there was any. */
export function libcTexts({ libc }: Pick<RunDocument, 'libc'>): string[] {
  const parts = Object.entries(LIBC)
    .map(([name, says]) => ({ calls: libc[name as keyof typeof LIBC], says }))
    .filter(({ calls }) => calls > 0)
    .map(({ calls, says }) => `${formatCount(calls)} ${says}`);
  return parts.length > 0 ? [`calls left to the C library: ${parts.join(', ')}`] : [];
}

/** How the application ended, and what it took, in a line. */
export function runText(report: RunDocument): string {
  const { status, signal, processes, acquisitions, contended, waitNs } = report;
  const end = signal === null ? `exit status ${status}` : `ended by ${signal}`;
  const pids = new Set(processes.map(({ pid }) => pid)).size;
  const count = `${pids} ${pids === 1 ? 'process' : 'processes'}`;
  const waits = contended > 0 ? `, ${formatNs(waitNs)} in all` : '';
  return (
    `${end}, ${count}, taken ${formatCount(acquisitions)} times, ` +
    `waited ${formatCount(contended)} times${waits}`
  );
}
