import { exactly, formatBound, formatCount, formatMs } from '../../base/text';
import { STORM } from '../../programs/storm';
import { aboutText, subjectOf } from '../../programs/subject';
import type { StressDocument } from '../../reports/documents';
import { titlesOf } from '../../story/drawing';
import { findingText, plainPen } from '../../story/fault-text';
import { type Drawing, describeMet, type Finding } from '../../story/finding';
import { storyFault } from '../../story/story';
import type { TraceStep } from '../../story/trace';
import { faultRow, machineFaults } from '../../tables/tables';
import { replayed } from '../replayed';
import type { Check, Section } from '../section';

type Fault = StressDocument['faults'][number];

/** Three divided by it: what is left of a probability at 95 %, after that number of times nothing. */
const RULE_OF_THREE = 3;

const opsOf = ({ ops }: StressDocument): number =>
  Object.values(ops).reduce((sum, { count }) => sum + count, 0);

/** The explorer's schedule to a fault of the same kind: from the ticket, or as it was recorded. */
async function drawingOf(fault: Fault, plan: StressDocument['plan']): Promise<Drawing | undefined> {
  const again = fault.ticket === undefined ? undefined : await replayed(fault.ticket);
  if (again) return again;
  const titles = titlesOf(fault, plan);
  if (!fault.trace || titles.length === 0) return undefined;
  return {
    titles,
    trace: fault.trace as readonly TraceStep[],
    fault: storyFault(fault.kind, fault.first),
  };
}

/** Why a kind of fault that was not met was not looked for, or not to the end. */
function notLookedFor(kind: string, report: StressDocument): string | undefined {
  const { plan, complete, faults, outcomes } = report;
  const foundBy = faultRow(kind)?.foundBy;
  if (foundBy === 'races') return 'only the explorer looks for data races';
  if (foundBy === 'check' && !outcomes.some((outcome) => 'final' in outcome)) {
    return 'there is no check that could fail';
  }
  if (!complete) return 'stopped before the end';
  return plan.stopOnFault === true && faults.length > 0
    ? 'the first fault ended the run'
    : undefined;
}

function checksOf(report: StressDocument, findings: readonly Finding[]): Check[] {
  const { plan } = report;
  const group = `stress.${plan.scenario}`;
  const kinds = new Set([...machineFaults.map(({ slug }) => slug), ...findings.map((f) => f.kind)]);
  return [...kinds].map((kind): Check => {
    const finding = findings.find((one) => one.kind === kind);
    if (finding) {
      return {
        group,
        name: kind,
        failed: { title: finding.title, text: findingText(finding, plainPen) },
      };
    }
    return { group, name: kind, skipped: notLookedFor(kind, report) };
  });
}

/** How much a run on real threads says: what was seen is certain, what was not is luck. */
function evidenceOf(report: StressDocument): string[] {
  const { plan, rounds, faults, durationMs } = report;
  const threads = exactly(plan.threads, 'thread');
  const work = `${exactly(opsOf(report), 'operation')} on ${threads} in ${formatMs(durationMs)}`;
  if (faults.length > 0) return [`seen on real threads: ${work}`];
  const missed = 'free-running threads: a fault that takes a rare moment may have been missed';
  if (plan.scenario === STORM || rounds < RULE_OF_THREE) return [work, missed];
  const bound = formatBound(RULE_OF_THREE / rounds, 1);
  return [
    `${work}, ${exactly(rounds, 'round')}`,
    // How often delays that were injected make a fault says nothing of runs without them.
    ...(plan.perturb === 'none'
      ? [`with 95 % confidence fewer than ${bound} of rounds like these fault`]
      : []),
    missed,
  ];
}

function saysOf({ faults, verdict }: StressDocument): string {
  if (faults.length > 0) {
    const total = faults.reduce((sum, { count }) => sum + count, 0);
    const kinds = faults.map(({ kind }) => kind).join(', ');
    return `${exactly(total, 'fault')}: ${kinds}.`;
  }
  if (verdict === 'unfinished') return 'Stopped before the end; no fault up to then.';
  return 'No fault was met.';
}

/** The section of a run on real threads. */
export async function stressSection(report: StressDocument): Promise<Section> {
  const { plan, verdict, opsPerSecond, rounds, durationMs } = report;
  const findings: Finding[] = [];
  for (const fault of report.faults) {
    const drawing = await drawingOf(fault, plan);
    findings.push(describeMet(fault, report, drawing, `fault-${findings.length + 1}`));
  }
  return {
    report,
    title: `stress ${aboutText(plan.scenario, subjectOf(report))}`,
    verdict,
    word: verdict,
    says: saysOf(report),
    evidence: evidenceOf(report),
    figures: [
      ['operations', formatCount(opsOf(report))],
      ['per second', formatCount(opsPerSecond)],
      [plan.scenario === STORM ? 'epochs' : 'rounds', formatCount(rounds)],
      ['threads', String(plan.threads)],
      ['time', formatMs(durationMs)],
      ['seed', String(plan.seed)],
    ],
    findings,
    checks: checksOf(report, findings),
  };
}
