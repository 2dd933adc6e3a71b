import { drawArrows } from './arrows';

/** What keys do; the buttons name the same. */
const KEYS: Record<string, Move> = {
  ArrowDown: 'next',
  ArrowRight: 'next',
  n: 'next',
  j: 'next',
  ArrowUp: 'back',
  ArrowLeft: 'back',
  b: 'back',
  k: 'back',
  Home: 'first',
  End: 'last',
  Escape: 'whole',
  a: 'every',
};

type Move = 'first' | 'back' | 'next' | 'last' | 'whole' | 'every';

/** Nothing is walked yet: the whole diagram stands. */
const WHOLE = -1;

/** Walks one interleaving: which step is now, what was before it, and what comes. */
export class Walk {
  readonly #figure: HTMLElement;
  readonly #bodies: HTMLTableSectionElement[];
  readonly #now: HTMLElement | null;
  readonly #every: HTMLInputElement | null;
  readonly #hint: string;
  /** Index into the steps that are shown. */
  #index = WHOLE;

  constructor(figure: HTMLElement) {
    this.#figure = figure;
    this.#bodies = [...figure.querySelectorAll('tbody')];
    this.#now = figure.querySelector('.now');
    this.#every = figure.querySelector('input[data-walk=every]');
    this.#hint = this.#now?.innerHTML ?? '';
    figure.addEventListener('keydown', (event) => this.#key(event));
    figure.addEventListener('click', (event) => this.#click(event));
    figure.addEventListener('pointerover', (event) => this.#hover(event));
    this.#every?.addEventListener('change', () => this.#showEvery(this.#every?.checked === true));
  }

  get #body(): HTMLTableSectionElement | undefined {
    return this.#bodies.find((body) => !body.hidden);
  }

  get #rows(): HTMLElement[] {
    return [...(this.#body?.rows ?? [])];
  }

  /** The steps that can be gone to, each once; what is found at the end is one as well. */
  get #steps(): number[] {
    const rows = this.#rows.filter(
      (row) => 'step' in row.dataset || row.classList.contains('fault'),
    );
    return [...new Set(rows.map(atOf))].sort((a, b) => a - b);
  }

  #key(event: KeyboardEvent): void {
    const move = KEYS[event.key];
    if (!move || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target instanceof HTMLInputElement && event.key === ' ') return;
    event.preventDefault();
    this.#move(move);
  }

  #click(event: MouseEvent): void {
    if (!(event.target instanceof Element)) return;
    const button = event.target.closest<HTMLElement>('button[data-walk]');
    const mark = event.target.closest<SVGElement>('[data-goto]');
    const row = event.target.closest<HTMLElement>('tbody tr');
    if (button) this.#move(button.dataset.walk as Move);
    else if (mark) this.#goTo(Number(mark.dataset.goto));
    // A reader who selects text wants the text.
    else if (row && getSelection()?.isCollapsed !== false) this.#goTo(atOf(row));
  }

  /** Arrows that go from or to what is pointed at stand out. */
  #hover({ target }: PointerEvent): void {
    const row = target instanceof Element ? target.closest<HTMLElement>('tbody tr') : null;
    for (const arrow of this.#figure.querySelectorAll<SVGElement>('.arrows path')) {
      const { at, from } = arrow.dataset;
      const touched = row !== null && (row.dataset.at === at || row.dataset.at === from);
      arrow.classList.toggle('is-touched', touched);
    }
  }

  #move(move: Move): void {
    const last = this.#steps.length - 1;
    if (move === 'every') this.#showEvery(this.#every?.checked !== true);
    else if (move === 'whole') this.#show(WHOLE);
    else if (move === 'first') this.#show(0);
    else if (move === 'last') this.#show(last);
    else if (move === 'next') this.#show(Math.min(last, this.#index + 1));
    else this.#show(this.#index === WHOLE ? last : Math.max(0, this.#index - 1));
  }

  /** A step that the story leaves out is shown among all of them. */
  #goTo(step: number): void {
    if (!this.#steps.includes(step)) this.#showEvery(true);
    this.#show(this.#steps.indexOf(step));
  }

  #showEvery(every: boolean): void {
    const step = this.#steps[this.#index];
    for (const body of this.#bodies) body.hidden = body.classList.contains('every') !== every;
    if (this.#every) this.#every.checked = every;
    drawArrows(this.#figure);
    const index = step === undefined ? WHOLE : this.#steps.filter((one) => one <= step).length - 1;
    this.#show(step === undefined ? WHOLE : Math.max(0, index));
  }

  #show(index: number): void {
    this.#index = index;
    const step = this.#steps[index];
    this.#figure.classList.toggle('walking', step !== undefined);
    const current: HTMLElement[] = [];
    for (const body of this.#bodies) {
      for (const row of body.rows) {
        const at = atOf(row);
        const now = step !== undefined && at === step;
        row.classList.toggle('is-now', now);
        row.classList.toggle('is-future', step !== undefined && at > step);
        if (now) row.setAttribute('aria-current', 'step');
        else row.removeAttribute('aria-current');
        if (now && body === this.#body) current.push(row);
      }
    }
    this.#showArrows(step);
    this.#showCursor(step);
    this.#say(step, current);
    current[0]?.scrollIntoView({ block: 'nearest' });
    current.at(-1)?.scrollIntoView({ block: 'nearest' });
  }

  #showArrows(step: number | undefined): void {
    for (const arrow of this.#figure.querySelectorAll<SVGElement>('.arrows path')) {
      const at = Number(arrow.dataset.at);
      const touched = at === step || Number(arrow.dataset.from) === step;
      arrow.classList.toggle('is-now', step !== undefined && touched);
      arrow.classList.toggle('is-future', step !== undefined && at > step);
    }
  }

  #showCursor(step: number | undefined): void {
    const svg = this.#figure.querySelector<SVGElement>('.timeline svg');
    const cursor = svg?.querySelector<SVGElement>('.cursor');
    if (!svg || !cursor) return;
    const last = Number(this.#figure.dataset.last);
    const [left, pace] = [Number(svg.dataset.left), Number(svg.dataset.pace)];
    cursor.setAttribute('visibility', step === undefined ? 'hidden' : 'visible');
    if (step !== undefined) {
      cursor.setAttribute('x', String(left + (Math.min(step, last) - 1) * pace));
    }
  }

  /** The step in words, for a reader who does not see it. */
  #say(step: number | undefined, rows: readonly HTMLElement[]): void {
    if (!this.#now) return;
    if (step === undefined) {
      this.#now.innerHTML = this.#hint;
      return;
    }
    const last = Number(this.#figure.dataset.last);
    const thread = rows[0]?.dataset.thread;
    const texts = rows.map((row) => row.querySelector('.said')?.textContent ?? '');
    const where = step > last ? 'at the end' : `step ${step} of ${last}`;
    this.#now.textContent = `${where}${thread ? `, ${thread}` : ''}: ${texts.join('; ')}`;
  }
}

const atOf = (row: HTMLElement): number => Number(row.dataset.at);
