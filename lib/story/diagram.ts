import { largest } from '../base/bounds';
/** What a row of a diagram is: it decides color and indentation. */
export type DiagramPart = 'op' | 'line' | 'value' | 'note' | 'fault' | 'gap' | 'place';

/** The parts of an access, which make its text. */
export interface Access {
  /** Empty where the code names it, or it is not known. */
  function: string;
  code: string;
  /** In brackets; empty where there are none. */
  values: string;
}

/** Something that one CPU does, at its place in time. */
export interface DiagramRow {
  /** From 1; absent where the row belongs to the step above. */
  step?: number | undefined;
  /** From 1; 0: it belongs to no CPU, and goes across all columns. */
  cpu: number;
  /** What the thread is called, where the row is of one: `cpu2`, of own C `thread 2`. */
  who?: string | undefined;
  part: DiagramPart;
  text: string;
  /** The step that it belongs to, said or not. */
  at?: number | undefined;
  /** The step of another CPU whose write is read here, or that made the fault. */
  from?: number | undefined;
  /** The step of another CPU whose write was not seen here, or comes after its own. */
  missed?: number | undefined;
  /** What `text` is made of, where it is an access. */
  access?: Access | undefined;
  /** Where in the sources: `native/core/dm/dm.c:221`. */
  place?: string | undefined;
}

const STEP_TITLE = 'step';
const STEP_WIDTH = STEP_TITLE.length;
const SEPARATOR = ' | ';
const MIN_COLUMN = 16;
/** Nobody reads columns that are wider. */
const MAX_COLUMN = 76;
/** What hangs under a row that is broken. */
const HANGING = 4;
const INDENT: Record<DiagramPart, number> = {
  op: 0,
  line: 2,
  value: 6,
  note: 2,
  fault: 0,
  gap: 2,
  place: 6,
};

/** How a row is painted; `String` where there is no color. */
export type Paint = (part: DiagramPart, text: string) => string;

export const plainPaint: Paint = (_, text) => text;

/** A diagram before it is put together. */
export interface LaidOut {
  head: string[];
  /** The lines of each row. */
  rows: string[][];
}

/**
 * The diagram of the kernel's mails: time runs down, one column a CPU.
 *
 * @param titles - Of the columns.
 * @param width - Of the whole; columns get what their texts need, or an equal share of it.
 */
export function layOutDiagram(
  titles: readonly string[],
  rows: readonly DiagramRow[],
  width: number,
  paint: Paint = plainPaint,
): LaidOut {
  const least = STEP_WIDTH + titles.length * (SEPARATOR.length + MIN_COLUMN);
  if (width < least) return layOutList(titles, rows, width, paint);
  const widths = columnWidths(titles, rows, width);
  return {
    head: headLines(titles, widths, paint),
    rows: rows.map((r) => rowLines(r, widths, paint)),
  };
}

/** Where there is no room for columns: each row says which thread it is of. */
function layOutList(
  titles: readonly string[],
  rows: readonly DiagramRow[],
  width: number,
  paint: Paint,
): LaidOut {
  const lines = ({ step, who, part, text }: DiagramRow): string[] => {
    const start = who === undefined ? '' : `${String(step ?? '').padStart(STEP_WIDTH)} ${who} `;
    const indent = start.length + (who === undefined ? 0 : INDENT[part]);
    return wrapCode(text, width - indent, HANGING).map(
      (piece, y) => (y === 0 ? start : '').padEnd(indent) + paint(part, piece),
    );
  };
  const head = titles.flatMap((title) => wrapCode(title, width, HANGING));
  return {
    head: [...head.map((title) => paint('op', title)), STEP_TITLE],
    rows: rows.map(lines),
  };
}

function headLines(titles: readonly string[], widths: readonly number[], paint: Paint): string[] {
  const heads = titles.map((title, i) => wrapCode(title, widths[i] ?? 0, HANGING));
  const height = largest(heads.map(({ length }) => length));
  return Array.from({ length: height }, (_, y) => {
    const cells = heads.map((pieces) => pieces[y] ?? '');
    return joinRow(y === 0 ? STEP_TITLE : '', cells, widths, (text) => paint('op', text));
  });
}

function rowLines(row: DiagramRow, widths: readonly number[], paint: Paint): string[] {
  const { cpu, part, text } = row;
  if (cpu === 0) {
    const whole = widths.reduce((total, w) => total + w + SEPARATOR.length, STEP_WIDTH);
    return wrapCode(text, whole, HANGING).map((piece) => paint(part, piece));
  }
  const indent = INDENT[part];
  const room = (widths[cpu - 1] ?? MIN_COLUMN) - indent;
  return wrapCode(text, room, HANGING).map((piece, y) => {
    const cells = widths.map((_, i) => (i === cpu - 1 ? ' '.repeat(indent) + piece : ''));
    const step = y === 0 && row.step !== undefined ? String(row.step) : '';
    return joinRow(step, cells, widths, (cell) => paint(part, cell));
  });
}

/** Each column as wide as what it has to say; where that is too much, the widest give way. */
function columnWidths(
  titles: readonly string[],
  rows: readonly DiagramRow[],
  width: number,
): number[] {
  const wants = titles.map((title, i) =>
    largest(
      rows
        .filter(({ cpu }) => cpu === i + 1)
        .map(({ part, text }) => Math.min(MAX_COLUMN, INDENT[part] + text.length)),
      Math.max(MIN_COLUMN, title.length),
    ),
  );
  const room = width - STEP_WIDTH - SEPARATOR.length * titles.length;
  const widths = [...wants];
  for (let excess = sum(widths) - room; excess > 0; excess -= 1) {
    const widest = widths.indexOf(largest(widths));
    if ((widths[widest] ?? 0) <= MIN_COLUMN) break;
    widths[widest] = (widths[widest] ?? 0) - 1;
  }
  return widths;
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, n) => total + n, 0);

/** The separator also stands where a column is empty, so that the eye finds its way down. */
function joinRow(
  step: string,
  cells: readonly string[],
  widths: readonly number[],
  paint: (text: string) => string,
): string {
  const texts = cells.map((cell, i) => {
    const fill = ' '.repeat(Math.max(0, (widths[i] ?? 0) - cell.length));
    const blank = cell.length - cell.trimStart().length;
    const painted = cell.trim() === '' ? cell : cell.slice(0, blank) + paint(cell.trimStart());
    return i === cells.length - 1 ? painted : painted + fill;
  });
  return [step.padStart(STEP_WIDTH), ...texts].join(SEPARATOR).trimEnd();
}

/**
 * Break a piece of code or prose into lines of at most `width`: at spaces, else in a word after
 * what separates names. From the second on they are indented by `hanging`.
 */
export function wrapCode(text: string, width: number, hanging: number): string[] {
  const lines: string[] = [];
  let rest = text;
  let room = Math.max(1, width);
  let indent = '';
  while (rest.length > room) {
    const cut = cutAt(rest, room);
    lines.push(indent + rest.slice(0, cut).trimEnd());
    rest = rest.slice(cut).trimStart();
    const blank = Math.min(hanging, Math.max(0, width - 1));
    indent = ' '.repeat(blank);
    room = Math.max(1, width - blank);
  }
  return [...lines, indent + rest];
}

/** Where a word may be cut, the better places first: at an argument, a field, a part of a name. */
const SEAMS: readonly ((before: string, after: string) => boolean)[] = [
  (before, after) => after === '&' || before === '(' || before === ',',
  (before) => before === '>' || before === '.',
  (before) => before === '_',
];

/** Where to cut: before the bracket of values, at the last space, or in a word. */
function cutAt(text: string, room: number): number {
  const bracket = text.lastIndexOf(' [', room);
  if (bracket > 0 && text.length - bracket - 1 <= room) return bracket;
  const least = room / 3;
  const space = text.lastIndexOf(' ', room);
  if (space > least) return space;
  for (const isSeam of SEAMS) {
    for (let at = room; at > least; at -= 1) {
      if (isSeam(text[at - 1] ?? '', text[at] ?? '')) return at;
    }
  }
  return room;
}
