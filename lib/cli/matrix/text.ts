import type { Inert } from '../../base/sinks/inert';
import type { Disagreement, MatrixPlanReport, MatrixReport } from '../../explore/matrix';
import {
  PATCH_HEADS,
  PATCH_LEGEND,
  patchRows,
  SCENARIO_HEADS,
  scenarioRows,
  type TabledMatrix,
} from '../../reports/matrix-tables';
import { isWeak, memoryCalled } from '../../tables/memory';
import { patches } from '../../tables/patches';
import { formatCount, formatMs, plural, splitTexts } from '../terminal/format';
import { type Column, renderTable, wrapText } from '../terminal/table';
import type { Terminal } from '../terminal/terminal';

/** Lines of prose, also where there is no edge. */
const PROSE_WIDTH = 96;
const CLEAN_SHOWN = 8;
const DISAGREEMENTS_SHOWN = 10;

/** What is explored, in a line. */
export function describeMatrixPlan(plan: MatrixPlanReport): string {
  return [
    `matrix of ${plural(plan.masks.length, 'subset')} x ${plural(plan.scenarios.length, 'scenario')}`,
    `follow-ups ${patches.format(plan.patches)}`,
    ...(isWeak(plan.memory) ? [`memory ${plan.memory}`] : []),
    plural(plan.threads, 'thread'),
    ...splitTexts(plan),
    `seed ${plan.seed}`,
  ].join(', ');
}

/** The matrix for people: scenarios, patches, clean subsets, and the verdict. */
export function renderMatrix(
  report: Inert<MatrixReport>,
  quiet: boolean,
  terminal: Terminal,
): string {
  const sections = quiet ? [] : matrixTables(report, terminal);
  if (report.disagreements.length > 0) sections.push(disagreementText(report, terminal));
  sections.push(verdictText(report, terminal));
  return sections.join('\n');
}

/** What the terminal has of scenarios and patches; a report that was read has the same. */
export function matrixTables(report: TabledMatrix, terminal: Terminal): string[] {
  return [scenarioTable(report, terminal), patchTable(report, terminal)];
}

function scenarioTable(report: TabledMatrix, terminal: Terminal): string {
  const [scenario, faulty, of, faults] = SCENARIO_HEADS;
  const columns: Column[] = [
    { title: scenario },
    { title: faulty, align: 'right' },
    { title: of, align: 'right' },
    { title: faults, wrap: true },
  ];
  const look = { width: terminal.width(), heading: terminal.out.bold };
  return renderTable(columns, scenarioRows(report), look);
}

function patchTable(report: TabledMatrix, terminal: Terminal): string {
  const { out } = terminal;
  const [patch, contexts, fixes, breaks] = PATCH_HEADS;
  const columns: Column[] = [
    { title: patch, paint: out.bold },
    { title: contexts, align: 'right' },
    { title: fixes, wrap: true },
    {
      title: breaks,
      wrap: true,
      paint: (piece, cell) => (cell === '-' ? piece : out.red(piece)),
    },
  ];
  const look = { width: terminal.width(), heading: out.bold };
  const table = renderTable(columns, patchRows(report), look);
  const width = Math.min(terminal.width(), PROSE_WIDTH);
  return `${table}${wrapText(PATCH_LEGEND, width).map(out.dim).join('\n')}\n`;
}

function disagreementText({ disagreements }: MatrixReport, { out, width }: Terminal): string {
  const lines = disagreements.slice(0, DISAGREEMENTS_SHOWN).map(sayDisagreement);
  const more = disagreements.length - lines.length;
  if (more > 0) lines.push(`and ${more} more; --json has them all`);
  const head = out.red(`${plural(disagreements.length, 'cell')} not as its scenario expects:`);
  return `${[head, ...lines.flatMap((line) => wrapText(`  ${line}`, width()))].join('\n')}\n`;
}

function sayDisagreement({ scenario, mask, kind, reachable }: Disagreement): string {
  const under = `${scenario} under ${patches.format(mask)} (mask ${mask})`;
  return `${under}: ${kind} ${reachable ? 'can be reached' : 'cannot be reached'}`;
}

/** Which subsets are clean, by the names of the patches that are left out. */
function cleanText({ cleanMasks, plan, complete }: MatrixReport): string {
  const { length } = cleanMasks;
  const known = complete ? '' : 'known to be ';
  if (length === 0) return `none of ${plan.masks.length} subsets is ${known}clean`;
  const names = cleanMasks.slice(0, CLEAN_SHOWN).map((mask) => `${patches.format(mask)} (${mask})`);
  const more = length > names.length ? `, and ${length - names.length} more` : '';
  return `${length} of ${plan.masks.length} subsets ${known}clean: ${names.join(', ')}${more}`;
}

function verdictText(report: MatrixReport, { out, width }: Terminal): string {
  const { verdict, disagreements, cells, executions, states, durationMs } = report;
  const words = {
    clean: out.green('as expected'),
    fault: out.red('NOT AS EXPECTED'),
    unfinished: out.yellow('unfinished'),
  };
  const exhausted = cells.filter(({ exhaustive }) => exhaustive).length;
  const looked =
    exhausted === cells.length
      ? `${cells.length.toLocaleString('en-US')} cells exhausted under ${memoryCalled(report.memory)}`
      : `${exhausted} of ${cells.length} cells exhausted`;
  const text = [
    `${words[verdict]}: ${cleanText(report)}`,
    looked,
    plural(disagreements.length, 'disagreement'),
    `${plural(executions, 'execution')}, ${formatCount(states)} states, ${formatMs(durationMs)}`,
    describeMatrixPlan(report.plan),
  ].join('; ');
  return `${wrapText(text, width()).join('\n')}\n`;
}
