import { code, type Markdown, md, plain, prose, table } from '../../base/sinks/markdown';
import { html, type Markup } from '../../base/sinks/markup';
import type { HistoryDocument } from '../../reports/documents';
import {
  type Bug,
  type BugGroup,
  byPattern,
  endText,
  faultText,
  lifeText,
  MARK_LEGEND,
  nameOf,
  whenText,
  yearsOf,
} from '../../reports/history-tables';
import type { Finding } from '../../story/finding';
import { historyMatrixMarkdown, historyMatrixMarkup } from './history-matrix';

const HEADS = ['bug', 'what', 'lived', 'when', 'ended', 'mark', 'fault', 'ticket'];

/** What Markdown has of a history: a table for each pattern. */
export function historyMarkdown(report: HistoryDocument): Markdown[] {
  const tables = byPattern(report).flatMap(({ title, rows }) => [
    md`**${plain(title)}**`,
    table(
      HEADS.map(plain),
      rows.map((bug) => [
        ...[nameOf(bug), bug.title, lifeText(bug), whenText(bug), endText(bug), bug.evidence].map(
          plain,
        ),
        plain(faultText(bug)),
        bug.ticket === null ? plain('-') : code(bug.ticket),
      ]),
    ),
  ]);
  const matrix = report.matrix ? historyMatrixMarkdown(report.matrix) : [];
  return [...tables, prose(MARK_LEGEND), ...matrix];
}

/** `2009-06` as years since the first of January of year 0. */
const yearOf = (month: string): number =>
  Number(month.slice(0, 4)) + (Number(month.slice(5)) - 1) / 12;

interface Scale {
  first: number;
  years: number;
}

/** Where a bar begins and how long it is, in hundredths of the lane. */
function placeOf({ from, to }: Bug, { first, years }: Scale): { left: number; width: number } {
  const share = (at: number): number => Math.round(((at - first) / years) * 1000) / 10;
  const left = share(yearOf(from));
  return { left, width: Math.max(0.8, share(yearOf(to)) - left) };
}

/** One bug on its lane: its bar, as long as it lived, leads to its diagram. */
function bugMarkup(bug: Bug, scale: Scale, ids: ReadonlyMap<string, string>): Markup {
  const id = ids.get(bug.no);
  const label = html`<b>${bug.no}</b> ${bug.title}`;
  const name = id === undefined ? html`<span>${label}</span>` : html`<a href="#${id}">${label}</a>`;
  const facts = [lifeText(bug), whenText(bug), endText(bug), `mark\u00a0${bug.evidence}`].filter(
    Boolean,
  );
  const place = bug.from === '' || bug.to === '' ? undefined : placeOf(bug, scale);
  const bar = place
    ? html`<span class="life" style="left:${place.left}%;width:${place.width}%"></span>`
    : html`<span class="no-life"></span>`;
  return html`<li class="bug" data-kind="${bug.kind}"><p class="bug-name">${name}</p><div class="life-lane" aria-hidden="true">${bar}</div><p class="bug-facts quiet">${facts.join(' · ')}</p></li>`;
}

function laneMarkup(group: BugGroup, scale: Scale, ids: ReadonlyMap<string, string>): Markup {
  return html`<section class="pattern-lane"><h3>${group.title}</h3><ol class="bugs">${group.rows.map((bug) => bugMarkup(bug, scale, ids))}</ol></section>`;
}

/** The timeline of a history: a lane a pattern, a bar a bug. */
export function historyMarkup(report: HistoryDocument, findings: readonly Finding[]): Markup {
  const { first, last } = yearsOf(report.rows);
  const scale = { first, years: Math.max(1, last + 1 - first) };
  // A finding for each bug that has a fault, in their order.
  const faulted = report.rows.filter(({ fault }) => fault !== null);
  const ids = new Map(faulted.map(({ no }, i) => [no, findings[i]?.id ?? '']));
  const marks = Array.from({ length: Math.ceil(scale.years / 4) }, (_, i) => first + i * 4);
  const axis = marks.map(
    (year) =>
      html`<span style="left:${Math.round(((year - first) / scale.years) * 1000) / 10}%">${year}</span>`,
  );
  const lanes = byPattern(report).map((group) => laneMarkup(group, scale, ids));
  const axisRow = first > 0 && html`<div class="years" aria-hidden="true">${axis}</div>`;
  return html`<section class="part history"><h2>One pattern, twenty years</h2><p class="quiet">Each bar is as long as its bug lived; its name leads to the diagram. No bar: it is not known since when it lived, or no release had it.</p>${axisRow}${lanes}</section>${report.matrix !== null && historyMatrixMarkup(report.matrix)}`;
}
