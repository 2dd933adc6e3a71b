import { smallest } from '../base/bounds';
import { parseDuration } from '../base/duration';
import { incompatible, outOfRange, wrongType } from '../base/errors';
import type { OutputOf } from '../base/output-of';
import { didYouMean } from '../base/suggest';
import type { NativeInput } from '../native/stress';
import { isLockFile } from '../own/lock-file';
import { readOptions, type WithPlan } from '../programs/passed-on';
import { encodePrograms, formatPrograms } from '../programs/program';
import type { ProgramOp, Race } from '../programs/race';
import type { TargetText } from '../programs/scenarios';
import { STORM } from '../programs/storm';
import { toRace } from '../programs/target';
import type { stressPlan } from '../reports/documents/stress';
import { optionOf } from '../run/difference';
import { checkOptions, checkSignal, findParam, numberToParam, planNumbers } from '../run/params';
import {
  checkShares,
  type JournalFile,
  readSplit,
  SPLIT_OPTIONS,
  type Split,
  type SplitOptions,
  type Units,
  unitsOf,
} from '../run/shard';
import { type OpSlug, type ParamName, tables } from '../tables/tables';
import type { PlanOptions } from '../tables/tables.gen';

/** Weights of a storm by operation; what is not named is not drawn, though what was opened is closed in the end. */
export type Mix = Partial<Record<OpSlug, number>>;

/**
 * What {@link stress} takes. With a shard or slices, `rounds` and `ops` are those of the whole,
 * and a limit in time is that of each shard.
 */
export interface StressOptions extends Omit<PlanOptions, 'durationMs'>, SplitOptions {
  /** `'storm'`, the name of a scenario, or a {@link race}. @default 'storm' */
  scenario?: typeof STORM | TargetText | Race | undefined;
  /** Time limit: `'500ms'`, `'10s'`, `'2m'`, or milliseconds. @default '10s' */
  duration?: number | string | undefined;
  /** Weights of a storm; what is not named is not drawn, though what was opened is closed in the end. @default the table's */
  mix?: Mix | undefined;
  /**
   * Have the explorer find each kind of fault again in the scenario, and give it a ticket and a
   * trace; not for a storm. @default false
   */
  tickets?: boolean | undefined;
  /** Run in a child process, so that a crash of the tool becomes an error. @default false */
  isolate?: boolean | undefined;
  /**
   * `_minor_lock` is the lock of a file of your own, C, C++ or a library: see the guide on own locks. It
   * is in place of `lock`, and the run is in a child process. @default none
   */
  lockFile?: string | undefined;
  /** A report, or the plan of one: what is not given here is as it was there. A check is in no plan. */
  plan?: object | undefined;
  /** Ends the run; its report is then partial. */
  signal?: AbortSignal | undefined;
}

/** Every parameter of a run, as reports show it. */
export type PlanReport = {
  [Name in Exclude<ParamName, 'patches'>]: Exclude<PlanOptions[Name], undefined>;
} & OutputOf<typeof stressPlan>;

/** A checked plan, ready to run. */
export interface StressPlan {
  input: NativeInput;
  report: PlanReport;
  /** The thread programs; absent in a storm. */
  race?: Race;
  /** The slices that are to be run, one after another. */
  units: Units;
  journal?: JournalFile;
  signal?: AbortSignal;
}

/** What a plan has beside its parameters, by the names of options. */
const IN_PLANS = ['scenario', 'mix', 'isolate', 'tickets', 'shard', 'slices', 'lockFile'];
const STRESS_ONLY = ['scenario', 'mix', 'isolate', 'tickets', 'signal', 'lockFile'] as const;
const OPTIONS_BESIDE = '; options stand beside `scenario`';
const WEIGHT_MAX = 1_000_000;
/** What a crash can undo, in a journal whose slices nobody counted. */
const SLICE_MS = 60_000;
const SLICES = 100;

function mixToWeights(mix: Mix | undefined): Uint32Array {
  if (mix === undefined) return new Uint32Array(0);
  if (typeof mix !== 'object' || mix === null) throw wrongType('mix', 'an object', mix);
  const slugs = tables.ops.map(({ slug }) => slug);
  for (const [name, weight] of Object.entries(mix)) {
    if (!slugs.includes(name as OpSlug)) {
      throw outOfRange('mix', 'weights of operations', name, didYouMean(name, slugs));
    }
    if (!Number.isInteger(weight) || weight < 0 || weight > WEIGHT_MAX) {
      throw outOfRange('mix', `weights of 0..${WEIGHT_MAX}`, weight, ` for \`${name}\``);
    }
  }
  const weights = Uint32Array.from(slugs, (slug) => mix[slug] ?? 0);
  if (weights.every((weight) => weight === 0)) {
    throw outOfRange('mix', 'weights of which one is above 0', 'none');
  }
  return weights;
}

/**
 * Read a storm's mix.
 *
 * @param text - `create=3,open=5`.
 * @throws DmTortureError ERR_OUT_OF_RANGE
 */
export function parseMix(text: string): Mix {
  const mix: Record<string, number> = {};
  for (const part of text.split(',')) {
    const match = /^\s*([\w-]+)\s*=\s*(\d+)\s*$/.exec(part);
    if (!match) throw outOfRange('mix', 'weights such as `create=3,open=5`', text);
    mix[match[1] ?? ''] = Number(match[2]);
  }
  mixToWeights(mix);
  return mix;
}

function checkCombination(options: StressOptions, race: Race | undefined): void {
  const { threads } = options;
  if (race && threads !== undefined && threads !== race.cpus.length) {
    const message = `\`threads\` is for a storm: scenario \`${race.name}\` has ${race.cpus.length}`;
    throw incompatible('threads', message);
  }
  if (options.tickets && !race) {
    throw incompatible('tickets', '`tickets` is for a scenario, and a storm is not one');
  }
  const wrong = race ? (['ops', 'mix', 'epochMs'] as const) : (['rounds', 'batch'] as const);
  for (const name of wrong) {
    if (options[name] === undefined) continue;
    const message = race
      ? `\`${name}\` is for a storm, and scenario \`${race.name}\` is not one`
      : `\`${name}\` is for a scenario, and a storm is not one`;
    throw incompatible(name, message);
  }
}

/** One more than the highest minor that the programs name. */
function minorsOf({ before, cpus, after }: Race): number {
  const ops: ProgramOp[] = [...before, ...cpus.flat(), ...after];
  return ops.reduce((most, { minor = 0 }) => Math.max(most, minor + 1), 1);
}

function settle(
  options: StressOptions,
  race: Race | undefined,
  { shard, journal }: Split,
): PlanOptions {
  const settled: PlanOptions = {};
  for (const { name } of tables.params) {
    if (name !== 'durationMs') Object.assign(settled, { [name]: options[name] });
  }
  if (journal) {
    // Not before there is one: it loads schemas, and help reads plans.
    const { journalSeed } = require('../run/journal') as typeof import('../run/journal');
    settled.seed ??= journalSeed(journal);
  }
  // Shards that nobody gave a seed are shards of one run all the same.
  if (shard) settled.seed ??= findParam('seed').fallback;
  if (options.duration !== undefined) {
    settled.durationMs = parseDuration(options.duration, 'duration', findParam('durationMs'));
  }
  // A number of rounds or operations is the limit.
  else if (options.rounds || options.ops) settled.durationMs = 0;
  if (race) {
    settled.threads = race.cpus.length;
    settled.minors = Math.max(options.minors ?? findParam('minors').fallback, minorsOf(race));
  }
  return settled;
}

/** Slices of each shard. */
function settleSlices(plan: PlanReport, { shard, slices, journal }: Split): number {
  const { durationMs, rounds, ops } = plan;
  const limits = [durationMs, rounds, ops].filter((limit) => limit > 0);
  if (limits.length === 0 && (journal || (slices ?? 1) > 1)) {
    const message =
      'A journal and slices are of a run that ends: give `duration`, `rounds` or `ops`';
    throw incompatible(journal ? 'journal' : 'slices', message);
  }
  const shards = shard?.count ?? 1;
  const fewest = smallest(
    [rounds, ops].filter((limit) => limit > 0),
    SLICES * shards,
  );
  const usual = durationMs > 0 ? Math.ceil(durationMs / SLICE_MS) : Math.floor(fewest / shards);
  const settled = slices ?? (journal ? Math.max(1, usual) : 1);
  checkShares('rounds', rounds, settled * shards);
  checkShares('ops', ops, settled * shards);
  checkShares('duration', durationMs, settled);
  return settled;
}

function planReport(numbers: Float64Array): PlanReport {
  const entries = tables.params.map((row, i) => [row.name, numberToParam(row, numbers[i] ?? 0)]);
  return Object.fromEntries(entries) as PlanReport;
}

/** @throws DmTortureError for what is not a file of a lock, or does not go with one */
function readLockFile({ lockFile, lock, tickets }: StressOptions): string {
  if (typeof lockFile !== 'string') throw wrongType('lockFile', 'the name of a file', lockFile);
  if (!isLockFile(lockFile)) {
    throw outOfRange('lockFile', 'a file such as my_lock.c or libmylock.so', lockFile);
  }
  if (lock) throw incompatible('lockFile', '`lockFile` is in place of `lock`: give one of them');
  if (tickets) {
    throw incompatible('tickets', '`tickets` come from the explorer, which has no `lockFile`');
  }
  return lockFile;
}

/**
 * Check what {@link stress} was given, fill in what it was not.
 *
 * @throws DmTortureError ERR_INVALID_ARG_TYPE, ERR_OUT_OF_RANGE, ERR_INCOMPATIBLE_OPTIONS
 */
export function makePlan(given: StressOptions | WithPlan = {}): StressPlan {
  const names = tables.params.map(({ name }) => optionOf(name));
  const options = readOptions<StressOptions>(given, tables.params, IN_PLANS);
  checkOptions(options, [...names, ...STRESS_ONLY, ...SPLIT_OPTIONS]);
  const { signal, isolate = false, tickets = false, mix } = options;
  checkSignal(signal);
  if (typeof isolate !== 'boolean') throw wrongType('isolate', '`true` or `false`', isolate);
  if (typeof tickets !== 'boolean') throw wrongType('tickets', '`true` or `false`', tickets);
  const { scenario = STORM } = options;
  const race = scenario === STORM ? undefined : toRace(scenario, OPTIONS_BESIDE, [STORM]);
  checkCombination(options, race);
  const split = readSplit(options);
  const numbers = planNumbers(settle(options, race, split));
  const programs = race ? encodePrograms(race) : new Uint32Array(0);
  const report: PlanReport = {
    ...planReport(numbers),
    scenario: race?.name ?? STORM,
    isolate: isolate || options.lockFile !== undefined,
    tickets,
  };
  if (options.lockFile !== undefined) report.lockFile = readLockFile(options);
  if (race) report.program = formatPrograms(race);
  if (mix) report.mix = mix;
  const slices = settleSlices(report, split);
  if (split.shard) report.shard = split.shard;
  if (slices > 1) report.slices = slices;
  return {
    input: { numbers, mix: mixToWeights(mix), programs, look: race?.check !== undefined },
    report,
    units: unitsOf(split.shard, slices),
    ...(split.journal && { journal: split.journal }),
    ...(race && { race }),
    ...(signal && { signal }),
  };
}
