import type { Inert } from '../../base/sinks/inert';
import type { Section } from '../../render/section';
import { replayCommand } from '../../story/fault-text';
import type { Finding } from '../../story/finding';
import { matrixTables } from '../matrix/text';
import { stressTables } from '../stress/text';
import { hangingText, wrapText } from '../terminal/table';
import type { Terminal } from '../terminal/terminal';

/** Lines of prose, also where there is no edge. */
const PROSE_WIDTH = 96;

/** Pages and Markdown have a look of their own for code. */
const unquoted = (text: string): string => text.replaceAll('`', '');

function findingLines(finding: Inert<Finding>, { out }: Terminal, width: number): string[] {
  const { title, where, prevention, ticket } = finding;
  return [
    `  ${out.red(title)}`,
    hangingText('    where         ', where, width),
    ...(prevention === '' ? [] : [hangingText('    prevented by  ', prevention, width)]),
    // Never wrapped: it is there to be pasted.
    ...(ticket === undefined ? [] : [`    replay        ${out.cyan(replayCommand(ticket))}`]),
  ];
}

/** The tables that the run itself printed. */
function tablesOf(report: Inert<Section>['report'], terminal: Terminal): string[] {
  if (report.kind === 'matrix') return matrixTables(report, terminal);
  return report.kind === 'stress' ? stressTables(report, terminal) : [];
}

function sectionText(section: Inert<Section>, quiet: boolean, terminal: Terminal): string {
  const { out } = terminal;
  const width = Math.min(terminal.width(), PROSE_WIDTH);
  const { title, verdict, tone = verdict, word, says, evidence, findings, limits = [] } = section;
  const paint = { clean: out.green, fault: out.red, unfinished: out.yellow, doubtful: out.yellow }[
    tone
  ];
  const lines = quiet
    ? []
    : [
        hangingText('  evidence        ', unquoted(evidence.join('; ')), width),
        ...findings.flatMap((finding) => findingLines(finding, terminal, width)),
      ];
  const tables = quiet ? [] : tablesOf(section.report, terminal).map((text) => `${text}\n`);
  const head = wrapText(`${paint(word)}: ${title}. ${unquoted(says)}`, width);
  const missed = limits.filter(({ held }) => !held);
  const complaints = missed.map((limit) => `  ${out.red(limit.says)}`);
  return `${tables.join('')}${[...head, ...lines, ...complaints].join('\n')}\n`;
}

/** Reports in short: verdicts, how strong they are, and each fault with its ticket. */
export function renderSections(
  sections: readonly Inert<Section>[],
  quiet: boolean,
  terminal: Terminal,
): string {
  return sections.map((section) => sectionText(section, quiet, terminal)).join('\n');
}
