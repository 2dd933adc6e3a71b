import { memberOf, smallest } from '../../base/bounds';
import { planDifference } from '../../run/difference';
import type { ReportDocument } from '../schemas';
import { differ, type ReportPart } from './parts';

/**
 * Refuse documents of different plans. Shards are compared elsewhere.
 *
 * @param free - Parameters that may differ.
 * @throws DmTortureError ERR_REPORTS_DIFFER
 */
export function checkPlans(
  documents: readonly ReportDocument[],
  names: readonly string[],
  free: readonly string[],
): void {
  for (const [i, { plan }] of documents.entries()) {
    const difference = planDifference(documents[0]?.plan ?? {}, plan, [...free, 'shard']);
    if (difference === undefined) continue;
    throw differ(`${names[0]} and ${names[i]} have different plans: ${difference}`);
  }
}

/** The plan of all documents; of what is free to differ it has the lowest. */
export function mergePlans<Document extends ReportDocument>(
  documents: readonly Document[],
  parts: readonly ReportPart[],
  free: readonly string[],
): Record<string, unknown> {
  const merged: Record<string, unknown> = { ...documents[0]?.plan };
  delete merged.shard;
  for (const name of free) {
    const numbers = documents.map(({ plan }) => memberOf(plan as Record<string, unknown>, name));
    if (numbers.every((value) => typeof value === 'number')) merged[name] = smallest(numbers);
  }
  if ('seed' in merged) merged.seed = smallest(parts.map(({ seed }) => seed));
  return merged;
}
