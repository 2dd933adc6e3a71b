import type { Confidence } from '../../bench/rows';
import { type Column, renderTable } from '../terminal/table';
import type { Terminal } from '../terminal/terminal';

/** A column of figures. */
export const right = (title: string, spare = 0): Column => ({ title, align: 'right', spare });

/** Three digits: 0.123, 1.23, 12.3, 123. */
export const digits = (value: number): string =>
  value >= 99.95 ? value.toFixed(0) : value.toPrecision(3).replace(/e.*/, '');
/** `1.95x`; a dash where there is no ratio. */
export const times = (value: number): string => (value > 0 ? `${digits(value)}x` : '-');
/** `0.9 - 1.1`; a dash where there were too few windows for an interval. */
export const span = (interval: Confidence, say: (value: number) => string): string =>
  interval ? `${say(interval[0])} - ${say(interval[1])}` : '-';

/** A table, as wide as the terminal allows. */
export function table(columns: Column[], cells: string[][], { out, width }: Terminal): string {
  return renderTable(columns, cells, { width: width(), heading: out.bold });
}

/** Rows that belong together, in their order. */
function groups<Row>(rows: readonly Row[], nameOf: (row: Row) => string): Map<string, Row[]> {
  const found = new Map<string, Row[]>();
  for (const row of rows) found.set(nameOf(row), [...(found.get(nameOf(row)) ?? []), row]);
  return found;
}

/** A group under its name, with a line on the best. */
export function section<Row>(
  rows: readonly Row[],
  nameOf: (row: Row) => string,
  render: (rows: Row[]) => string,
  { out }: Terminal,
): string {
  const parts = [...groups(rows, nameOf)].map(
    ([name, members]) => `${out.bold(name)}\n${render(members)}`,
  );
  return parts.join('\n');
}
