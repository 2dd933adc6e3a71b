import { parsePrograms } from '../../programs/program';
import type { ReportDocument } from '../documents';
import { parseBuckets } from '../latency';

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

function programFlaw(path: string, { program = '' }: { program?: string | undefined }): string[] {
  const why = program === '' ? undefined : refusal(() => parsePrograms(program));
  return why === undefined ? [] : [`\`${path}\`: ${why}; no diagram is drawn of it`];
}

/**
 * What is wrong with a document, a sentence each.
 *
 * @param report - Checked as far as its types go.
 */
export function flawsOf(report: ReportDocument): string[] {
  switch (report.kind) {
    case 'stress': {
      const flaws = Object.entries(report.ops).flatMap(([op, { latencyBuckets = '' }]) => {
        const why = refusal(() => parseBuckets(latencyBuckets));
        return why === undefined
          ? []
          : [`\`ops.${op}\`: ${why}; its curve is drawn of percentiles`];
      });
      return [...programFlaw('plan.program', report.plan), ...flaws];
    }
    case 'explore':
      return [
        ...programFlaw('plan.program', report.plan),
        ...(report.scenarios ?? []).flatMap(({ plan }, i) =>
          programFlaw(`scenarios[${i}].plan.program`, plan),
        ),
      ];
    case 'replay':
      return programFlaw('plan.program', report.plan);
    default:
      return [];
  }
}
