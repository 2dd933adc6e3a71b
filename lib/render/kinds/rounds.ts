import type { Markdown } from '../../base/sinks/markdown';
import { html } from '../../base/sinks/markup';
import { exactly, formatBound, formatCount, formatMs } from '../../base/text';
import { aboutText } from '../../programs/subject';
import type { RoundsDocument } from '../../reports/schemas';
import { findingText, plainPen } from '../../story/fault-text';
import type { Finding } from '../../story/finding';
import { describeRoundFault } from '../../story/round-finding';
import { ownFaultKinds } from '../../tables/own-faults';
import type { OwnParts } from '../parts/own';
import { outcomeRows } from '../parts/rows';
import { outcomeTable } from '../parts/tables';
import type { Check, Section } from '../section';

/** Three divided by it: what is left of a probability at 95 %, after that number of times nothing. */
const RULE_OF_THREE = 3;

function checksOf(report: RoundsDocument, findings: readonly Finding[]): Check[] {
  const group = `stress.${report.plan.scenario}`;
  const kinds = new Set([...ownFaultKinds, ...findings.map(({ kind }) => kind)]);
  return [...kinds].map((kind): Check => {
    const finding = findings.find((one) => one.kind === kind);
    if (!finding) return { group, name: kind, skipped: 'not seen, which may be luck' };
    const text = findingText(finding, plainPen);
    return { group, name: kind, failed: { title: finding.title, text } };
  });
}

/** How much rounds say: what was seen is certain, what was not is luck. */
function evidenceOf({ rounds, faults, durationMs }: RoundsDocument): string[] {
  const work = `${exactly(rounds, 'round')} on real threads in ${formatMs(durationMs)}`;
  if (faults.length > 0) return [`seen in ${work}`];
  const missed = 'a fault that takes a rare moment may have been missed: explore looks at all';
  if (rounds < RULE_OF_THREE) return [work, missed];
  const bound = formatBound(RULE_OF_THREE / rounds, 1);
  return [work, `with 95 % confidence fewer than ${bound} of rounds like these fault`, missed];
}

function saysOf({ faults, verdict }: RoundsDocument): string {
  if (faults.length > 0) return `Rounds showed ${faults.map(({ kind }) => kind).join(', ')}.`;
  if (verdict === 'unfinished') return 'Stopped before the end; no fault up to then.';
  return 'No round showed a fault.';
}

/** The section of own C on real threads. */
export function roundsSection(report: RoundsDocument): Section {
  const { plan, verdict, rounds, roundsPerSecond, durationMs, subject } = report;
  const findings = report.faults.map((fault, i) =>
    describeRoundFault(fault, report, `fault-${i + 1}`),
  );
  return {
    report,
    title: `stress ${aboutText(plan.scenario, subject)}`,
    verdict,
    word: verdict,
    says: saysOf(report),
    evidence: evidenceOf(report),
    figures: [
      ['rounds', formatCount(rounds)],
      ['per second', formatCount(roundsPerSecond)],
      ['faults', String(findings.length)],
      ...(plan.sanitizer === null ? [] : [['sanitizer', plan.sanitizer] as const]),
      ['time', formatMs(durationMs)],
      ['seed', String(plan.seed)],
    ],
    findings,
    checks: checksOf(report, findings),
  };
}

/** What a page has of it beside what all have. */
export async function roundsParts({ outcomes }: RoundsDocument): Promise<OwnParts> {
  const table = outcomeTable(outcomes, 'outcomes of the rounds');
  return [undefined, table && html`<section class="part"><h2>Outcomes</h2>${table}</section>`];
}

/** What Markdown has of it beside what all have. */
export const roundsRows = ({ outcomes }: RoundsDocument): Markdown[] => [outcomeRows(outcomes)];
