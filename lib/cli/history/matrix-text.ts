import type { Inert } from '../../base/sinks/inert';
import { exactly } from '../../base/text';
import type { HistoryReport } from '../../explore/history';
import {
  disagreementText,
  effectRows,
  isVaried,
  type Matrix,
  ROW_HEADS,
  ROW_LEGEND,
  SCENARIO_HEADS,
  scenarioRows,
  setsLegend,
} from '../../reports/history-matrix-tables';
import { type Column, renderTable, wrapText } from '../terminal/table';
import type { Terminal } from '../terminal/terminal';

/** Lines of prose, also where there is no edge. */
const PROSE_WIDTH = 96;
const DISAGREEMENTS_SHOWN = 10;

function prose(text: string, { out, width }: Terminal): string {
  return `${wrapText(text, Math.min(width(), PROSE_WIDTH))
    .map((line) => out.dim(line))
    .join('\n')}\n`;
}

function scenarioTable(matrix: Matrix, terminal: Terminal): string {
  const { out, width } = terminal;
  const [scenario, sets, faults] = SCENARIO_HEADS;
  const columns: Column[] = [{ title: scenario }, { title: sets }, { title: faults, wrap: true }];
  const table = renderTable(columns, scenarioRows(matrix), { width: width(), heading: out.bold });
  return `${table}${prose(setsLegend(matrix), terminal)}`;
}

function rowTable(matrix: Matrix, terminal: Terminal): string {
  const { out, width } = terminal;
  const [row, matters, when, fault, sets, scenarios] = ROW_HEADS;
  const columns: Column[] = [
    { title: row, paint: out.bold },
    { title: matters, align: 'right' },
    { title: when },
    { title: fault },
    { title: sets, align: 'right' },
    { title: scenarios, wrap: true },
  ];
  const table = renderTable(columns, effectRows(matrix), { width: width(), heading: out.bold });
  return `${table}${prose(ROW_LEGEND, terminal)}`;
}

/** What the terminal has of the matrix of a history. */
export function historyMatrixTables(matrix: Matrix, terminal: Terminal): string[] {
  return [
    scenarioTable(matrix, terminal),
    ...(isVaried(matrix) ? [rowTable(matrix, terminal)] : []),
    ...disagreementsText(matrix, terminal),
  ];
}

/** The cells that disagree; nothing where none does. */
export function disagreementsText({ disagreements }: Matrix, { out, width }: Terminal): string[] {
  if (disagreements.length === 0) return [];
  const lines = disagreements.slice(0, DISAGREEMENTS_SHOWN).map(disagreementText);
  const more = disagreements.length - lines.length;
  if (more > 0) lines.push(`and ${more} more; --json has them all`);
  const head = out.red(`${exactly(disagreements.length, 'cell')} not as the formulas say:`);
  return [`${[head, ...lines.flatMap((line) => wrapText(`  ${line}`, width()))].join('\n')}\n`];
}

/** The matrix of a report; nothing where it has none. */
export function matrixOf({ matrix }: Inert<HistoryReport>): Matrix | null {
  return matrix as unknown as Matrix | null;
}
