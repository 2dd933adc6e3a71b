import { DmTortureError } from '../../base/errors';
import { explore } from '../../explore/explore';
import type { Program } from '../../own/program';
import type { ProgramReport } from '../../own/report';
import { storyFault } from '../../story/story';
import { causesOf } from '../../tables/round-faults';
import type { ProgramFaultSummary, ProgramStressReport } from './report';

/** What {@link attachProgramTickets} takes. */
interface TicketOptions {
  signal?: AbortSignal | undefined;
  /** The explorer. */
  look?: typeof explore;
}

const TIME = '10s';

/** Programs that the explorer refuses have no tickets, and a sentence says why. */
const REFUSED: readonly string[] = ['ERR_PROGRAM', 'ERR_COMPILE', 'ERR_NO_COMPILER'];

function attach(summary: ProgramFaultSummary, { faults }: ProgramReport): void {
  for (const kind of causesOf(summary.kind)) {
    const fault = faults.find((one) => one.kind === kind);
    if (!fault) continue;
    const { ticket, trace, titles } = fault;
    Object.assign(summary, { ticket, trace, titles, found: storyFault(kind, fault) });
    if (kind !== summary.kind) summary.explored = kind;
    return;
  }
}

/**
 * Give the faults of rounds tickets: the explorer looks for the same kinds in the same program, and
 * for what can end as they do.
 */
export async function attachProgramTickets(
  report: ProgramStressReport,
  program: Program,
  { signal, look = explore }: TicketOptions,
): Promise<void> {
  if (report.faults.length === 0 || signal?.aborted) return;
  const { allowOutcomes, forbidOutcomes } = report.plan;
  let found: ProgramReport;
  try {
    found = await look(program, {
      allFaults: true,
      time: TIME,
      seed: 1,
      signal,
      allowOutcomes,
      forbidOutcomes,
    });
  } catch (error) {
    if (signal?.aborted) return;
    if (!(error instanceof DmTortureError && REFUSED.includes(error.code))) throw error;
    report.warnings = [...(report.warnings ?? []), `no tickets: ${error.message}`];
    return;
  }
  for (const summary of report.faults) attach(summary, found);
}
