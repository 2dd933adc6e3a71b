import { parsePrograms } from '../../programs/program';
import { parseBuckets } from '../latency';
import type { ExploreDocument, ReplayDocument, StressDocument } from '../schemas';

/**
 * What a document has that is not what it should be, and that only one picture is made of: the
 * report is rendered without that picture, and says why.
 */

/** Whether `read` takes it; where not, why. */
function refusal(read: () => unknown): string | undefined {
  try {
    read();
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** What each thread does, as far as it is there; what is older than it is read from the program. */
interface Titled {
  titles?: readonly string[] | undefined;
}

function programFlaw(
  path: string,
  { program = '' }: { program?: string | undefined },
  drawn: readonly Titled[],
): string[] {
  if (program === '' || drawn.every(({ titles }) => titles !== undefined)) return [];
  const why = refusal(() => parsePrograms(program));
  return why === undefined ? [] : [`\`${path}\`: ${why}; no diagram is drawn of it`];
}

/** What is wrong with the report of a run. */
export function stressFlaws({ plan, ops, faults }: StressDocument): string[] {
  const flaws = Object.entries(ops).flatMap(([op, { latencyBuckets = '' }]) => {
    const why = refusal(() => parseBuckets(latencyBuckets));
    return why === undefined ? [] : [`\`ops.${op}\`: ${why}; its curve is drawn of percentiles`];
  });
  return [...programFlaw('plan.program', plan, faults), ...flaws];
}

/** What is wrong with the report of an exploration, or of all scenarios. */
export function exploreFlaws({ plan, faults, scenarios = [] }: ExploreDocument): string[] {
  const inner = scenarios.flatMap((one, i) =>
    programFlaw(`scenarios[${i}].plan.program`, one.plan, one.faults),
  );
  return [...programFlaw('plan.program', plan, faults), ...inner];
}

/** What is wrong with the report of a replay. */
export function replayFlaws(report: ReplayDocument): string[] {
  return programFlaw('plan.program', report.plan, [report]);
}
