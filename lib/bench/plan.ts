import { availableParallelism } from 'node:os';
import { parseDuration } from '../base/duration';
import { incompatible, outOfRange, wrongType } from '../base/errors';
import type { OutputOf } from '../base/output-of';
import { didYouMean } from '../base/suggest';
import { isLockFile } from '../own/lock-file';
import { findScenario, type ScenarioName, scenarios } from '../programs/scenarios';
import type { benchPlan } from '../reports/documents/bench';
import { checkOptions, checkSignal, numberToParam, paramToNumber, randomSeed } from '../run/params';
import { patches } from '../tables/patches';
import {
  type BenchCell,
  type BenchListRow,
  type BenchParamName,
  type LockName,
  type StrategyName,
  tables,
} from '../tables/tables';
import type { BenchParams } from '../tables/tables.gen';
import type { BenchLock, BenchSuite, LockFileName } from './rows';
import { benchSuites } from './suites';

/** A scenario's name, which an editor completes. */
export type BenchScenario = ScenarioName | (string & {});

/** What {@link bench} takes. What a suite has no use for is refused. */
export interface BenchOptions extends Omit<BenchParams, 'timeMs'> {
  /** Threads of the cells; locks, minors, refcount. @default 1, 2 and 8; eras 1, 2, 4, ... 64 */
  threads?: number | readonly number[] | undefined;
  /** How long a lock is held; locks. @default 0, and 100 with more than one thread */
  holdNs?: number | readonly number[] | undefined;
  /** What a thread does between release and acquire; locks. @default 0, and 200 with 100 held */
  outsideNs?: number | readonly number[] | undefined;
  /**
   * Locks to measure; of the minors, what `_minor_lock` is beside a mutex. A name that ends in `.c`,
   * `.cc`, `.cpp`, `.cxx` or `.so` is a file: a lock of your own, see the guide on own locks.
   *
   * @default all except `broken`, the control; minors: one of each way to wait
   */
  locks?: BenchLock | 'all' | readonly (BenchLock | 'all')[] | undefined;
  /** The compiler of those files, any command; locks, minors. @default cc */
  cc?: string | undefined;
  /** Flags that those files are compiled with, such as `-DN=2`; locks, minors. @default none */
  flags?: readonly string[] | undefined;
  /** Measure files of locks without verifying them, and say so; locks, minors. @default false */
  unverified?: boolean | undefined;
  /** Ids in the tables; minors. @default 1, 1000, 64000, 1000000 */
  populations?: number | readonly number[] | undefined;
  /**
   * Eras of the protocol that take turns in place of tables and locks, such as `'none;2.6.18;today'`;
   * the first is what the others are set against. minors. @default none
   */
  patches?: string | readonly string[] | undefined;
  /** Scenarios to explore; explore. @default every one */
  scenarios?: BenchScenario | readonly BenchScenario[] | undefined;
  /** Strategies to explore by; explore. @default random, pct, dpor, stateful */
  strategies?: StrategyName | readonly StrategyName[] | undefined;
  /** With the data-race detector, which `stateful` has not; explore. @default false */
  races?: boolean | undefined;
  /**
   * Time limit: `'500ms'`, `'10s'`, `'2m'`, or milliseconds; 0: none. It leaves out cells, never
   * windows.
   *
   * @default '3m'
   */
  time?: number | string | undefined;
  /**
   * Leave out the cells with more threads than CPUs, which take longest; locks, minors, refcount.
   *
   * @default false
   */
  quick?: boolean | undefined;
  /** Ends it; its report has the rows that are there. */
  signal?: AbortSignal | undefined;
}

type ListName = 'threads' | 'holdNs' | 'outsideNs' | 'populations';

type SuitePlan = OutputOf<typeof benchPlan>;
type SuiteParam = Exclude<BenchParamName, keyof SuitePlan>;

/** Every parameter of a benchmark, as reports show it: those that its suite has. */
export interface BenchPlanReport
  extends SuitePlan,
    Partial<{ [Name in SuiteParam]: Exclude<BenchParams[Name], undefined> }> {}

/** A checked plan, ready to measure. */
export interface BenchPlan<Suite extends BenchSuite = BenchSuite> {
  suite: Suite;
  numbers: Float64Array;
  report: BenchPlanReport;
  /** Files of locks of the user's. */
  own: string[];
  signal: AbortSignal | undefined;
}

type OptionName = keyof BenchOptions;

const EVERY: OptionName[] = ['seed', 'windows', 'time', 'signal'];
const WINDOWS: OptionName[] = ['windowUs', 'crowdedWindows', 'crowdedWindowUs', 'pinned', 'quick'];

/** Of the locks, and of files of them. */
const LOCKS: OptionName[] = ['locks', 'cc', 'flags', 'unverified', 'verifyMs'];

/** What each suite has a use for, beside what every one has. */
const OPTIONS: Record<BenchSuite, OptionName[]> = {
  locks: [...WINDOWS, ...LOCKS, 'threads', 'holdNs', 'outsideNs', 'validateMs', 'stallMs'],
  minors: [...WINDOWS, ...LOCKS, 'threads', 'populations', 'patches'],
  refcount: [...WINDOWS, 'threads'],
  calls: ['windowUs'],
  explore: ['executions', 'scenarios', 'strategies', 'races'],
};

/** One that walks, one that samples, one that visits each trace once, one that visits states. */
const STRATEGIES: StrategyName[] = ['random', 'pct', 'dpor', 'stateful'];
const CELLS_MAX = 4096;
/** As many as a process has room for; see own_lock.h. */
const OWN_LOCKS_MAX = 8;

function checkSuite(suite: unknown): BenchSuite {
  if (typeof suite !== 'string') throw wrongType('suite', benchSuites.join(', '), suite);
  const known = benchSuites.find((name) => name === suite);
  if (known) return known;
  throw outOfRange('suite', benchSuites.join(', '), suite, didYouMean(suite, benchSuites));
}

function checkUse(suite: BenchSuite, options: BenchOptions): void {
  const useful = [...EVERY, ...OPTIONS[suite]];
  const known = new Set<string>([...EVERY, ...Object.values(OPTIONS).flat()]);
  checkOptions(options, [...known]);
  for (const name of Object.keys(options) as OptionName[]) {
    if (useful.includes(name) || options[name] === undefined) continue;
    const users = benchSuites.filter((other) => OPTIONS[other].includes(name)).join(', ');
    throw incompatible(name, `\`${name}\` is for ${users}, and not for \`${suite}\``);
  }
}

/** One or several, each once. */
function toList<Value>(option: string, given: Value | readonly Value[]): Value[] {
  const list = [...new Set(Array.isArray(given) ? given : [given])] as Value[];
  if (list.length === 0) throw outOfRange(option, 'one value or more', 'none');
  return list;
}

function listRow(suite: BenchSuite, name: ListName): BenchListRow {
  const players = name === 'threads' && suite !== 'locks';
  const row = tables.benchLists.find(
    (candidate) => candidate.name === name && (candidate.field === 'players') === players,
  );
  if (!row) throw new Error(`dmtorture bug: no list ${name}`);
  return row;
}

function readNumbers(suite: BenchSuite, name: ListName, options: BenchOptions): number[] {
  const given = options[name];
  if (given === undefined) return [];
  const { min, max, unit } = listRow(suite, name);
  for (const value of toList<unknown>(name, given)) {
    if (typeof value !== 'number') throw wrongType(name, `numbers (${unit})`, value);
    if (Number.isInteger(value) && value >= min && value <= max) continue;
    throw outOfRange(name, `${min}..${max} (${unit})`, value);
  }
  return toList(name, given as number | readonly number[]);
}

/** Names of a table; all of `fallback` where none are given. */
function readNames<Name extends string>(
  option: string,
  given: Name | readonly Name[] | undefined,
  known: readonly Name[],
  fallback: readonly Name[],
): Name[] {
  if (given === undefined) return [...fallback];
  for (const name of toList<unknown>(option, given)) {
    if (typeof name !== 'string') throw wrongType(option, 'names', name);
    if (known.includes(name as Name)) continue;
    const hint = didYouMean(name, known);
    throw outOfRange(option, hint ? 'a known name' : known.join(', '), name, hint);
  }
  return toList(option, given);
}

/** As many as the engine has room for; see BENCH_SETS_MAX. */
const ERAS_MAX = 64;
/** Threads of eras, where none are asked for. */
const ERA_THREADS = [1, 2, 4, 8, 16, 32, 64];

type Eras = Required<Pick<BenchPlanReport, 'sets' | 'cells'>>;

/** `none;2.6.18;all,-04`, or a list of them: each once. */
function readEras({ patches: given }: BenchOptions): Eras['sets'] {
  if (given === undefined) return [];
  const texts = Array.isArray(given) ? given : [given];
  if (!isTexts(texts)) throw wrongType('patches', 'a text, or a list of texts', given);
  const terms = texts.flatMap((text) => text.split(';')).map((text) => text.trim());
  const names = [...new Set(terms)];
  if (names.length === 0 || names.includes('') || names.length > ERAS_MAX) {
    const range = `1..${ERAS_MAX} sets, joined by \`;\``;
    throw outOfRange('patches', range, names.includes('') ? texts.join(';') : names.length);
  }
  return names.map((name) => ({ name, ...patches.parse(name).toJSON() }));
}

/** Eras take turns in place of tables and locks. */
function erasPlan(options: BenchOptions): Eras {
  const other = (['locks', 'populations'] as const).find((name) => options[name] !== undefined);
  if (other !== undefined) {
    const message = `\`${other}\` is not for eras: \`patches\` measures sets of patches in their place`;
    throw incompatible(other, message);
  }
  const sets = readEras(options);
  return { cells: readCells('minors', { threads: ERA_THREADS, ...options }), sets };
}

/** Those of the table where nothing is asked for, else every combination. */
function readCells(suite: BenchSuite, options: BenchOptions): BenchCell[] {
  const [threads, hold, outside] = (['threads', 'holdNs', 'outsideNs'] as const).map((name) =>
    readNumbers(suite, name, options),
  ) as [number[], number[], number[]];
  const defaults = tables.benchCells;
  const everyThreads = [...new Set(defaults.map((cell) => cell.threads))];
  if (suite !== 'locks') {
    return (threads.length > 0 ? threads : everyThreads).map((count) => ({
      threads: count,
      holdNs: 0,
      outsideNs: 0,
    }));
  }
  if (threads.length + hold.length + outside.length === 0) return [...defaults];
  const cells = (threads.length > 0 ? threads : everyThreads).flatMap((count) =>
    (hold.length > 0 ? hold : [0]).flatMap((holdNs) =>
      (outside.length > 0 ? outside : [0]).map((outsideNs) => ({
        threads: count,
        holdNs,
        outsideNs,
      })),
    ),
  );
  if (cells.length > CELLS_MAX) {
    throw outOfRange('threads', `at most ${CELLS_MAX} combinations`, cells.length);
  }
  return cells;
}

/** Without the cells that have more threads than CPUs, where `quick` says so. */
function withoutCrowds(cells: BenchCell[], quick: unknown): BenchCell[] {
  if (typeof quick !== 'boolean') throw wrongType('quick', '`true` or `false`', quick);
  if (!quick) return cells;
  const cpus = availableParallelism();
  const left = cells.filter(({ threads }) => threads <= cpus);
  if (left.length > 0) return left;
  throw incompatible('quick', `\`quick\` leaves out cells with more than ${cpus} threads: all`);
}

function readParams(options: BenchOptions): Float64Array {
  const row = tables.bench.find(({ name }) => name === 'timeMs');
  const settled: BenchParams = {
    ...options,
    timeMs: options.time === undefined ? undefined : parseDuration(options.time, 'time', row),
  };
  settled.seed ??= randomSeed();
  return Float64Array.from(tables.bench, (row) => {
    const value = settled[row.name];
    return value === undefined ? row.fallback : paramToNumber(row, value);
  });
}

function readExplore(options: BenchOptions): Partial<BenchPlanReport> {
  const { races = false } = options;
  if (typeof races !== 'boolean') throw wrongType('races', '`true` or `false`', races);
  const all = tables.strategies.map(({ name }) => name);
  const fallback = STRATEGIES.filter((name) => !races || name !== 'stateful');
  const strategies = readNames('strategies', options.strategies, all, fallback);
  if (races && strategies.includes('stateful')) {
    throw incompatible('races', '`races` needs schedules, which `stateful` does not keep');
  }
  const names = scenarios.map(({ name }) => name);
  return { scenarios: readNames('scenarios', options.scenarios, names, names), strategies, races };
}

const everyLock = tables.locks.map(({ name }) => name);
/** All but the control. */
const excluding = tables.locks.filter(({ control }) => !control).map(({ name }) => name);

/** What is measured when no lock is named. */
const usual = tables.locks.filter((row) => row.usual !== '').map(({ name }) => name);

/** `all` stands for all but the control. */
function readLocks({ locks }: BenchOptions, known: LockName[]): BenchLock[] {
  const given = locks === undefined ? undefined : toList<BenchLock | 'all'>('locks', locks);
  const named = given?.flatMap((name) => (name === 'all' ? excluding : [name]));
  const files = named?.filter((name): name is LockFileName => isFile(name)) ?? [];
  return readNames<BenchLock>('locks', named && [...new Set(named)], [...known, ...files], usual);
}

const isFile = (name: unknown): boolean => typeof name === 'string' && isLockFile(name);

/** How files of locks are compiled and verified, which means nothing where there is none. */
function readFiles(options: BenchOptions, locks: readonly string[]): Partial<BenchPlanReport> {
  const { cc, flags, unverified } = options;
  const given = (['cc', 'flags', 'unverified', 'verifyMs'] as const).find(
    (name) => options[name] !== undefined && options[name] !== false,
  );
  const files = locks.filter(isFile);
  if (given !== undefined && files.length === 0) {
    const message = `\`${given}\` is for locks of your own: name a file in \`locks\`, such as my_lock.c`;
    throw incompatible(given, message);
  }
  if (unverified !== undefined && typeof unverified !== 'boolean') {
    throw wrongType('unverified', '`true` or `false`', unverified);
  }
  if (cc !== undefined && (typeof cc !== 'string' || cc === '')) {
    throw wrongType('cc', 'the name of a compiler', cc === '' ? 'an empty text' : cc);
  }
  if (flags !== undefined && !isTexts(flags)) {
    throw wrongType('flags', 'a list of flags of the compiler', flags);
  }
  if (files.length > OWN_LOCKS_MAX) {
    throw outOfRange('locks', `at most ${OWN_LOCKS_MAX} files`, files.length);
  }
  return {
    ...(cc !== undefined && { cc }),
    ...(flags !== undefined && { flags: [...flags] }),
    ...(unverified && { unverified }),
  };
}

const isTexts = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.every((one) => typeof one === 'string');

function lists(suite: BenchSuite, options: BenchOptions): Partial<BenchPlanReport> {
  if (suite === 'calls') return {};
  if (suite === 'explore') return readExplore(options);
  const { quick = false } = options;
  if (suite === 'minors' && options.patches !== undefined) {
    const { sets, cells } = erasPlan(options);
    return { sets, cells: withoutCrowds(cells, quick), quick, populations: [] };
  }
  const cells = withoutCrowds(readCells(suite, options), quick);
  if (suite === 'refcount') return { cells, quick };
  if (suite === 'minors') {
    const populations = readNumbers(suite, 'populations', options);
    const fallback = tables.populations.map(({ ids }) => ids);
    const plan = { cells, quick, populations: populations.length > 0 ? populations : fallback };
    // Without any, the engine takes one of each way to wait.
    const locks = options.locks === undefined ? undefined : readLocks(options, excluding);
    return { ...plan, ...(locks && { locks }), ...readFiles(options, locks ?? []) };
  }
  const locks = readLocks(options, everyLock);
  return { cells, quick, locks, ...readFiles(options, locks) };
}

/**
 * Check what {@link bench} was given, fill in what it was not.
 *
 * @throws DmTortureError ERR_INVALID_ARG_TYPE, ERR_OUT_OF_RANGE, ERR_INCOMPATIBLE_OPTIONS
 */
export function makeBenchPlan<Suite extends BenchSuite>(
  given: Suite,
  options: BenchOptions = {},
): BenchPlan<Suite> {
  const suite = checkSuite(given) as Suite;
  checkUse(suite, options);
  checkSignal(options.signal);
  const numbers = readParams(options);
  const shown = new Set<string>([...EVERY, 'timeMs', ...OPTIONS[suite]]);
  const params = tables.bench
    .map((row, i) => [row.name, numberToParam(row, numbers[i] ?? 0)] as const)
    .filter(([name]) => shown.has(name));
  const report = {
    suite,
    ...Object.fromEntries(params),
    patches: patches.parse('all').toJSON(),
    ...lists(suite, options),
  } as BenchPlanReport;
  const own = (report.locks ?? []).filter(isFile);
  return { suite, numbers, report, own, signal: options.signal };
}

/** The value of a parameter in a plan's numbers. */
export function benchNumber({ numbers }: BenchPlan, name: BenchParamName): number {
  return numbers[tables.bench.findIndex((row) => row.name === name)] ?? 0;
}

/** The scenario of that name; a plan has no other. */
export function plannedScenario(name: string): NonNullable<ReturnType<typeof findScenario>> {
  const found = findScenario(name);
  if (!found) throw new Error(`dmtorture bug: no scenario ${name}`);
  return found;
}
