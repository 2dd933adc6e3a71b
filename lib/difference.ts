import { shortened } from './errors';
import { patches } from './patches';

/** A text that is the same for equal values, in whichever order their members were set. */
export function canonical(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}

/** Patches by their shortest name; of another version's, their mask. */
function maskText(mask: number): string {
  try {
    return patches.format(mask);
  } catch {
    return `mask ${mask}`;
  }
}

/** A parameter in a sentence. */
function showValue(value: unknown): string {
  if (value === undefined) return 'not there';
  const { mask, index, count } = (value ?? {}) as Record<string, unknown>;
  if (typeof mask === 'number') return `\`${maskText(mask)}\``;
  if (typeof index === 'number') return `\`${index}/${String(count)}\``;
  return `\`${shortened(typeof value === 'string' ? value : JSON.stringify(value))}\``;
}

/**
 * Where two plans differ, as a sentence; undefined: nowhere.
 *
 * @param free - Parameters that may differ.
 * @param places - What the plans are of.
 */
export function planDifference(
  one: object,
  other: object,
  free: readonly string[],
  places: readonly [string, string] = ['in the one', 'in the other'],
): string | undefined {
  const [first, second] = [one, other].map(
    (plan) => new Map<string, unknown>(Object.entries(plan)),
  );
  for (const name of new Set([...(first?.keys() ?? []), ...(second?.keys() ?? [])])) {
    const [a, b] = [first?.get(name), second?.get(name)];
    if (free.includes(name) || canonical([a]) === canonical([b])) continue;
    return `\`${name}\` is ${showValue(a)} ${places[0]}, ${showValue(b)} ${places[1]}`;
  }
  return undefined;
}
