import { inert } from '../../base/sinks/inert';
import { type MatrixOptions, makeCut, matrix } from '../../explore/matrix';
import type { ExitCode } from '../exit';
import { cellProgress } from '../terminal/progress';
import { inRunFrame, type RunMode, searchExitCode } from '../terminal/run-frame';
import type { Terminal } from '../terminal/terminal';
import { renderMatrix } from './text';

/**
 * Fill the matrix, show how it goes, write the report.
 *
 * @throws DmTortureError for options that make no matrix; rejects with what the search rejects with
 */
export async function runMatrix(
  options: MatrixOptions,
  mode: RunMode,
  terminal: Terminal,
): Promise<ExitCode> {
  return inRunFrame(mode, terminal, async ({ progress, signal, finish }) => {
    const onProgress = cellProgress('matrix', progress);
    // Nothing is said before it is known that it can be done.
    makeCut(options);
    const running = matrix({ ...options, signal, onProgress });
    progress.note(terminal.err.dim('exploring every cell, each to its end'));
    const report = await running;
    // Thousands of cells: a line for people would be one for each brace.
    finish(report, () => renderMatrix(inert(report), mode.quiet, terminal), 0);
    return searchExitCode(report);
  });
}
