import { randomInt } from 'node:crypto';
import { smallest } from './bounds';
import { parseDuration } from './duration';
import { DmTortureError, incompatible, outOfRange, wrongType } from './errors';
import type { NativeInput } from './native-stress';
import { type PatchSetReport, patches, patchSetOf } from './patches';
import { optionOf, raceOfTarget, readOptions, type WithPlan } from './plan/passed-on';
import { encodePrograms, formatPrograms, type ProgramOp, type Race } from './program';
import { checkRace } from './program/handmade';
import { findScenario, STORM, scenarios, type TargetText } from './scenarios';
import {
  checkShares,
  type JournalFile,
  readSplit,
  type Shard,
  SPLIT_OPTIONS,
  type Split,
  type SplitOptions,
  type Units,
  unitsOf,
} from './shard';
import { didYouMean } from './suggest';
import { type OpSlug, type ParamName, type ParamRow, tables } from './tables';
import type { PatchSelection, PlanOptions } from './tables.gen';

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
  /** A report, or the plan of one: what is not given here is as it was there. A check is in no plan. */
  plan?: object | undefined;
  /** Ends the run; its report is then partial. */
  signal?: AbortSignal | undefined;
}

/** Every parameter of a run, as reports show it. */
export type PlanReport = {
  [Name in Exclude<ParamName, 'patches'>]: Exclude<PlanOptions[Name], undefined>;
} & {
  /** Patches that are in. */
  patches: PatchSetReport;
  /** The name of what is run. */
  scenario: string;
  /** Text of the thread programs; absent in a storm. */
  program?: string;
  /** Weights of a storm; absent where they are the table's. */
  mix?: Mix;
  /** It runs in a child process. */
  isolate: boolean;
  /** The explorer gives tickets to its faults. */
  tickets: boolean;
  /** Absent where it is the whole. */
  shard?: Shard;
  /** Absent where there is one. */
  slices?: number;
};

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
const IN_PLANS = ['scenario', 'mix', 'isolate', 'tickets', 'shard', 'slices'];
const STRESS_ONLY = ['scenario', 'mix', 'isolate', 'tickets', 'signal'] as const;
const OPTIONS_BESIDE = '; options stand beside `scenario`';
const WEIGHT_MAX = 1_000_000;
/** What a crash can undo, in a journal whose slices nobody counted. */
const SLICE_MS = 60_000;
const SLICES = 100;

/** The row of a parameter. */
export function findParam(name: ParamName): ParamRow {
  const row = tables.params.find((param) => param.name === name);
  if (!row) throw new Error(`dmtorture bug: no parameter ${name}`);
  return row;
}

/** The words a parameter takes, where it takes words. */
export function paramChoices({ unit }: ParamRow<string>): string[] | undefined {
  return unit.includes('|') ? unit.split('|') : undefined;
}

function choiceToNumber(row: ParamRow<string>, choices: string[], value: unknown): number {
  const what = choices.map((choice) => `\`${choice}\``).join(', ');
  if (typeof value !== 'string') throw wrongType(row.name, what, value);
  const index = choices.indexOf(value);
  if (index < 0) throw outOfRange(row.name, what, value, didYouMean(value, choices));
  return index;
}

/**
 * An option's value as the number that travels.
 *
 * @throws DmTortureError ERR_INVALID_ARG_TYPE, ERR_OUT_OF_RANGE
 */
export function paramToNumber(row: ParamRow<string>, value: unknown): number {
  const choices = paramChoices(row);
  const option = optionOf(row.name);
  if (row.unit === 'mask') return patches.parse(value as PatchSelection, option).mask;
  if (row.unit === 'bool') {
    if (typeof value !== 'boolean') throw wrongType(option, '`true` or `false`', value);
    return Number(value);
  }
  if (choices) return choiceToNumber(row, choices, value);
  if (typeof value !== 'number') throw wrongType(option, `a number (${row.unit})`, value);
  if (!Number.isInteger(value) || value < row.min || value > row.max) {
    throw outOfRange(option, `${row.min}..${row.max} (${row.unit})`, value);
  }
  return value;
}

/** The option's value that a number stands for. */
export function numberToParam(row: ParamRow<string>, number: number): unknown {
  if (row.unit === 'mask') return patchSetOf(number).toJSON();
  if (row.unit === 'bool') return number === 1;
  return paramChoices(row)?.[number] ?? number;
}

/** Refuse options that nobody knows, with the one that was probably meant. */
export function checkOptions(options: unknown, known: readonly string[]): void {
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    throw wrongType('options', 'an object', options);
  }
  for (const name of Object.keys(options)) {
    if (known.includes(name)) continue;
    const isPlain = known.includes(optionOf(name));
    const hint = isPlain ? `: options say \`${optionOf(name)}\`` : didYouMean(name, known);
    const message = `Unknown option \`${name}\`${hint}`;
    throw new DmTortureError('ERR_INVALID_ARG_TYPE', message, { option: name });
  }
}

/** A seed for who gave none. Short enough to be typed again. */
export function randomSeed(): number {
  return randomInt(2 ** 32);
}

/** The parameters as they travel: what `options` has, else what the table says. */
export function planNumbers(options: PlanOptions): Float64Array {
  return Float64Array.from(tables.params, (row) => {
    const value = options[row.name];
    if (value !== undefined) return paramToNumber(row, value);
    return row.name === 'seed' ? randomSeed() : row.fallback;
  });
}

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

/**
 * The scenario of that name, the race itself, or that of a report.
 *
 * @param hint - Where options go, for who gives them here.
 * @param others - Names that are possible, too.
 * @throws DmTortureError ERR_INVALID_ARG_TYPE, ERR_OUT_OF_RANGE
 */
export function toRace(scenario: unknown, hint: string, others: string[] = []): Race {
  if (typeof scenario === 'string') {
    const found = findScenario(scenario);
    if (found) return found;
    const names = [...others, ...scenarios.map(({ name }) => name)];
    const meant = didYouMean(scenario, names);
    throw outOfRange('scenario', meant ? 'a scenario' : names.join(', '), scenario, meant);
  }
  return raceOfTarget(scenario, hint) ?? checkRace(scenario, 'scenario', hint);
}

/** Refuse what is no signal. */
export function checkSignal(signal: unknown): void {
  // By what it is, not by its class: that of another realm is as good.
  if (signal !== undefined && Object.prototype.toString.call(signal) !== '[object AbortSignal]') {
    throw wrongType('signal', 'an AbortSignal', signal);
  }
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
    const { journalSeed } = require('./journal') as typeof import('./journal');
    settled.seed ??= journalSeed(journal);
  }
  // Shards that nobody gave a seed are shards of one run all the same.
  if (shard) settled.seed ??= findParam('seed').fallback;
  if (options.duration !== undefined) {
    settled.durationMs = parseDuration(options.duration, 'duration', findParam('durationMs'));
  }
  // Who counts rounds or operations has set the limit.
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
    isolate,
    tickets,
  };
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
