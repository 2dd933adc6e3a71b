import path from 'node:path';
import { DmTortureError } from '../../base/errors';
import { appendToFile, makeFolder, replaceFile } from '../../base/files';
import { inert, oneLine } from '../../base/sinks/inert';
import { toAnnotations, toSummary } from '../../render/github';
import { toHtml } from '../../render/html';
import { toJunit } from '../../render/junit';
import { toMarkdown } from '../../render/markdown';
import type { Section } from '../../render/section';
import { sectionsOf, worstVerdict } from '../../render/sections';
import { toPictures } from '../../render/svg';
import { type ReportDocument, readDocument } from '../../reports/documents';
import { flawsOf } from '../../reports/kinds';
import { mergeReports } from '../../reports/merge';
import { wasStopped } from '../../tables/limit';
import { EXIT, type ExitCode } from '../exit';
import { UsageError } from '../options/usage-error';
import type { Terminal } from '../terminal/terminal';
import { whyNot } from '../terminal/why-not';
import { readInput, STDIN } from './input';
import { renderSections } from './text';

/** What `report` writes, and where. */
export interface ReportMode {
  html: string | undefined;
  junit: string | undefined;
  svg: string | undefined;
  github: boolean;
  format: 'text' | 'json' | 'markdown';
  quiet: boolean;
  /** Accept what is unfinished. */
  allowIncomplete: boolean;
}

type Warn = (text: string) => void;

async function readFile(file: string, warn: Warn): Promise<ReportDocument> {
  const name = file === STDIN ? 'standard input' : file;
  let text: string;
  try {
    text = await readInput(file);
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(`${name}: cannot be read, ${whyNot(error)}`);
  }
  const document = readDocument(text, name);
  for (const flaw of flawsOf(document)) warn(`${name}: ${flaw}`);
  return document;
}

/** All files, or a sentence for each that is none of ours. */
async function readFiles(files: readonly string[], warn: Warn): Promise<ReportDocument[]> {
  const documents: ReportDocument[] = [];
  const wrong: string[] = [];
  for (const file of files) {
    try {
      documents.push(await readFile(file, warn));
    } catch (error) {
      if (!(error instanceof UsageError || error instanceof DmTortureError)) throw error;
      wrong.push(error.message);
    }
  }
  if (wrong.length > 0) throw new UsageError(...wrong);
  return documents;
}

/** Reports of one kind become one; suites of a benchmark are kinds of their own. */
function kindOf({ kind, plan }: ReportDocument): string {
  return kind === 'bench' && 'suite' in plan ? `bench ${String(plan.suite)}` : kind;
}

/** What becomes of the files: a report a kind, in the order in which they were named. */
async function mergeFiles(files: readonly string[], warn: Warn): Promise<ReportDocument[]> {
  const documents = await readFiles(files, warn);
  const groups = new Map<string, { reports: ReportDocument[]; names: string[] }>();
  for (const [i, document] of documents.entries()) {
    const kind = kindOf(document);
    const group = groups.get(kind) ?? { reports: [], names: [] };
    group.reports.push(document);
    group.names.push(files[i] ?? '');
    groups.set(kind, group);
  }
  return [...groups.values()].map(({ reports, names }) => mergeReports(reports, names));
}

/** Writes outputs, each on its own: one that fails takes no other with it. */
export class Outputs {
  readonly #terminal: Terminal;
  readonly #quiet: boolean;
  failed = false;

  constructor(terminal: Terminal, quiet: boolean) {
    this.#terminal = terminal;
    this.#quiet = quiet;
  }

  /** Replace a file by `text`. */
  async write(file: string, text: string): Promise<void> {
    try {
      await replaceFile(file, text);
      this.#wrote(file);
    } catch (error) {
      this.fail(file, error);
    }
  }

  /** Add `text` to a file that others write to, too. */
  append(file: string, text: string): void {
    try {
      appendToFile(file, text);
      this.#wrote(file);
    } catch (error) {
      this.fail(file, error);
    }
  }

  #wrote(file: string): void {
    if (!this.#quiet) this.#terminal.tell(`wrote ${oneLine(file)}\n`);
  }

  /** A folder, made where it is not there; false where it cannot be. */
  makeFolder(folder: string): boolean {
    try {
      makeFolder(folder);
      return true;
    } catch (error) {
      this.fail(folder, error);
      return false;
    }
  }

  fail(file: string, error: unknown): void {
    this.failed = true;
    const { err } = this.#terminal;
    const text = oneLine(`${file}: cannot be written, ${whyNot(error)}`);
    this.#terminal.tell(`${err.red('error:')} ${text}\n`);
  }
}

/** The pictures of reports, each a file in `folder`. */
export async function writePictures(
  reports: readonly ReportDocument[],
  folder: string,
  outputs: Outputs,
): Promise<void> {
  if (!outputs.makeFolder(folder)) return;
  for (const { name, svg } of await toPictures(reports)) {
    await outputs.write(path.join(folder, `${name}.svg`), svg);
  }
}

/** Annotations where Actions reads them, and Markdown for the page of the run. */
async function tellGithub(
  reports: readonly ReportDocument[],
  mode: ReportMode,
  outputs: Outputs,
  terminal: Terminal,
): Promise<void> {
  // Standard output may be somebody's document; Actions reads both.
  const to = mode.format === 'text' ? 'stdout' : 'stderr';
  terminal.annotate(await toAnnotations(reports), to);
  const file = process.env.GITHUB_STEP_SUMMARY;
  if (file) outputs.append(file, await toSummary(reports));
}

async function printReports(
  reports: readonly ReportDocument[],
  mode: ReportMode,
  terminal: Terminal,
): Promise<void> {
  if (mode.format === 'json') terminal.print(`${JSON.stringify(reports[0], null, 2)}\n`);
  else if (mode.format === 'markdown') terminal.print(await toMarkdown(reports));
  else terminal.print(renderSections(inert(await sectionsOf(reports)), mode.quiet, terminal));
}

/**
 * Merge files and render what they hold.
 *
 * @throws UsageError for a file that cannot be read
 * @throws DmTortureError ERR_BAD_REPORT, ERR_REPORTS_DIFFER
 */
export async function runReport(
  files: readonly string[],
  mode: ReportMode,
  terminal: Terminal,
): Promise<ExitCode> {
  const reports = await mergeFiles(files, (text) =>
    terminal.tell(`${terminal.err.yellow('warning:')} ${oneLine(text)}\n`),
  );
  if (mode.format === 'json' && reports.length > 1) {
    const kinds = reports.map(kindOf).join(', ');
    throw new UsageError(`--json gives one document, and these are ${reports.length}: ${kinds}`);
  }
  const outputs = new Outputs(terminal, mode.quiet);
  if (mode.html) await outputs.write(mode.html, await toHtml(reports));
  if (mode.junit) await outputs.write(mode.junit, await toJunit(reports));
  if (mode.svg) await writePictures(reports, mode.svg, outputs);
  await printReports(reports, mode, terminal);
  if (mode.github) await tellGithub(reports, mode, outputs, terminal);
  return outputs.failed ? EXIT.failed : exitCode(await sectionsOf(reports), mode);
}

/** As the runs themselves ended, by what they were held against. */
function exitCode(
  sections: readonly Section[],
  { allowIncomplete }: Pick<ReportMode, 'allowIncomplete'>,
): ExitCode {
  if (sections.some(({ verdict }) => verdict === 'fault')) return EXIT.fault;
  if (sections.some(({ report }) => wasStopped(report))) return EXIT.interrupted;
  const missed = sections.flatMap(({ limits = [] }) => limits).some(({ held }) => !held);
  const unfinished =
    worstVerdict(sections) === 'unfinished' || sections.some(({ report }) => !report.complete);
  return missed || (unfinished && !allowIncomplete) ? EXIT.missed : EXIT.clean;
}
