import { formatCount, formatMs } from '../../base/text';
import { answerText } from '../../reports/bisect-tables';
import type { BisectDocument } from '../../reports/schemas';
import { describeSearched, type Finding } from '../../story/finding';
import { limitText } from '../../tables/limit';
import type { Section } from '../section';

/** The fault in the first kernel that has it. */
export function bisectFinding(report: BisectDocument): Finding | undefined {
  const { fault, firstWith, cells, plan } = report;
  const cell = cells.find(({ set }) => set === firstWith);
  if (!fault || !cell) return undefined;
  const { scenario, program } = plan;
  const evidence = `first seen in ${cell.set}`;
  return describeSearched(fault, {
    scenario,
    evidence,
    plan: { scenario, program, patches: cell.patches },
  });
}

/** The section of a bisection. */
export function bisectSection(report: BisectDocument): Section {
  const { plan, verdict, cells, evidence, limit, firstWith, firstWithout, row } = report;
  const name = `${plan.scenario}, ${plan.from} to ${plan.to}`;
  const finding = bisectFinding(report);
  const isAnswered = verdict === 'clean';
  const check = { group: 'bisect', name };
  return {
    report,
    title: `bisect ${name}`,
    verdict,
    word: isAnswered ? 'answered' : verdict,
    says: `${answerText(report)}.`,
    evidence: [evidence],
    figures: [
      ['first with', firstWith ?? 'none'],
      ['first without', firstWithout ?? 'none'],
      ['row', row ?? '-'],
      ['kernels', String(cells.length)],
      ['states', formatCount(report.states)],
      ['time', formatMs(report.durationMs)],
    ],
    findings: finding ? [finding] : [],
    checks: [isAnswered ? check : { ...check, skipped: limitText(limit) }],
  };
}
