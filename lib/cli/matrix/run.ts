import { inert } from '../../base/sinks/inert';
import { type MatrixOptions, type MatrixReport, makeCut, matrix } from '../../explore/matrix';
import { wasStopped } from '../../tables/limit';
import { EXIT, type ExitCode } from '../exit';
import { catchInterrupts } from '../terminal/interrupt';
import { ProgressDisplay } from '../terminal/progress';
import type { Terminal } from '../terminal/terminal';
import { renderMatrix } from './text';

/** How `matrix` tells its results. */
export interface MatrixMode {
  json: boolean;
  quiet: boolean;
}

/**
 * Fill the matrix, show how it goes, write the report.
 *
 * @throws DmTortureError for options that make no matrix; rejects with what the search rejects with
 */
export async function runMatrix(
  options: MatrixOptions,
  mode: MatrixMode,
  terminal: Terminal,
): Promise<ExitCode> {
  const progress = new ProgressDisplay(terminal, mode.quiet);
  const interrupt = catchInterrupts((text) => progress.note(text));
  const signal = AbortSignal.any([interrupt.signal, terminal.closed]);
  const startMs = performance.now();
  const onProgress: MatrixOptions['onProgress'] = ({ done, all }) => {
    const elapsedMs = performance.now() - startMs;
    progress.update({
      label: 'matrix',
      elapsedMs,
      ...(done > 0 && { etaMs: (elapsedMs * (all - done)) / done }),
      ops: done,
      opsTotal: all,
      unit: 'cells',
      opsPerSecond: elapsedMs > 0 ? (done / elapsedMs) * 1000 : 0,
    });
  };
  try {
    // Nothing is said before it is known that it can be done.
    makeCut(options);
    const running = matrix({ ...options, signal, onProgress });
    progress.note(terminal.err.dim('exploring every cell, each to its end'));
    const report = await running;
    progress.end();
    terminal.see(report);
    // Thousands of cells: a line for people would be one for each brace.
    terminal.print(
      mode.json ? `${JSON.stringify(report)}\n` : renderMatrix(inert(report), mode.quiet, terminal),
    );
    return exitCode(report);
  } catch (error) {
    if (signal.aborted && error === signal.reason) return EXIT.interrupted;
    throw error;
  } finally {
    progress.end();
    interrupt.release();
  }
}

/** The gate has its say on cells that a limit cut off. */
function exitCode(report: MatrixReport): ExitCode {
  if (wasStopped(report)) return EXIT.interrupted;
  return report.verdict === 'fault' ? EXIT.fault : EXIT.clean;
}
