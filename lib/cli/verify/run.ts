import { inert } from '../../base/sinks/inert';
import { toMarkdown } from '../../render/render';
import { makeVerifyPlan, type VerifyOptions } from '../../verify/plan';
import { verify } from '../../verify/verify';
import type { ExitCode } from '../exit';
import { UsageError } from '../options/usage-error';
import { inRunFrame, type RunMode, searchExitCode } from '../terminal/run-frame';
import type { Terminal } from '../terminal/terminal';
import { describeVerifyPlan, renderVerify } from './text';

/** How `verify` prints its results. */
export interface VerifyMode extends RunMode {
  markdown: boolean;
}

/**
 * Verify, show how it goes, write the report.
 *
 * @throws DmTortureError for options that make no plan; rejects with what the run rejects with
 */
export async function runVerify(
  locks: readonly string[],
  options: VerifyOptions,
  mode: VerifyMode,
  terminal: Terminal,
): Promise<ExitCode> {
  if (mode.markdown && mode.format === 'json') {
    throw new UsageError('Give either --json or --markdown, not both');
  }
  return inRunFrame(mode, terminal, async ({ progress, signal, finish }) => {
    const startMs = performance.now();
    const onProgress: VerifyOptions['onProgress'] = ({ elapsedMs, states, done, all }) =>
      progress.update({
        label: 'verify',
        elapsedMs,
        ops: done,
        opsTotal: all,
        unit: 'rows and weakenings',
        opsPerSecond: states / Math.max(1, performance.now() - startMs) / 1000,
      });
    // Nothing is said before it is known that it can be done.
    const { report: plan } = makeVerifyPlan(locks, options);
    progress.note(terminal.err.dim(describeVerifyPlan(plan)));
    const report = await verify(locks, { ...options, signal, onProgress });
    const markdown = mode.markdown ? await toMarkdown([report]) : undefined;
    finish(report, () => markdown ?? renderVerify(inert(report), mode.quiet, terminal));
    return searchExitCode(report);
  });
}
