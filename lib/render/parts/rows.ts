import { memberOf } from '../../base/bounds';
import { code, joined, type Markdown, md, plain, prose, table } from '../../base/sinks/markdown';
import { formatCount, formatMs, formatNs } from '../../base/text';
import { confidenceOf, eraOf } from '../../reports/documents/bench-figures';
import type { BenchRow, MinorRow } from '../../reports/documents/bench-rows';
import { latencyLabel } from '../../reports/latency';
import {
  PATCH_HEADS,
  PATCH_LEGEND,
  patchRows,
  SCENARIO_HEADS,
  scenarioRows,
} from '../../reports/matrix-tables';
import type {
  BenchDocument,
  DemoDocument,
  ExploreDocument,
  MatrixDocument,
  StressDocument,
} from '../../reports/schemas';
import { disagreementText } from '../kinds/matrix';

/** What Markdown has of a report beside what all have: tables. */

const DISAGREEMENTS_SHOWN = 20;
const NOTHING = md``;

const textCells = (rows: readonly string[][]): Markdown[][] => rows.map((row) => row.map(plain));
const heads = (...titles: string[]): Markdown[] => titles.map(plain);

type Outcomes = StressDocument['outcomes'];

export const outcomeRows = (outcomes: Outcomes): Markdown =>
  table(
    heads('outcome', 'count', 'grade'),
    outcomes.map(({ results, count, grade }) => [
      code(results),
      plain(count.toLocaleString('en-US')),
      plain(grade),
    ]),
  );

/** Of a run on real threads. */
export function stressRows(report: StressDocument): Markdown[] {
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

/** Of a matrix. */
export function matrixRows(report: MatrixDocument): Markdown[] {
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

/** Of the tour. */
export function demoRows({ rows }: DemoDocument): Markdown[] {
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
export function benchRows({ rows }: BenchDocument): Markdown[] {
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
  if (name === 'patches') return eraOf(row as MinorRow) ?? '';
  if (typeof value === 'number') return figure(name === 'run' ? value + 1 : value);
  return typeof value === 'object' ? '' : String(value ?? '');
}

/** A member of a row, and nothing that every object has. */
const ownOf = (row: object, name: string): unknown =>
  memberOf(row as Record<string, unknown>, name);

/** Of an exploration, or of all scenarios. */
export function exploreRows({ scenarios, outcomes }: ExploreDocument): Markdown[] {
  if (!scenarios) return [outcomeRows(outcomes)];
  const rows = scenarios.map((one) =>
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
