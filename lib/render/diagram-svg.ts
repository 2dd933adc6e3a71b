import { largest } from '../base/bounds';
import { html, type Markup, raw } from '../base/sinks/markup';
import { type DiagramPart, type DiagramRow, wrapCode } from '../story/diagram';
import { columnHeads } from '../story/drawing';
import type { Drawing } from '../story/finding';
import { storyRows } from '../story/story';
import { paperColor } from './colors';
import { plotColors } from './plots/theme';

/** A monospaced letter is 0.6 of its size wide, in most fonts. */
const FONT_SIZE = 12;
const LETTER = 7.23;
const LINE = 17;
/** From the top of a line to its letters' feet, and to their middle. */
const FOOT = 12;
const MIDDLE = 8;
const PAD = 14;
const STEP_WIDTH = 46;
const HEAD = 34;
const GUTTER = 30;
const COLUMN_LETTERS_MAX = 58;
const COLUMN_LETTERS_MIN = 18;
const HANGING = 3;
const INDENT: Record<DiagramPart, number> = {
  op: 0,
  line: 2,
  value: 4,
  note: 2,
  fault: 2,
  gap: 2,
  place: 4,
};
const LANES = 5;
const LANE_FIRST = 6;
const LANE_APART = 4.5;
const CORNER = 6;

const colorOf: Record<DiagramPart, string> = {
  op: plotColors.ink,
  line: plotColors.ink,
  value: paperColor('fault'),
  note: paperColor('clean'),
  fault: paperColor('fault'),
  gap: plotColors.quiet,
  place: plotColors.quiet,
};

interface Column {
  left: number;
  right: number;
  letters: number;
}

/** A row broken into lines, and where it stands. */
interface Placed {
  row: DiagramRow;
  lines: string[];
  top: number;
  left: number;
  right: number;
}

/** As wide as what each has to say, within limits. */
function columnsOf(titles: readonly string[], rows: readonly DiagramRow[]): Column[] {
  let left = STEP_WIDTH;
  return titles.map((title, i) => {
    const own = rows.filter(({ cpu }) => cpu === i + 1);
    const wants = own.map(({ part, text }) => INDENT[part] + text.length);
    const most = largest(wants, Math.max(COLUMN_LETTERS_MIN, title.length));
    const letters = Math.min(COLUMN_LETTERS_MAX, most);
    const column = { left, right: left + PAD + letters * LETTER + GUTTER, letters };
    left = column.right;
    return column;
  });
}

function place(rows: readonly DiagramRow[], columns: readonly Column[]): Placed[] {
  let top = HEAD + 6;
  const whole = { left: STEP_WIDTH, letters: columns.reduce((sum, c) => sum + c.letters, 0) };
  return rows.map((row) => {
    const column = columns[row.cpu - 1] ?? whole;
    if (row.part === 'op') top += 5;
    const lines = wrapCode(row.text, column.letters - INDENT[row.part], HANGING);
    const left = column.left + PAD + INDENT[row.part] * LETTER;
    const right = left + largest(lines.map(({ length }) => length)) * LETTER;
    const placed = { row, lines, top, left, right };
    top += lines.length * LINE;
    return placed;
  });
}

/** A line before and after that number of letters, without counting spaces. */
function splitAfter(line: string, letters: number): readonly [string, string] {
  let left = letters;
  for (let i = 0; i < line.length; i += 1) {
    if (line[i] === ' ') continue;
    if (left <= 0) return [line.slice(0, i), line.slice(i)];
    left -= 1;
  }
  return [line, ''];
}

const lettersOf = (text: string): number => text.replaceAll(' ', '').length;

/** The text of a row; the values that it ends in have a color of their own. */
function rowMarkup({ row, lines, top, left }: Placed): Markup {
  const { part, text, access, step } = row;
  const bold = part === 'op' || part === 'fault' ? raw(' font-weight="bold"') : '';
  let before = lettersOf(text) - lettersOf(access?.values ?? '');
  const texts = lines.map((line, i) => {
    const [code, rest] = splitAfter(line, before);
    before -= lettersOf(line);
    const x = left + (line.length - line.trimStart().length) * LETTER;
    const tail = rest !== '' && html`<tspan fill="${paperColor('accent')}">${rest}</tspan>`;
    return html`<text x="${x}" y="${top + i * LINE + FOOT}" fill="${colorOf[part]}"${bold}>${code.trimStart()}${tail}</text>`;
  });
  const number =
    step !== undefined &&
    html`<text x="${STEP_WIDTH - 8}" y="${top + FOOT}" text-anchor="end" fill="${plotColors.quiet}">${step}</text>`;
  return html`${number}${texts}`;
}

/** Across to the column of the reader, along beside it, and in. */
function arrowPath(from: Placed, to: Placed, edge: number, lane: number): string {
  const way = from.left < to.left ? 1 : -1;
  const x = edge - way * (LANE_FIRST + lane * LANE_APART);
  const [x1, x2] = way > 0 ? [from.right + 5, to.left - 5] : [from.left - 5, to.right + 5];
  const [y1, y2] = [from.top + MIDDLE, to.top + MIDDLE];
  const bend = y1 < y2 ? CORNER : -CORNER;
  const start = way > 0 ? Math.min(x1, x - CORNER) : Math.max(x1, x + CORNER);
  return (
    `M${start},${y1}H${x - way * CORNER}Q${x},${y1} ${x},${y1 + bend}` +
    `V${y2 - bend}Q${x},${y2} ${x + way * CORNER},${y2}H${x2}` +
    `M${x2 - way * 5},${y2 - 3.5}L${x2},${y2}L${x2 - way * 5},${y2 + 3.5}`
  );
}

const LOOKS = {
  causes: raw(`stroke="${paperColor('fault')}" stroke-dasharray="4 3"`),
  reads: raw(`stroke="${paperColor('accent')}"`),
  misses: raw(`stroke="${plotColors.quiet}" stroke-dasharray="2 3"`),
};

function arrows(placed: readonly Placed[], columns: readonly Column[]): Markup[] {
  const used = new Map<number, number>();
  const arrow = (from: Placed, to: Placed, looks: Markup): Markup[] => {
    const column = columns[to.row.cpu - 1];
    if (!column) return [];
    const edge = from.left < to.left ? column.left : column.right;
    const lane = (used.get(edge) ?? 0) % LANES;
    used.set(edge, lane + 1);
    return [
      html`<path fill="none" stroke-width="1.4" ${looks} d="${arrowPath(from, to, edge, lane)}"/>`,
    ];
  };
  return placed.flatMap((own) => {
    const { from, missed, part, cpu } = own.row;
    const isCode = (row: DiagramRow): boolean => row.part === 'line' || row.part === 'note';
    const ofOther = (step: number): Placed | undefined =>
      placed.find(({ row }) => row.at === step && row.cpu !== cpu && isCode(row));
    const source = from === undefined ? undefined : ofOther(from);
    const unseen = missed === undefined ? undefined : ofOther(missed);
    return [
      ...(source ? arrow(source, own, part === 'value' ? LOOKS.causes : LOOKS.reads) : []),
      // From the access to the write: nothing came that way.
      ...(unseen ? arrow(own, unseen, LOOKS.misses) : []),
    ];
  });
}

/** The two-CPU diagram as a figure for print: a picture of its own, in the colors of paper. */
export function diagramSvg(drawing: Drawing, title: string): string {
  const titles = columnHeads(drawing.titles, drawing.trace);
  const rows = storyRows(drawing.trace, drawing.fault ?? undefined, false);
  const columns = columnsOf(titles, rows);
  const placed = place(rows, columns);
  const width = Math.ceil((columns.at(-1)?.right ?? STEP_WIDTH) + 4);
  const last = placed.at(-1);
  const height = Math.ceil((last ? last.top + last.lines.length * LINE : HEAD) + 10);
  const heads = columns.map(({ left, right }, i) => {
    const color = paperColor(`cpu${i + 1}`);
    return html`<text x="${left + PAD}" y="20" font-weight="bold" fill="${plotColors.ink}">${titles[i]}</text><line x1="${left}" x2="${right}" y1="${HEAD - 4}" y2="${HEAD - 4}" stroke="${color}" stroke-width="2"/><line x1="${left}" x2="${left}" y1="${HEAD - 4}" y2="${height - 4}" stroke="${plotColors.grid}"/>`;
  });
  return html`<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="${title}" font-family="'DejaVu Sans Mono', Menlo, Consolas, monospace" font-size="${FONT_SIZE}" style="white-space:pre"><title>${title}</title><rect width="${width}" height="${height}" fill="${plotColors.paper}"/><text x="${STEP_WIDTH - 8}" y="20" text-anchor="end" fill="${plotColors.quiet}">step</text>${heads}${placed.map(rowMarkup)}${arrows(placed, columns)}</svg>
`.text;
}
