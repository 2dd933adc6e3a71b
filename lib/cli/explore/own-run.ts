import { setImmediate as turn } from 'node:timers/promises';
import { inert } from '../../base/sinks/inert';
import { exploreProgram } from '../../explore/programs';
import { makeProgramPlan, type ProgramExploreOptions, type ProgramProgress } from '../../own/plan';
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
import { describeOwnPlan } from './own-plan-text';
import type { ExploreMode } from './run';

/** How long a schedule is made shorter before that is said. */
const NOTE_AFTER_MS = 2000;

/** What is needed when the program has run, in pieces: loading one takes a few milliseconds. */
const LATER: readonly (() => unknown)[] = [
  () => require('../../own/search'),
  () => require('../../story/drawing'),
  () => require('../../own/report'),
  () => require('../../explore/program-search'),
  loadText,
];

/** Load what comes later while the compiler and the host work; what they have to say comes first. */
async function loadAhead(): Promise<void> {
  for (const load of LATER) {
    await turn();
    load();
  }
}

function loadText(): typeof import('./own-text') {
  return require('./own-text');
}

/** Says once that a fault is found, where it takes a while to make its schedule shorter. */
function shorteningNote(note: (text: string) => void): (facts: ProgramProgress) => void {
  let beganMs: number | undefined;
  let isNoted = false;
  return ({ elapsedMs, faults, shortens }) => {
    if (!shortens || isNoted) return;
    beganMs ??= elapsedMs;
    if (elapsedMs - beganMs < NOTE_AFTER_MS) return;
    isNoted = true;
    note(
      faults === 1
        ? '1 fault found; its schedule is made shorter, and Ctrl-C shows it as it is'
        : 'faults found; their schedules are made shorter, and Ctrl-C shows them as they are',
    );
  };
}

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
  const noteShortening = shorteningNote((text) => progress.note(err.dim(text)));
  const onProgress: ProgramExploreOptions['onProgress'] = (facts) => {
    const { elapsedMs, executions, states, faults, shortens } = facts;
    announce();
    noteShortening(facts);
    progress.update({
      elapsedMs,
      ...(plan.timeMs > 0 && { totalMs: plan.timeMs }),
      ops: executions,
      unit: 'executions',
      opsPerSecond: elapsedMs > 0 ? (executions / elapsedMs) * 1000 : 0,
      ...(faults > 0 && { faults }),
      seed: plan.seed,
      label: plan.scenario,
    });
    const now = performance.now() - startMs;
    if (mode.quiet || now < nextMs) return;
    nextMs = now + NDJSON_PROGRESS_EVERY_MS;
    tell('progress', { scenario: plan.scenario, elapsedMs, executions, states, faults, shortens });
  };
  const exploring = exploreProgram(target, { ...options, onProgress });
  const [report] = await Promise.all([exploring, loadAhead()]);
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
    frame.finish(report, () => loadText().renderOwn(inert(report), mode, terminal));
    return searchExitCode(report);
  });
}
