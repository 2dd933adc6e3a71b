import type { BenchMinorRow } from '../../bench/rows';
import { comparePaired } from '../../reports/comparison/words';
import { eraOf } from '../../reports/documents/bench-figures';
import { formatCount, plural } from '../terminal/format';
import type { Terminal } from '../terminal/terminal';
import { digits, right, section, span, table, times } from './cells';

const eraName = (row: BenchMinorRow): string => eraOf(row) ?? '';

/** Whether it is what the others are set against. */
const isFirst = (row: BenchMinorRow): boolean => eraName(row) === row.against;

/**
 * What each step of history cost: a group a mix and number of threads. Verdicts are of speed, round by
 * round against the first set, and share the 5 % of being wrong.
 */
export function erasText(rows: readonly BenchMinorRow[], terminal: Terminal): string {
  const verdicts = rows.filter((row) => !isFirst(row) && row.bareWindows.length > 0).length;
  const columns = [
    { title: 'patches' },
    { title: '_minor_lock', spare: 3 },
    right('n', 4),
    right('ns'),
    right('95 %', 1),
    right('ops/s'),
    right(`/ ${rows[0]?.against ?? ''}`),
    right('95 %', 2),
    { title: 'verdict' },
  ];
  const wordFor = (row: BenchMinorRow): string => {
    if (isFirst(row)) return '';
    if (row.bareWindows.length === 0) return 'cannot be compared';
    return comparePaired(row.bareWindows, row.windows, verdicts).word;
  };
  const cellsOf = (row: BenchMinorRow): string[] => [
    eraName(row),
    row.minorLock ?? '',
    String(row.windows.length),
    digits(row.nsPerOp),
    span(row.ci95, digits),
    formatCount(row.opsPerSecond ?? 0),
    times(row.vsBare),
    span(row.vsBareCi95, digits),
    wordFor(row),
  ];
  const nameOf = ({ op, threads, oversubscribed }: BenchMinorRow): string =>
    `${op}, ${plural(threads, 'thread')}${oversubscribed ? ', more threads than CPUs' : ''}`;
  return section(rows, nameOf, (mix) => table(columns, mix.map(cellsOf), terminal), terminal);
}
