import { outOfRange } from '../base/errors';
import { version } from '../base/version';
import type { NativeInput } from '../native/stress';
import { subjectOfPlan } from '../programs/subject';
import { checkDocument, type StressDocument } from '../reports/documents';
import { describeHead, toVerdict } from '../reports/head';
import { mergeEnvironments, sumOf } from '../reports/merge/parts';
import { mergeStress } from '../reports/merge/stress';
import type { CheckUnit } from '../run/journal';
import { shareOf, unitSeed } from '../run/shard';
import { type ParamName, tables } from '../tables/tables';
import type { StressPlan } from './plan';
import type { StressReport } from './report';

/** The report of one slice, without what all slices have in common. */
export type UnitReport = Omit<StressReport, 'tool' | 'version' | 'kind' | 'plan'>;

/** What a journal has of a slice. */
export interface UnitContent {
  seed: number;
  report: UnitReport;
}

/** Of a stress run each unit is the report of a slice, and the seed that it ran with. */
export function unitCheck({ report: plan, units }: StressPlan): CheckUnit {
  const own = new Set(units.own);
  return (unit, content) => {
    const { seed, report } = content as Partial<UnitContent>;
    const common = { tool: 'dmtorture', version, kind: 'stress', plan };
    const { complete } = checkDocument({ ...(report as object), ...common }, 'its report');
    if (!own.has(unit)) throw outOfRange('unit', 'one of this run', unit);
    const right = unitSeed(plan.seed, unit);
    if (seed !== right) throw outOfRange('seed', String(right), seed);
    if (!complete) throw outOfRange('complete', '`true`', complete);
  };
}

/** The number of faults in those slices. */
export const faultsIn = (reports: readonly Pick<UnitReport, 'faults'>[]): number =>
  sumOf(reports, ({ faults }) => sumOf(faults, ({ count }) => count));

/** What a unit is started with: its seed, and its share of what is limited by count. */
export function unitInput(plan: StressPlan, unit: number, faultsBefore: number): NativeInput {
  const { shard, slices = 1, rounds, ops, durationMs, maxFaults } = plan.report;
  const numbers = plan.input.numbers.slice();
  const set = (name: ParamName, value: number): void => {
    numbers[tables.params.findIndex((row) => row.name === name)] = value;
  };
  const slice = Math.floor(unit / (shard?.count ?? 1));
  set('seed', unitSeed(plan.report.seed, unit));
  set('rounds', shareOf(rounds, unit, plan.units.count));
  set('ops', shareOf(ops, unit, plan.units.count));
  set('durationMs', shareOf(durationMs, slice, slices));
  if (maxFaults > 0) set('maxFaults', Math.max(1, maxFaults - faultsBefore));
  return { ...plan.input, numbers };
}

/** Times of a slice's faults, on the clock of the run. */
function laterBy(report: UnitReport, ms: number): UnitReport {
  const faults = report.faults.map((fault) => ({
    ...fault,
    first: { ...fault.first, atMs: fault.first.atMs + ms },
  }));
  return { ...report, faults };
}

/** The report of a run from those of its slices, in their order. */
export function foldUnits(
  plan: StressPlan,
  reports: readonly UnitReport[],
  complete: boolean,
): StressReport {
  let durationMs = 0;
  const slices = reports.map((report) => {
    const slice = laterBy(report, durationMs);
    durationMs += report.durationMs;
    return slice;
  });
  const head = describeHead('stress', toVerdict(faultsIn(slices) > 0, complete), complete);
  return {
    ...head,
    ...(slices.length > 0 && { environment: mergeEnvironments(slices) }),
    plan: plan.report,
    subject: subjectOfPlan(plan.report),
    durationMs,
    ...mergeStress(slices as unknown as StressDocument[], { complete, durationMs }),
  } as StressReport;
}
