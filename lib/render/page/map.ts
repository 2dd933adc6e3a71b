/** What the map of a matrix carries. */
interface MapData {
  masks: string[];
  scenarios: string[];
  /** Kinds of faults as texts. */
  sets: string[];
  /** A scenario each: the index of a set for each mask, joined by commas; -1: not looked at. */
  cells: string[];
}

/** A map of cells: what is in a cell is said where the pointer is, or the arrow keys went. */
class CellMap {
  readonly #svg: SVGSVGElement;
  readonly #data: MapData;
  readonly #cells: number[][];
  readonly #now: HTMLElement | null;
  #column = 0;
  #row = 0;

  constructor(svg: SVGSVGElement) {
    this.#svg = svg;
    this.#data = JSON.parse(svg.dataset.map ?? '{}') as MapData;
    this.#cells = this.#data.cells.map((codes) => codes.split(',').map(Number));
    this.#now = svg.closest('figure')?.querySelector('.now') ?? null;
    svg.addEventListener('pointermove', (event) => this.#point(event));
    svg.addEventListener('keydown', (event) => this.#key(event));
    svg.addEventListener('focus', () => this.#show());
  }

  #number(name: 'top' | 'cell' | 'row'): number {
    return Number(this.#svg.dataset[name]);
  }

  get #cursor(): Element | null {
    return this.#svg.querySelector('.cursor');
  }

  #point(event: PointerEvent): void {
    const matrix = this.#svg.getScreenCTM();
    if (!matrix) return;
    const { x, y } = new DOMPoint(event.clientX, event.clientY).matrixTransform(matrix.inverse());
    const column = Math.floor(x / this.#number('cell'));
    const row = Math.floor((y - this.#number('top')) / this.#number('row'));
    if (!(column in this.#data.masks) || !(row in this.#data.scenarios)) return;
    [this.#column, this.#row] = [column, row];
    this.#show();
  }

  #key(event: KeyboardEvent): void {
    const moves: Record<string, [number, number]> = {
      ArrowLeft: [-1, 0],
      ArrowRight: [1, 0],
      ArrowUp: [0, -1],
      ArrowDown: [0, 1],
      PageUp: [-16, 0],
      PageDown: [16, 0],
      Home: [Number.NEGATIVE_INFINITY, 0],
      End: [Number.POSITIVE_INFINITY, 0],
    };
    const move = moves[event.key];
    if (!move) return;
    event.preventDefault();
    const within = (value: number, count: number): number =>
      Math.max(0, Math.min(count - 1, value));
    this.#column = within(this.#column + move[0], this.#data.masks.length);
    this.#row = within(this.#row + move[1], this.#data.scenarios.length);
    this.#show();
    // A map may be wider than the screen.
    this.#cursor?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }

  #show(): void {
    const set = this.#cells[this.#row]?.[this.#column] ?? -1;
    const kinds = this.#data.sets[set];
    const text = kinds === undefined ? 'not looked at' : kinds === '' ? 'no fault' : kinds;
    if (this.#now) {
      this.#now.textContent = `${this.#data.scenarios[this.#row]}, patches ${this.#data.masks[this.#column]}: ${text}`;
    }
    const cursor = this.#cursor;
    const [cell, row] = [this.#number('cell'), this.#number('row')];
    cursor?.setAttribute('x', String(this.#column * cell));
    cursor?.setAttribute('y', String(this.#number('top') + this.#row * row));
    cursor?.setAttribute('visibility', 'visible');
  }
}

export function exploreMaps(page: Document): void {
  for (const svg of page.querySelectorAll<SVGSVGElement>('svg[data-map]')) new CellMap(svg);
}
