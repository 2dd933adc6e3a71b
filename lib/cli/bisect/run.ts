import { inert } from '../../base/sinks/inert';
import { bisect } from '../../explore/bisect/bisect';
import { type BisectOptions, makeBisectPlan } from '../../explore/bisect/plan';
import type { ExitCode } from '../exit';
import { inRunFrame, type RunMode, searchExitCode } from '../terminal/run-frame';
import type { Terminal } from '../terminal/terminal';
import { describeBisectPlan, renderBisect } from './text';

/**
 * Bisect, show how it goes, write the report.
 *
 * @throws DmTortureError for options that make no plan; rejects with what the search rejects with
 */
export async function runBisect(
  options: BisectOptions,
  mode: RunMode,
  terminal: Terminal,
): Promise<ExitCode> {
  return inRunFrame(mode, terminal, async ({ progress, signal, finish }) => {
    const onProgress: BisectOptions['onProgress'] = ({ elapsedMs, done, all }) =>
      progress.update({
        label: 'bisect',
        elapsedMs,
        ops: done,
        opsTotal: all,
        unit: 'sets',
        opsPerSecond: elapsedMs > 0 ? (done / elapsedMs) * 1000 : 0,
      });
    // Nothing is said before it is known that it can be done.
    const { report: plan } = makeBisectPlan(options);
    progress.note(terminal.err.dim(describeBisectPlan(plan)));
    const report = await bisect({ ...options, signal, onProgress });
    finish(report, () => renderBisect(inert(report), mode.quiet, terminal));
    return searchExitCode(report);
  });
}
