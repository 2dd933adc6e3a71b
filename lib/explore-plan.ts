import { parseDuration } from './duration';
import { incompatible, wrongType } from './errors';
import type { NativeExplored } from './native-explore';
import type { PatchSet } from './patches';
import { checkOptions, checkSignal, numberToParam, paramToNumber, toRace } from './plan';
import { encodePrograms, formatPrograms, parsePrograms, type Race } from './program';
import { rowAt, type SearchName, type StrategyName, tables } from './tables';
import type { SearchOptions } from './tables.gen';

/** How an exploration goes. */
export interface ExploreProgress {
  elapsedMs: number;
  executions: number;
  states: number;
}

/** What {@link explore} takes. */
export interface ExploreOptions extends SearchOptions {
  /** Time limit: `'500ms'`, `'10s'`, or milliseconds; 0: none. @default 0 */
  time?: number | string | undefined;
  /** Ends the exploration; its report is then partial. */
  signal?: AbortSignal | undefined;
  /** Told now and then. */
  onProgress?: ((progress: ExploreProgress) => void) | undefined;
}

/** Every parameter of an exploration, as reports show it. */
export type ExplorePlanReport = {
  [Name in Exclude<SearchName, 'patches'>]: Exclude<SearchOptions[Name], undefined>;
} & {
  patches: PatchSet;
  scenario: string;
  /** Text of the thread programs. */
  program: string;
};

/** A checked plan, ready to explore. */
export interface ExplorePlan {
  numbers: Float64Array;
  programs: Uint32Array;
  race: Race;
  report: ExplorePlanReport;
  signal: AbortSignal | undefined;
  onProgress: (progress: ExploreProgress) => void;
}

const EXPLORE_ONLY = ['time', 'signal', 'onProgress'] as const;

/** Options that only some strategies read, and the one that is meant where none is given. */
const BELONGS: readonly [option: 'depth' | 'preemptions', strategies: StrategyName[]][] = [
  ['depth', ['pct', 'portfolio']],
  ['preemptions', ['dfs']],
];

/**
 * What is to be explored: a scenario's name, the text of programs, or a race itself.
 *
 * @throws DmTortureError ERR_INVALID_ARG_TYPE, ERR_OUT_OF_RANGE
 */
export function toTarget(target: unknown): Race {
  return typeof target === 'string' && target.includes(':')
    ? parsePrograms(target)
    : toRace(target);
}

function settleStrategy(options: ExploreOptions): StrategyName | undefined {
  for (const [option, strategies] of BELONGS) {
    if (options[option] === undefined) continue;
    if (options.strategy === undefined) return strategies[0];
    if (strategies.includes(options.strategy)) continue;
    const message = `\`${option}\` is for ${strategies.join(' and ')}, and not for \`${options.strategy}\``;
    throw incompatible(option, message);
  }
  return options.strategy;
}

function settle(options: ExploreOptions): SearchOptions {
  if (options.time !== undefined && options.timeMs !== undefined) {
    throw incompatible('time', 'Give either `time` or `timeMs`, not both');
  }
  if (options.races && options.strategy === 'stateful') {
    const message = '`races` needs schedules, and `stateful` forgets how it reached a state';
    throw incompatible('races', message);
  }
  const timeMs = options.time === undefined ? options.timeMs : parseDuration(options.time, 'time');
  return { ...options, strategy: settleStrategy(options), timeMs };
}

/**
 * Check what {@link explore} was given, fill in what it was not.
 *
 * @throws DmTortureError ERR_INVALID_ARG_TYPE, ERR_OUT_OF_RANGE, ERR_INCOMPATIBLE_OPTIONS
 */
export function makeExplorePlan(target: unknown, options: ExploreOptions = {}): ExplorePlan {
  const race = toTarget(target);
  checkOptions(options, [...tables.search.map(({ name }) => name), ...EXPLORE_ONLY]);
  checkSignal(options.signal);
  const { onProgress = () => undefined } = options;
  if (typeof onProgress !== 'function') throw wrongType('onProgress', 'a function', onProgress);
  const settled = settle(options);
  const numbers = Float64Array.from(tables.search, (row) => {
    const value = settled[row.name];
    return value === undefined ? row.fallback : paramToNumber(row, value);
  });
  const values = tables.search.map((row, i) => [row.name, numberToParam(row, numbers[i] ?? 0)]);
  return {
    numbers,
    programs: encodePrograms(race),
    race,
    report: {
      ...(Object.fromEntries(values) as ExplorePlanReport),
      scenario: race.name,
      program: formatPrograms(race),
    },
    signal: options.signal,
    onProgress,
  };
}

/** Whether a search was ended by what would end it elsewhere when it is made again. */
export function wasCut({ limit }: NativeExplored): boolean {
  const { name } = rowAt(tables.ends, limit);
  return name === 'time' || name === 'stopped';
}

/** The plan that goes exactly as far as `explored` went. */
export function againPlan(plan: ExplorePlan, explored: NativeExplored): ExplorePlan {
  if (!wasCut(explored)) return plan;
  const limits: Partial<Record<SearchName, number>> = {
    timeMs: 0,
    executions: explored.executions,
    ...(explored.states > 0 && { states: explored.states }),
  };
  const numbers = Float64Array.from(
    tables.search,
    (row, i) => limits[row.name] ?? plan.numbers[i] ?? 0,
  );
  return { ...plan, numbers, signal: undefined };
}
