import type { Inert } from '../../base/sinks/inert';
import type { BisectReport } from '../../explore/bisect/bisect';
import type { BisectPlanReport } from '../../explore/bisect/plan';
import { bisectFinding } from '../../render/kinds/bisect';
import {
  answerText,
  KERNEL_HEADS,
  kernelRows,
  type TabledBisection,
  TRIAL_HEADS,
  TRIAL_LEGEND,
  trialRows,
} from '../../reports/bisect-tables';
import { findingText } from '../terminal/fault-story';
import { formatMs } from '../terminal/format';
import { type Column, renderTable, wrapText } from '../terminal/table';
import type { Terminal } from '../terminal/terminal';

/** Lines of prose, also where there is no edge. */
const PROSE_WIDTH = 96;

/** What is bisected, in a line: it says everything needed to do it again. */
export function describeBisectPlan(plan: BisectPlanReport): string {
  const { scenario, from, to, fault, executions, states, timeMs } = plan;
  return [
    `bisect ${scenario}`,
    `from ${from} to ${to}`,
    ...(fault === 'any' ? [] : [`fault ${fault}`]),
    ...(executions > 0 ? [`executions ${executions}`] : []),
    ...(states > 0 ? [`states ${states}`] : []),
    ...(timeMs > 0 ? [`time ${formatMs(timeMs)}`] : []),
  ].join(', ');
}

/** The tables of a bisection; a report that was read has the same. */
export function bisectTables(report: TabledBisection, terminal: Terminal): string[] {
  const { out } = terminal;
  const look = { width: terminal.width(), heading: out.bold };
  const faults: Column = {
    title: 'faults',
    wrap: true,
    paint: (piece, cell) => {
      if (cell === 'none') return out.green(piece);
      return (cell === 'none seen' ? out.yellow : out.red)(piece);
    },
  };
  const columnsOf = (heads: readonly string[]): Column[] =>
    heads.map((title) => (title === 'faults' ? faults : { title, wrap: title.includes(' ') }));
  const kernels = renderTable(columnsOf(KERNEL_HEADS), kernelRows(report), look);
  const trials = trialRows(report);
  if (trials.length === 0) return [kernels];
  const legend = wrapText(TRIAL_LEGEND, Math.min(terminal.width(), PROSE_WIDTH));
  const table = renderTable(columnsOf(TRIAL_HEADS), trials, look);
  return [kernels, `${table}${legend.map(out.dim).join('\n')}\n`];
}

function verdictText(report: BisectReport, { out, width }: Terminal): string {
  const { complete, evidence, durationMs, plan } = report;
  const word = complete ? out.green('answered') : out.yellow('unfinished');
  const text =
    `${word}: ${answerText(report)}; ${evidence}; ${formatMs(durationMs)}; ` +
    `${describeBisectPlan(plan)}`;
  return `${wrapText(text, width()).join('\n')}\n`;
}

/** The report for people: the fault with its diagram, the tables, and last the answer. */
export function renderBisect(
  report: Inert<BisectReport>,
  quiet: boolean,
  terminal: Terminal,
): string {
  const finding = bisectFinding(report);
  return [
    ...(finding ? [findingText(finding, terminal)] : []),
    ...(quiet ? [] : bisectTables(report, terminal)),
    verdictText(report, terminal),
  ].join('\n');
}
