import type { ReportDocument } from '../documents';
import { flawsOf } from '../documents/flaws';
import { heldAgainst } from './gate';
import { benchSection } from './kinds/bench';
import { demoSection } from './kinds/demo';
import { exploreSection } from './kinds/explore';
import { matrixSection } from './kinds/matrix';
import { replaySection } from './kinds/replay';
import { stressSection } from './kinds/stress';
import type { Section } from './section';

/** A report taken apart by its kind. */
async function ownSection(report: ReportDocument): Promise<Section> {
  switch (report.kind) {
    case 'stress':
      return stressSection(report);
    case 'explore':
      return exploreSection(report);
    case 'replay':
      return replaySection(report);
    case 'matrix':
      return matrixSection(report);
    case 'demo':
      return demoSection(report);
    case 'bench':
      return benchSection(report);
  }
}

/** A report taken apart. Tickets without their steps are replayed for them. */
export async function sectionOf(report: ReportDocument): Promise<Section> {
  const section = heldAgainst(await ownSection(report));
  return { ...section, evidence: [...section.evidence, ...flawsOf(report)] };
}

/** Reports taken apart, the names of their findings unique among all of them. */
export async function sectionsOf(reports: readonly ReportDocument[]): Promise<Section[]> {
  const sections: Section[] = [];
  for (const report of reports) {
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
