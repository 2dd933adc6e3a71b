import type { BenchAppReport } from '../../app/bench';
import { inert } from '../../base/sinks/inert';
import { BenchRun } from '../../bench/bench';
import { type BenchOptions, type BenchPlanReport, makeBenchPlan } from '../../bench/plan';
import type { BenchReport } from '../../bench/report';
import type { BenchSuite } from '../../bench/rows';
import { failsText } from '../../tables/validated';
import { EXIT, type ExitCode } from '../exit';
import { durationOption, formatMs } from '../terminal/format';
import { inRunFrame, type RunFrame, type RunMode } from '../terminal/run-frame';
import type { Terminal } from '../terminal/terminal';
import { ownNote } from './own';
import { describeBenchPlan, renderBench } from './text';

/** How `bench` prints its results. */
export interface BenchMode extends RunMode {
  /** A folder for plots. */
  svg?: string;
}

/**
 * Measure, show how it goes, write the report.
 *
 * @throws DmTortureError for a suite or options that make no plan; rejects with what the run
 *   rejects with
 */
export async function runBench(
  suite: string,
  options: BenchOptions,
  mode: BenchMode,
  terminal: Terminal,
): Promise<ExitCode> {
  return inRunFrame(mode, terminal, async (frame) => {
    const plan = makeBenchPlan(suite as BenchSuite, { ...options, signal: frame.signal });
    frame.progress.note(terminal.err.dim(describeBenchPlan(plan.report)));
    const run = new BenchRun(plan);
    showProgress(run, plan.report, frame);
    const report = await run.result;
    // Thousands of windows: a line for people would be one for each of them.
    frame.finish(report, () => renderBench(inert(report), mode, terminal), 0);
    const drawn = mode.svg === undefined || (await drawPlots(report, mode.svg, mode, terminal));
    return drawn ? exitCode(report) : EXIT.failed;
  });
}

/** How long it will take, and whether the time limit allows that. */
function beforehand(expectedMs: number, { timeMs }: BenchPlanReport): string {
  const says = `all cells take about ${formatMs(expectedMs)}`;
  if (timeMs === 0 || expectedMs <= timeMs) return says;
  return `${says}, more than --time ${durationOption(timeMs)}: the last ones will be left out`;
}

function showProgress(run: BenchRun, plan: BenchPlanReport, { progress }: RunFrame): void {
  run.on('validated', ({ lock, control, excludes }) => {
    if (control === excludes) {
      progress.note(control ? `${lock}, the control, did not fail` : `${lock} ${failsText(lock)}`);
    }
  });
  run.on('own', (own) => progress.note(ownNote(own)));
  run.once('progress', ({ expectedMs }) => {
    if (expectedMs !== undefined) progress.note(beforehand(expectedMs, plan));
  });
  run.on('progress', ({ elapsedMs, etaMs, parts, partsDone, rows }) =>
    progress.update({
      label: `part ${Math.min(partsDone + 1, parts)} of ${parts}`,
      elapsedMs,
      ...(etaMs !== undefined && { etaMs }),
      ops: rows,
      unit: 'rows',
      seed: plan.seed,
    }),
  );
}

/** Returns whether all could be written; says what could not. */
export async function drawPlots(
  report: BenchReport | BenchAppReport,
  folder: string,
  { quiet }: RunMode,
  terminal: Terminal,
): Promise<boolean> {
  const { readDocument } =
    require('../../reports/documents') as typeof import('../../reports/documents');
  const { Outputs, writePictures } = require('../report/run') as typeof import('../report/run');
  const outputs = new Outputs(terminal, quiet);
  await writePictures([readDocument(JSON.stringify(report), 'bench')], folder, outputs);
  return !outputs.failed;
}

function exitCode({ complete, limit, verdict }: BenchReport): ExitCode {
  if (verdict === 'fault') return EXIT.fault;
  if (complete) return EXIT.clean;
  return limit === 'time' ? EXIT.missed : EXIT.interrupted;
}
