import type { BuiltProgram } from '../own/built';
import {
  makeProgramPlan,
  type ProgramExploreOptions,
  type ProgramPlan,
  type ProgramPlanReport,
} from '../own/plan';
import type { Program } from '../own/program';
import type { HostOrder } from '../own/protocol';
import { makeProgramReport, ownSubject, type ProgramReport } from '../own/report';
import { ProgramHost } from '../own/search';
import type { WithPlan } from '../programs/passed-on';
import { Journal } from '../run/journal';
import { isSampling, shareOf, unitSeed } from '../run/shard';
import { restoreTraces } from '../story/drawing';
import { runParts } from './parts';
import { systemToolchain, type Toolchain } from './toolchain';
import { checkExplored, foldUnits } from './units';

/** The report of one part of a search, without what all parts have in common. */
type ProgramPart = Omit<ProgramReport, 'tool' | 'version' | 'kind' | 'plan'>;

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
class ProgramSearch {
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
    const { units, journal: file, report: plan } = this.#plan;
    if (units.own.length === 1 && !file) return this.#part(units.own[0] ?? 0);
    const check = (_: number, content: unknown): void => {
      const common = { tool: 'dmtorture', kind: 'explore', plan };
      checkExplored({ version: '', ...(content as object), ...common });
    };
    // What was found of other contents says nothing of these.
    const head = { kind: 'explore', plan: { ...plan, contents: this.#contents() } };
    const journal = file && (await Journal.open(file, head, { check }));
    try {
      return { ...(await this.#parts(journal)), ...journal?.notes };
    } finally {
      await journal?.close();
    }
  }

  #contents(): string[] {
    return this.#built.files.map(({ name, sha256 }) => `${name} ${sha256}`);
  }

  async #part(unit: number, plan = this.#plan): Promise<ProgramReport> {
    const searched = await this.#host.search(partPlan(plan, unit));
    return makeProgramReport(plan, this.#built, searched);
  }

  async #parts(journal: Journal | undefined): Promise<ProgramReport> {
    const plan = this.#plan;
    const { units, report, signal, program } = plan;
    const { parts, stopped } = await runParts<ProgramPart>({
      own: units.own,
      allFaults: report.allFaults,
      signal,
      journal,
      restore: (part) => restoreTraces({ ...part, plan: report }),
      run: async (unit, before) => {
        const onProgress: ProgramPlan['onProgress'] = ({ elapsedMs, executions, states }) =>
          plan.onProgress({
            elapsedMs: before.elapsedMs + elapsedMs,
            executions: before.executions + executions,
            states: before.states + states,
          });
        const made = await this.#part(unit, { ...plan, onProgress });
        const { tool, version, kind, plan: own, ...part } = made;
        return part;
      },
    });
    const threads = parts.reduce((most, { subject }) => Math.max(most, subject.threads), 0);
    const subject = ownSubject(this.#built, program, threads);
    const folded = foldUnits({ report, units }, parts, stopped, subject);
    const advice = parts.find((part) => part.advice !== '')?.advice ?? '';
    return { ...folded, plan: report, estimate: null, advice } as unknown as ProgramReport;
  }
}

/** An order that stands in the place of an atomic's own: see orders.c. */
export interface ReplacedOrder {
  /** The atomic, by its offset in the object, in hexadecimal. */
  at: string;
  order: AtomicOrder;
}

export type AtomicOrder = 'relaxed' | 'acquire' | 'release' | 'acq_rel' | 'seq_cst';
const ORDER_NUMBERS = { relaxed: 1, acquire: 2, release: 3, acq_rel: 4, seq_cst: 5 } as const;

/** `order:4000012ab`, as the host has it. */
const factOf = ({ at, order }: ReplacedOrder): string =>
  `order:${ORDER_NUMBERS[order].toString(16)}${at.padStart(8, '0')}`;

/** What a search came to, and the atomics that it came to. */
export interface OrderedExploration {
  report: ProgramReport;
  orders: readonly HostOrder[];
  built: BuiltProgram;
}

/** As {@link exploreProgram}, with orders in the place of those of the source. */
export async function exploreOrders(
  program: Program,
  options: ProgramExploreOptions,
  replaced: readonly ReplacedOrder[],
): Promise<OrderedExploration> {
  const tools = systemToolchain();
  const plan = { ...makeProgramPlan(program, options), knowledge: replaced.map(factOf) };
  plan.signal?.throwIfAborted();
  const built = await tools.build(program, plan.signal);
  const searched = await new ProgramHost(built, tools.symbolsOf(built), tools).search(plan);
  const report = makeProgramReport(plan, built, searched);
  return { report, orders: searched.found.orders ?? [], built };
}

/**
 * Explore a program of the user's.
 *
 * @throws DmTortureError as {@link explore} does, and ERR_COMPILE, ERR_NO_COMPILER, ERR_PROGRAM
 */
export async function exploreProgram(
  program: Program,
  options: ProgramExploreOptions | WithPlan = {},
  tools: Toolchain = systemToolchain(),
): Promise<ProgramReport> {
  const plan = makeProgramPlan(program, options);
  plan.signal?.throwIfAborted();
  const built = await tools.build(program, plan.signal);
  plan.signal?.throwIfAborted();
  return new ProgramSearch(plan, built, tools).run();
}
