import type { BuiltProgram } from '../own/built';
import type { ProgramPlan, ProgramPlanReport } from '../own/plan';
import { makeProgramReport, type ProgramReport } from '../own/report';
import { ProgramHost } from '../own/search';
import { isSampling, shareOf, unitSeed } from '../run/shard';
import type { Toolchain } from './toolchain';

/** What a part of a search is started with: its seed or its part, and its share of the limits. */
function partPlan(plan: ProgramPlan, unit: number): ProgramPlan {
  const { report, units } = plan;
  if (units.count < 2) return plan;
  const { shard, slices = 1, strategy, seed } = report;
  const executions = shareOf(report.executions, unit, units.count);
  const timeMs = shareOf(report.timeMs, Math.floor(unit / (shard?.count ?? 1)), slices);
  const own: ProgramPlanReport = { ...report, executions, timeMs };
  if (!isSampling(strategy)) return { ...plan, report: own, part: [unit, units.count] };
  return { ...plan, report: { ...own, seed: unitSeed(seed, unit) } };
}

/** An exploration of one program that was built. */
export class ProgramSearch {
  readonly #plan: ProgramPlan;
  readonly #built: BuiltProgram;
  readonly #host: ProgramHost;

  constructor(plan: ProgramPlan, built: BuiltProgram, tools: Toolchain) {
    this.#plan = plan;
    this.#built = built;
    this.#host = new ProgramHost(built, tools.symbolsOf(built), tools);
  }

  /** All of it. */
  async run(): Promise<ProgramReport> {
    const { units, journal } = this.#plan;
    if (units.own.length === 1 && !journal) return this.#part(units.own[0] ?? 0);
    // Loaded where there are parts: with them come the schemas of all reports.
    const { runProgramParts } = require('./program-parts') as typeof import('./program-parts');
    return runProgramParts(this.#plan, this.#built, (unit, plan) => this.#part(unit, plan));
  }

  async #part(unit: number, plan = this.#plan): Promise<ProgramReport> {
    const searched = await this.#host.search(partPlan(plan, unit));
    return makeProgramReport(plan, this.#built, searched);
  }
}
