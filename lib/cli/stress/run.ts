import { inert } from '../../base/sinks/inert';
import { type Drawing, meetingText } from '../../story/finding';
import { makePlan, type StressOptions, type StressPlan } from '../../stress/plan';
import type { FaultReport, StressReport } from '../../stress/report';
import { type Progress, StressRun } from '../../stress/stress';
import type { FaultKind } from '../../tables/tables';
import { EXIT, type ExitCode } from '../exit';
import { formatMs } from '../terminal/format';
import { inRunFrame, type RunFrame, type RunMode } from '../terminal/run-frame';
import type { StatusFacts } from '../terminal/status';
import type { Terminal } from '../terminal/terminal';
import { tellEvents } from './events';
import { describePlan, renderStress } from './text';

/** How `stress` prints its results. */
export interface StressMode extends RunMode {
  /** Have the explorer find the faults of a scenario again. */
  tickets: boolean;
}

/**
 * Run, show how it goes, write the report.
 *
 * @throws DmTortureError for options that make no plan; rejects with what the run rejects with
 */
export async function runStress(
  options: StressOptions,
  mode: StressMode,
  terminal: Terminal,
): Promise<ExitCode> {
  return inRunFrame(mode, terminal, async (frame) => {
    const plan = makePlan({ ...options, signal: frame.signal });
    frame.progress.note(terminal.err.dim(describePlan(plan.report)));
    const run = new StressRun(plan);
    if (mode.format === 'ndjson') tellEvents(run, plan.report, mode, frame);
    else showProgress(run, plan.report, frame, terminal);
    const report = await run.result;
    const scenes = mode.tickets ? await findScenes(report, plan, frame) : new Map();
    frame.finish(report, () => renderStress(inert(report), mode.quiet, inert(scenes), terminal));
    return exitCode(report);
  });
}

/** What a status line needs to know of a run. */
export function statusFacts(
  p: Progress,
  plan: StressReport['plan'],
  faultsByKind: ReadonlyMap<string, number>,
): StatusFacts {
  return {
    elapsedMs: p.elapsedMs,
    ...(plan.durationMs > 0 && { totalMs: plan.durationMs }),
    ...(p.etaMs !== undefined && { etaMs: p.etaMs }),
    ops: p.ops,
    opsPerSecond: p.opsPerSecond,
    faults: p.faults,
    faultsByKind,
    seed: plan.seed,
  };
}

function showProgress(
  run: StressRun,
  plan: StressReport['plan'],
  { progress }: RunFrame,
  terminal: Terminal,
): void {
  const byKind = new Map<string, number>();
  run.on('fault', (fault) => {
    if (!byKind.has(fault.kind)) progress.note(firstSight(fault, terminal));
    byKind.set(fault.kind, (byKind.get(fault.kind) ?? 0) + fault.count);
  });
  run.on('progress', (p) => progress.update(statusFacts(p, plan, byKind)));
}

function firstSight(fault: FaultReport, { err }: Terminal): string {
  const kind = `${err.red('fault')} ${err.bold(fault.kind)}`;
  return `${kind} ${meetingText(fault)}, at ${formatMs(fault.atMs)}`;
}

/** Gives the faults of a scenario their tickets, and the story of each. */
async function findScenes(
  report: StressReport,
  { race, signal }: StressPlan,
  { progress }: RunFrame,
): Promise<Map<FaultKind, Drawing>> {
  const scenes = new Map<FaultKind, Drawing>();
  if (!race || report.faults.length === 0 || signal?.aborted) return scenes;
  progress.note('the explorer looks for the same faults');
  const { attachTickets } =
    require('../../stress/tickets') as typeof import('../../stress/tickets');
  const { replay } = require('../../explore/replay') as typeof import('../../explore/replay');
  await attachTickets(report, race, { ...(signal && { signal }) });
  for (const { kind, ticket } of report.faults) {
    if (ticket === undefined) continue;
    const { titles, trace, fault } = await replay(ticket);
    scenes.set(kind, { titles, trace, fault });
  }
  return scenes;
}

function exitCode(report: StressReport): ExitCode {
  if (!report.complete) return EXIT.interrupted;
  return report.verdict === 'fault' ? EXIT.fault : EXIT.clean;
}
