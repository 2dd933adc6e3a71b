import { breath } from '../base/bounds';
import type { ReportDocument } from '../reports/documents';
import { flawsOf } from '../reports/kinds';
import { standingAlone } from '../reports/merge';
import type { Finding } from '../story/finding';
import { heldAgainst } from './gate';
import { shownAs } from './kinds';
import type { Section } from './section';

/** Steps beyond which a diagram would not be read, and would take minutes to lay out. */
const STEPS_DRAWN = 5000;

function withoutLongDrawing(finding: Finding): Finding {
  const { length } = finding.drawing?.trace ?? [];
  if (length <= STEPS_DRAWN) return finding;
  const [has, most] = [length, STEPS_DRAWN].map((count) => count.toLocaleString('en-US'));
  const says = `none: its trace has ${has} lines, and diagrams are drawn of ${most} at the most`;
  return { ...finding, drawing: undefined, facts: [...finding.facts, ['diagram', says]] };
}

/** A report taken apart. Tickets without their steps are replayed for them. */
export async function sectionOf(report: ReportDocument): Promise<Section> {
  const whole = standingAlone(report);
  const section = heldAgainst(await shownAs(whole).section(whole));
  const findings = section.findings.map(withoutLongDrawing);
  return { ...section, findings, evidence: [...section.evidence, ...flawsOf(whole)] };
}

/** Reports taken apart, the names of their findings unique among all of them. */
export async function sectionsOf(reports: readonly ReportDocument[]): Promise<Section[]> {
  const sections: Section[] = [];
  for (const report of reports) {
    await breath();
    const section = await sectionOf(report);
    const prefix = reports.length > 1 ? `r${sections.length + 1}-` : '';
    for (const finding of section.findings) finding.id = prefix + finding.id;
    sections.push(section);
  }
  return sections;
}

/** The worst of several verdicts. */
export function worstVerdict(sections: readonly Section[]): ReportDocument['verdict'] {
  const verdicts = sections.map(({ verdict }) => verdict);
  if (verdicts.includes('fault')) return 'fault';
  return verdicts.includes('unfinished') ? 'unfinished' : 'clean';
}
