import { html, type Markup } from '../../base/sinks/markup';
import type { Drawing } from '../../story/finding';
import { opText } from '../../story/story';
import { isOwnStep, readFrom, type TraceStep, threadName } from '../../story/trace';

const LANE = 44;
const TOP = 10;
const LEFT = 62;
const RIGHT = 14;
const AXIS = 20;
const STEP_MIN = 9;
const STEP_MAX = 44;
/** As wide as the page, where there are steps for that. */
const WIDTH = 1060;
/** Where on its lane a mark stands. */
const MARK_AT = 0.64;
/** Letters that an operation's name takes. */
const LETTER = 5.4;

/** A step on its lane; what is released with it belongs to it. */
interface Mark {
  step: number;
  cpu: number;
  kind: string;
  text: string;
  faulted: boolean;
  from: number | undefined;
}

/** Steps of one CPU that belong to one operation. */
interface Span {
  cpu: number;
  text: string;
  first: number;
  last: number;
}

function marksOf(trace: readonly TraceStep[]): Mark[] {
  const marks = new Map<number, Mark>();
  for (const line of trace) {
    const { step, cpu, kind, text, faulted } = line;
    const known = marks.get(step);
    if (known) {
      known.faulted ||= faulted;
      continue;
    }
    const from = readFrom(line)?.step;
    marks.set(step, { step, cpu, kind, text, faulted, from });
  }
  return [...marks.values()];
}

function spansOf(trace: readonly TraceStep[]): Span[] {
  const open = new Map<number, Span>();
  const spans: Span[] = [];
  for (const line of trace) {
    const { step, cpu } = line;
    const text = opText(line);
    if (text === '') continue;
    const span = open.get(cpu);
    if (span?.text === text) {
      span.last = step;
      continue;
    }
    const fresh = { cpu, text, first: step, last: step };
    open.set(cpu, fresh);
    spans.push(fresh);
  }
  return spans;
}

/** What a step does, as a shape: it is told apart without colors. */
function shape({ kind, faulted }: Mark, x: number, y: number): Markup {
  if (faulted) {
    return html`<path class="burst" d="M${x - 6},${y - 6}L${x + 6},${y + 6}M${x + 6},${y - 6}L${x - 6},${y + 6}"/>`;
  }
  switch (kind) {
    case 'write':
      return html`<circle class="full" cx="${x}" cy="${y}" r="3.6"/>`;
    case 'update':
      return html`<path class="full" d="M${x},${y - 4.8}L${x + 4.8},${y}L${x},${y + 4.8}L${x - 4.8},${y}Z"/>`;
    case 'lock':
    case 'unlock':
      return html`<rect class="open" x="${x - 3.2}" y="${y - 3.2}" width="6.4" height="6.4"/>`;
    case 'free':
    case 'stop':
      return html`<path class="cross" d="M${x - 3.6},${y - 3.6}L${x + 3.6},${y + 3.6}M${x + 3.6},${y - 3.6}L${x - 3.6},${y + 3.6}"/>`;
    default:
      return html`<circle class="open" cx="${x}" cy="${y}" r="3.4"/>`;
  }
}

const LEGEND = [
  ['read', 'reads'],
  ['write', 'writes'],
  ['update', 'reads and writes at once'],
  ['lock', 'takes a lock'],
  ['free', 'frees'],
] as const;

/** What an arrow of the diagram means that only a weak memory model has. */
const missesEntry = (): Markup =>
  html`<span><svg width="22" height="14" viewBox="0 -7 22 14" aria-hidden="true"><path class="misses" d="M1,0H20M15,-3.5L20,0L15,3.5"/></svg>does not see, or lands before</span>`;

function legend(misses: boolean): Markup {
  const entry = ([kind, says]: readonly [string, string], faulted = false): Markup => {
    const mark = { step: 0, cpu: 0, kind, text: '', faulted, from: undefined };
    return html`<span class="${faulted ? 'is-fault' : ''}"><svg width="14" height="14" viewBox="-7 -7 14 14" aria-hidden="true">${shape(mark, 0, 0)}</svg>${says}</span>`;
  };
  return html`<p class="legend">${LEGEND.map((one) => entry(one))}${entry(['read', 'the fault'], true)}${misses && missesEntry()}</p>`;
}

/** The interleaving at a glance: a lane a CPU, a mark a step, the way that the schedule takes. */
export function timeline({ trace }: Drawing, titles: readonly string[]): Markup {
  const isOwn = trace.some(isOwnStep);
  const marks = marksOf(trace);
  const last = marks.at(-1)?.step ?? 1;
  const room = (WIDTH - LEFT - RIGHT) / Math.max(1, last);
  const pace = Math.min(STEP_MAX, Math.max(STEP_MIN, room));
  const x = (step: number): number => Math.round((LEFT + (step - 0.5) * pace) * 10) / 10;
  const top = (cpu: number): number => TOP + (cpu - 1) * LANE;
  // Below the name of the operation.
  const y = (cpu: number): number => top(cpu) + LANE * MARK_AT;
  const width = LEFT + last * pace + RIGHT;
  const height = TOP + titles.length * LANE + AXIS;
  const way = marks.map(({ step, cpu }) => `${x(step)},${y(cpu)}`).join(' ');
  const byStep = new Map(marks.map((mark) => [mark.step, mark]));

  const lanes = titles.map(
    (_, i) =>
      html`<text class="lane cpu${i + 1}" x="4" y="${y(i + 1) + 4}">${threadName(i + 1, isOwn)}</text><line class="rail" x1="${LEFT}" x2="${width - RIGHT}" y1="${y(i + 1)}" y2="${y(i + 1)}"/>`,
  );
  const spans = spansOf(trace).map(({ cpu, text, first, last: end }) => {
    const [x1, x2] = [x(first) - pace / 2 + 1, x(end) + pace / 2 - 1];
    const fits = text.length * LETTER < x2 - x1;
    return html`<g class="span cpu${cpu}"><title>${text}</title><rect x="${x1}" y="${top(cpu) + 3}" width="${Math.max(2, x2 - x1)}" height="${LANE - 6}" rx="4"/>${fits && html`<text x="${x1 + 5}" y="${top(cpu) + 15}">${text}</text>`}</g>`;
  });
  const reads = marks.flatMap(({ step, cpu, from }) => {
    const source = from === undefined ? undefined : byStep.get(from);
    if (!source) return [];
    const [x1, y1, x2, y2] = [x(source.step), y(source.cpu), x(step), y(cpu)];
    const bend = (y1 + y2) / 2;
    return [html`<path class="reads" d="M${x1},${y1}C${x1},${bend} ${x2},${bend} ${x2},${y2}"/>`];
  });
  const steps = marks.map((mark) => {
    const { step, cpu, text, faulted } = mark;
    const title = `step ${step}, ${threadName(cpu, isOwn)}: ${text}`;
    return html`<g class="mark cpu${cpu}${faulted && ' is-fault'}" data-goto="${step}"><title>${title}</title><rect class="hit" x="${x(step) - pace / 2}" y="${top(cpu)}" width="${pace}" height="${LANE}"/>${shape(mark, x(step), y(cpu))}</g>`;
  });
  const every = pace >= 18 ? 1 : pace >= 12 ? 2 : 5;
  const numbers = marks
    .filter(({ step }) => step === 1 || step === last || step % every === 0)
    .filter(({ step }) => step === last || last - step >= every)
    .map(({ step }) => html`<text class="number" x="${x(step)}" y="${height - 6}">${step}</text>`);
  return html`<div class="timeline"><svg viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" aria-hidden="true" data-left="${LEFT}" data-pace="${pace}"><rect class="cursor" x="0" y="${TOP - 4}" width="${pace}" height="${titles.length * LANE + 8}" visibility="hidden"/>${lanes}${spans}<polyline class="way" points="${way}"/>${reads}${steps}${numbers}</svg></div>${legend(trace.some(({ missed, before }) => missed ?? before))}`;
}
