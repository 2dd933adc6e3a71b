import { inert } from '../../base/sinks/inert';
import { type HistoryReport, history } from '../../explore/history';
import { type HistoryOptions, makeHistoryPlan } from '../../explore/history-plan';
import { toHtml } from '../../render/html';
import { sectionsOf } from '../../render/sections';
import type { ReportDocument } from '../../reports/documents';
import { EXIT, type ExitCode } from '../exit';
import { UsageError } from '../options/usage-error';
import { Outputs } from '../report/run';
import { cellProgress } from '../terminal/progress';
import { inRunFrame, type RunMode } from '../terminal/run-frame';
import type { Terminal } from '../terminal/terminal';
import { renderBug, renderHistory } from './text';

/** How `history` prints its results. */
export interface HistoryMode extends RunMode {
  /** By year, in place of by pattern. */
  byYear: boolean;
  /** A page is written there. */
  html: string | undefined;
  /** The matrix is printed, in place of the timeline. */
  matrix: boolean;
  /** What the matrix has. */
  scenarios: HistoryOptions['scenarios'];
}

function exitCode({ verdict }: HistoryReport, stopped: boolean, failed: boolean): ExitCode {
  if (stopped) return EXIT.interrupted;
  if (failed) return EXIT.failed;
  if (verdict === 'fault') return EXIT.fault;
  return verdict === 'clean' ? EXIT.clean : EXIT.missed;
}

/**
 * Print the history of lifetime bugs, each looked for at once.
 *
 * @param row - One bug alone, by its number or name.
 * @throws DmTortureError, UsageError for options that make no plan
 */
export async function runHistory(
  row: string | undefined,
  pattern: string | undefined,
  mode: HistoryMode,
  terminal: Terminal,
): Promise<ExitCode> {
  if (mode.html === '') throw new UsageError('Expected --html to name a file, got ``');
  if (mode.scenarios !== undefined && !mode.matrix) {
    throw new UsageError('--scenarios has scenarios of --matrix: give both');
  }
  if (mode.byYear && (row !== undefined || mode.matrix)) {
    throw new UsageError('--year orders the timeline: leave out <row> and --matrix');
  }
  // A page of all bugs shows which kernel had which of them.
  const isWhole = row === undefined && pattern === undefined;
  const scope = mode.matrix ? 'rows' : isWhole && mode.html !== undefined ? 'sets' : undefined;
  const { scenarios } = mode;
  const options = { row, pattern, matrix: scope, scenarios } as HistoryOptions;
  makeHistoryPlan(options);
  return inRunFrame(mode, terminal, async ({ signal, finish, progress }) => {
    const onProgress = cellProgress('history', progress);
    const report = await history({ ...options, signal, onProgress });
    const document = report as unknown as ReportDocument;
    const outputs = new Outputs(terminal, mode.quiet);
    if (mode.html !== undefined) await outputs.write(mode.html, await toHtml([document]));
    const [section] = row === undefined ? [] : await sectionsOf([document]);
    const shown = inert(report);
    const text = (): string =>
      section
        ? renderBug(inert(section), mode.quiet, terminal)
        : renderHistory(shown, mode, terminal);
    // Thousands of cells: a line for people would be one for each brace.
    finish(report, text, report.matrix ? 0 : 2);
    return exitCode(report, signal.aborted, outputs.failed);
  });
}
