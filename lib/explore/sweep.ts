import { incompatible, outOfRange, wrongType } from '../base/errors';
import { readOptions, type WithPlan } from '../programs/passed-on';
import { scenarios } from '../programs/scenarios';
import { subjectOfPlan } from '../programs/subject';
import { describeHead, toVerdict } from '../reports/head';
import { type CheckUnit, Journal } from '../run/journal';
import { readSplit, type Split } from '../run/shard';
import { restoreTraces } from '../story/drawing';
import { worstLimit } from '../tables/limit';
import { tables } from '../tables/tables';
import { explore } from './explore';
import { type ExploreOptions, type ExplorePlanReport, makeExplorePlan } from './plan';
import type { ExploredFault, ExploreReport } from './report';
import { checkExplored } from './units';

/** A fault of a sweep, and where it was found. */
export type SweptFault = ExploredFault & {
  /** Where it was found. */
  scenario: string;
};

/** The report of {@link exploreAll}: the sums, and each scenario's own report. */
export interface ExploreSweepReport extends Omit<ExploreReport, 'plan' | 'faults' | 'evidence'> {
  /** Every parameter; `scenario` is `all`. */
  plan: ExplorePlanReport;
  /** What was found, and where. */
  faults: SweptFault[];
  /** Each scenario's own report. */
  scenarios: ExploreReport[];
}

/** A checked sweep, ready to run. */
export interface Sweep {
  plan: ExplorePlanReport;
  split: Split;
  /** Each scenario's options. */
  options: ExploreOptions;
}

const EVERY = 'all';

/**
 * Check what {@link exploreAll} was given.
 *
 * @throws DmTortureError ERR_INVALID_ARG_TYPE, ERR_OUT_OF_RANGE, ERR_INCOMPATIBLE_OPTIONS
 */
export function makeSweep(given: ExploreOptions | WithPlan): Sweep {
  // Also of those who write JavaScript.
  if (given === null) throw wrongType('options', 'an object', given);
  const { shard, slices, journal, resume, ...options } = readOptions(given, tables.search, [
    'shard',
  ]);
  const split = readSplit({ shard, slices, journal, resume });
  if (slices !== undefined) {
    const message = '`slices` is for one scenario: where all are explored, each is a slice';
    throw incompatible('slices', message);
  }
  const { report } = makeExplorePlan(scenarios[0]?.name, options);
  const own = split.shard && { shard: split.shard };
  return { plan: { ...report, scenario: EVERY, program: '', ...own }, split, options };
}

/** The scenarios of a sweep's shard, by the numbers that a journal knows them by. */
function unitsOf({ shard }: Split): { unit: number; name: string }[] {
  const all = scenarios.map(({ name }, unit) => ({ unit, name }));
  return all.filter(({ unit }) => !shard || unit % shard.count === shard.index - 1);
}

/** Of a sweep each unit is the whole report of a scenario. */
function unitCheck(split: Split): CheckUnit {
  const own = new Map(unitsOf(split).map(({ unit, name }) => [unit, name]));
  return (unit, content) => {
    const { scenario } = checkExplored(content);
    if (scenario === own.get(unit)) return;
    throw outOfRange('scenario', own.get(unit) ?? 'none: no such unit', scenario);
  };
}

function makeReport({ plan, split }: Sweep, reports: ExploreReport[]): ExploreSweepReport {
  const own = unitsOf(split).length;
  const stopped = reports.length < own;
  const complete = !stopped && reports.every((report) => report.complete);
  const sum = (name: 'executions' | 'traces' | 'states' | 'steps' | 'durationMs'): number =>
    reports.reduce((total, report) => total + report[name], 0);
  const faults = reports.flatMap(({ scenario, faults: found }) =>
    found.map((fault) => ({ scenario, ...fault })),
  );
  const durationMs = sum('durationMs');
  return {
    ...describeHead('explore', toVerdict(faults.length > 0, complete), complete),
    plan,
    subject: subjectOfPlan(plan),
    durationMs,
    scenario: EVERY,
    strategy: plan.strategy,
    memory: plan.memory,
    exhaustive: !stopped && reports.every(({ exhaustive }) => exhaustive),
    limit: worstLimit([...reports.map(({ limit }) => limit), ...(stopped ? ['stopped'] : [])]),
    executions: sum('executions'),
    traces: sum('traces'),
    states: sum('states'),
    steps: sum('steps'),
    executionsPerSecond: durationMs > 0 ? (sum('executions') / durationMs) * 1000 : 0,
    outcomes: reports.flatMap(({ outcomes }) => outcomes),
    faults,
    scenarios: reports,
  };
}

/**
 * Run a checked sweep.
 *
 * @param exploreOne - Explores a scenario.
 */
export async function runSweep(
  sweep: Sweep,
  exploreOne: (name: string) => Promise<ExploreReport>,
): Promise<ExploreSweepReport> {
  const { plan, split, options } = sweep;
  const { signal } = options;
  signal?.throwIfAborted();
  const journal =
    split.journal &&
    (await Journal.open(split.journal, { kind: 'explore', plan }, { check: unitCheck(split) }));
  const reports: ExploreReport[] = [];
  try {
    for (const { unit, name } of unitsOf(split)) {
      const known = journal?.units.get(unit) as ExploreReport | undefined;
      if (known) restoreTraces(known);
      else if (signal?.aborted) break;
      const report = known ?? (await exploreOne(name));
      reports.push(report);
      if (known || report.limit === 'stopped') continue;
      if ((await journal?.add(unit, report)) === false) break;
    }
  } finally {
    await journal?.close();
  }
  return { ...makeReport(sweep, reports), ...journal?.notes };
}

/**
 * Explore every scenario of the table: {@link explore} for each of them. A shard has some of the
 * scenarios.
 *
 * @returns A promise; it rejects as that of {@link explore} does.
 * @example
 * const { verdict, exhaustive } = await exploreAll({ patches: 'all' });
 */
export async function exploreAll(
  options: ExploreOptions | WithPlan = {},
): Promise<ExploreSweepReport> {
  const sweep = makeSweep(options);
  return runSweep(sweep, (name) => explore(name, sweep.options));
}
