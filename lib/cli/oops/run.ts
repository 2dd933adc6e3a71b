import { inert } from '../../base/sinks/inert';
import { oops } from '../../stress/oops/oops';
import {
  makeOopsPlan,
  type OopsOptions,
  type OopsProgress,
  type OopsTarget,
} from '../../stress/oops/plan';
import type { OopsReport } from '../../stress/oops/report';
import { EXIT, type ExitCode } from '../exit';
import { inRunFrame, type RunMode } from '../terminal/run-frame';
import type { Terminal } from '../terminal/terminal';
import { describeOopsPlan, renderOops } from './text';

/**
 * Run until it dies, show how it goes, write the report.
 *
 * @throws DmTortureError for options that make no plan; rejects with what the run rejects with
 */
export async function runOopsCommand(
  target: OopsTarget,
  options: OopsOptions,
  mode: RunMode,
  terminal: Terminal,
): Promise<ExitCode> {
  return inRunFrame(mode, terminal, async ({ progress, signal, finish }) => {
    const { report: plan } = makeOopsPlan(target, options);
    progress.note(terminal.err.dim(describeOopsPlan(plan)));
    const { timeMs, seed } = plan;
    const onProgress = ({ elapsedMs, rounds }: OopsProgress): void =>
      progress.update({
        elapsedMs,
        ...(timeMs > 0 && { totalMs: timeMs }),
        ops: rounds,
        unit: 'rounds',
        opsPerSecond: rounds / Math.max(0.001, elapsedMs / 1000),
        seed,
      });
    const report = await oops(target, { ...options, seed, signal, onProgress });
    finish(report, () => renderOops(inert(report), mode.quiet, terminal));
    return exitCode(report);
  });
}

function exitCode({ verdict, complete, hung }: OopsReport): ExitCode {
  if (verdict === 'fault') return EXIT.fault;
  if (complete) return EXIT.clean;
  return hung ? EXIT.missed : EXIT.interrupted;
}
