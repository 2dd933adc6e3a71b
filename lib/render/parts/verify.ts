import { type Markdown, plain, prose, table } from '../../base/sinks/markdown';
import { html, type Markup } from '../../base/sinks/markup';
import type { VerifyDocument } from '../../reports/documents';
import {
  BARRIER_HEADS,
  BARRIER_LEGEND,
  barrierRows,
  RELAXED_HEADS,
  ROW_HEADS,
  relaxedRows,
  rowLegend,
  verifyRows,
} from '../../reports/verify-tables';

interface Table {
  caption: string;
  heads: readonly string[];
  rows: string[][];
  legend: string;
}

/** The tables of a report: rows, and of barriers two more. */
function tablesOf(report: VerifyDocument): Table[] {
  const rows = {
    caption: 'What was verified',
    heads: ROW_HEADS,
    rows: verifyRows(report),
    legend: rowLegend(report),
  };
  if (!report.plan.barriers) return [rows];
  return [
    rows,
    {
      caption: 'Which orders are needed',
      heads: BARRIER_HEADS,
      rows: barrierRows(report),
      legend: BARRIER_LEGEND,
    },
    {
      caption: 'One maximally relaxed set of each lock',
      heads: RELAXED_HEADS,
      rows: relaxedRows(report),
      legend: 'Made in the order of sites, each weakened as far as the others allow.',
    },
  ];
}

function tableMarkup({ caption, heads, rows, legend }: Table): Markup {
  const titles = heads.map((title) => html`<th scope="col">${title}</th>`);
  const lines = rows.map(
    ([first, ...rest]) =>
      html`<tr><th scope="row">${first}</th>${rest.map((text, i) => html`<td data-head="${heads[i + 1]}">${text}</td>`)}</tr>`,
  );
  return html`<figure><table class="data stacked"><caption>${caption}</caption><thead><tr>${titles}</tr></thead><tbody>${lines}</tbody></table><figcaption>${legend}</figcaption></figure>`;
}

/** What a page has of a verification. */
export function verifyMarkup(report: VerifyDocument): Markup {
  return html`<section class="part"><h2>Locks, models, sizes</h2>${tablesOf(report).map(tableMarkup)}</section>`;
}

/** What Markdown has of it. */
export function verifyMarkdown(report: VerifyDocument): Markdown[] {
  return tablesOf(report).flatMap(({ heads, rows, legend }) => [
    table(
      heads.map(plain),
      rows.map((row) => row.map(plain)),
    ),
    prose(legend),
  ]);
}
