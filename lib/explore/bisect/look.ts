import type { LimitName } from '../../tables/limit';
import type { PatchSet } from '../../tables/patches';
import { type FaultKind, tables } from '../../tables/tables';
import { explore } from '../explore';
import type { ExploredFault } from '../report';
import type { BisectPlan } from './plan';

/** What was seen under a set of patches. */
export interface Look {
  faults: readonly ExploredFault[];
  kinds: FaultKind[];
  exhaustive: boolean;
  limit: LimitName | null;
  executions: number;
  states: number;
}

/** Nothing was begun. */
const unseen = (limit: LimitName): Look => ({
  faults: [],
  kinds: [],
  exhaustive: false,
  limit,
  executions: 0,
  states: 0,
});

/** Explores sets of patches, each once, within the limits of a plan. */
export class Looker {
  readonly #plan: BisectPlan;
  readonly #beganMs = performance.now();
  readonly #looks = new Map<number, Look>();
  #known = 0;

  constructor(plan: BisectPlan) {
    this.#plan = plan;
  }

  /** Everything that was explored. */
  looks(): Look[] {
    return [...this.#looks.values()];
  }

  elapsedMs(): number {
    return performance.now() - this.#beganMs;
  }

  /** That many more are to come, at most. */
  expect(count: number): void {
    this.#known = Math.max(this.#known, this.#looks.size + count);
  }

  /** Every kind that can be reached under a set, as far as the limits allow. */
  async look(set: PatchSet): Promise<Look> {
    const known = this.#looks.get(set.mask);
    if (known) return known;
    const look = await this.#explore(set, false);
    this.#looks.set(set.mask, look);
    const done = this.#looks.size;
    const all = Math.max(done, this.#known);
    this.#plan.onProgress({ elapsedMs: this.elapsedMs(), done, all });
    return look;
  }

  /** The faults under a set with the shortest schedules; those that are known where time is up. */
  async minimised(set: PatchSet): Promise<readonly ExploredFault[]> {
    const { faults } = await this.look(set);
    const { faults: shorter } = await this.#explore(set, true);
    const kinds = new Set(shorter.map(({ kind }) => kind));
    return [...shorter, ...faults.filter(({ kind }) => !kinds.has(kind))];
  }

  async #explore(set: PatchSet, minimise: boolean): Promise<Look> {
    const { race, report, signal } = this.#plan;
    if (signal?.aborted) return unseen('stopped');
    const time = report.timeMs && Math.round(report.timeMs - this.elapsedMs());
    if (time < 0 || (report.timeMs > 0 && time === 0)) return unseen('time');
    const { faults, exhaustive, limit, executions, states } = await explore(race, {
      patches: set,
      strategy: 'stateful',
      allFaults: true,
      minimise,
      executions: report.executions,
      states: report.states,
      time,
      signal,
    });
    const seen = new Set(faults.map(({ kind }) => kind));
    const kinds = tables.faults.map(({ slug }) => slug).filter((slug) => seen.has(slug));
    return { faults, kinds, exhaustive, limit, executions, states };
  }
}
