import { parseDuration } from '../base/duration';
import { incompatible, outOfRange, wrongType } from '../base/errors';
import { didYouMean } from '../base/suggest';
import type { WithPlan } from '../programs/passed-on';
import { checkMemory, readMemory } from '../run/memory';
import { checkOptions, checkSignal, numberToParam, paramToNumber } from '../run/params';
import {
  checkShares,
  isSampling,
  type JournalFile,
  readSplit,
  SAMPLING,
  type Shard,
  SPLIT_OPTIONS,
  type SplitOptions,
  type Units,
  unitsOf,
} from '../run/shard';
import { isWeak } from '../tables/memory';
import {
  type MemoryName,
  type ParamRow,
  type SearchName,
  type StrategyName,
  tables,
} from '../tables/tables';
import type { SearchOptions } from '../tables/tables.gen';
import { type OutcomeOptions, readOutcomeRules } from './outcomes';
import { isProgram, type Program, type ProgramOptions, program } from './program';

/** How an exploration of own C goes. */
export interface ProgramProgress {
  elapsedMs: number;
  executions: number;
  states: number;
  /**
   * How many were found so far, each kind once at each address of the code. The report may have
   * fewer: those at the same lines are one there.
   */
  faults: number;
  /** The search has ended, and the schedule of a fault is made shorter. */
  shortens: boolean;
}

/** What changes an execution of own C, beside the program. */
export interface ExecutionOptions {
  /**
   * Whether freed memory is given again: `fresh`, never, so that every use after free is seen;
   * `reuse`, the block that was freed last comes first, which ABA takes; `both`, one search after
   * the other. @default both for the portfolio, else fresh
   */
  heap?: 'fresh' | 'reuse' | 'both' | undefined;
  /**
   * What atomics order: `c11`, what their memory orders say; `all`, everything, as kernels count
   * it. @default c11
   */
  orders?: 'c11' | 'all' | undefined;
  /**
   * What a volatile access is: `point`, a step, and a plain access for data races; `marked`, a
   * relaxed atomic, as READ_ONCE() is. @default point
   */
  volatile?: 'point' | 'marked' | undefined;
  /** What happens when main() returns: the process `ends`, or it `waits` for all threads. @default ends */
  main?: 'ends' | 'waits' | undefined;
  /** How often the waits of each thread for a condition variable end from nowhere. @default 0 */
  spurious?: number | undefined;
  /** Whether memory that nothing leads to at the end is a fault. @default false */
  leaks?: boolean | undefined;
}

/** What {@link explore} takes where it explores a {@link program}. Data races are always looked for. */
export interface ProgramExploreOptions
  extends Pick<
      SearchOptions,
      | 'seed'
      | 'strategy'
      | 'memory'
      | 'depth'
      | 'preemptions'
      | 'executions'
      | 'allFaults'
      | 'minimise'
    >,
    ExecutionOptions,
    OutcomeOptions,
    SplitOptions {
  /** Time limit of the search, minimising included: `'10s'`, or milliseconds; 0: none. @default 0 */
  time?: number | string | undefined;
  /** A report, or the plan of one: what is not given here is as it was there. */
  plan?: object | undefined;
  /** Ends the exploration; its report is then partial. */
  signal?: AbortSignal | undefined;
  /** Called now and then. */
  onProgress?: ((progress: ProgramProgress) => void) | undefined;
}

/** Parameters of a search that own C has, too. */
type OwnSearchName = Exclude<SearchName, 'patches' | 'states' | 'runOn' | 'races' | 'lock'>;

/** Every parameter of an exploration of own C, as reports show it. */
export type ProgramPlanReport = {
  [Name in OwnSearchName]: Exclude<SearchOptions[Name], undefined>;
} & { [Name in keyof ExecutionOptions]-?: Exclude<ExecutionOptions[Name], undefined> } & {
  /** The files, as one name. */
  scenario: string;
  /** Sources. */
  files: string[];
  /** The compiler; null: clang where it is there, else gcc. */
  cc: string | null;
  /** Flags that every file is compiled with. */
  flags: string[];
  /** Compiled with -O1. */
  optimize: boolean;
  /** Functions that were called though they are not known. */
  allow: string[];
  /** Where flags of files are taken from; null: nowhere. */
  compileCommands: string | null;
  /** Outcomes that are acceptable. */
  allowOutcomes: string[];
  /** Outcomes that are faults. */
  forbidOutcomes: string[];
  /** Absent where it is the whole. */
  shard?: Shard;
  /** Absent where there is one. */
  slices?: number;
};

/** A checked plan, ready to explore. */
export interface ProgramPlan {
  program: Program;
  report: ProgramPlanReport;
  units: Units;
  /** Facts that the host has to know: orders in the place of those of the source. */
  knowledge?: readonly string[];
  /** Of a plan for one of them: which, from 0, of how many. */
  part?: readonly [index: number, count: number];
  journal: JournalFile | undefined;
  signal: AbortSignal | undefined;
  onProgress: (progress: ProgramProgress) => void;
}

const CHOICES = {
  heap: ['fresh', 'reuse', 'both'],
  orders: ['c11', 'all'],
  volatile: ['point', 'marked'],
  main: ['ends', 'waits'],
} as const;
type ChoiceName = keyof typeof CHOICES;

const SPURIOUS_MAX = 16;
const OWN_SEARCH = [
  'seed',
  'strategy',
  'memory',
  'depth',
  'preemptions',
  'executions',
  'allFaults',
  'minimise',
] as const satisfies OwnSearchName[];
const KNOWN: readonly string[] = [
  ...OWN_SEARCH,
  ...Object.keys(CHOICES),
  'spurious',
  'leaks',
  'allowOutcomes',
  'forbidOutcomes',
  'time',
  'signal',
  'onProgress',
  ...SPLIT_OPTIONS,
];

/** Options of {@link explore} that mean nothing for own C, and why. */
const REFUSED: Readonly<Record<string, string>> = {
  patches: '`patches` are of the device mapper, and a program of your own has none',
  lock: '`lock` is a lock of the device mapper, and a program of your own has its own',
  runOn: '`runOn` is of the device mapper: what follows a fault of own C is not defined',
  states: '`states` are not counted in own C: give `executions` or `time`',
};

const SPLITTABLE: readonly StrategyName[] = ['dpor', 'dfs'];
const SLICES = 16;

/** Options that only some strategies read. */
const BELONGS: readonly [option: 'depth' | 'preemptions', of: StrategyName[]][] = [
  ['depth', ['pct', 'portfolio']],
  ['preemptions', ['dfs']],
];

/** The row of a parameter of a search. */
export function searchRow(name: SearchName): ParamRow<SearchName> {
  const row = tables.search.find((one) => one.name === name);
  if (!row) throw new Error(`dmtorture bug: no parameter ${name}`);
  return row;
}

function readChoice<Name extends ChoiceName>(
  name: Name,
  value: unknown,
  fallback: (typeof CHOICES)[Name][number],
): (typeof CHOICES)[Name][number] {
  if (value === undefined) return fallback;
  const choices: readonly string[] = CHOICES[name];
  const what = choices.map((choice) => `\`${choice}\``).join(', ');
  if (typeof value !== 'string') throw wrongType(name, what, value);
  if (!choices.includes(value)) throw outOfRange(name, what, value, didYouMean(value, choices));
  return value as (typeof CHOICES)[Name][number];
}

/** The strategy, which reads every option that is given. */
function settleStrategy(options: ProgramExploreOptions, parts: number): StrategyName {
  const given = options.strategy;
  const row = searchRow('strategy');
  const fallback: StrategyName = parts > 1 ? 'dpor' : 'portfolio';
  const strategy = numberToParam(row, paramToNumber(row, given ?? fallback)) as StrategyName;
  for (const [option, strategies] of BELONGS) {
    if (options[option] === undefined || strategies.includes(strategy)) continue;
    const hint = given === undefined ? ', the default: give `strategy` as well' : '';
    const message =
      `\`${option}\` is for ${strategies.join(' and ')}, and not for ` + `\`${strategy}\`${hint}`;
    throw incompatible(option, message);
  }
  if (parts > 1) checkParts(strategy, options);
  return strategy;
}

function checkParts(strategy: StrategyName, options: ProgramExploreOptions): void {
  if (SPLITTABLE.includes(strategy)) return;
  if (!isSampling(strategy)) {
    const message =
      `A search in parts needs \`strategy\` to be ${[...SPLITTABLE, ...SAMPLING].join(', ')}, got ` +
      `\`${strategy}\`: it remembers what it has seen, and parts know nothing of each other`;
    throw incompatible('strategy', message);
  }
  if (options.executions || options.time) return;
  const message = `\`${strategy}\` has no end that could be split: give \`executions\` or \`time\``;
  throw incompatible('executions', message);
}

function readSpurious(value: unknown): number {
  if (value === undefined) return 0;
  if (typeof value !== 'number') throw wrongType('spurious', 'a number (wake-ups)', value);
  if (Number.isInteger(value) && value >= 0 && value <= SPURIOUS_MAX) return value;
  throw outOfRange('spurious', `0..${SPURIOUS_MAX} (wake-ups)`, value);
}

function readFlag(name: 'leaks', value: unknown): boolean {
  if (value === undefined) return false;
  if (typeof value !== 'boolean') throw wrongType(name, '`true` or `false`', value);
  return value;
}

/** @throws DmTortureError for what is of the device mapper, or of nothing */
function checkNames(options: object): void {
  for (const [name, message] of Object.entries(REFUSED)) {
    if (name in options && (options as Record<string, unknown>)[name] !== undefined) {
      throw incompatible(name, message);
    }
  }
  checkOptions(options, [...KNOWN, 'races', ...Object.keys(REFUSED)]);
  const { races } = options as { races?: unknown };
  if (races === undefined || races === true) return;
  throw incompatible('races', '`races` are always looked for in own C: it cannot be switched off');
}

type Facts = Readonly<Record<string, unknown>>;

/** The options of an exploration that a report, or its plan, is of. */
function optionsOfPlan(given: object): ProgramExploreOptions {
  const plan = ('plan' in given ? given.plan : given) as Facts | null;
  if (typeof plan !== 'object' || plan === null) {
    throw wrongType('plan', 'a report, or the plan of one', plan);
  }
  const own = Object.entries(plan).filter(([name]) => KNOWN.includes(name));
  const read = Object.fromEntries(own) as ProgramExploreOptions;
  // What a strategy does not read stands in a plan all the same.
  for (const [option, strategies] of BELONGS) {
    if (!strategies.includes(read.strategy as StrategyName)) delete read[option];
  }
  const { shard, slices } = plan as Pick<ProgramPlanReport, 'shard' | 'slices'>;
  return {
    ...read,
    ...(typeof plan.timeMs === 'number' && { time: plan.timeMs }),
    ...(shard && { shard }),
    ...(slices && { slices }),
  };
}

/** The program that a report of own C, or its plan, is of; undefined: it is of something else. */
export function programOf(given: unknown): Program | undefined {
  if (isProgram(given)) return given;
  if (typeof given !== 'object' || given === null) return undefined;
  const plan = ('plan' in given ? given.plan : given) as Partial<ProgramPlanReport> | null;
  if (typeof plan !== 'object' || !Array.isArray(plan?.files)) return undefined;
  const { files, cc, compileCommands, ...rest } = plan;
  const options: ProgramOptions = { flags: rest.flags, optimize: rest.optimize, allow: rest.allow };
  return program(files, {
    ...options,
    cc: cc ?? undefined,
    compileCommands: compileCommands ?? undefined,
  });
}

/**
 * Check what an exploration of own C was given, fill in what it was not.
 *
 * @throws DmTortureError ERR_INVALID_ARG_TYPE, ERR_OUT_OF_RANGE, ERR_INCOMPATIBLE_OPTIONS
 */
export function makeProgramPlan(
  own: Program,
  given: ProgramExploreOptions | WithPlan = {},
): ProgramPlan {
  if (typeof given !== 'object' || given === null) throw wrongType('options', 'an object', given);
  const { plan: before, ...others } = given as ProgramExploreOptions;
  const told = Object.fromEntries(Object.entries(others).filter(([, v]) => v !== undefined));
  const options: ProgramExploreOptions = {
    ...(before !== undefined && optionsOfPlan(before)),
    ...('verdict' in told ? {} : told),
  };
  checkNames(options);
  checkSignal(options.signal);
  const { onProgress = () => undefined } = options;
  if (typeof onProgress !== 'function') throw wrongType('onProgress', 'a function', onProgress);
  const split = readSplit(options);
  const slices = split.slices ?? (split.journal ? SLICES : 1);
  const units = unitsOf(split.shard, slices);
  const report = makeReport(own, options, units, { ...split, slices });
  checkShares('executions', report.executions, units.count);
  checkShares('time', report.timeMs, slices);
  return {
    program: own,
    report,
    units,
    journal: split.journal,
    signal: options.signal,
    onProgress,
  };
}

/** @throws DmTortureError where orders are asked to be other ones than they are */
function refuseMemory(memory: MemoryName, { orders }: ProgramExploreOptions): void {
  if (!isWeak(memory) || orders !== 'all') return;
  const message = `\`orders\` all is for \`memory\` sc: under ${memory} an atomic orders what its order says`;
  throw incompatible('orders', message);
}

function makeReport(
  own: Program,
  options: ProgramExploreOptions,
  units: Units,
  { shard, slices }: { shard: Shard | undefined; slices: number },
): ProgramPlanReport {
  const strategy = settleStrategy(options, units.count);
  const memory = readMemory(options.memory);
  refuseMemory(memory, options);
  checkMemory({ memory, strategy, parts: units.count });
  const timeMs =
    options.time === undefined
      ? searchRow('timeMs').fallback
      : parseDuration(options.time, 'time', searchRow('timeMs'));
  const values = OWN_SEARCH.map((name) => {
    const row = searchRow(name);
    const value = name === 'strategy' ? strategy : options[name];
    const number = value === undefined ? row.fallback : paramToNumber(row, value);
    return [name, numberToParam(row, number)];
  });
  const rules = readOutcomeRules(options);
  return {
    ...(Object.fromEntries(values) as Pick<ProgramPlanReport, (typeof OWN_SEARCH)[number]>),
    timeMs,
    heap: readChoice('heap', options.heap, strategy === 'portfolio' ? 'both' : 'fresh'),
    orders: readChoice('orders', options.orders, 'c11'),
    volatile: readChoice('volatile', options.volatile, 'point'),
    main: readChoice('main', options.main, 'ends'),
    spurious: readSpurious(options.spurious),
    leaks: readFlag('leaks', options.leaks),
    scenario: own.name,
    files: [...own.files],
    cc: own.cc ?? null,
    flags: [...own.flags],
    optimize: own.optimize,
    allow: [...own.allow],
    compileCommands: own.compileCommands ?? null,
    allowOutcomes: [...rules.allowOutcomes],
    forbidOutcomes: [...rules.forbidOutcomes],
    ...(shard && { shard }),
    ...(slices > 1 && { slices }),
  };
}
