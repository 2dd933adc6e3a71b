import type { BuiltProgram } from '../own/built';
import { makeProgramPlan, type ProgramExploreOptions } from '../own/plan';
import type { Program } from '../own/program';
import type { HostOrder } from '../own/protocol';
import { makeProgramReport, type ProgramReport } from '../own/report';
import { ProgramHost } from '../own/search';
import { systemToolchain } from './toolchain';

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

/** As `exploreProgram()`, with orders in the place of those of the source. */
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
