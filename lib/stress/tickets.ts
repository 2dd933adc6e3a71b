import { DmTortureError, wrongType } from '../base/errors';
import { explore } from '../explore/explore';
import type { ExploredFault } from '../explore/report';
import { raceOfPlan } from '../programs/passed-on';
import type { Race } from '../programs/race';
import type { TargetText } from '../programs/scenarios';
import { tables } from '../tables/tables';
import type { FaultSummary, StressReport } from './report';

/** What {@link attachTickets} takes. */
export interface TicketOptions {
  /** Time limit: `'500ms'`, `'10s'`, or milliseconds. @default '5s' */
  time?: number | string | undefined;
  /** Ends the search; what was found up to then is attached. */
  signal?: AbortSignal | undefined;
}

type Wanted = Map<string, FaultSummary>;

function attach(wanted: Wanted, faults: readonly ExploredFault[]): void {
  for (const { kind, ticket, titles, trace } of faults) {
    const summary = wanted.get(kind);
    if (!summary) continue;
    summary.ticket = ticket;
    summary.titles = titles;
    summary.trace = trace;
    wanted.delete(kind);
  }
}

/** How a lock waits is of no interest to the model, which has only the first of them. */
function modelLock(lock: number): number {
  const row = tables.search.find(({ name }) => name === 'lock');
  return row && lock <= row.max ? lock : 0;
}

/** @throws DmTortureError ERR_INVALID_ARG_TYPE */
function checkReport(report: StressReport): StressReport {
  const { plan, faults } = Object(report) as Partial<StressReport>;
  if (typeof plan === 'object' && plan !== null && Array.isArray(faults)) return report;
  throw wrongType('report', 'a report of stress()', report);
}

/** @throws DmTortureError ERR_INVALID_ARG_TYPE */
function raceOf(report: StressReport): Race {
  const race = raceOfPlan(report);
  if (!race) throw wrongType('scenario', 'a scenario, which a storm is not', report.plan.scenario);
  return race;
}

/** Programs that the explorer refuses have no tickets; what else goes wrong is reported. */
function nothingToInterleave(error: unknown): { faults: ExploredFault[] } {
  if (error instanceof DmTortureError && error.code === 'ERR_OUT_OF_RANGE') return { faults: [] };
  throw error;
}

/**
 * Give the faults of a stress run tickets: the explorer looks for the same kinds in the same
 * programs under the same patches.
 *
 * @param report - Of {@link stress}; its faults get `ticket` and `trace`.
 * @param scenario - What it ran: a scenario's name, a {@link race}, or the text of programs; needed
 *   where a race has a check. @default what its plan says
 * @returns The report.
 * @example
 * const report = await stress({ scenario: 'remove-open', patches: 'all,-05', rounds: 20_000 }).result;
 * await attachTickets(report, 'remove-open');
 */
export async function attachTickets(
  report: StressReport,
  scenario: TargetText | Race = raceOf(checkReport(report)),
  options: TicketOptions = {},
): Promise<StressReport> {
  const { time = '5s', signal } = options;
  const { patches } = checkReport(report).plan;
  const lock = modelLock(report.plan.lock);
  const wanted: Wanted = new Map(report.faults.map((fault) => [fault.kind, fault]));
  // What a thread leaves behind when it stops at a fault can be the cause of the next.
  for (const runOn of [false, true]) {
    if (wanted.size === 0 || signal?.aborted) break;
    const options = { patches, lock, allFaults: true, runOn, time, signal };
    const { faults } = await explore(scenario, options).catch(nothingToInterleave);
    attach(wanted, faults);
  }
  return report;
}
