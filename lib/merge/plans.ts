import type { ReportDocument } from '../documents';
import { patches } from '../patches';
import { canonical, differ, type ReportPart } from './parts';

/** A parameter in a sentence. */
function showValue(value: unknown): string {
  if (value === undefined) return 'not there';
  const mask = (value as { mask?: unknown } | null)?.mask;
  if (typeof mask === 'number') return `\`${patches.format(patches.parse(mask))}\``;
  return `\`${typeof value === 'string' ? value : JSON.stringify(value)}\``;
}

/**
 * Where two plans differ, as a sentence; undefined: nowhere.
 *
 * @param free - Parameters that may differ.
 */
export function planDifference(
  one: object,
  other: object,
  free: readonly string[],
): string | undefined {
  const values = [one, other].map((plan) => new Map(Object.entries(plan)));
  const names = values.flatMap((plan) => [...plan.keys()]);
  for (const name of new Set(names)) {
    const [a, b] = values.map((plan) => plan.get(name));
    if (free.includes(name) || canonical([a]) === canonical([b])) continue;
    return `\`${name}\` is ${showValue(a)} in the one, ${showValue(b)} in the other`;
  }
  return undefined;
}

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
