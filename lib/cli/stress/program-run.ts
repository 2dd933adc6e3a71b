import { inert } from '../../base/sinks/inert';
import type { Program } from '../../own/program';
import { placeText } from '../../story/trace';
import { makeProgramStressPlan, type ProgramStressOptions } from '../../stress/own/plan';
import type { ProgramFaultReport, ProgramStressReport } from '../../stress/own/report';
import { type ProgramStressProgress, ProgramStressRun } from '../../stress/own/run';
import { EXIT, type ExitCode } from '../exit';
import { formatMs } from '../terminal/format';
import { announcer, inRunFrame, type RunFrame } from '../terminal/run-frame';
import type { StatusFacts } from '../terminal/status';
import type { Terminal } from '../terminal/terminal';
import { tellEvents } from './events';
import { describeProgramPlan, renderProgramStress } from './program-text';
import type { StressMode } from './run';

/**
 * Run a program of the user's in rounds, show how it goes, write the report.
 *
 * @throws DmTortureError for options that make no plan; rejects with what the run rejects with
 */
export async function runProgramStress(
  program: Program,
  options: ProgramStressOptions,
  mode: StressMode,
  terminal: Terminal,
): Promise<ExitCode> {
  return inRunFrame(mode, terminal, async (frame) => {
    const plan = makeProgramStressPlan(program, {
      ...options,
      tickets: mode.tickets,
      signal: frame.signal,
    });
    const announce = announcer(frame, terminal.err.dim(describeProgramPlan(plan.report)));
    const run = new ProgramStressRun(plan).once('progress', announce).once('fault', announce);
    if (mode.format === 'ndjson') tellEvents(run, plan.report, mode, frame);
    else showProgress(run, plan.report, frame, terminal);
    const report = await run.result;
    announce();
    frame.finish(report, () => renderProgramStress(inert(report), mode.quiet, terminal));
    if (!report.complete) return EXIT.interrupted;
    return report.verdict === 'fault' ? EXIT.fault : EXIT.clean;
  });
}

type PlanReport = ProgramStressReport['plan'];

function statusFacts(
  { elapsedMs, etaMs, rounds, roundsPerSecond, faults }: ProgramStressProgress,
  { durationMs, seed, rounds: total }: PlanReport,
  faultsByKind: ReadonlyMap<string, number>,
): StatusFacts {
  return {
    elapsedMs,
    ...(durationMs > 0 && { totalMs: durationMs }),
    ...(etaMs !== undefined && { etaMs }),
    ops: rounds,
    ...(total > 0 && { opsTotal: total }),
    opsPerSecond: roundsPerSecond,
    unit: 'rounds',
    faults,
    faultsByKind,
    seed,
  };
}

function showProgress(
  run: ProgramStressRun,
  plan: PlanReport,
  { progress }: RunFrame,
  terminal: Terminal,
): void {
  const byKind = new Map<string, number>();
  run.on('fault', (fault) => {
    if (!byKind.has(fault.kind)) progress.note(firstSight(fault, terminal));
    byKind.set(fault.kind, (byKind.get(fault.kind) ?? 0) + 1);
  });
  run.on('tickets', () => progress.note('the explorer looks for the same faults'));
  run.on('progress', (p) => progress.update(statusFacts(p, plan, byKind)));
}

function firstSight(fault: ProgramFaultReport, { err }: Terminal): string {
  const { kind, round, atMs } = fault;
  const place = placeText(fault);
  const where = place === undefined ? '' : ` at ${place},`;
  return `${err.red('fault')} ${err.bold(kind)}${where} in round ${round}, at ${formatMs(atMs)}`;
}
