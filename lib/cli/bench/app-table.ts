import type { BenchAppRow } from '../../app/bench';
import { comparePaired } from '../../reports/comparison/words';
import { formatMs } from '../terminal/format';
import { renderTable } from '../terminal/table';
import type { Terminal } from '../terminal/terminal';
import { span } from './cells';

const ratio = (value: number): string => value.toFixed(3);

/** Round by round against the application's own lock; verdicts share the 5 % of being wrong. */
function wordsOf(rows: readonly BenchAppRow[]): Map<string, string> {
  const [own, ...others] = rows;
  const told = others.filter(({ leftOut }) => leftOut === null);
  const theirs = own?.windows.map((ms) => 1 / ms) ?? [];
  return new Map(
    told.map(({ lock, windows }) => {
      const ours = windows.map((ms) => 1 / ms);
      return [lock, comparePaired(ours, theirs, told.length).word];
    }),
  );
}

function cells(row: BenchAppRow, verdict: string): string[] {
  const { lock, n, runMs, ci95, vsPthread, vsPthreadCi95, leftOut } = row;
  if (leftOut !== null) return [lock, '0', '-', '-', '-', '-', `left out: ${leftOut}`];
  if (n === 0) return [lock, '0', '-', '-', '-', '-', 'not measured'];
  const figures = [formatMs(runMs), span(ci95, formatMs), ratio(vsPthread)];
  return [lock, String(n), ...figures, span(vsPthreadCi95, ratio), verdict];
}

/** The table of an application. */
export function appTable(rows: readonly BenchAppRow[], { out, width }: Terminal): string {
  const titles = ['n', 'run time', '95 %', 'of pthread_mutex', '95 %'];
  const columns = [
    { title: 'lock' },
    ...titles.map((title) => ({ title, align: 'right' as const })),
    { title: 'verdict', wrap: true },
  ];
  const words = wordsOf(rows);
  const lines = rows.map((row) => cells(row, words.get(row.lock) ?? ''));
  return renderTable(columns, lines, { width: width(), heading: out.bold });
}
