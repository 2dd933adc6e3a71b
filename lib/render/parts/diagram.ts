import { type Content, html, type Markup } from '../../base/sinks/markup';
import type { Access, DiagramRow } from '../../story/diagram';
import { columnHeads } from '../../story/drawing';
import type { Drawing } from '../../story/finding';
import { storyRows } from '../../story/story';
import { timeline } from './timeline';

/** `find_md: idr_find(...) [= cpu1's md, from step 6]`, its parts told apart. */
function accessContent({ code, values, ...access }: Access): Content {
  const name = access.function;
  return [
    name !== '' && html`<span class="func">${name}: </span>`,
    html`<code>${code}</code>`,
    values !== '' && html` <span class="values">${values}</span>`,
  ];
}

function rowMarkup(row: DiagramRow, cpus: number, end: number): Markup {
  const { part, cpu, who, step, from, missed, at, access, place } = row;
  const classes = cpu === 0 ? part : `${part} on-cpu${cpu}`;
  const where = place !== undefined && html`<span class="place">${place}</span>`;
  const cell = html`<span class="said">${access ? accessContent(access) : row.text}</span>${where}`;
  const cells =
    cpu === 0
      ? html`<td colspan="${cpus}">${cell}</td>`
      : Array.from({ length: cpus }, (_, i) =>
          i === cpu - 1 ? html`<td>${cell}</td>` : html`<td></td>`,
        );
  const reads = from === undefined ? '' : html` data-from="${from}"`;
  const misses = missed === undefined ? '' : html` data-missed="${missed}"`;
  const thread = who === undefined ? '' : html` data-thread="${who}"`;
  const numbered = step === undefined ? '' : html` data-step="${step}"`;
  const number =
    step === undefined
      ? html`<td class="step"></td>`
      : html`<th scope="row" class="step">${step}</th>`;
  return html`<tr class="${classes}" data-at="${at ?? end}"${numbered}${reads}${misses}${thread}>${number}${cells}</tr>`;
}

function body(drawing: Drawing, all: boolean, cpus: number): Markup {
  const { trace, fault } = drawing;
  const end = (trace.at(-1)?.step ?? 0) + 1;
  const rows = storyRows(trace, fault ?? undefined, all);
  return html`<tbody class="${all ? 'every' : 'story'}"${all && html` hidden`}>${rows.map((row) =>
    rowMarkup(row, cpus, end),
  )}</tbody>`;
}

/** Signs of the buttons, as outlines: fonts may lack them. */
const ICONS = {
  first: 'M2,2h2v10h-2zM12,2v10L5,7z',
  back: 'M10,2v10L3,7z',
  next: 'M4,2v10l7,-5z',
  last: 'M10,2h2v10h-2zM2,2v10l7,-5z',
} as const;

const BUTTONS: readonly [does: keyof typeof ICONS, label: string][] = [
  ['first', 'First step (Home)'],
  ['back', 'Step back (↑)'],
  ['next', 'Next step (↓)'],
  ['last', 'Last step (End)'],
];

/** The buttons that do what the keys do. */
function toolbar(steps: number): Markup {
  const buttons = BUTTONS.map(
    ([does, label]) =>
      html`<button type="button" data-walk="${does}" aria-label="${label}" title="${label}"><svg width="14" height="14" viewBox="0 0 14 14" aria-hidden="true"><path d="${ICONS[does]}"/></svg></button>`,
  );
  return html`<div class="toolbar"><span class="buttons">${buttons}<button type="button" data-walk="whole" title="All of it (Esc)">All</button></span>
  <label><input type="checkbox" data-walk="every"> every step <kbd>a</kbd></label>
  <span class="now" role="status">${steps} steps; walk them with <kbd>↑</kbd> <kbd>↓</kbd>, the buttons, or a click</span></div>`;
}

/**
 * The diagram of the mails, to be walked: time runs down, one column a CPU, what is read joined to
 * where it was written.
 */
export function diagram(drawing: Drawing, title: string): Markup {
  const titles = columnHeads(drawing.titles, drawing.trace);
  const steps = drawing.trace.at(-1)?.step ?? 0;
  const heads = titles.map((text, i) => html`<th scope="col" class="cpu${i + 1}">${text}</th>`);
  return html`<figure class="interleaving" tabindex="0" role="group" aria-label="${title}: walk with the arrow keys" data-last="${steps}">
  ${timeline(drawing, titles)}
  ${toolbar(steps)}
  <div class="diagram"><svg class="arrows" aria-hidden="true"></svg>
  <table style="--cpus:${titles.length}"><caption>${title}</caption>
  <thead><tr><th scope="col">step</th>${heads}</tr></thead>
  ${body(drawing, false, titles.length)}${body(drawing, true, titles.length)}
  </table></div></figure>`;
}
