import { inert } from '../../base/sinks/inert';
import { explore } from '../../explore/explore';
import { findFixes } from '../../explore/fixes';
import { type ExploreOptions, type ExplorePlanReport, makeExplorePlan } from '../../explore/plan';
import type { ExploreReport } from '../../explore/report';
import { type ExploreSweepReport, makeSweep, runSweep } from '../../explore/sweep';
import type { Race } from '../../programs/race';
import { wasStopped } from '../../tables/limit';
import { EXIT, type ExitCode } from '../exit';
import { catchInterrupts } from '../terminal/interrupt';
import { ProgressDisplay } from '../terminal/progress';
import type { Terminal } from '../terminal/terminal';
import { describeExplorePlan, renderExplore, renderSweep } from './text';

/** How `explore` tells its results. */
export interface ExploreMode {
  format: 'text' | 'json' | 'ndjson';
  quiet: boolean;
  /** Diagrams have the file and the line of each access. */
  lines: boolean;
}

/** What is explored: one scenario, programs, or every scenario of the table. */
export type ExploreTarget = string | Race | undefined;

const NDJSON_PROGRESS_EVERY_MS = 1000;

/** Explores one after the other, and tells how it goes. */
class Explorer {
  readonly #options: ExploreOptions;
  readonly #mode: ExploreMode;
  readonly #terminal: Terminal;
  readonly #progress: ProgressDisplay;
  readonly #startMs = performance.now();
  #nextMs = 0;

  constructor(
    options: ExploreOptions,
    mode: ExploreMode,
    terminal: Terminal,
    progress: ProgressDisplay,
  ) {
    this.#options = options;
    this.#mode = mode;
    this.#terminal = terminal;
    this.#progress = progress;
  }

  /** Say what is going to be explored. */
  begin(plan: ExplorePlanReport, name = plan.scenario): void {
    this.#progress.note(this.#terminal.err.dim(describeExplorePlan(plan, name)));
    this.tell('start', { plan });
  }

  /** The checked plan of a target, as reports show it. */
  plan(target: string | Race): ExplorePlanReport {
    return makeExplorePlan(target, this.#options).report;
  }

  async run(target: string | Race): Promise<ExploreReport> {
    const plan = this.plan(target);
    const onProgress: ExploreOptions['onProgress'] = ({ elapsedMs, executions, states }) => {
      const done = Math.max(executions, states);
      this.#progress.update({
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
      this.tell('fault', { scenario: report.scenario, ...fault });
      const { err } = this.#terminal;
      const where = fault.op === null ? '' : ` in ${fault.op}`;
      this.#progress.note(
        `${err.red('fault')} ${err.bold(fault.kind)}${where}, ${report.scenario}`,
      );
    }
    return report;
  }

  async runOneOfAll(name: string): Promise<ExploreReport> {
    const report = await this.run(name);
    this.tell('scenario', { ...report, faults: report.faults.map(({ kind }) => kind) });
    return report;
  }

  /** A line of `--ndjson`. */
  tell(event: string, facts: object): void {
    if (this.#mode.format !== 'ndjson') return;
    this.#terminal.print(`${JSON.stringify({ event, ...facts })}\n`);
  }

  #tellProgress(facts: object): void {
    const now = performance.now() - this.#startMs;
    if (this.#mode.quiet || now < this.#nextMs) return;
    this.#nextMs = now + NDJSON_PROGRESS_EVERY_MS;
    this.tell('progress', facts);
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
  const progress = new ProgressDisplay(terminal, mode.quiet || mode.format === 'ndjson');
  const interrupt = catchInterrupts((text) => progress.note(text));
  const signal = AbortSignal.any([interrupt.signal, terminal.closed]);
  const given = { ...options, signal };
  try {
    if (target === undefined) {
      const sweep = makeSweep(given);
      const explorer = new Explorer(sweep.options, mode, terminal, progress);
      explorer.begin(sweep.plan, 'every scenario');
      const report = await runSweep(sweep, (name) => explorer.runOneOfAll(name));
      progress.end();
      write(report, () => renderSweep(inert(report), mode, terminal), mode, terminal);
      return exitCode(report);
    }
    const explorer = new Explorer(given, mode, terminal, progress);
    explorer.begin(explorer.plan(target));
    const report = await explorer.run(target);
    await findFixes(target, report, signal);
    progress.end();
    write(report, () => renderExplore(inert(report), mode, terminal), mode, terminal);
    return exitCode(report);
  } catch (error) {
    if (signal.aborted && error === signal.reason) return EXIT.interrupted;
    throw error;
  } finally {
    progress.end();
    interrupt.release();
  }
}

function write(
  report: ExploreReport | ExploreSweepReport,
  render: () => string,
  mode: ExploreMode,
  terminal: Terminal,
): void {
  terminal.see(report);
  if (mode.format === 'ndjson') {
    terminal.print(`${JSON.stringify({ event: 'report', ...report })}\n`);
  } else if (mode.format === 'json') terminal.print(`${JSON.stringify(report, null, 2)}\n`);
  else terminal.print(render());
}

/** The gate has its say on a search that a limit cut off. */
function exitCode(report: ExploreReport | ExploreSweepReport): ExitCode {
  if (wasStopped(report)) return EXIT.interrupted;
  return report.verdict === 'fault' ? EXIT.fault : EXIT.clean;
}
