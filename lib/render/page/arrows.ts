const SVG = 'http://www.w3.org/2000/svg';
/** Between a text and its arrow. */
const GAP = 5;
/** Between a column's edge and the first lane beside it, and between two lanes. */
const LANE_FIRST = 5;
const LANE_APART = 4;
const LANES = 5;
const CORNER = 6;
const HEAD_LONG = 5;
const HEAD_WIDE = 3.5;

/** Where the text of a row stands, and its cell, in the diagram's own coordinates. */
interface Place {
  left: number;
  right: number;
  middle: number;
  cellLeft: number;
  cellRight: number;
}

interface Arrow {
  /** The step that it belongs to, and the other one that it joins. */
  at: string;
  other: string;
  looks: 'reads' | 'causes' | 'misses';
  from: Place;
  to: Place;
}

/** Places beside a column that arrows go down in, so that none runs over another. */
class Lanes {
  readonly #taken: [side: string, lane: number, top: number, bottom: number][] = [];

  take(side: string, top: number, bottom: number): number {
    const isFree = (lane: number): boolean =>
      this.#taken.every(
        ([s, l, from, to]) => s !== side || l !== lane || to < top || from > bottom,
      );
    let lane = 0;
    while (lane < LANES - 1 && !isFree(lane)) lane += 1;
    this.#taken.push([side, lane, top, bottom]);
    return lane;
  }
}

/** The first line of a text: what is broken into several is as wide as its column. */
function firstLine(said: Element): DOMRect {
  const range = document.createRange();
  range.selectNodeContents(said);
  const [first, ...others] = [...range.getClientRects()];
  if (!first) return said.getBoundingClientRect();
  const line = others.filter(({ top, bottom }) => (top + bottom) / 2 < first.bottom);
  const right = line.reduce((most, rect) => Math.max(most, rect.right), first.right);
  return new DOMRect(first.left, first.top, right - first.left, first.height);
}

function placeOf(row: Element, origin: DOMPoint): Place | undefined {
  const said = row.querySelector('.said');
  const cell = said?.closest('td');
  if (!said || !cell) return undefined;
  const text = firstLine(said);
  const around = cell.getBoundingClientRect();
  return {
    left: text.left - origin.x,
    right: text.right - origin.x,
    middle: (text.top + text.bottom) / 2 - origin.y,
    cellLeft: around.left - origin.x,
    cellRight: around.right - origin.x,
  };
}

/** Straight across to the column of the reader, down beside it, and in: with round corners. */
function arrowPath({ from, to }: Arrow, lanes: Lanes): string {
  const forth = from.cellLeft < to.cellLeft;
  const way = forth ? 1 : -1;
  const [y1, y2] = [from.middle, to.middle];
  const down = y2 > y1 ? 1 : -1;
  const edge = forth ? to.cellLeft : to.cellRight;
  const lane = lanes.take(`${edge}`, Math.min(y1, y2), Math.max(y1, y2));
  const x = edge - way * (LANE_FIRST + lane * LANE_APART);
  const x1 = forth ? Math.min(from.right + GAP, x - CORNER) : Math.max(from.left - GAP, x + CORNER);
  const x2 = forth ? to.left - GAP : to.right + GAP;
  const bend = Math.min(CORNER, Math.abs(y2 - y1) / 2);
  const tip = x2 - way * HEAD_LONG;
  return (
    `M${x1},${y1}H${x - way * bend}Q${x},${y1} ${x},${y1 + down * bend}` +
    `V${y2 - down * bend}Q${x},${y2} ${x + way * bend},${y2}H${x2}` +
    `M${tip},${y2 - HEAD_WIDE}L${x2},${y2}L${tip},${y2 + HEAD_WIDE}`
  );
}

function arrowsOf(body: HTMLTableSectionElement, origin: DOMPoint): Arrow[] {
  const arrows: Arrow[] = [];
  for (const row of body.querySelectorAll<HTMLElement>('[data-from], [data-missed]')) {
    const { at = '', from, missed } = row.dataset;
    const own = placeOf(row, origin);
    const [source, unseen] = [from, missed].map((step) => {
      const line = body.querySelector(`tr.line[data-at="${step}"], tr.note[data-at="${step}"]`);
      return step === undefined || !line ? undefined : placeOf(line, origin);
    });
    const looks = row.classList.contains('value') ? 'causes' : 'reads';
    if (own && source) arrows.push({ at, other: from ?? '', looks, from: source, to: own });
    // From the access to the write: nothing came that way.
    if (own && unseen)
      arrows.push({ at, other: missed ?? '', looks: 'misses', from: own, to: unseen });
  }
  return arrows;
}

/**
 * Join each read, and the fault, to the step of the other CPU that it comes from; and an access to the
 * write that it did not see, or landed before.
 */
export function drawArrows(figure: HTMLElement): void {
  const layer = figure.querySelector<SVGSVGElement>('.arrows');
  const diagram = figure.querySelector<HTMLElement>('.diagram');
  const body = figure.querySelector<HTMLTableSectionElement>('tbody:not([hidden])');
  if (!layer || !diagram || !body) return;
  const { left, top, width } = diagram.getBoundingClientRect();
  layer.replaceChildren();
  if (width === 0) return;
  layer.setAttribute('width', String(diagram.scrollWidth));
  layer.setAttribute('height', String(diagram.scrollHeight));
  const lanes = new Lanes();
  const origin = new DOMPoint(left - diagram.scrollLeft, top - diagram.scrollTop);
  for (const arrow of arrowsOf(body, origin)) {
    const path = document.createElementNS(SVG, 'path');
    path.setAttribute('d', arrowPath(arrow, lanes));
    path.setAttribute('class', arrow.looks);
    path.dataset.at = arrow.at;
    path.dataset.from = arrow.other;
    layer.append(path);
  }
}
