import type { Machine } from '../documents/machine';
import type { BenchDocument } from '../schemas';

/** What makes figures of two documents incomparable, and what is worth a note. */
export interface Difference {
  /** Why no verdict is given, a sentence each; empty: both can be compared. */
  reasons: string[];
  /** What may still have moved the figures. */
  notes: string[];
}

/** What has to be the same. */
const MUST: readonly (readonly [keyof Machine & string, string])[] = [
  ['cpu', 'processor'],
  ['cores', 'CPUs'],
  ['smt', 'SMT'],
  ['numa', 'NUMA nodes'],
  ['compiler', 'compiler'],
  ['flags', 'flags'],
  ['libc', 'C library'],
];

/** What may differ, and is said. */
const MAY: readonly (readonly [keyof Machine & string, string])[] = [
  ['governor', 'governor'],
  ['kernel', 'kernel'],
];

/** Parameters of a plan without which windows are other windows. */
const PLANNED = ['suite', 'windowUs', 'crowdedWindowUs', 'pinned', 'command'] as const;

/** Load of half a CPU. */
const LOADED = 0.5;

/** What each run was measured on. */
export function machinesOf({ machine, parts = [] }: BenchDocument): Machine[] {
  const all = machine ? [machine] : parts.map((part) => part.machine ?? {});
  return all.length > 0 ? all : [{}];
}

const valuesOf = (machines: readonly Machine[], name: string): string[] => [
  ...new Set(machines.map((machine) => String((machine as Record<string, unknown>)[name]))),
];

/** `2 in the old, 4 in the new`; nothing where it is the same everywhere. */
function differing(
  sides: readonly (readonly Machine[])[],
  [name, called]: readonly [string, string],
): string | undefined {
  const [old = [], now = []] = sides.map((machines) => valuesOf(machines, name));
  if (new Set([...old, ...now]).size === 1) return undefined;
  const say = (values: readonly string[]): string =>
    values.map((value) => (value === 'undefined' ? 'unknown' : value)).join(' and ');
  return `another ${called}: ${say(old)} before, ${say(now)} now`;
}

/** Whether two documents can be compared, and what to know beside it. */
export function differenceOf(old: BenchDocument, now: BenchDocument): Difference {
  const sides = [machinesOf(old), machinesOf(now)];
  const unknown = sides.some((machines) => machines.some(({ cpu }) => cpu === undefined));
  const planned = PLANNED.flatMap((name) => {
    const [before, after] = [old, now].map(({ plan }) => {
      const value = (plan as Record<string, unknown>)[name];
      return Array.isArray(value) ? value.join(' ') : String(value);
    });
    return before === after ? [] : [`another \`${name}\`: ${before} before, ${after} now`];
  });
  const loaded = sides.map((machines) => machines.some(({ load = [0, 0] }) => load[0] > LOADED));
  const noisy = sides.map((machines) => machines.some((machine) => machine.noisy === true));
  const which = (both: readonly boolean[]): string =>
    both.every(Boolean) ? 'both sides' : both[0] ? 'the old side' : 'the new side';
  return {
    reasons: [
      ...(unknown ? ['a document does not say what it was measured on'] : []),
      ...(unknown ? [] : MUST.flatMap((fact) => differing(sides, fact) ?? [])),
      ...planned,
    ],
    notes: [
      ...(unknown ? [] : MAY.flatMap((fact) => differing(sides, fact) ?? [])),
      ...(old.version === now.version
        ? []
        : [`dmtorture ${old.version} before, ${now.version} now`]),
      ...(loaded.some(Boolean) ? [`a load of over half a CPU on ${which(loaded)}`] : []),
      ...(noisy.some(Boolean) ? [`a noisy machine on ${which(noisy)}`] : []),
    ],
  };
}
