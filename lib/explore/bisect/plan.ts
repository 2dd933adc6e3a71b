import { parseDuration } from '../../base/duration';
import { outOfRange, wrongType } from '../../base/errors';
import type { OutputOf } from '../../base/output-of';
import { didYouMean } from '../../base/suggest';
import { formatPrograms } from '../../programs/program';
import type { Race } from '../../programs/race';
import type { TargetText } from '../../programs/scenarios';
import { toTarget } from '../../programs/target';
import type { bisectPlan } from '../../reports/documents/bisect';
import { checkOptions, checkSignal, paramToNumber } from '../../run/params';
import type { SetName, SetRow } from '../../tables/history-rows';
import { kernelsAround } from '../../tables/patches';
import {
  type FaultKind,
  machineFaults,
  type ParamRow,
  type SearchName,
  tables,
} from '../../tables/tables';

/** How a bisection goes, in explorations. */
export interface BisectProgress {
  /** Since it began. */
  elapsedMs: number;
  /** Explorations that are done. */
  done: number;
  /** Those that are known up to now. */
  all: number;
}

/** What {@link bisect} takes. */
export interface BisectOptions {
  /** A scenario's name, a {@link race}, or the text of programs. */
  scenario: TargetText | Race;
  /** The first kernel, one of `tables.sets`. @default the oldest */
  from?: SetName | undefined;
  /** The last kernel. @default 'today' */
  to?: SetName | undefined;
  /** The kind of fault; data races are not looked for. @default any */
  fault?: FaultKind | undefined;
  /** Limit of each exploration, in executions; 0: none. @default 0 */
  executions?: number | undefined;
  /** Limit of each exploration, in states; 0: 16777216. @default 0 */
  states?: number | undefined;
  /** Time limit of it all: `'10s'`, or milliseconds; 0: none. @default 0 */
  time?: number | string | undefined;
  /** Ends it; its report is then partial. */
  signal?: AbortSignal | undefined;
  /** Called after each exploration. */
  onProgress?: ((progress: BisectProgress) => void) | undefined;
}

/** Every parameter of a bisection, as reports show it. */
export type BisectPlanReport = OutputOf<typeof bisectPlan>;

/** A checked plan, ready to run. */
export interface BisectPlan {
  report: BisectPlanReport;
  race: Race;
  /** The kernels of the range, the oldest first. */
  kernels: readonly SetRow[];
  signal: AbortSignal | undefined;
  onProgress: (progress: BisectProgress) => void;
}

const OPTIONS = [
  'scenario',
  'from',
  'to',
  'fault',
  'executions',
  'states',
  'time',
  'signal',
  'onProgress',
] as const;

/** The kernels that a range can begin and end with, the oldest first. */
export const kernelSets: readonly SetRow[] = tables.sets.filter(({ kernel }) => kernel);

/** The kinds that are looked for: races of data take schedules, and these searches keep states. */
export const bisectKinds: readonly FaultKind[] = machineFaults
  .filter(({ foundBy }) => foundBy !== 'races')
  .map(({ slug }) => slug);

/** The row of a limit. */
export function limitRow(name: 'executions' | 'states' | 'timeMs'): ParamRow<SearchName> {
  const row = tables.search.find((one) => one.name === name);
  if (!row) throw new Error(`dmtorture bug: no parameter ${name}`);
  return row;
}

function kernelAt(option: 'from' | 'to', given: unknown, fallback: number): number {
  if (given === undefined) return fallback;
  const names = kernelSets.map(({ name }): string => name);
  const what = `a kernel of ${names[0]}..${names.at(-1)}`;
  if (typeof given !== 'string') throw wrongType(option, what, given);
  const at = names.indexOf(given);
  if (at < 0) {
    const other = didYouMean(given, names) || '; see `dmtorture list sets`';
    throw outOfRange(option, what, given, kernelsAround(given) || other);
  }
  return at;
}

function readKernels({ from, to }: Partial<BisectOptions>): readonly SetRow[] {
  const first = kernelAt('from', from, 0);
  const last = kernelAt('to', to, kernelSets.length - 1);
  if (last < first) throw outOfRange('to', `\`${from}\` or later`, to);
  return kernelSets.slice(first, last + 1);
}

function readKind(given: unknown): FaultKind | 'any' {
  if (given === undefined) return 'any';
  const what = `a kind of fault other than a data race: ${bisectKinds.join(', ')}`;
  if (typeof given !== 'string') throw wrongType('fault', what, given);
  const kind = bisectKinds.find((one) => one === given);
  if (kind === undefined) throw outOfRange('fault', what, given, didYouMean(given, bisectKinds));
  return kind;
}

const readLimit = (name: 'executions' | 'states', given: unknown): number =>
  given === undefined ? 0 : paramToNumber(limitRow(name), given);

/**
 * Check what {@link bisect} was given, fill in what it was not.
 *
 * @throws DmTortureError ERR_INVALID_ARG_TYPE, ERR_OUT_OF_RANGE
 */
export function makeBisectPlan(options: BisectOptions): BisectPlan {
  checkOptions(options, OPTIONS);
  checkSignal(options.signal);
  const { scenario, time, onProgress = () => undefined } = options;
  if (typeof onProgress !== 'function') throw wrongType('onProgress', 'a function', onProgress);
  const race = toTarget(scenario, '; options stand beside `scenario`');
  const kernels = readKernels(options);
  const [first, last] = [kernels[0], kernels.at(-1)];
  if (!first || !last) throw new Error('dmtorture bug: a range without kernels');
  return {
    report: {
      seed: 0,
      scenario: race.name,
      program: formatPrograms(race),
      from: first.name,
      to: last.name,
      fault: readKind(options.fault),
      executions: readLimit('executions', options.executions),
      states: readLimit('states', options.states),
      timeMs: time === undefined ? 0 : parseDuration(time, 'time', limitRow('timeMs')),
    },
    race,
    kernels,
    signal: options.signal,
    onProgress,
  };
}
