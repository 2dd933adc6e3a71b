import { inert } from '../../base/sinks/inert';
import { explore } from '../../explore/explore';
import { makeProgramPlan, type ProgramExploreOptions } from '../../own/plan';
import type { Program } from '../../own/program';
import type { ProgramReport } from '../../own/report';
import { placeText } from '../../story/trace';
import type { ExitCode } from '../exit';
import {
  announcer,
  inRunFrame,
  NDJSON_PROGRESS_EVERY_MS,
  type RunFrame,
  searchExitCode,
} from '../terminal/run-frame';
import type { Terminal } from '../terminal/terminal';
import { describeOwnPlan, renderOwn } from './own-text';
import type { ExploreMode } from './run';

/** Explores, and reports how it goes. */
async function run(
  target: Program,
  options: ProgramExploreOptions,
  mode: ExploreMode,
  frame: RunFrame,
  { err }: Terminal,
): Promise<ProgramReport> {
  const { progress, tell } = frame;
  const { report: plan } = makeProgramPlan(target, options);
  const announce = announcer(frame, err.dim(describeOwnPlan(plan)));
  tell('start', { plan });
  const startMs = performance.now();
  let nextMs = 0;
  const onProgress: ProgramExploreOptions['onProgress'] = ({ elapsedMs, executions, states }) => {
    announce();
    progress.update({
      elapsedMs,
      ...(plan.timeMs > 0 && { totalMs: plan.timeMs }),
      ops: executions,
      unit: 'executions',
      opsPerSecond: elapsedMs > 0 ? (executions / elapsedMs) * 1000 : 0,
      seed: plan.seed,
      label: plan.scenario,
    });
    const now = performance.now() - startMs;
    if (mode.quiet || now < nextMs) return;
    nextMs = now + NDJSON_PROGRESS_EVERY_MS;
    tell('progress', { scenario: plan.scenario, elapsedMs, executions, states });
  };
  const report = await explore(target, { ...options, onProgress });
  announce();
  for (const fault of report.faults) {
    tell('fault', { scenario: report.scenario, ...fault });
    const at = placeText(fault);
    const where = at === undefined ? report.scenario : at;
    progress.note(`${err.red('fault')} ${err.bold(fault.kind)}, ${where}`);
  }
  return report;
}

/**
 * Explore C or C++ of the user's, show how it goes, write the report.
 *
 * @throws DmTortureError for options that make no plan; rejects with what the search rejects with
 */
export async function runOwn(
  target: Program,
  options: ProgramExploreOptions,
  mode: ExploreMode,
  terminal: Terminal,
): Promise<ExitCode> {
  return inRunFrame(mode, terminal, async (frame) => {
    const given = { ...options, signal: frame.signal };
    const report = await run(target, given, mode, frame, terminal);
    frame.finish(report, () => renderOwn(inert(report), mode, terminal));
    return searchExitCode(report);
  });
}
