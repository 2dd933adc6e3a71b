import type { ReplayDocument } from '../../reports/documents';
import { titlesOf } from '../../reports/documents/flaws';
import { preemptionText } from '../../story/fault-text';
import { bugTitle } from '../../story/story';
import type { TraceStep } from '../../story/trace';
import {
  type Check,
  exactly,
  type Finding,
  meaningOf,
  messageText,
  patchesText,
  preventionText,
  type Section,
} from '../section';
import { findingText } from '../text';

function describeFault(report: ReplayDocument): Finding[] {
  const { fault, plan, ticket } = report;
  const trace = report.trace as readonly TraceStep[];
  if (!fault) return [];
  const { kind, preemptions, steps, preventedBy } = fault;
  return [
    {
      id: 'fault-1',
      title: bugTitle(fault, trace, preemptions > 0),
      kind,
      scenario: plan.scenario,
      where: `${plan.scenario}, patches ${patchesText(plan.patches)}`,
      ...meaningOf(kind),
      message: messageText(fault),
      place: fault,
      facts: [['schedule', `${exactly(steps, 'step')}, ${preemptionText(preemptions, undefined)}`]],
      prevention: preventionText(preventedBy, false),
      ticket,
      drawing: { titles: titlesOf(report, plan), trace, fault },
    },
  ];
}

/** The section of a replayed ticket. */
export function replaySection(report: ReplayDocument): Section {
  const { plan, verdict, reproduced, expected, fault } = report;
  const findings = describeFault(report);
  const [finding] = findings;
  const came = fault?.kind ?? 'no fault';
  const says = reproduced
    ? `The schedule led to ${came} again.`
    : `The ticket is about ${expected ?? 'no fault'}, and its schedule now leads to ${came}.`;
  const check: Check = { group: 'replay', name: `${plan.scenario}: the ticket reproduces` };
  if (!reproduced) {
    check.failed = { title: says, text: finding ? findingText(finding) : says };
  }
  return {
    report,
    title: `replay of a ticket: ${plan.scenario}, patches ${patchesText(plan.patches)}`,
    verdict,
    word: reproduced ? 'reproduced' : 'not reproduced',
    says,
    evidence: ['one schedule, run as the ticket has it'],
    figures: [
      ['steps', String(report.trace.at(-1)?.step ?? 0)],
      ['preemptions', String(fault?.preemptions ?? 0)],
    ],
    findings,
    checks: [check],
  };
}
