import { mapWithBreath, memberOf } from '../base/bounds';
import {
  block,
  code,
  joined,
  type Markdown,
  md,
  plain,
  prose,
  table,
} from '../base/sinks/markdown';
import { formatCount, formatMs, formatNs } from '../base/text';
import type { ReportDocument } from '../reports/documents';
import { type BenchRow, confidenceOf } from '../reports/documents/bench-rows';
import { latencyLabel } from '../reports/latency';
import {
  PATCH_HEADS,
  PATCH_LEGEND,
  patchRows,
  SCENARIO_HEADS,
  scenarioRows,
} from '../reports/matrix-tables';
import { COLUMN_WIDTH, drawDiagram } from '../story/drawing';
import { factsOf, isDrawn } from '../story/fault-text';
import type { Drawing, Finding } from '../story/finding';
import { disagreementText } from './kinds/matrix';
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
const DISAGREEMENTS_SHOWN = 20;
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

const textCells = (rows: readonly string[][]): Markdown[][] => rows.map((row) => row.map(plain));
const heads = (...titles: string[]): Markdown[] => titles.map(plain);

type Outcomes = Extract<ReportDocument, { kind: 'stress' }>['outcomes'];

const outcomeRows = (outcomes: Outcomes): Markdown =>
  table(
    heads('outcome', 'count', 'grade'),
    outcomes.map(({ results, count, grade }) => [
      code(results),
      plain(count.toLocaleString('en-US')),
      plain(grade),
    ]),
  );

function stressParts(report: Extract<ReportDocument, { kind: 'stress' }>): Markdown[] {
  const { ops, outcomes } = report;
  const timed = Object.values(ops).some(({ latencyNs }) => latencyNs !== undefined);
  const rows = Object.entries(ops).map(([op, { count, ok, latencyNs }]) =>
    [
      op,
      formatCount(count),
      formatCount(ok),
      ...[latencyNs?.p50, latencyNs?.p99, latencyNs?.max].map((ns) => formatNs(ns ?? 0)),
    ].map(plain),
  );
  return [
    outcomeRows(outcomes),
    table(heads('operation', 'count', 'ok', 'p50', 'p99', 'max'), rows),
    timed ? prose(latencyLabel(report)) : NOTHING,
  ];
}

function matrixParts(report: Extract<ReportDocument, { kind: 'matrix' }>): Markdown[] {
  const wrong = report.disagreements.slice(0, DISAGREEMENTS_SHOWN).map(disagreementText);
  return [
    joined(
      wrong.map((text) => md`- ${plain(text)}`),
      '\n',
    ),
    table(heads(...SCENARIO_HEADS), textCells(scenarioRows(report))),
    table(heads(...PATCH_HEADS), textCells(patchRows(report))),
    prose(PATCH_LEGEND),
  ];
}

function demoParts({ rows }: Extract<ReportDocument, { kind: 'demo' }>): Markdown[] {
  const cells = rows.map(({ patch, slug, prevents, fault, msToFirst, how, ticket }) => [
    plain(`${patch} ${slug}`),
    plain(prevents),
    plain(fault ?? 'none'),
    plain(msToFirst === null ? '-' : formatMs(msToFirst)),
    plain(how),
    ticket === null ? plain('-') : code(ticket),
  ]);
  return [table(heads('left out', 'prevents', 'fault seen', 'after', 'how', 'ticket'), cells)];
}

/** A row of a benchmark without what is only for plots. */
function benchParts({ rows }: Extract<ReportDocument, { kind: 'bench' }>): Markdown[] {
  const names = [...new Set(rows.flatMap((row) => Object.keys(row)))].filter((name) =>
    rows.some((row) => !['', '-'].includes(benchCell(row, name))),
  );
  const cells = rows.map((row) => names.map((name) => plain(benchCell(row, name))));
  return [table(names.map(plain), cells)];
}

const figure = (value: number): string =>
  Number.isInteger(value) ? String(value) : value.toPrecision(4);

/** A member of a row in a cell: of its windows how many, of an interval both ends, runs from 1. */
function benchCell(row: BenchRow, name: string): string {
  const value = ownOf(row, name);
  if (name === 'windows') return Array.isArray(value) ? String(value.length) : '';
  if (name === 'ci95') return confidenceOf(row)?.map(figure).join(' - ') ?? '-';
  if (typeof value === 'number') return figure(name === 'run' ? value + 1 : value);
  return typeof value === 'object' ? '' : String(value ?? '');
}

/** A member of a row, and nothing that every object has. */
const ownOf = (row: object, name: string): unknown =>
  memberOf(row as Record<string, unknown>, name);

/** What a kind of report has of its own. */
function ownParts(report: ReportDocument): Markdown[] {
  switch (report.kind) {
    case 'stress':
      return stressParts(report);
    case 'explore': {
      if (!report.scenarios) return [outcomeRows(report.outcomes)];
      const rows = report.scenarios.map((one) =>
        [
          one.scenario,
          one.verdict,
          formatCount(one.executions),
          formatCount(one.states),
          [...new Set(one.faults.map(({ kind }) => kind))].join(', ') || 'none',
        ].map(plain),
      );
      return [table(heads('scenario', 'verdict', 'executions', 'states', 'faults'), rows)];
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
    ...ownParts(report),
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
