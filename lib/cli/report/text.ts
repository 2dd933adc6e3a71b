import type { Inert } from '../../base/sinks/inert';
import type { Section } from '../../render/section';
import { benchTables } from '../bench/tables';
import { bisectTables } from '../bisect/text';
import { exploreTables } from '../explore/text';
import { historyTables } from '../history/text';
import { matrixTables } from '../matrix/text';
import { sitesTable } from '../run/text';
import { roundsTables } from '../stress/program-text';
import { stressTables } from '../stress/text';
import { findingText } from '../terminal/fault-story';
import { hangingText, wrapText } from '../terminal/table';
import type { Terminal } from '../terminal/terminal';
import { verifyTables } from '../verify/text';

/** Lines of prose, also where there is no edge. */
const PROSE_WIDTH = 96;

/** Pages and Markdown have a look of their own for code. */
const unquoted = (text: string): string => text.replaceAll('`', '');

type Tabled = Parameters<typeof stressTables>[0];

/** The tables that the run itself printed. */
function tablesOf(report: Inert<Section>['report'], terminal: Terminal): string[] {
  switch (report.kind) {
    case 'matrix':
      return matrixTables(report, terminal);
    case 'stress':
      return 'ops' in report
        ? stressTables(report as Tabled, terminal)
        : roundsTables(report, terminal);
    case 'explore':
      return exploreTables(report, terminal);
    case 'bench':
      return benchTables(report, terminal);
    case 'run':
      return [sitesTable(report.sites, terminal.width(), terminal.out.bold)];
    case 'history':
      return historyTables(report, {}, terminal);
    case 'verify':
      return verifyTables(report, terminal);
    case 'bisect':
      return bisectTables(report, terminal);
    default:
      return [];
  }
}

/** What the run itself printed, above its verdict: tables, and faults with their diagrams. */
function bodyOf({ report, findings }: Inert<Section>, terminal: Terminal): string[] {
  return [
    ...tablesOf(report, terminal),
    ...findings.map((finding) => findingText(finding, terminal)),
  ];
}

function sectionText(section: Inert<Section>, quiet: boolean, terminal: Terminal): string {
  const { out } = terminal;
  const width = Math.min(terminal.width(), PROSE_WIDTH);
  const { title, verdict, tone = verdict, word, says, evidence, limits = [] } = section;
  const paint = { clean: out.green, fault: out.red, unfinished: out.yellow, doubtful: out.yellow }[
    tone
  ];
  const body = quiet ? [] : bodyOf(section, terminal).map((text) => `${text}\n`);
  const head = wrapText(`${paint(word)}: ${title}. ${unquoted(says)}`, width);
  const rests = quiet
    ? []
    : [hangingText('  evidence        ', unquoted(evidence.join('; ')), width)];
  const missed = limits.filter(({ held }) => !held);
  const complaints = missed.map((limit) => `  ${out.red(limit.says)}`);
  return `${body.join('')}${[...head, ...rests, ...complaints].join('\n')}\n`;
}

/** Reports as their runs printed them, each with how strong its evidence is; quiet: verdicts. */
export function renderSections(
  sections: readonly Inert<Section>[],
  quiet: boolean,
  terminal: Terminal,
): string {
  return sections.map((section) => sectionText(section, quiet, terminal)).join('\n');
}
