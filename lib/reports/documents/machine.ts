import * as v from 'valibot';
import { plural } from '../../base/text';
import { machineFacts as facts, machineFigures as figures } from '../../native/machine';

/**
 * The machine as a benchmark found it, and left it, as this version writes it. What locks need to
 * be judged by is known of locks, rwlocks, minors and refcount alone.
 */
export const benchMachine = v.object({
  ...facts.entries,
  ...figures.entries,
  /** When it began, as ISO 8601 has it. */
  date: v.string(),
});

const { noisy, clockNs, date } = benchMachine.entries;
const { cpu, cores, smt, numa, governor, kernel, compiler, flags, libc, load } = facts.entries;

/**
 * What figures were measured on, as far as a document says: those of older versions and of other
 * tools say less.
 */
export const machine = v.looseObject({
  noisy: v.optional(noisy.wrapped),
  clockNs: v.optional(clockNs.wrapped),
  date: v.optional(date),
  ...v.partial(v.object({ cpu, cores, smt, numa, governor, kernel, compiler, flags, libc, load }))
    .entries,
});

export type Machine = v.InferOutput<typeof machine>;

/** What of it is said in words. */
type Told = {
  [Name in keyof typeof machine.entries]?: v.InferOutput<(typeof machine.entries)[Name]>;
};

const loadText = (value: number): string => (value < 0 ? 'unknown' : value.toFixed(2));

/** What figures were measured on, each fact with its label; what is not known is left out. */
export function machineFacts(
  of: Told,
  version: string,
): (readonly [label: string, text: string])[] {
  const { cores, cpu, smt, numa, governor, kernel, libc, compiler, flags, load, date } = of;
  const facts: [string, string | undefined][] = [
    ['processor', cpu && `${cpu}${smt ? ', SMT' : ''}`],
    ['CPUs online', cores === undefined ? undefined : plural(cores, 'CPU')],
    ['memory', numa === undefined ? undefined : plural(numa, 'NUMA node')],
    ['governor', governor === undefined ? undefined : `governor ${governor}`],
    ['kernel', kernel],
    ['C library', libc],
    ['compiler', compiler && [compiler, flags].filter(Boolean).join(' ')],
    ['load', load && `load ${loadText(load[0])} before and ${loadText(load[1])} after`],
    ['version', `dmtorture ${version}`],
    ['date', date],
  ];
  return facts.flatMap(([label, text]) => (text ? [[label, text] as const] : []));
}

/** The same in a line. */
export function machineLine(of: Told, version: string): string {
  return machineFacts(of, version)
    .map(([, text]) => text)
    .join('; ');
}
