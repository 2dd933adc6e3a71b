import { planDifference } from '../difference';
import type { ReportDocument } from '../documents';
import { differ, type ReportPart } from './parts';

/**
 * The plan of all documents.
 *
 * @param free - Parameters that may differ; the plan has the lowest.
 * @throws DmTortureError ERR_REPORTS_DIFFER
 */
export function mergePlans<Document extends ReportDocument>(
  documents: readonly Document[],
  names: readonly string[],
  parts: readonly ReportPart[],
  free: readonly string[],
): Document['plan'] {
  const [first] = documents;
  if (!first) throw new Error('dmtorture bug: the plan of no document');
  for (const [i, { plan }] of documents.entries()) {
    const difference = planDifference(first.plan, plan, [...free, 'shard']);
    if (difference === undefined) continue;
    throw differ(`${names[0]} and ${names[i]} have different plans: ${difference}`);
  }
  const merged: Record<string, unknown> = { ...first.plan };
  delete merged.shard;
  for (const name of free) {
    const numbers = documents.map(({ plan }) => (plan as Record<string, unknown>)[name]);
    if (numbers.every((value) => typeof value === 'number')) merged[name] = Math.min(...numbers);
  }
  if ('seed' in merged) merged.seed = Math.min(...parts.map(({ seed }) => seed));
  return merged;
}
