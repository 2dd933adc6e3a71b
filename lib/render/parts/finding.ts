import { mapWithBreath } from '../../base/bounds';
import { type Content, html, type Markup } from '../../base/sinks/markup';
import { replayCommand } from '../../story/fault-text';
import type { Finding } from '../../story/finding';
import { diagram } from './diagram';

/** Findings that stand open; of more than that, the first. */
const OPEN_MAX = 3;

/** Text with `code` in it. */
export function prose(text: string): Content {
  return text.split('`').map((piece, i) => (i % 2 === 1 ? html`<code>${piece}</code>` : piece));
}

function copyButton(label: string, text: string): Markup {
  return html`<button type="button" class="copy" data-copy="${text}">${label}</button>`;
}

function factList(finding: Finding): Markup {
  const { means, breaks, message, facts, prevention, advice } = finding;
  const rows = [['what', means], ['breaks', breaks], ['message', message], ...facts].filter(
    ([, text]) => text !== '',
  );
  return html`<dl class="facts">${rows.map(([label, text]) => html`<div><dt>${label}</dt><dd>${text}</dd></div>`)}${
    prevention !== '' &&
    html`<div class="prevention"><dt>prevented by</dt><dd>${prevention}</dd></div>`
  }${advice !== '' && html`<div class="prevention"><dt>what helps</dt><dd>${advice}</dd></div>`}</dl>`;
}

function replayLine(ticket: string): Markup {
  const command = replayCommand(ticket);
  return html`<p class="replay"><span class="prompt" aria-hidden="true">$</span><code>${command}</code>${copyButton('Copy command', command)}${copyButton('Copy ticket', ticket)}</p>`;
}

function drawingOf({ drawing, ticket, title, facts }: Finding): Content {
  if (drawing && drawing.trace.length > 0 && drawing.titles.length > 0) {
    return diagram(drawing, title);
  }
  // Why there is none stands among the facts then.
  if (facts.some(([label]) => label === 'diagram')) return undefined;
  const why =
    ticket === undefined
      ? 'It was met on real threads, and no schedule that leads to it is in the file.'
      : drawing && drawing.trace.length > 0
        ? 'Its steps are in the file, and the programs that they are of are not.'
        : 'Its steps are not in the file, and the ticket could not be replayed where this page was made.';
  return html`<p class="missing">${why}</p>`;
}

/** Lines of a source with their numbers, those marked in which something happens. */
function excerptMarkup({ file, first, lines, marked }: Finding['excerpts'][number]): Markup {
  const rows = lines.map((text, i) => {
    const number = first + i;
    const isMarked = marked.includes(number);
    return html`<tr${isMarked && html` class="marked"`}><th scope="row" class="number">${number}</th><td><code>${text}</code></td></tr>`;
  });
  return html`<table class="source"><caption>${file}</caption><tbody>${rows}</tbody></table>`;
}

function sourcesMarkup({ excerpts }: Finding): Content {
  if (excerpts.length === 0) return undefined;
  return html`<details class="sources" open><summary>The sources around it</summary>${excerpts.map(excerptMarkup)}</details>`;
}

function findingMarkup(finding: Finding, open: boolean): Markup {
  const { id, title, where, ticket } = finding;
  return html`<details class="finding" id="${id}"${open && html` open`}>
  <summary><h3>${title}</h3><span class="where">${where}</span></summary>
  ${factList(finding)}
  ${ticket !== undefined && replayLine(ticket)}
  ${drawingOf(finding)}
  ${sourcesMarkup(finding)}
  </details>`;
}

/** Every fault, with its diagram. */
export async function findingsMarkup(findings: readonly Finding[]): Promise<Content> {
  if (findings.length === 0) return undefined;
  const many = findings.length > OPEN_MAX;
  const all = html`<button type="button" class="open-all" data-open="all">Open all</button>`;
  return html`<section class="part"><header class="part-head"><h2>${findings.length === 1 ? 'The fault' : `The ${findings.length} faults`}</h2>${many && all}</header>
  ${await mapWithBreath(findings, (finding, i) => findingMarkup(finding, i === 0 || !many))}</section>`;
}
