import { createHash } from 'node:crypto';
import { breath } from '../base/bounds';
import { type Content, html, type Markup, raw } from '../base/sinks/markup';
import { version } from '../base/version';
import type { ReportDocument } from '../reports/documents';
import { memoryCalled } from '../tables/memory';
import { pageScript, pageStyle } from './assets';
import { colorStyle } from './colors';
import { isOwnReport, shownAs } from './kinds';
import { findingsMarkup, prose } from './parts/finding';
import { planTable, verdictTag } from './parts/tables';
import type { Section } from './section';
import { sectionsOf, worstVerdict } from './sections';

function verdictMarkup(section: Section): Markup {
  const { verdict, tone = verdict, word, says, evidence, figures, limits = [] } = section;
  return html`<div class="verdict is-${tone}">
  <p class="word">${verdictTag(tone, word)}</p>
  <p class="says">${prose(says)}</p>
  <ul class="evidence">${evidence.map((text) => html`<li>${prose(text)}</li>`)}</ul>
  ${limits.length > 0 && html`<ul class="limits">${limits.map(({ text, held, says: why }) => html`<li>${verdictTag(held ? 'clean' : 'fault', held ? 'kept' : 'missed')} <code>${text}</code>${!held && why !== text && html` ${why}`}</li>`)}</ul>`}
  <dl class="figures">${figures.map(([label, text]) => html`<div><dt>${label}</dt><dd>${text}</dd></div>`)}</dl>
  </div>`;
}

async function sectionMarkup(section: Section, nth: number): Promise<Markup> {
  const [before, after] = await shownAs(section.report).page(section.report, section);
  return html`<section class="report" id="report-${nth}"><h1>${section.title}</h1>
  ${verdictMarkup(section)}${before}${await findingsMarkup(section.findings)}${after}${planTable(section.report)}</section>`;
}

function contents(sections: readonly Section[]): Content {
  if (sections.length < 2) return undefined;
  const entries = sections.map(
    ({ title, verdict, tone = verdict, word }, i) =>
      html`<li><a href="#report-${i + 1}">${title}</a> ${verdictTag(tone, word)}</li>`,
  );
  return html`<nav aria-label="Reports"><ol>${entries}</ol></nav>`;
}

/** Browsers run this script and no other, and load nothing. */
function policy(script: string): string {
  const hash = createHash('sha256').update(script).digest('base64');
  return [
    "default-src 'none'",
    "style-src 'unsafe-inline'",
    `script-src 'sha256-${hash}'`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
}

/** Reports of figures: a page of them has no model to speak of. */
const MEASURED = new Set<string>(['bench', 'run']);

/** What faults on a page are worth: of a model, or of the program that was run. */
function footer(sections: readonly Section[]): string {
  const faults = sections.flatMap(({ findings }) => findings);
  if (faults.length === 0 && sections.every(({ report }) => MEASURED.has(report.kind))) return '';
  const ofOwn = sections.filter(({ report }) => isOwnReport(report));
  const own = ofOwn.length;
  const models = new Set(ofOwn.map(({ report }) => memoryCalled(report.memory)));
  const model = (which: string): string =>
    `${which} fault here is a result of a model of the device mapper, not of a running kernel; ` +
    'tickets replay on any machine.';
  const program =
    `Own C was run as it is, under ${[...models].join(' and ')}; ` +
    'its tickets replay where its files are.';
  if (own === 0) return model('Every');
  return own === sections.length ? program : `${program} ${model('Every other')}`;
}

const ICON =
  "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E%3Cpath d='M3 2v12M13 2v12M3 5h4l2 6h4' fill='none' stroke='%230072b2' stroke-width='2'/%3E%3C/svg%3E";

/**
 * One self-contained page of reports: the verdict and its evidence first, then each fault with its
 * interleaving to walk, and what else the reports hold. It loads nothing, and works without a
 * network, in light and dark, and by keyboard.
 *
 * @param reports - Checked documents, each a section of the page.
 * @returns A promise of the text of an HTML file.
 */
export async function toHtml(reports: readonly ReportDocument[]): Promise<string> {
  const sections = await sectionsOf(reports);
  const parts: Markup[] = [];
  for (const section of sections) {
    await breath();
    parts.push(await sectionMarkup(section, parts.length + 1));
  }
  const script = pageScript();
  const title = `${worstVerdict(sections)}: ${sections.map((section) => section.title).join('; ')}`;
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy(script)}; img-src data:">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="generator" content="dmtorture ${version}">
<title>${title}</title>
<link rel="icon" href="${ICON}">
<style>${raw(colorStyle())}
${raw(pageStyle())}</style>
</head>
<body>
<a class="skip" href="#report-1">Skip to the report</a>
<header class="top"><span class="brand">dmtorture <span>${version}</span></span>
<button type="button" class="theme" data-theme-toggle>Theme: <span>auto</span></button></header>
<main>${contents(sections)}${parts}</main>
<footer><p>Made by dmtorture ${version}. ${footer(sections)}</p></footer>
<script>${raw(script)}</script>
</body>
</html>
`;
  return page.text;
}
