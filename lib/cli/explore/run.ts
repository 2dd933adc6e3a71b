import { inert } from '../../base/sinks/inert';
import { explore } from '../../explore/explore';
import { findFixes } from '../../explore/fixes';
import { type ExploreOptions, type ExplorePlanReport, makeExplorePlan } from '../../explore/plan';
import type { ExploreReport } from '../../explore/report';
import { makeSweep, runSweep } from '../../explore/sweep';
import type { Race } from '../../programs/race';
import type { ExitCode } from '../exit';
import {
  inRunFrame,
  NDJSON_PROGRESS_EVERY_MS,
  type RunFrame,
  type RunMode,
  searchExitCode,
} from '../terminal/run-frame';
import type { Terminal } from '../terminal/terminal';
import { describeExplorePlan, renderExplore, renderSweep } from './text';

/** How `explore` prints its results. */
export interface ExploreMode extends RunMode {
  /** Diagrams have the file and the line of each access. */
  lines: boolean;
}

/** What is explored: one scenario, programs, or every scenario of the table. */
export type ExploreTarget = string | Race | undefined;

/** Explores one after the other, and reports how it goes. */
class Explorer {
  readonly #options: ExploreOptions;
  readonly #quiet: boolean;
  readonly #terminal: Terminal;
  readonly #frame: RunFrame;
  readonly #startMs = performance.now();
  #nextMs = 0;

  constructor(options: ExploreOptions, quiet: boolean, terminal: Terminal, frame: RunFrame) {
    this.#options = options;
    this.#quiet = quiet;
    this.#terminal = terminal;
    this.#frame = frame;
  }

  /** Say what is going to be explored. */
  begin(plan: ExplorePlanReport, name = plan.scenario): void {
    this.#frame.progress.note(this.#terminal.err.dim(describeExplorePlan(plan, name)));
    this.#frame.tell('start', { plan });
  }

  /** The checked plan of a target, as reports show it. */
  plan(target: string | Race): ExplorePlanReport {
    return makeExplorePlan(target, this.#options).report;
  }

  async run(target: string | Race): Promise<ExploreReport> {
    const plan = this.plan(target);
    const onProgress: ExploreOptions['onProgress'] = ({ elapsedMs, executions, states }) => {
      const done = Math.max(executions, states);
      this.#frame.progress.update({
        elapsedMs,
        ...(plan.timeMs > 0 && { totalMs: plan.timeMs }),
        ops: done,
        unit: states > executions ? 'states' : 'executions',
        opsPerSecond: elapsedMs > 0 ? (done / elapsedMs) * 1000 : 0,
        seed: plan.seed,
        label: plan.scenario,
      });
      this.#tellProgress({ scenario: plan.scenario, elapsedMs, executions, states });
    };
    const report = await explore(target, { ...this.#options, onProgress });
    for (const fault of report.faults) {
      this.#frame.tell('fault', { scenario: report.scenario, ...fault });
      const { err } = this.#terminal;
      const where = fault.op === null ? '' : ` in ${fault.op}`;
      this.#frame.progress.note(
        `${err.red('fault')} ${err.bold(fault.kind)}${where}, ${report.scenario}`,
      );
    }
    return report;
  }

  async runOneOfAll(name: string): Promise<ExploreReport> {
    const report = await this.run(name);
    this.#frame.tell('scenario', { ...report, faults: report.faults.map(({ kind }) => kind) });
    return report;
  }

  #tellProgress(facts: object): void {
    const now = performance.now() - this.#startMs;
    if (this.#quiet || now < this.#nextMs) return;
    this.#nextMs = now + NDJSON_PROGRESS_EVERY_MS;
    this.#frame.tell('progress', facts);
  }
}

/**
 * Explore, show how it goes, write the report.
 *
 * @throws DmTortureError for options that make no plan; rejects with what the search rejects with
 */
export async function runExplore(
  target: ExploreTarget,
  options: ExploreOptions,
  mode: ExploreMode,
  terminal: Terminal,
): Promise<ExitCode> {
  return inRunFrame(mode, terminal, async (frame) => {
    const given = { ...options, signal: frame.signal };
    if (target === undefined) {
      const sweep = makeSweep(given);
      const explorer = new Explorer(sweep.options, mode.quiet, terminal, frame);
      explorer.begin(sweep.plan, 'every scenario');
      const report = await runSweep(sweep, (name) => explorer.runOneOfAll(name));
      frame.finish(report, () => renderSweep(inert(report), mode, terminal));
      return searchExitCode(report);
    }
    const explorer = new Explorer(given, mode.quiet, terminal, frame);
    explorer.begin(explorer.plan(target));
    const report = await explorer.run(target);
    await findFixes(target, report, frame.signal);
    frame.finish(report, () => renderExplore(inert(report), mode, terminal));
    return searchExitCode(report);
  });
}
