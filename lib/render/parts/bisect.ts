import { type Markdown, plain, prose, table } from '../../base/sinks/markdown';
import { html, type Markup } from '../../base/sinks/markup';
import {
  KERNEL_HEADS,
  kernelRows,
  TRIAL_HEADS,
  TRIAL_LEGEND,
  trialRows,
} from '../../reports/bisect-tables';
import type { BisectDocument } from '../../reports/schemas';

/** The tables of a bisection; that of trials is empty where no row was looked for. */
function tablesOf(report: BisectDocument): {
  caption: string;
  heads: readonly string[];
  rows: string[][];
  legend: string;
}[] {
  const kernels = {
    caption: 'Kernels',
    heads: KERNEL_HEADS,
    rows: kernelRows(report),
    legend: 'The oldest first.',
  };
  const trials = {
    caption: 'Which rows make the difference',
    heads: TRIAL_HEADS,
    rows: trialRows(report),
    legend: TRIAL_LEGEND,
  };
  return trials.rows.length > 0 ? [kernels, trials] : [kernels];
}

/** What a page has of a bisection. */
export function bisectMarkup(report: BisectDocument): Markup {
  const figures = tablesOf(report).map(({ caption, heads, rows, legend }) => {
    const titles = heads.map((title) => html`<th scope="col">${title}</th>`);
    const lines = rows.map(
      ([first, ...rest]) =>
        html`<tr><th scope="row">${first}</th>${rest.map((text, i) => html`<td data-head="${heads[i + 1]}">${text}</td>`)}</tr>`,
    );
    return html`<figure><table class="data stacked"><caption>${caption}</caption><thead><tr>${titles}</tr></thead><tbody>${lines}</tbody></table><figcaption>${legend}</figcaption></figure>`;
  });
  return html`<section class="part"><h2>Which kernel had it</h2>${figures}</section>`;
}

/** What Markdown has of it. */
export function bisectMarkdown(report: BisectDocument): Markdown[] {
  return tablesOf(report).flatMap(({ heads, rows, legend }) => [
    table(
      heads.map(plain),
      rows.map((row) => row.map(plain)),
    ),
    prose(legend),
  ]);
}
