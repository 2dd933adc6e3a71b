import { append, largest } from '../../base/bounds';
import { wrapText } from '../../base/wrap';

export { hangingText, wrapText } from '../../base/wrap';

/** A column of a table. Cells are plain text: color comes in after the layout, through `paint`. */
export interface Column {
  title: string;
  align?: 'left' | 'right';
  /** Cells may break into lines at spaces when the table is too wide for its place. */
  wrap?: boolean;
  /** May be left out where there is no room; the highest number goes first. */
  spare?: number;
  /** Colors a piece of a cell; `cell` is the whole of it. */
  paint?: (piece: string, cell: string) => string;
}

export interface TableOptions {
  /** Columns of the terminal; Infinity (a pipe) keeps one line per row. */
  width: number;
  /** Colors the titles. */
  heading?: (text: string) => string;
}

const GAP = '  ';
/** A wrapped column is never narrower than this, its title, or its longest word. */
const WRAP_MIN = 12;
/** A word longer than this is cut where it does not fit. */
const WORD_MAX = 32;

/**
 * Lay rows out in columns. Where even wrapping leaves no room, each row becomes a block of
 * `title: cell` lines instead, so that nothing runs over the edge.
 */
export function renderTable(columns: Column[], rows: string[][], options: TableOptions): string {
  const heading = options.heading ?? ((text: string) => text);
  const widths = fitWidths(columns, rows, options.width);
  if (!widths) {
    const narrower = withoutSpare(columns, rows);
    if (narrower) return renderTable(narrower.columns, narrower.rows, options);
    return renderBlocks(columns, rows, options.width, heading);
  }
  const titles = columns.map((column) => ({ ...column, wrap: false, paint: heading }));
  const lines = layOut(
    titles,
    columns.map((column) => column.title),
    widths,
  );
  for (const row of rows) append(lines, layOut(columns, row, widths));
  return `${lines.join('\n')}\n`;
}

/** The table without the column that is wanted least, if one can go. */
function withoutSpare(
  columns: Column[],
  rows: string[][],
): { columns: Column[]; rows: string[][] } | undefined {
  const most = largest(columns.map(({ spare = 0 }) => spare));
  if (most === 0) return undefined;
  const gone = columns.findIndex(({ spare }) => spare === most);
  const keep = (_: unknown, i: number): boolean => i !== gone;
  return { columns: columns.filter(keep), rows: rows.map((row) => row.filter(keep)) };
}

function fitWidths(columns: Column[], rows: string[][], width: number): number[] | undefined {
  const widths = columns.map((column, i) =>
    largest(
      rows.map((row) => (row[i] ?? '').length),
      column.title.length,
    ),
  );
  const gaps = GAP.length * (columns.length - 1);
  const mins = columns.map((column, i) =>
    narrowest(
      column,
      rows.map((row) => row[i] ?? ''),
    ),
  );
  let excess = widths.reduce((sum, w) => sum + w, gaps) - width;
  while (excess > 0) {
    const widest = widestWrappable(columns, widths, mins);
    if (widest === undefined) return undefined;
    widths[widest] = (widths[widest] ?? 0) - 1;
    excess -= 1;
  }
  return widths;
}

function narrowest({ title }: Column, cells: string[]): number {
  const words = cells.flatMap((cell) =>
    cell.split(' ').map((word) => Math.min(word.length, WORD_MAX)),
  );
  return largest(words, Math.max(WRAP_MIN, title.length));
}

function widestWrappable(columns: Column[], widths: number[], mins: number[]): number | undefined {
  let found: number | undefined;
  columns.forEach((column, i) => {
    if (!column.wrap || (widths[i] ?? 0) <= (mins[i] ?? 0)) return;
    if (found === undefined || (widths[i] ?? 0) > (widths[found] ?? 0)) found = i;
  });
  return found;
}

function layOut(columns: Column[], cells: string[], widths: number[]): string[] {
  const broken = columns.map((_, i) => wrapText(cells[i] ?? '', widths[i] ?? 0));
  const height = largest(broken.map((lines) => lines.length));
  const last = columns.length - 1;
  return Array.from({ length: height }, (_, y) =>
    columns
      .map((column, i) => {
        const piece = broken[i]?.[y] ?? '';
        const fill = ' '.repeat(Math.max(0, (widths[i] ?? 0) - piece.length));
        const painted = paint(column, piece, cells[i] ?? '');
        if (column.align === 'right') return fill + painted;
        return i === last ? painted : painted + fill;
      })
      .join(GAP)
      .trimEnd(),
  );
}

function paint(column: Column, piece: string, cell: string): string {
  return column.paint && piece ? column.paint(piece, cell) : piece;
}

function renderBlocks(
  columns: Column[],
  rows: string[][],
  width: number,
  heading: (text: string) => string,
): string {
  const label = largest(columns.map((column) => column.title.length)) + GAP.length;
  const room = Math.max(1, width - label);
  const blocks = rows.map((row) =>
    columns
      .flatMap((column, i) => {
        const cell = row[i] ?? '';
        return wrapText(cell, room).map((piece, y) => {
          const title = y === 0 ? column.title : '';
          const fill = ' '.repeat(label - title.length);
          return ((title && heading(title)) + fill + paint(column, piece, cell)).trimEnd();
        });
      })
      .join('\n'),
  );
  return `${blocks.join('\n\n')}\n`;
}
