import { mapWithBreath } from '../base/bounds';
import { block, code, joined, type Markdown, md, plain, prose } from '../base/sinks/markdown';
import type { ReportDocument } from '../reports/documents';
import { COLUMN_WIDTH, drawDiagram } from '../story/drawing';
import { factsOf, isDrawn } from '../story/fault-text';
import type { Drawing, Finding } from '../story/finding';
import { shownAs } from './kinds';
import type { Section } from './section';
import { sectionsOf } from './sections';

/** What {@link toMarkdown} takes. */
export interface MarkdownOptions {
  /** With the two-CPU diagram of each fault. @default true */
  diagrams?: boolean | undefined;
}

const SIGNS: Record<Section['verdict'] | NonNullable<Section['tone']>, string> = {
  clean: '✅',
  fault: '❌',
  unfinished: '⏳',
  doubtful: '⚠️',
};
const NOTHING = md``;

function diagramOf({ titles, trace: steps, fault }: Drawing): string[] {
  return drawDiagram({ titles, steps, fault }, COLUMN_WIDTH).split('\n');
}

function findingText(finding: Finding, diagrams: boolean): Markdown {
  const facts = factsOf(finding).map(([label, text]) => {
    const value = label === 'replay' || label === 'message' ? code(text) : plain(text);
    return md`- ${plain(label)}: ${value}`;
  });
  const { drawing } = finding;
  const diagram = diagrams && isDrawn(drawing) ? block(diagramOf(drawing)) : NOTHING;
  return joined([md`### ${plain(finding.title)}`, joined(facts, '\n'), diagram], '\n\n');
}

async function sectionText(section: Section, diagrams: boolean): Promise<Markdown> {
  const { report, title, verdict, word, says, evidence, figures, findings, limits = [] } = section;
  const sign = plain(SIGNS[section.tone ?? verdict]);
  const items = [
    ...evidence.map((text) => md`- ${prose(text)}`),
    ...limits.map(({ text, held, says: why }) =>
      held ? md`- ${plain(SIGNS.clean)} ${code(text)}` : md`- ${plain(SIGNS.fault)} ${plain(why)}`,
    ),
  ];
  const parts = [
    md`## ${sign} ${plain(word)}: ${plain(title)}`,
    prose(says),
    joined(items, '\n'),
    joined(
      figures.map(([label, text]) => md`**${plain(text)}** ${plain(label)}`),
      ' · ',
    ),
    ...(await mapWithBreath(findings, (finding) => findingText(finding, diagrams))),
    ...shownAs(report).markdown(report),
  ];
  return joined(parts, '\n\n');
}

/**
 * Reports as Markdown: verdicts, evidence, each fault with its diagram, and tables.
 *
 * @param reports - Checked documents.
 * @returns A promise of the text.
 */
export async function toMarkdown(
  reports: readonly ReportDocument[],
  { diagrams = true }: MarkdownOptions = {},
): Promise<string> {
  const sections = await sectionsOf(reports);
  const texts = await mapWithBreath(sections, (section) => sectionText(section, diagrams));
  return `${joined(texts, '\n\n')}\n`;
}
