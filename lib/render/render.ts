import { DmTortureError, expected, outOfRange, wrongType } from '../base/errors';
import { checkDocument, type ReportDocument } from '../reports/documents';
import type { ReportHead } from '../reports/head';
import type { MarkdownOptions } from './markdown';
import type { Plot } from './plots/plots';
import type { Picture } from './svg';

export type { MarkdownOptions } from './markdown';
export type { Plot } from './plots/plots';
export type { Picture } from './svg';

/** A report, or several, each to be a section: as the library gives them, or as JSON has them. */
export type Reports = ReportHead<string> | readonly ReportHead<string>[];

function checkReports(reports: Reports): ReportDocument[] {
  const all: readonly unknown[] = Array.isArray(reports) ? reports : [reports];
  if (all.length === 0) throw outOfRange('reports', 'one at least', 'none');
  return all.map((report, i) => {
    if (typeof report !== 'object') throw wrongType('reports', 'reports', report);
    return checkDocument(report, all.length > 1 ? `report ${i + 1}` : 'report');
  });
}

/**
 * One self-contained HTML page: the verdict and its evidence first, then each fault with its
 * interleaving to walk, and what else the reports hold. It loads nothing.
 *
 * @returns A promise of the text of the file.
 * @throws DmTortureError ERR_BAD_REPORT, ERR_INVALID_ARG_TYPE
 * @example
 * const report = await explore('create-find', { patches: 'all,-02' });
 * writeFileSync('report.html', await toHtml(report));
 */
export async function toHtml(reports: Reports): Promise<string> {
  const documents = checkReports(reports);
  const page = require('./html') as typeof import('./html');
  return page.toHtml(documents);
}

/**
 * A JUnit file: a suite a report, a test a kind of fault, a patch of the tour, or a scenario.
 *
 * @returns A promise of the text of the file.
 * @throws DmTortureError ERR_BAD_REPORT, ERR_INVALID_ARG_TYPE
 */
export async function toJunit(reports: Reports): Promise<string> {
  const documents = checkReports(reports);
  const junit = require('./junit') as typeof import('./junit');
  return junit.toJunit(documents);
}

/**
 * Markdown: verdicts, evidence, each fault with its diagram, and tables.
 *
 * @throws DmTortureError ERR_BAD_REPORT, ERR_INVALID_ARG_TYPE
 */
export async function toMarkdown(reports: Reports, options: MarkdownOptions = {}): Promise<string> {
  const documents = checkReports(reports);
  const markdown = require('./markdown') as typeof import('./markdown');
  return markdown.toMarkdown(documents, options);
}

/**
 * Pictures for print: the diagram of each fault, plots, which patches matter where.
 *
 * @returns A promise of SVG texts, each with a name that no other has.
 * @throws DmTortureError ERR_BAD_REPORT, ERR_INVALID_ARG_TYPE
 */
export async function toPictures(reports: Reports): Promise<Picture[]> {
  const documents = checkReports(reports);
  const svg = require('./svg') as typeof import('./svg');
  return svg.toPictures(documents);
}

/**
 * The plots of a benchmark: throughput against threads, hold time and work outside, waits by
 * percentile, fairness, handoffs and run lengths of locks; nanoseconds against population of id
 * tables; the protocol, reference counts, calls, schedules per second.
 *
 * @param report - Of {@link bench}.
 * @throws DmTortureError ERR_BAD_REPORT, ERR_INVALID_ARG_TYPE
 * @example
 * const report = await bench('refcount', { time: '5s' }).result;
 * for (const { name, svg } of await benchPlots(report)) writeFileSync(`${name}.svg`, svg);
 */
export async function benchPlots(report: ReportHead<'bench'>): Promise<Plot[]> {
  const [document] = checkReports(report);
  if (document?.kind !== 'bench') {
    throw new DmTortureError('ERR_BAD_REPORT', expected('kind', '`bench`', document?.kind));
  }
  const plots = require('./plots/plots') as typeof import('./plots/plots');
  return plots.benchPlots(document);
}
