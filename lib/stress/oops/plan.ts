import { parseDuration } from '../../base/duration';
import { wrongType } from '../../base/errors';
import type { OutputOf } from '../../base/output-of';
import type { WithPlan } from '../../programs/passed-on';
import { encodePrograms, formatPrograms } from '../../programs/program';
import type { Race } from '../../programs/race';
import type { TargetText } from '../../programs/scenarios';
import { toTarget } from '../../programs/target';
import type { oopsPlan } from '../../reports/documents/oops';
import { checkOptions, checkSignal, findParam, paramToNumber, randomSeed } from '../../run/params';
import { patches, patchSetOf } from '../../tables/patches';
import type { PatchSelection, PlanOptions } from '../../tables/tables.gen';

/** How a run with real memory goes. */
export interface OopsProgress {
  /** Since it began. */
  elapsedMs: number;
  /** Rounds that came to their end. */
  rounds: number;
}

/** What {@link oops} takes. */
export interface OopsOptions {
  /** Patches that are in. @default 'all' */
  patches?: PatchSelection | undefined;
  /** Of delays and offsets; the processor has its own say. @default a random one */
  seed?: number | undefined;
  /** How long it may live: `'500ms'`, `'10s'`, or milliseconds; 0: no limit. @default '10s' */
  time?: number | string | undefined;
  /** What a thread may do at a noted point. @default 'delay' */
  perturb?: PlanOptions['perturb'];
  /** Ends the run; its report is then partial. */
  signal?: AbortSignal | undefined;
  /** Called now and then. */
  onProgress?: ((progress: OopsProgress) => void) | undefined;
}

/** Every parameter of a run with real memory, as reports show it. */
export type OopsPlanReport = OutputOf<typeof oopsPlan>;

/** What is run: a scenario's name, a {@link race}, text of programs, or a report that has them. */
export type OopsTarget = TargetText | Race | WithPlan;

/** A checked plan, ready to run. */
export interface OopsPlan {
  report: OopsPlanReport;
  race: Race;
  /** The arguments of the host. */
  args: readonly string[];
  signal: AbortSignal | undefined;
  onProgress: (progress: OopsProgress) => void;
}

const OPTIONS = ['patches', 'seed', 'time', 'perturb', 'signal', 'onProgress'] as const;
const PERTURBS = ['none', 'yield', 'delay'] as const;

/** The default of a parameter that `stress` has, too. */
const fallback = (name: 'durationMs' | 'watchdogMs' | 'batch' | 'perturb'): number =>
  findParam(name).fallback;

/**
 * Check what {@link oops} was given, fill in what it was not.
 *
 * @throws DmTortureError ERR_INVALID_ARG_TYPE, ERR_OUT_OF_RANGE
 */
export function makeOopsPlan(target: OopsTarget, options: OopsOptions = {}): OopsPlan {
  checkOptions(options, OPTIONS);
  const { seed = randomSeed(), time, signal, onProgress = () => undefined } = options;
  checkSignal(signal);
  if (typeof onProgress !== 'function') throw wrongType('onProgress', 'a function', onProgress);
  const race = toTarget(target);
  const set = patches.parse(options.patches ?? 'all');
  const row = findParam('durationMs');
  const timeMs = time === undefined ? row.fallback : parseDuration(time, 'time', row);
  const seedNumber = paramToNumber(findParam('seed'), seed);
  const { perturb: asked } = options;
  const perturb =
    asked === undefined ? fallback('perturb') : paramToNumber(findParam('perturb'), asked);
  const numbers = [
    set.mask,
    seedNumber,
    timeMs,
    fallback('watchdogMs'),
    perturb,
    fallback('batch'),
    ...encodePrograms(race),
  ];
  return {
    report: {
      seed: seedNumber,
      patches: patchSetOf(set.mask).toJSON(),
      scenario: race.name,
      program: formatPrograms(race),
      threads: race.cpus.length,
      timeMs,
      perturb: PERTURBS[perturb] ?? '',
    },
    race,
    args: numbers.map(String),
    signal,
    onProgress,
  };
}
