import { append } from '../../base/bounds';
import type { Inert } from '../../base/sinks/inert';
import type { Verdict } from '../../reports/head';
import {
  BARRIER_HEADS,
  BARRIER_LEGEND,
  barrierRows,
  RELAXED_HEADS,
  ROW_HEADS,
  relaxedRows,
  rowLegend,
  type TabledVerification,
  verifyRows,
} from '../../reports/verify-tables';
import { describeVerified } from '../../story/finding';
import { sizeName } from '../../tables/subjects';
import type { VerifyPlanReport } from '../../verify/plan';
import type { VerifyReport } from '../../verify/report';
import { findingText } from '../terminal/fault-story';
import { formatMs, plural } from '../terminal/format';
import { type Column, renderTable, wrapText } from '../terminal/table';
import type { Terminal } from '../terminal/terminal';

/** Lines of prose, also where there is no edge. */
const PROSE_WIDTH = 96;

/** What is verified, in a line: it says everything needed to do it again. */
export function describeVerifyPlan(plan: VerifyPlanReport): string {
  const { locks, memory, sizes, rwlockSizes, refcountSizes, barriers, c11Sequences } = plan;
  return [
    `verify ${locks.join(' ')}`,
    `memory ${memory}`,
    `sizes ${[...sizes, ...rwlockSizes, ...refcountSizes].map(sizeName).join(' ')}`,
    ...(barriers ? ['barriers'] : []),
    ...(c11Sequences ? ['release sequences of C11'] : []),
  ].join(', ');
}

function painted({ out }: Terminal): NonNullable<Column['paint']> {
  return (piece, cell) => {
    if (cell === 'fault' || cell === 'needed') return out.red(piece);
    return cell === 'clean' || cell === 'not needed' ? out.green(piece) : out.yellow(piece);
  };
}

function tableOf(
  heads: readonly string[],
  rows: string[][],
  legend: string,
  terminal: Terminal,
): string {
  const columns = heads.map((title): Column => {
    if (title === 'states') return { title, align: 'right' };
    if (title === 'verdict') return { title, paint: painted(terminal) };
    return { title, wrap: title !== 'lock' };
  });
  const { out } = terminal;
  const table = renderTable(columns, rows, { width: terminal.width(), heading: out.bold });
  const width = Math.min(terminal.width(), PROSE_WIDTH);
  return legend === '' ? table : `${table}${wrapText(legend, width).map(out.dim).join('\n')}\n`;
}

/** The tables of a verification; a report that was read has the same. */
export function verifyTables(
  report: TabledVerification & { plan: { barriers: boolean } },
  terminal: Terminal,
): string[] {
  const rows = tableOf(ROW_HEADS, verifyRows(report), rowLegend(report), terminal);
  if (!report.plan.barriers || report.barriers.length === 0) return [rows];
  return [
    rows,
    tableOf(BARRIER_HEADS, barrierRows(report), BARRIER_LEGEND, terminal),
    tableOf(RELAXED_HEADS, relaxedRows(report), '', terminal),
  ];
}

function verdictText(report: VerifyReport, { out, width }: Terminal): string {
  const { verdict, evidence, faults, durationMs, plan } = report;
  const words: Record<Verdict, string> = {
    clean: out.green('clean'),
    fault: out.red('FAULT'),
    unfinished: out.yellow('unfinished'),
  };
  const kinds = [...new Set(faults.map(({ kind }) => kind))];
  const found = kinds.length === 0 ? 'no fault' : kinds.join(', ');
  const text =
    `${words[verdict]}: ${found}; ${evidence}; ${formatMs(durationMs)}; ` +
    `${describeVerifyPlan(plan)}`;
  return `${wrapText(text, width()).join('\n')}\n`;
}

/** The diagrams of what breaks: of one lock here, of several where their tickets are replayed. */
function barrierFindings(report: VerifyReport, terminal: Terminal): string[] {
  const broken = report.barriers.flatMap(({ fault, ...weakened }) =>
    fault ? [{ fault, weakened }] : [],
  );
  if (broken.length === 0) return [];
  if (report.plan.locks.length > 1) {
    const needed = plural(broken.length, 'needed order');
    return [`${needed}: --json has the ticket of each, and --markdown its diagram\n`];
  }
  return broken.map(({ fault, weakened }) =>
    findingText(describeVerified(fault, undefined, weakened), terminal),
  );
}

/** The report for people: faults with their diagrams, the tables, and last the verdict. */
export function renderVerify(
  report: Inert<VerifyReport>,
  quiet: boolean,
  terminal: Terminal,
): string {
  const sections = report.faults.map((fault) => findingText(describeVerified(fault), terminal));
  if (!quiet)
    append(sections, [...barrierFindings(report, terminal), ...verifyTables(report, terminal)]);
  sections.push(verdictText(report, terminal));
  return sections.join('\n');
}
