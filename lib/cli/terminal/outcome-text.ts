import { memberOf } from '../../base/bounds';
import type { Grade } from '../../programs/grades';
import type { OutcomeReport } from '../../programs/outcomes';
import { formatCount } from './format';
import { type Column, renderTable } from './table';
import type { Terminal } from './terminal';

const GRADE_SAYS: Record<Grade, string> = {
  acceptable: 'also seen when the programs run one after another',
  interesting: 'takes concurrency, breaks no invariant',
  forbidden: 'a fault',
};

/** The outcomes of a scenario, each with its grade, and what the grades mean. */
export function outcomeTable(
  outcomes: readonly OutcomeReport[],
  terminal: Terminal,
  says: Record<Grade, string> = GRADE_SAYS,
): string {
  const { out } = terminal;
  const paint: Record<string, (text: string) => string> = {
    acceptable: out.green,
    interesting: out.yellow,
    forbidden: out.red,
  };
  const columns: Column[] = [
    { title: 'outcome', wrap: true },
    { title: 'count', align: 'right' },
    { title: 'grade', paint: (piece, cell) => (memberOf(paint, cell) ?? String)(piece) },
  ];
  const rows = outcomes.map(({ results, count, grade }) => [results, formatCount(count), grade]);
  const table = renderTable(columns, rows, { width: terminal.width(), heading: out.bold });
  const seen = new Set(outcomes.map(({ grade }) => grade));
  const legend = (Object.keys(says) as Grade[])
    .filter((grade) => seen.has(grade))
    .map((grade) => out.dim(`${grade}: ${says[grade]}`));
  return `${table}${legend.join('\n')}\n`;
}
