import { patches } from '../patches';
import type { PlanReport } from '../plan';
import type { FaultReport, FaultSummary, Grade, OpReport, StressReport } from '../report';
import { STORM } from '../scenarios';
import { tables } from '../tables';
import { durationOption, formatCount, formatMs, formatNs, plural } from './format';
import { reproduceCommand } from './stress-options';
import { type Column, hangingText, renderTable, wrapText } from './table';
import type { Terminal } from './terminal';

const GRADE_SAYS: Record<Grade, string> = {
  acceptable: 'also seen when the programs run one after another',
  interesting: 'takes concurrency, breaks no invariant',
  forbidden: 'a fault',
};

/** What runs, in a line: it says everything needed to run it again. */
export function describePlan(plan: PlanReport): string {
  const parts = [`stress ${plan.scenario}`, `patches ${patches.format(plan.patches)}`];
  parts.push(plural(plan.threads, 'thread'));
  if (plan.scenario === STORM) parts.push(plural(plan.minors, 'minor'));
  const limits = [
    plan.durationMs > 0 && durationOption(plan.durationMs),
    plan.rounds > 0 && plural(plan.rounds, 'round'),
    plan.ops > 0 && plural(plan.ops, 'op'),
  ].filter(Boolean);
  if (limits.length > 0) parts.push(`for ${limits.join(' or ')}`);
  parts.push(`seed ${plan.seed}`);
  return parts.join(', ');
}

/** `in open on minor 3, cpu2`: where a fault was met. */
export function whereText({ op, minor, cpu }: Pick<FaultReport, 'op' | 'minor' | 'cpu'>): string {
  if (op === null)
    return minor === null ? 'at the end of a world' : `at the end of a world, minor ${minor}`;
  return `in ${op}${minor === null ? '' : ` on minor ${minor}`}, cpu${cpu}`;
}

/** The report for people: what ran, outcomes, and last the faults and the verdict. */
export function renderStress(report: StressReport, quiet: boolean, terminal: Terminal): string {
  const sections: string[] = [];
  if (!quiet) {
    sections.push(opTable(report, terminal));
    if (report.outcomes.length > 0) sections.push(outcomeTable(report, terminal));
  }
  for (const fault of report.faults) sections.push(faultText(fault, report, terminal));
  sections.push(verdictText(report, terminal));
  return sections.filter(Boolean).join('\n');
}

function opTable({ ops, plan }: StressReport, terminal: Terminal): string {
  const rows = Object.entries(ops);
  if (rows.length === 0) return '';
  const right = (title: string, spare = 0): Column => ({ title, align: 'right', spare });
  const columns: Column[] = [
    { title: 'operation' },
    right('count'),
    right('ok'),
    { title: 'errors', wrap: true },
    ...(plan.latency
      ? [right('p50', 3), right('p90', 5), right('p99', 1), right('p99.9', 4), right('max', 2)]
      : []),
  ];
  const cells = rows.map(([op, stats]) => [op, ...opCells(stats, plan.latency)]);
  return renderTable(columns, cells, { width: terminal.width(), heading: terminal.out.bold });
}

function opCells({ count, ok, errors, latencyNs }: OpReport, withLatency: boolean): string[] {
  const errorText = Object.entries(errors)
    .map(([name, n]) => `${name} ${formatCount(n)}`)
    .join(', ');
  const cells = [formatCount(count), formatCount(ok), errorText];
  if (!withLatency || !latencyNs) return cells;
  const { p50, p90, p99, p999, max } = latencyNs;
  return [...cells, ...[p50, p90, p99, p999, max].map(formatNs)];
}

function outcomeTable({ outcomes }: StressReport, terminal: Terminal): string {
  const { out } = terminal;
  const paint: Record<string, (text: string) => string> = {
    acceptable: out.green,
    interesting: out.yellow,
    forbidden: out.red,
  };
  const columns: Column[] = [
    { title: 'outcome', wrap: true },
    { title: 'count', align: 'right' },
    { title: 'grade', paint: (piece, cell) => (paint[cell] ?? String)(piece) },
  ];
  const rows = outcomes.map(({ results, count, grade }) => [results, formatCount(count), grade]);
  const table = renderTable(columns, rows, { width: terminal.width(), heading: out.bold });
  const seen = new Set(outcomes.map(({ grade }) => grade));
  const legend = (Object.keys(GRADE_SAYS) as Grade[])
    .filter((grade) => seen.has(grade))
    .map((grade) => out.dim(`${grade}: ${GRADE_SAYS[grade]}`));
  return `${table}${legend.join('\n')}\n`;
}

function faultText(fault: FaultSummary, { plan }: StressReport, terminal: Terminal): string {
  const { out } = terminal;
  const width = terminal.width();
  const { first } = fault;
  const means = tables.faults.find(({ slug }) => slug === fault.kind)?.means ?? '';
  const says = tables.invariants.find(({ name }) => name === fault.invariant)?.says ?? '';
  const times = fault.count === 1 ? 'once' : `${formatCount(fault.count)} times`;
  const line = (label: string, text: string): string =>
    hangingText(`  ${label.padEnd(14)}`, text, width);
  const lines = [
    `${out.red('fault')} ${out.bold(fault.kind)}, ${times}`,
    line('what', means),
    line('breaks', `${fault.invariant}: ${says}`),
    line('first', `${whereText(first)}, at ${formatMs(first.atMs)}`),
    line('site', first.site),
    line('message', first.message),
    ...(fault.preventedBy.length > 0 ? [line('prevented by', patchesText(fault.preventedBy))] : []),
    // Never wrapped: it is there to be pasted.
    `  ${'reproduce'.padEnd(14)}${out.cyan(reproduceCommand(plan))}`,
  ];
  return `${lines.join('\n')}\n`;
}

/** One patch with what it changes; of several the names alone. */
function patchesText(numbers: readonly string[]): string {
  const rows = tables.patches.filter(({ no }) => numbers.includes(no));
  const [only] = rows;
  if (only && rows.length === 1) return `${only.no} ${only.slug}: ${only.changes}`;
  return rows.map(({ no, slug }) => `${no} ${slug}`).join(', ');
}

/** The last line: the verdict, and every parameter that is worth a word. */
function verdictText(report: StressReport, { out, width }: Terminal): string {
  const { faults, complete, plan, opsPerSecond, durationMs, rounds } = report;
  const ops = Object.values(report.ops).reduce((sum, { count }) => sum + count, 0);
  const work = [
    formatMs(durationMs),
    `${formatCount(ops)} ops (${formatCount(opsPerSecond)} ops/s)`,
    plural(rounds, plan.scenario === STORM ? 'epoch' : 'round'),
    ...(complete ? [] : ['stopped before the end']),
  ].join(', ');
  const word =
    faults.length > 0 ? out.red('FAULT') : complete ? out.green('clean') : out.yellow('unfinished');
  const text = `${word}: ${countText(faults)} in ${work}; ${describePlan(plan)}`;
  return `${wrapText(text, width()).join('\n')}\n`;
}

function countText(faults: readonly FaultSummary[]): string {
  if (faults.length === 0) return 'no fault';
  const total = faults.reduce((sum, { count }) => sum + count, 0);
  const kinds = faults.length === 1 ? 'one kind' : `${faults.length} kinds`;
  return `${plural(total, 'fault')} of ${kinds}`;
}
