import type { ReportDocument } from '../documents';
import { formatCount, formatMs, formatNs } from '../format';
import { weighPatches } from '../matrix-patches';
import type { FaultKind } from '../tables';
import { disagreementText } from './kinds/matrix';
import type { Finding, Section } from './section';
import { sectionsOf } from './sections';
import { diagramOf, factsOf } from './text';

/** What {@link toMarkdown} takes. */
export interface MarkdownOptions {
  /** With the two-CPU diagram of each fault. @default true */
  diagrams?: boolean | undefined;
}

const SIGNS: Record<Section['verdict'], string> = { clean: '✅', fault: '❌', unfinished: '⏳' };
const DISAGREEMENTS_SHOWN = 20;

/** A line of its own could begin anything. */
const oneLine = (text: string): string => text.replace(/\s*[\r\n]\s*/g, ' ');

/** Nothing of a text may be read as Markdown or HTML; code spans say it as it is. */
const plain = (text: string): string =>
  oneLine(text).replace(/[\\`*_[\]<>|#~]/g, (char) => `\\${char}`);

/** A code span; one that has backticks in it takes more around it. */
function code(said: string): string {
  const text = oneLine(said);
  const longest = Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  const space = longest > 0 ? ' ' : '';
  return `${fence}${space}${text}${space}${fence}`;
}

/** Our sentences have code in backticks; what reports put into them is text. */
const prose = (text: string): string =>
  text
    .split('`')
    .map((piece, i) => (i % 2 === 1 && piece !== '' ? code(piece) : plain(piece)))
    .join('');

function block(text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}text\n${text}\n${fence}`;
}

/** Cells are Markdown already, but for the bars between them. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return '';
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('\n', ' ').replace(/(?<!\\)\|/g, '\\|')).join(' | ')} |`;
  return [line(head), `|${head.map(() => ' --- |').join('')}`, ...rows.map(line)].join('\n');
}

function findingText(finding: Finding, diagrams: boolean): string {
  const facts = factsOf(finding).map(([label, text]) => {
    const value = label === 'replay' || label === 'message' ? code(text) : plain(text);
    return `- ${label}: ${value}`;
  });
  const drawn = diagrams ? diagramOf(finding) : '';
  return [`### ${plain(finding.title)}`, facts.join('\n'), drawn && block(drawn)]
    .filter(Boolean)
    .join('\n\n');
}

type Outcomes = Extract<ReportDocument, { kind: 'stress' }>['outcomes'];

const outcomeRows = (outcomes: Outcomes): string =>
  table(
    ['outcome', 'count', 'grade'],
    outcomes.map(({ results, count, grade }) => [
      code(results),
      count.toLocaleString('en-US'),
      grade,
    ]),
  );

function stressParts({ ops, outcomes }: Extract<ReportDocument, { kind: 'stress' }>): string[] {
  const rows = Object.entries(ops).map(([op, { count, ok, latencyNs }]) => [
    op,
    formatCount(count),
    formatCount(ok),
    ...[latencyNs?.p50, latencyNs?.p99, latencyNs?.max].map((ns) => formatNs(ns ?? 0)),
  ]);
  return [outcomeRows(outcomes), table(['operation', 'count', 'ok', 'p50', 'p99', 'max'], rows)];
}

function matrixParts(report: Extract<ReportDocument, { kind: 'matrix' }>): string[] {
  const cells = report.cells.map((cell) => ({ ...cell, faults: cell.faults as FaultKind[] }));
  const effects = (all: readonly { kind: string; contexts: number }[]): string =>
    all.map(({ kind, contexts }) => `${kind} ${contexts}`).join(', ') || '-';
  const patches = weighPatches(cells).map(({ no, slug, contexts, of, fixes, breaks }) => [
    `${no} ${slug}`,
    `${contexts} of ${of}`,
    effects(fixes),
    effects(breaks),
  ]);
  const scenarios = report.plan.scenarios.map((name) => {
    const own = report.cells.filter(({ scenario }) => scenario === name);
    const kinds = [...new Set(own.flatMap(({ faults }) => faults))];
    const faulting = own.filter(({ faults }) => faults.length > 0).length;
    return [plain(name), `${faulting} of ${own.length}`, kinds.join(', ') || 'none'];
  });
  const wrong = report.disagreements.slice(0, DISAGREEMENTS_SHOWN).map(disagreementText);
  return [
    wrong.map((text) => `- ${plain(text)}`).join('\n'),
    table(['patch', 'matters in', 'fixes', 'breaks'], patches),
    table(['scenario', 'subsets that fault', 'faults'], scenarios),
  ];
}

function demoParts({ rows }: Extract<ReportDocument, { kind: 'demo' }>): string[] {
  const cells = rows.map(({ patch, slug, prevents, fault, msToFirst, how, ticket }) => [
    `${patch} ${slug}`,
    plain(prevents),
    fault ?? 'none',
    msToFirst === null ? '-' : formatMs(msToFirst),
    how,
    ticket === null ? '-' : code(ticket),
  ]);
  return [table(['left out', 'prevents', 'fault seen', 'after', 'how', 'ticket'], cells)];
}

/** A row of a benchmark without what is only for plots. */
function benchParts({ rows }: Extract<ReportDocument, { kind: 'bench' }>): string[] {
  const short = (value: unknown): string => {
    if (typeof value === 'number')
      return Number.isInteger(value) ? String(value) : value.toPrecision(4);
    return typeof value === 'object' ? '' : String(value);
  };
  const names = [...new Set(rows.flatMap((row) => Object.keys(row)))].filter((name) =>
    rows.some((row) => short((row as Record<string, unknown>)[name] ?? '') !== ''),
  );
  const cells = rows.map((row) =>
    names.map((name) => plain(short((row as Record<string, unknown>)[name] ?? ''))),
  );
  return [table(names, cells)];
}

/** What a kind of report has of its own. */
function ownParts(report: ReportDocument): string[] {
  switch (report.kind) {
    case 'stress':
      return stressParts(report);
    case 'explore': {
      if (!report.scenarios) return [outcomeRows(report.outcomes)];
      const rows = report.scenarios.map((one) => [
        plain(one.scenario),
        one.verdict,
        formatCount(one.executions),
        formatCount(one.states),
        [...new Set(one.faults.map(({ kind }) => kind))].join(', ') || 'none',
      ]);
      return [table(['scenario', 'verdict', 'executions', 'states', 'faults'], rows)];
    }
    case 'matrix':
      return matrixParts(report);
    case 'demo':
      return demoParts(report);
    case 'bench':
      return benchParts(report);
    case 'replay':
      return [];
  }
}

function sectionText(section: Section, diagrams: boolean): string {
  const { report, title, verdict, word, says, evidence, figures, findings, limits = [] } = section;
  return [
    `## ${SIGNS[verdict]} ${plain(word)}: ${plain(title)}`,
    prose(says),
    [
      ...evidence.map((text) => `- ${prose(text)}`),
      ...limits.map(({ text, held, says: why }) =>
        held ? `- ${SIGNS.clean} ${code(text)}` : `- ${SIGNS.fault} ${plain(why)}`,
      ),
    ].join('\n'),
    figures.map(([label, text]) => `**${plain(text)}** ${plain(label)}`).join(' · '),
    ...findings.map((finding) => findingText(finding, diagrams)),
    ...ownParts(report),
  ]
    .filter((part) => part !== '')
    .join('\n\n');
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
  return `${sections.map((section) => sectionText(section, diagrams)).join('\n\n')}\n`;
}
