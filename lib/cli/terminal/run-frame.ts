import { wasStopped } from '../../tables/limit';
import { EXIT, type ExitCode } from '../exit';
import { catchInterrupts } from './interrupt';
import { ProgressDisplay } from './progress';
import type { Terminal } from './terminal';

/** How a run prints its report. */
export type ReportFormat = 'text' | 'json' | 'ndjson';

/** How often `--ndjson` has a line of progress. */
export const NDJSON_PROGRESS_EVERY_MS = 1000;

/** How a run is shown: what it prints in the end, and whether it says how it goes. */
export interface RunMode {
  format: ReportFormat;
  quiet: boolean;
}

/** What a run is done in: it says here how it goes, and hears here that it is to stop. */
export interface RunFrame {
  readonly progress: ProgressDisplay;
  /** Aborted by the first Ctrl-C, and once nobody reads standard output any more. */
  readonly signal: AbortSignal;
  /** A line of `--ndjson`; nothing in another format. */
  tell(event: string, facts: object): void;
  /**
   * The end of a run: its report is held against what was asked of it, and printed.
   *
   * @param render - The report for people.
   * @param indent - Of the JSON: 0 for reports whose lines nobody could read.
   */
  finish(report: object, render: () => string, indent?: number): void;
}

/**
 * Do a run between the display of its progress and the signals that stop it. Both are put
 * away again however it ends.
 *
 * @returns What `body` returns; that of an interrupted run, where `body` rejects because it was
 *   stopped.
 */
export async function inRunFrame(
  { format, quiet }: RunMode,
  terminal: Terminal,
  body: (frame: RunFrame) => Promise<ExitCode>,
): Promise<ExitCode> {
  const progress = new ProgressDisplay(terminal, quiet || format === 'ndjson');
  const interrupt = catchInterrupts((text) => progress.note(text));
  const signal = AbortSignal.any([interrupt.signal, terminal.closed]);
  const tell = (event: string, facts: object): void => {
    if (format === 'ndjson') terminal.print(`${JSON.stringify({ event, ...facts })}\n`);
  };
  const finish: RunFrame['finish'] = (report, render, indent = 2) => {
    progress.end();
    terminal.see(report);
    if (format === 'ndjson') tell('report', report);
    else if (format === 'text') terminal.print(render());
    else terminal.print(`${JSON.stringify(report, null, indent)}\n`);
  };
  try {
    return await body({ progress, signal, tell, finish });
  } catch (error) {
    if (signal.aborted && error === signal.reason) return EXIT.interrupted;
    throw error;
  } finally {
    progress.end();
    interrupt.release();
  }
}

/** What says once what a run is about, when the first thing comes of it: a compiler's message stands alone. */
export function announcer({ progress }: RunFrame, text: string): () => void {
  let isTold = false;
  return () => {
    if (!isTold) progress.note(text);
    isTold = true;
  };
}

/** Of a search. The gate has its say on what a limit cut off. */
export function searchExitCode(
  report: Parameters<typeof wasStopped>[0] & { verdict: string },
): ExitCode {
  if (wasStopped(report)) return EXIT.interrupted;
  return report.verdict === 'fault' ? EXIT.fault : EXIT.clean;
}
