import type { Inert } from '../../base/sinks/inert';
import type { ExplorePlanReport } from '../../explore/plan';
import type { ExploredFault, ExploreReport } from '../../explore/report';
import type { ExploreSweepReport } from '../../explore/sweep';
import { aboutText, subjectOfPlan } from '../../programs/subject';
import type { Verdict } from '../../reports/head';
import { describeSearched } from '../../story/finding';
import { noFaultText } from '../../tables/limit';
import { isWeak, memoryCalled } from '../../tables/memory';
import { findingText } from '../terminal/fault-story';
import { formatCount, formatMs, plural, splitTexts } from '../terminal/format';
import { outcomeTable } from '../terminal/outcome-text';
import { type Column, renderTable, wrapText } from '../terminal/table';
import type { Colors, Terminal } from '../terminal/terminal';

/** What is explored, in a line: it says everything needed to do it again. */
export function describeExplorePlan(plan: ExplorePlanReport, scenario = plan.scenario): string {
  const parts = [
    `explore ${aboutText(scenario, subjectOfPlan(plan))}`,
    `strategy ${plan.strategy}`,
    ...(isWeak(plan.memory) ? [`memory ${plan.memory}`] : []),
    ...(plan.races && !isWeak(plan.memory) ? ['data races'] : []),
    ...(plan.allFaults ? ['all faults'] : []),
    ...splitTexts(plan),
    `seed ${plan.seed}`,
  ];
  return parts.join(', ');
}

/** What of a report is written for people. */
interface TextMode {
  /** Only faults and the verdict. */
  quiet: boolean;
  /** Diagrams have the file and the line of each access. */
  lines: boolean;
}

/** The report for people: each fault with its diagram, the outcomes, and last the verdict. */
export function renderExplore(
  report: Inert<ExploreReport>,
  mode: TextMode,
  terminal: Terminal,
): string {
  const sections = report.faults.map((fault) => oneFault(fault, report, mode, terminal));
  for (const table of mode.quiet ? [] : exploreTables(report, terminal)) sections.push(table);
  sections.push(verdictText(report, terminal));
  return sections.join('\n');
}

/** The part of a report that its row in the table of scenarios is made of. */
interface Searched {
  scenario: string;
  verdict: Verdict;
  executions: number;
  states: number;
  durationMs: number;
  exhaustive: boolean;
  limit?: string | null | undefined;
  faults: readonly { kind: string }[];
}

/** What the terminal has beside faults; a report that was read has the same. */
export function exploreTables(
  report: {
    outcomes: Parameters<typeof outcomeTable>[0];
    scenarios?: readonly Searched[] | undefined;
  },
  terminal: Terminal,
): string[] {
  const { outcomes, scenarios } = report;
  if (scenarios) return [sweepTable(scenarios, terminal)];
  return outcomes.length > 0 ? [outcomeTable(outcomes, terminal)] : [];
}

function oneFault(
  fault: ExploredFault,
  report: ExploreReport,
  { lines }: TextMode,
  terminal: Terminal,
): string {
  return findingText(describeSearched(fault, report), terminal, { lines });
}

export function verdictWord(verdict: Verdict, out: Colors): string {
  if (verdict === 'fault') return out.red('FAULT');
  return verdict === 'clean' ? out.green('clean') : out.yellow('unfinished');
}

function workText(report: Pick<ExploreReport, 'executions' | 'states' | 'durationMs'>): string {
  return [
    plural(report.executions, 'execution'),
    ...(report.states > 0 ? [plural(report.states, 'state')] : []),
    formatMs(report.durationMs),
  ].join(', ');
}

function kindsText(faults: readonly { kind: string }[]): string {
  const kinds = [...new Set(faults.map(({ kind }) => kind))];
  return kinds.length === 0 ? 'no fault' : kinds.join(', ');
}

/** The last line: the verdict, how far it looked, and every parameter that is worth a word. */
function verdictText(report: ExploreReport, { out, width }: Terminal): string {
  const { faults, evidence, plan, verdict } = report;
  const text =
    `${verdictWord(verdict, out)}: ${kindsText(faults)}; ${evidence}; ` +
    `${workText(report)}; ${describeExplorePlan(plan)}`;
  return `${wrapText(text, width()).join('\n')}\n`;
}

/** A line for each scenario. */
function sweepTable(scenarios: readonly Searched[], terminal: Terminal): string {
  const { out } = terminal;
  const right = (title: string, spare = 0): Column => ({ title, align: 'right', spare });
  const columns: Column[] = [
    { title: 'scenario' },
    {
      title: 'verdict',
      paint: (piece, cell) =>
        (cell === 'clean' ? out.green : cell === 'fault' ? out.red : out.yellow)(piece),
    },
    right('executions', 2),
    right('states', 3),
    right('time', 1),
    { title: 'faults', wrap: true },
  ];
  const rows = scenarios.map((report) => [
    report.scenario,
    report.verdict,
    formatCount(report.executions),
    formatCount(report.states),
    formatMs(report.durationMs),
    report.faults.length === 0 ? noFaultText(report) : kindsText(report.faults),
  ]);
  return renderTable(columns, rows, { width: terminal.width(), heading: out.bold });
}

/** Every scenario in a line, the faults of all of them, and the verdict. */
export function renderSweep(
  sweep: Inert<ExploreSweepReport>,
  mode: TextMode,
  terminal: Terminal,
): string {
  const table = sweepTable(sweep.scenarios, terminal);
  const faults = sweep.scenarios.flatMap((report) =>
    report.faults.map((fault) => oneFault(fault, report, mode, terminal)),
  );
  return [table, ...faults, sweepVerdict(sweep, terminal)].join('\n');
}

function sweepVerdict(sweep: ExploreSweepReport, { out, width }: Terminal): string {
  const { scenarios, exhaustive, verdict, faults, plan } = sweep;
  const looked = exhaustive
    ? `each exhausted under ${memoryCalled(sweep.memory)}`
    : `${scenarios.filter((report) => report.exhaustive).length} exhausted`;
  const text =
    `${verdictWord(verdict, out)}: ${kindsText(faults)} in ` +
    `${plural(scenarios.length, 'scenario')}, ${looked}; ` +
    `${workText(sweep)}; ${describeExplorePlan(plan, 'every scenario')}`;
  return `${wrapText(text, width()).join('\n')}\n`;
}
