import { aboutText, subjectOf } from '../../programs/subject';
import type { ReplayDocument } from '../../reports/documents';
import { findingText, plainPen } from '../../story/fault-text';
import { describeReplayed } from '../../story/finding';
import { isWeak, memoryCalled } from '../../tables/memory';
import type { Check, Section } from '../section';

/** The section of a replayed ticket. */
export function replaySection(report: ReplayDocument): Section {
  const { plan, verdict, reproduced, expected, fault, changes = [] } = report;
  const findings = fault ? [describeReplayed(fault, report)] : [];
  const [finding] = findings;
  const came = fault?.kind ?? 'no fault';
  const says = reproduced
    ? `The schedule led to ${came} again.`
    : `The ticket is about ${expected ?? 'no fault'}, and its schedule now leads to ${came}.`;
  const under = isWeak(report.memory) ? `, under ${memoryCalled(report.memory)}` : '';
  const check: Check = { group: 'replay', name: `${plan.scenario}: the ticket reproduces` };
  if (!reproduced) {
    check.failed = { title: says, text: finding ? findingText(finding, plainPen) : says };
  }
  return {
    report,
    title: `replay of a ticket: ${aboutText(plan.scenario, subjectOf(report))}`,
    verdict,
    word: reproduced ? 'reproduced' : 'not reproduced',
    says,
    evidence: [`one schedule, run as the ticket has it${under}`, ...changes],
    figures: [
      ['steps', String(report.trace.at(-1)?.step ?? 0)],
      ['preemptions', String(fault?.preemptions ?? 0)],
    ],
    findings,
    checks: [check],
  };
}
