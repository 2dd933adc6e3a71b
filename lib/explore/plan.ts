import { parseDuration } from '../base/duration';
import { incompatible, wrongType } from '../base/errors';
import type { OutputOf } from '../base/output-of';
import type { NativeExplored } from '../native/explore';
import { readOptions, type WithPlan } from '../programs/passed-on';
import { encodePrograms, formatPrograms } from '../programs/program';
import type { Race } from '../programs/race';
import { toTarget } from '../programs/target';
import type { explorePlan } from '../reports/documents/explore';
import { optionOf } from '../run/difference';
import { checkMemory, looksForRaces } from '../run/memory';
import { checkOptions, checkSignal, numberToParam, paramToNumber } from '../run/params';
import {
  checkShares,
  isSampling,
  type JournalFile,
  readSplit,
  SAMPLING,
  SPLIT_OPTIONS,
  type SplitOptions,
  type Units,
  unitsOf,
} from '../run/shard';
import { isWeak, MEMORY_DEFAULT } from '../tables/memory';
import { rowAt, type SearchName, type StrategyName, tables } from '../tables/tables';
import type { SearchOptions } from '../tables/tables.gen';

/** How an exploration goes. */
export interface ExploreProgress {
  /** Since the exploration began. */
  elapsedMs: number;
  /** Executions up to now. */
  executions: number;
  /** States that were visited up to now. */
  states: number;
}

/**
 * What {@link explore} takes. A shard, or a slice, of a search by `dpor`, the default then, or
 * `dfs` has the executions that begin in its ways; of one that samples it has a seed of its own.
 * `executions` are those of the whole, `time` is that of each shard.
 */
export interface ExploreOptions extends Omit<SearchOptions, 'timeMs'>, SplitOptions {
  /**
   * Time limit, minimising included: `'500ms'`, `'10s'`, or milliseconds; 0: none. Without it other
   * limits hold: see `executions` and `states`. @default 0
   */
  time?: number | string | undefined;
  /** A report, or the plan of one: what is not given here is as it was there. */
  plan?: object | undefined;
  /** Ends the exploration; its report is then partial. */
  signal?: AbortSignal | undefined;
  /** Called now and then. */
  onProgress?: ((progress: ExploreProgress) => void) | undefined;
}

/** Every parameter of an exploration, as reports show it. */
export type ExplorePlanReport = {
  [Name in Exclude<SearchName, 'patches'>]: Exclude<SearchOptions[Name], undefined>;
} & OutputOf<typeof explorePlan>;

/** A checked plan, ready to explore. */
export interface ExplorePlan {
  numbers: Float64Array;
  programs: Uint32Array;
  race: Race;
  report: ExplorePlanReport;
  /** The parts of the search that are to be made, one after another. */
  units: Units;
  /** Of a plan for one of them: which, of how many. */
  part?: Uint32Array;
  journal?: JournalFile;
  signal: AbortSignal | undefined;
  onProgress: (progress: ExploreProgress) => void;
}

const EXPLORE_ONLY = ['signal', 'onProgress', ...SPLIT_OPTIONS] as const;

/** What a crash can undo, in a journal whose slices nobody counted: one of this number. */
const SLICES = 16;
/** What several parts can do without knowing of each other. */
const SPLITTABLE: StrategyName[] = ['dpor', 'dfs'];

/** Options that only some strategies read. */
const BELONGS: readonly [option: 'depth' | 'preemptions' | 'states', of: StrategyName[]][] = [
  ['depth', ['pct', 'portfolio']],
  ['preemptions', ['dfs']],
  ['states', ['stateful', 'portfolio']],
];
/** What is meant where no strategy is given; of a search in several parts, the second. */
const DEFAULTS = ['portfolio', 'dpor'] as const satisfies StrategyName[];

/** The strategy, which reads every option that is given: one that nobody reads would be no limit. */
function settleStrategy(options: ExploreOptions, parts: number): StrategyName {
  const given = options.strategy;
  const strategy = given ?? DEFAULTS[parts > 1 ? 1 : 0];
  for (const [option, strategies] of BELONGS) {
    const row = tables.search.find(({ name }) => name === option);
    if (options[option] === undefined || !row || !isStrategy(strategy)) continue;
    // A value that its option does not accept is reported first.
    paramToNumber(row, options[option]);
    if (!strategies.includes(strategy)) {
      const hint = given === undefined ? `, the default: give \`strategy\` as well` : '';
      const message =
        `\`${option}\` is for ${strategies.join(' and ')}, and not for ` + `\`${strategy}\`${hint}`;
      throw incompatible(option, message);
    }
  }
  if (options.races && options.states !== undefined && !isWeak(options.memory)) {
    const message = '`states` are not counted where `races` are looked for: give `executions`';
    throw incompatible('states', message);
  }
  return parts > 1 ? settleParts(strategy, options) : strategy;
}

/** A name that is not a strategy is refused where its row is read. */
function isStrategy(name: unknown): boolean {
  return tables.strategies.some((row) => row.name === name);
}

/** The strategy of a search in several parts. */
function settleParts(settled: StrategyName, options: ExploreOptions): StrategyName {
  if (SPLITTABLE.includes(settled)) return settled;
  if (!isSampling(settled)) {
    const message =
      `A search in parts needs \`strategy\` to be ${[...SPLITTABLE, ...SAMPLING].join(', ')}, got ` +
      `\`${settled}\`: it remembers what it has seen, and parts know nothing of each other`;
    throw incompatible('strategy', message);
  }
  if (!options.executions && !options.time) {
    const message = `\`${settled}\` has no end that could be split: give \`executions\` or \`time\``;
    throw incompatible('executions', message);
  }
  return settled;
}

function settle(options: ExploreOptions, parts: number, threads: number): SearchOptions {
  const { memory = MEMORY_DEFAULT, races } = options;
  if (races && options.strategy === 'stateful' && !isWeak(memory)) {
    const message = '`races` needs schedules, and `stateful` forgets how it reached a state';
    throw incompatible('races', message);
  }
  const row = tables.search.find(({ name }) => name === 'timeMs');
  const timeMs = options.time === undefined ? undefined : parseDuration(options.time, 'time', row);
  const strategy = settleStrategy(options, parts);
  const most = tables.search.find(({ name }) => name === 'preemptions')?.fallback;
  const bounded = options.preemptions !== undefined && options.preemptions !== most;
  checkMemory({ memory, strategy, parts, races, threads, bounded });
  return { ...options, strategy, timeMs, ...(looksForRaces(memory, races) && { races: true }) };
}

/**
 * Check what {@link explore} was given, fill in what it was not.
 *
 * @throws DmTortureError ERR_INVALID_ARG_TYPE, ERR_OUT_OF_RANGE, ERR_INCOMPATIBLE_OPTIONS
 */
export function makeExplorePlan(
  target: unknown,
  given: ExploreOptions | WithPlan = {},
): ExplorePlan {
  const race = toTarget(target);
  const options = readOptions<ExploreOptions>(given, tables.search, ['shard', 'slices']);
  checkOptions(options, [...tables.search.map(({ name }) => optionOf(name)), ...EXPLORE_ONLY]);
  checkSignal(options.signal);
  const { onProgress = () => undefined } = options;
  if (typeof onProgress !== 'function') throw wrongType('onProgress', 'a function', onProgress);
  const split = readSplit(options);
  const slices = split.slices ?? (split.journal ? SLICES : 1);
  const units = unitsOf(split.shard, slices);
  const settled = settle(options, units.count, race.cpus.length);
  const numbers = Float64Array.from(tables.search, (row) => {
    const value = settled[row.name];
    return value === undefined ? row.fallback : paramToNumber(row, value);
  });
  const values = tables.search.map((row, i) => [row.name, numberToParam(row, numbers[i] ?? 0)]);
  const report: ExplorePlanReport = {
    ...(Object.fromEntries(values) as ExplorePlanReport),
    scenario: race.name,
    program: formatPrograms(race),
    ...(split.shard && { shard: split.shard }),
    ...(slices > 1 && { slices }),
  };
  checkShares('executions', report.executions, units.count);
  checkShares('time', report.timeMs, slices);
  return {
    numbers,
    programs: encodePrograms(race),
    race,
    report,
    units,
    ...(split.journal && { journal: split.journal }),
    signal: options.signal,
    onProgress,
  };
}

/** Whether a search was ended by what would end it elsewhere when it is made again. */
export function wasCut({ limit }: NativeExplored): boolean {
  const { name } = rowAt(tables.ends, limit);
  return name === 'time' || name === 'stopped';
}

/** The number of a plan that goes by a name. */
export function numberOf({ numbers }: ExplorePlan, name: SearchName): number {
  return numbers[tables.search.findIndex((row) => row.name === name)] ?? 0;
}

/** A plan with other numbers. */
export function withNumbers(
  plan: ExplorePlan,
  others: Partial<Record<SearchName, number>>,
): ExplorePlan {
  const numbers = Float64Array.from(
    tables.search,
    (row, i) => others[row.name] ?? plan.numbers[i] ?? 0,
  );
  return { ...plan, numbers };
}

/** The plan that goes exactly as far as `explored` went, and has `timeMs` for that. */
export function againPlan(
  plan: ExplorePlan,
  explored: NativeExplored,
  timeMs: number,
): ExplorePlan {
  if (!wasCut(explored)) return withNumbers(plan, { timeMs });
  const again = withNumbers(plan, {
    timeMs,
    executions: explored.executions,
    ...(explored.states > 0 && { states: explored.states }),
  });
  return { ...again, signal: undefined };
}
