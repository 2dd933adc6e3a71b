import { groupedBy, mapWithBreath } from '../../base/bounds';
import { exactly, formatCount, formatMs } from '../../base/text';
import { aboutText, isOwnSubject, subjectOf } from '../../programs/subject';
import type { ExploreDocument } from '../../reports/documents';
import { looksForRaces } from '../../run/memory';
import { isSampling } from '../../run/shard';
import { findingText, plainPen } from '../../story/fault-text';
import { describeSearched, type Finding } from '../../story/finding';
import { limitText } from '../../tables/limit';
import { isWeak, memoryCalled } from '../../tables/memory';
import { ownFaultKinds } from '../../tables/own-faults';
import { faultRow, machineFaults } from '../../tables/tables';
import type { Check, Section } from '../section';

type Explored =
  | NonNullable<ExploreDocument['scenarios']>[number]
  | (ExploreDocument & { evidence: string });

/** A single exploration is a sweep of one. */
function scenariosOf(report: ExploreDocument): Explored[] {
  if (report.scenarios) return report.scenarios;
  const { evidence = '', limit } = report;
  return [{ ...report, evidence, limit }];
}

/** Why a kind of fault that was not seen is not ruled out; undefined where it is, as far as it can be. */
function notLookedFor(kind: string, report: Explored): string | undefined {
  const { plan, faults, outcomes, exhaustive, complete, strategy, evidence } = report;
  const isOwn = isOwnSubject(subjectOf(report));
  // Own C has its assertions, and data races are always looked for.
  const foundBy = isOwn ? undefined : faultRow(kind)?.foundBy;
  if (isOwn && faultRow(kind)?.asked && plan.leaks !== true) return 'leaks were not looked for';
  if (foundBy === 'races' && !looksForRaces(plan.memory, plan.races))
    return 'data races were not looked for';
  if (foundBy === 'check' && !outcomes.some((outcome) => 'final' in outcome)) {
    return 'there is no check that could fail';
  }
  if (faults.length > 0 && plan.allFaults !== true) return 'the first fault ended the search';
  if (exhaustive || (complete && isSampling(strategy))) return undefined;
  return `not seen, and not ruled out: ${evidence}`;
}

/** A check for each kind of fault in each scenario, so that their names stay the same. */
async function checksOf(
  reports: readonly Explored[],
  findings: readonly Finding[],
): Promise<Check[]> {
  const findingsOf = groupedBy(findings, ({ scenario }) => scenario);
  const checks = await mapWithBreath(reports, (report) => {
    const group = `explore.${report.scenario}`;
    const own = findingsOf(report.scenario);
    const isOwn = isOwnSubject(subjectOf(report));
    const known = isOwn ? ownFaultKinds : machineFaults.map(({ slug }) => slug);
    const kinds = new Set([...known, ...own.map((f) => f.kind)]);
    return [...kinds].map((kind): Check => {
      const finding = own.find((one) => one.kind === kind);
      if (finding) {
        return {
          group,
          name: kind,
          failed: { title: finding.title, text: findingText(finding, plainPen) },
        };
      }
      return { group, name: kind, skipped: notLookedFor(kind, report) };
    });
  });
  return checks.flat();
}

function evidenceOf(report: ExploreDocument, reports: readonly Explored[]): string[] {
  if (!report.scenarios) return report.evidence ? [report.evidence] : [];
  const exhausted = reports.filter(({ exhaustive }) => exhaustive).length;
  const under = `under ${memoryCalled(report.memory)}`;
  if (exhausted === reports.length) {
    return [`each of ${exactly(exhausted, 'scenario')} exhausted ${under}`];
  }
  const faulted = reports.filter(({ faults }) => faults.length > 0).length;
  return [
    `${exhausted} of ${exactly(reports.length, 'scenario')} exhausted ${under}`,
    ...(faulted > 0 ? [`${exactly(faulted, 'scenario')} ended at a fault`] : []),
  ];
}

function saysOf({ verdict, faults, complete, limit }: ExploreDocument): string {
  const kinds = [...new Set(faults.map(({ kind }) => kind))];
  const unfinished = verdict === 'unfinished' || !complete;
  const why = typeof limit === 'string' ? limitText(limit) : 'a part of it is missing';
  if (kinds.length > 0) {
    const more = unfinished ? ` Others are not ruled out: ${why}.` : '';
    return `${kinds.join(', ')} can be reached.${more}`;
  }
  if (unfinished) return `The search is unfinished: ${why}. No fault up to then.`;
  return 'No fault can be reached, as far as the search looked.';
}

/** The section of an exploration, or of a sweep over all scenarios. */
export async function exploreSection(report: ExploreDocument): Promise<Section> {
  const { plan, verdict, executions, states, durationMs } = report;
  const reports = scenariosOf(report);
  let n = 0;
  const found = await mapWithBreath(reports, (one) =>
    mapWithBreath(one.faults, (fault) => {
      n += 1;
      return describeSearched(fault, one, `fault-${n}`);
    }),
  );
  const findings = found.flat();
  const what = report.scenarios ? 'every scenario' : report.scenario;
  return {
    report,
    title: `explore ${aboutText(what, subjectOf(report))}`,
    verdict,
    word: verdict,
    says: saysOf(report),
    evidence: evidenceOf(report, reports),
    figures: [
      ['executions', formatCount(executions)],
      ...(states > 0 ? [['states', formatCount(states)] as const] : []),
      ['faults', String(findings.length)],
      ['strategy', plan.strategy],
      ...(isWeak(report.memory) ? [['memory', memoryCalled(report.memory)] as const] : []),
      ['time', formatMs(durationMs)],
      ['seed', String(plan.seed)],
    ],
    findings,
    checks: await checksOf(reports, findings),
  };
}
