import type { BenchAppRow } from '../../app/bench';
import { formatMs } from '../terminal/format';
import { renderTable } from '../terminal/table';
import type { Terminal } from '../terminal/terminal';

const ratio = (value: number): string => value.toFixed(3);
const span = (ends: readonly [number, number] | null, text: (value: number) => string): string =>
  ends ? `${text(ends[0])}..${text(ends[1])}` : '-';

function cells({ lock, n, runMs, ci95, vsPthread, vsPthreadCi95, leftOut }: BenchAppRow): string[] {
  if (leftOut !== null) return [lock, '0', '-', '-', '-', '-', leftOut];
  const figures = [formatMs(runMs), span(ci95, formatMs), ratio(vsPthread)];
  return [lock, String(n), ...figures, span(vsPthreadCi95, ratio), ''];
}

/** The table of an application. */
export function appTable(rows: readonly BenchAppRow[], { out, width }: Terminal): string {
  const titles = ['n', 'run time', '95 %', 'of pthread_mutex', '95 %'];
  const columns = [
    { title: 'lock' },
    ...titles.map((title) => ({ title, align: 'right' as const })),
    { title: 'left out', wrap: true },
  ];
  return renderTable(columns, rows.map(cells), { width: width(), heading: out.bold });
}
