import { type Markdown, plain, prose, table } from '../../base/sinks/markdown';
import { html, type Markup } from '../../base/sinks/markup';
import { SITE_HEADS, siteLegend, siteRows } from '../../reports/run-tables';
import type { RunDocument } from '../../reports/schemas';

/** What a page has of an application's run. */
export function runMarkup(report: RunDocument): Markup {
  const titles = SITE_HEADS.map((title) => html`<th scope="col">${title}</th>`);
  const lines = siteRows(report.sites).map(
    ([first, ...rest]) =>
      html`<tr><th scope="row">${first}</th>${rest.map((text, i) => html`<td data-head="${SITE_HEADS[i + 1]}">${text}</td>`)}</tr>`,
  );
  return html`<section class="part"><h2>Where locks are taken</h2><figure><table class="data stacked"><caption>Places</caption><thead><tr>${titles}</tr></thead><tbody>${lines}</tbody></table><figcaption>${siteLegend(report)}</figcaption></figure></section>`;
}

/** The same as Markdown. */
export function runMarkdown(report: RunDocument): Markdown[] {
  const { sites } = report;
  if (sites.length === 0) return [];
  return [
    table(
      SITE_HEADS.map(plain),
      siteRows(sites).map((row) => row.map(plain)),
    ),
    prose(siteLegend(report)),
  ];
}
