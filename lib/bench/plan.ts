import { parseDuration } from '../base/duration';
import { incompatible, outOfRange, show, wrongType } from '../base/errors';
import { didYouMean } from '../base/suggest';
import { isLockFile } from '../own/lock-file';
import { findScenario, scenarios } from '../programs/scenarios';
import { checkOptions, checkSignal, numberToParam, paramToNumber, randomSeed } from '../run/params';
import { patches } from '../tables/patches';
import { kindOfRow, subjectRows } from '../tables/subjects';
import {
  type BenchParamName,
  type LockName,
  type RwlockName,
  type StrategyName,
  tables,
} from '../tables/tables';
import type { BenchParams } from '../tables/tables.gen';
import { readCells, readNumbers, readRwCells, toList, withoutCrowds } from './cells';
import type { AnyLock, BenchOptions, BenchPlanReport } from './options';
import type { BenchSuite, LockFileName } from './rows';
import { benchSuites } from './suites';

export type { AnyLock, BenchOptions, BenchPlanReport, BenchScenario } from './options';

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
  rwlocks: [...WINDOWS, 'locks', 'threads', 'readers', 'holdNs', 'outsideNs', 'validateMs'],
  minors: [...WINDOWS, ...LOCKS, 'threads', 'populations', 'patches'],
  refcount: [...WINDOWS, 'threads', 'objects', 'validateMs'],
  calls: ['windowUs'],
  explore: ['executions', 'scenarios', 'strategies', 'races'],
};

/** One that walks, one that samples, one that visits each trace once, one that visits states. */
const STRATEGIES: StrategyName[] = ['random', 'pct', 'dpor', 'stateful'];
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

/** The names of a table of locks. */
interface LockNames<Name extends AnyLock> {
  every: Name[];
  /** All but the control. */
  excluding: Name[];
  /** What is measured when no lock is named. */
  usual: Name[];
}

function namesOf<Name extends AnyLock>(
  rows: readonly { name: Name; control: boolean; usual: string }[],
): LockNames<Name> {
  const names = (some: typeof rows): Name[] => some.map(({ name }) => name);
  return {
    every: names(rows),
    excluding: names(rows.filter(({ control }) => !control)),
    usual: names(rows.filter(({ usual }) => usual !== '')),
  };
}

const lockNames = namesOf<LockName>(tables.locks);
const rwlockNames = namesOf<RwlockName>(tables.rwlocks);

/** @throws DmTortureError for what another suite measures */
function checkSuiteOf(name: unknown, kind: 'lock' | 'rwlock'): void {
  const { one } = subjectRows(kind);
  const rows = isFile(name) ? subjectRows('lock') : kindOfRow(String(name));
  if (rows === undefined || rows.kind === kind) return;
  const suite = rows.kind === 'refcount' ? 'refcount' : rows.table;
  const message = `\`${show(name)}\` is a ${rows.one}, not a ${one}: \`bench ${suite}\` measures it`;
  throw incompatible('locks', message);
}

/** `all` stands for all but the control; files are known where `takesFiles`. */
function readLocks<Name extends AnyLock>(
  { locks }: BenchOptions,
  { excluding, usual }: LockNames<Name>,
  known: Name[],
  takesFiles: boolean,
): AnyLock[] {
  const given = locks === undefined ? undefined : toList<AnyLock | 'all'>('locks', locks);
  const named = given?.flatMap<AnyLock>((name) => (name === 'all' ? excluding : [name]));
  for (const name of named ?? []) checkSuiteOf(name, takesFiles ? 'lock' : 'rwlock');
  const files = takesFiles
    ? (named?.filter((name): name is LockFileName => isFile(name)) ?? [])
    : [];
  return readNames<AnyLock>('locks', named && [...new Set(named)], [...known, ...files], usual);
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
  if (suite === 'rwlocks') {
    const locks = readLocks(options, rwlockNames, rwlockNames.every, false);
    return { cells: withoutCrowds(readRwCells(options), quick), quick, locks };
  }
  const cells = withoutCrowds(readCells(suite, options), quick);
  if (suite === 'refcount') {
    const objects = readNumbers(suite, 'objects', options);
    return { cells, quick, ...(objects.length > 0 && { objects }) };
  }
  if (suite === 'minors') {
    const populations = readNumbers(suite, 'populations', options);
    const fallback = tables.populations.map(({ ids }) => ids);
    const plan = { cells, quick, populations: populations.length > 0 ? populations : fallback };
    // Without any, the engine takes one of each way to wait.
    const { excluding } = lockNames;
    const locks =
      options.locks === undefined ? undefined : readLocks(options, lockNames, excluding, true);
    return { ...plan, ...(locks && { locks }), ...readFiles(options, locks ?? []) };
  }
  const locks = readLocks(options, lockNames, lockNames.every, true);
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
