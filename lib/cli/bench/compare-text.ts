import { median } from '../../base/statistics';
import type { ComparedRow, Comparison } from '../../reports/comparison/compare';
import type { Trend, TrendRow } from '../../reports/comparison/trend';
import { plural } from '../terminal/format';
import { type Column, renderTable, wrapText } from '../terminal/table';
import type { Terminal } from '../terminal/terminal';

const right = (title: string, spare = 0): Column => ({ title, align: 'right', spare });

const digits = (value: number): string =>
  Number.isFinite(value) && value > 0 ? `${value.toPrecision(3)}x` : '-';

const COLUMNS: Column[] = [
  { title: 'row', wrap: true },
  { title: 'beside', spare: 3, wrap: true },
  right('runs', 4),
  right('old', 2),
  right('new', 1),
  right('new / old'),
  right('95 %', 5),
  { title: 'verdict' },
];

function cellsOf(row: ComparedRow): string[] {
  const range = row.ci95 ? row.ci95.map((end) => end.toFixed(3)).join(' - ') : '-';
  return [
    row.name,
    row.reference,
    row.runs.join(', '),
    digits(row.old),
    digits(row.now),
    row.old > 0 && row.now > 0 ? row.ratio.toFixed(3) : '-',
    range,
    row.word,
  ];
}

/** Each reason once, with the rows that it is about counted. */
function reasonsOf({ rows }: Comparison): string[] {
  const reasons = new Map<string, number>();
  for (const { why } of rows) if (why) reasons.set(why, (reasons.get(why) ?? 0) + 1);
  return [...reasons].map(([why, count]) => `${plural(count, 'row')}: ${why}`);
}

/** Names in a line; of many the first, and how many more. */
const NAMED_MAX = 5;
function namesText(names: readonly string[]): string {
  const more = names.length - NAMED_MAX;
  if (more <= 0) return names.join('; ');
  return `${names.slice(0, NAMED_MAX).join('; ')}; and ${more} more`;
}

/** How sure all verdicts are together. */
function sureText(verdicts: number): string[] {
  if (verdicts === 0) return [];
  if (verdicts === 1) return ['the verdict is wrong in at most 5 %'];
  return [`the ${verdicts} verdicts together are wrong in at most 5 %`];
}

/** How a benchmark compares, for people: above 1 the new side is the faster one. */
export function comparisonText(comparison: Comparison, terminal: Terminal): string {
  const { out, width } = terminal;
  const { rows, notes, gone, added } = comparison;
  const verdicts = rows.filter(({ word }) => word !== 'cannot be compared').length;
  const counts = ['faster', 'slower', 'same', 'not told apart', 'cannot be compared'].flatMap(
    (word) => {
      const count = rows.filter((row) => row.word === word).length;
      return count > 0 ? [`${count} ${word}`] : [];
    },
  );
  const lines = [
    ...reasonsOf(comparison),
    ...notes.map((note) => `note: ${note}`),
    ...(gone.length > 0 ? [`only in the old: ${namesText(gone)}`] : []),
    ...(added.length > 0 ? [`only in the new: ${namesText(added)}`] : []),
    [
      `compared: ${counts.join(', ') || 'no row is in both'}`,
      ...sureText(verdicts),
      ...(rows.length > 0
        ? ['each figure is a ratio to what stands beside it in the same rounds']
        : []),
    ].join('; '),
  ];
  const table =
    rows.length > 0
      ? renderTable(COLUMNS, rows.map(cellsOf), { width: width(), heading: out.bold })
      : '';
  return `${table}${lines.flatMap((line) => wrapText(line, width())).join('\n')}\n`;
}

const TRENDS: Record<TrendRow['trend'], string> = {
  steady: 'steady',
  faster: 'the newest two are faster than the ten before',
  slower: 'the newest two are slower than the ten before',
  few: 'fewer than 12 files',
};

/** What became of rows over several files, for people. */
export function trendText({ rows, leftOut }: Trend, { out, width }: Terminal): string {
  const columns: Column[] = [
    { title: 'row', wrap: true },
    right('files'),
    right('least', 2),
    right('median', 1),
    right('most', 2),
    right('newest'),
    { title: 'trend', wrap: true },
  ];
  const cells = rows.map(({ name, speeds, trend }) => {
    const sorted = [...speeds].sort((a, b) => a - b);
    const figures = [sorted[0], median(speeds), sorted.at(-1), speeds.at(-1)];
    return [
      name,
      String(speeds.length),
      ...figures.map((figure) => digits(figure ?? 0)),
      TRENDS[trend],
    ];
  });
  const table =
    rows.length > 0 ? renderTable(columns, cells, { width: width(), heading: out.bold }) : '';
  const left = leftOut.map((why) => `left out: ${why}`);
  const says = 'each figure is a ratio of speeds to the reference of the same rounds';
  return `${table}${[...left, says].flatMap((line) => wrapText(line, width())).join('\n')}\n`;
}
