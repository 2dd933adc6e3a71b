import { outOfRange } from '../base/errors';
import { version } from '../base/version';
import { type Subject, subjectOfPlan } from '../programs/subject';
import { checkDocument, type ExploreDocument } from '../reports/documents';
import { describeHead, toVerdict } from '../reports/head';
import { foldExplored } from '../reports/merge/explore';
import { mergeEnvironments } from '../reports/merge/parts';
import type { CheckUnit } from '../run/journal';
import { formatShard, isSampling, shareOf, type Units, unitSeed } from '../run/shard';
import { worstLimit } from '../tables/limit';
import { type SearchName, tables } from '../tables/tables';
import type { ExplorePlan, ExplorePlanReport } from './plan';
import type { ExploreReport } from './report';

/** The report of one part of a search, without what all parts have in common. */
export type ExploredUnit = Omit<ExploreReport, 'tool' | 'version' | 'kind' | 'plan'>;

/** Refuse what is not the report of a search. */
export function checkExplored(content: unknown): ExploreDocument {
  const document = checkDocument(content, 'its report');
  if (document.kind === 'explore') return document;
  throw outOfRange('kind', '`explore`', document.kind);
}

/** Of a search each unit is the report of a part, without what all parts have in common. */
export function unitCheck({ report: plan, units }: ExplorePlan): CheckUnit {
  const own = new Set(units.own);
  return (unit, content) => {
    const common = { tool: 'dmtorture', version, kind: 'explore', plan };
    const { scenario } = checkExplored({ ...(content as object), ...common });
    if (scenario !== plan.scenario) throw outOfRange('scenario', plan.scenario, scenario);
    if (!own.has(unit)) throw outOfRange('unit', 'one of this run', unit);
  };
}

/** What a part of a search is started with: its seed or its part, and its share of the limits. */
export function unitPlan(plan: ExplorePlan, unit: number): ExplorePlan {
  const { report, units } = plan;
  if (units.count < 2) return plan;
  const { shard, slices = 1, strategy } = report;
  const numbers = plan.numbers.slice();
  const set = (name: SearchName, value: number): void => {
    numbers[tables.search.findIndex((row) => row.name === name)] = value;
  };
  set('executions', shareOf(report.executions, unit, units.count));
  set('timeMs', shareOf(report.timeMs, Math.floor(unit / (shard?.count ?? 1)), slices));
  if (!isSampling(strategy)) return { ...plan, numbers, part: Uint32Array.of(unit, units.count) };
  set('seed', unitSeed(report.seed, unit));
  return { ...plan, numbers };
}

/** A search in parts, as far as its report is made of it. */
interface Split {
  report: Pick<ExplorePlanReport, 'scenario' | 'strategy' | 'memory' | 'shard'>;
  units: Units;
}

/** The report of a part, without what all parts have in common. */
type Part = Omit<ExploredUnit, 'subject' | 'faults'> & { faults: readonly unknown[] };

/** The report of a search from those of its parts, in their order; `stopped`: some are not there. */
export function foldUnits(
  plan: Split,
  parts: readonly Part[],
  stopped: boolean,
  subject: Subject = subjectOfPlan(plan.report as ExplorePlanReport),
): ExploreReport {
  const complete = !stopped && parts.every((part) => part.complete);
  const durationMs = parts.reduce((ms, part) => ms + part.durationMs, 0);
  const { scenario, strategy, memory, shard } = plan.report;
  const common = { strategy, memory, subject, plan: plan.report };
  const documents = parts.map((part) => ({ ...part, ...common })) as unknown as ExploreDocument[];
  const done = parts.length === plan.units.own.length;
  const exhaustive = done && parts.every((part) => part.exhaustive);
  const slices = `${parts.length} slice${parts.length === 1 ? '' : 's'}`;
  const where = shard ? `in ${slices} of shard ${formatShard(shard)}` : `in ${slices}`;
  const found = parts.some(({ faults }) => faults.length > 0);
  // What one part has not seen, another may have.
  const warnings = (parts[0]?.warnings ?? []).filter((text) =>
    parts.every((part) => part.warnings?.includes(text)),
  );
  return {
    ...describeHead('explore', toVerdict(found, complete), complete),
    ...(parts.length > 0 && { environment: mergeEnvironments(parts) }),
    ...(warnings.length > 0 && { warnings }),
    plan: plan.report,
    subject,
    durationMs,
    scenario,
    strategy,
    memory,
    ...foldExplored(documents, { complete, durationMs, exhaustive }, where),
    limit: worstLimit([...parts.map(({ limit }) => limit), ...(stopped ? ['stopped'] : [])]),
  } as unknown as ExploreReport;
}
