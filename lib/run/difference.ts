import { memberOf } from '../base/bounds';
import { shortened } from '../base/errors';
import { patches } from '../tables/patches';

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

/** The first parameter in which two plans differ; undefined: none. */
export function differingParam(
  one: object,
  other: object,
  free: readonly string[],
): string | undefined {
  const [first, second] = [one, other].map(
    (plan) => new Map<string, unknown>(Object.entries(plan)),
  );
  return [...new Set([...(first?.keys() ?? []), ...(second?.keys() ?? [])])].find(
    (name) =>
      !free.includes(name) && canonical([first?.get(name)]) !== canonical([second?.get(name)]),
  );
}

/** The unit that a name ends with: a value without its name needs it. */
const unitIn = (name: string): string => (/[a-z](Ms|Us|Ns)$/.exec(name)?.[1] ?? '').toLowerCase();

/** Two values of a parameter in a sentence; `called` is what its option is called. */
export function valuesText(
  name: string,
  called: string,
  values: readonly [unknown, unknown],
  places: readonly [string, string],
): string {
  const unit = called === name ? '' : unitIn(name);
  const [a, b] = values.map((value) =>
    showValue(typeof value === 'number' && unit ? `${value}${unit}` : value),
  );
  return `\`${called}\` is ${a} ${places[0]}, ${b} ${places[1]}`;
}

/**
 * Where two plans differ, as a sentence; undefined: nowhere.
 *
 * @param free - Parameters that may differ.
 * @param places - What the plans are of.
 * @param called - What a parameter is called, if not by its name.
 */
export function planDifference(
  one: object,
  other: object,
  free: readonly string[],
  places: readonly [string, string] = ['in the one', 'in the other'],
  called: (name: string) => string = (name) => name,
): string | undefined {
  const name = differingParam(one, other, free);
  if (name === undefined) return undefined;
  const [a, b] = [one, other].map((plan) => memberOf(plan as Record<string, unknown>, name));
  return valuesText(name, called(name), [a, b], places);
}

/** The option that a parameter is given by: durations are texts or milliseconds there. */
export function optionOf(param: string): string {
  if (param === 'durationMs') return 'duration';
  return param === 'timeMs' ? 'time' : param;
}
