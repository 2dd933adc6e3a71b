import { append } from '../../base/bounds';
import type { Inert } from '../../base/sinks/inert';
import { STORM } from '../../programs/storm';
import { aboutText, subjectOfPlan } from '../../programs/subject';
import { type LatencyNs, latencyLabel } from '../../reports/latency';
import { type Drawing, describeMet, type Fact } from '../../story/finding';
import type { PlanReport } from '../../stress/plan';
import type { FaultSummary, StressReport } from '../../stress/report';
import type { FaultKind } from '../../tables/tables';
import { lockNames } from '../options/locks';
import { findingText } from '../terminal/fault-story';
import {
  durationOption,
  formatCount,
  formatMs,
  formatNs,
  plural,
  splitTexts,
} from '../terminal/format';
import { outcomeTable } from '../terminal/outcome-text';
import { type Column, renderTable, wrapText } from '../terminal/table';
import type { Terminal } from '../terminal/terminal';
import { reproduceCommand } from './options';

/** What runs, in a line: it says everything needed to run it again. */
export function describePlan(plan: PlanReport): string {
  const parts = [`stress ${aboutText(plan.scenario, subjectOfPlan(plan))}`];
  parts.push(plural(plan.threads, 'thread'));
  if (plan.scenario === STORM) parts.push(plural(plan.minors, 'minor'));
  const limits = [
    plan.durationMs > 0 && durationOption(plan.durationMs),
    plan.rounds > 0 && plural(plan.rounds, 'round'),
    plan.ops > 0 && plural(plan.ops, 'op'),
  ].filter(Boolean);
  if (limits.length > 0) parts.push(`for ${limits.join(' or ')}`);
  parts.push(`lock ${lockText(plan)}`, `perturb ${plan.perturb}`);
  append(parts, [...failureTexts(plan), ...splitTexts(plan), `seed ${plan.seed}`]);
  return parts.join(', ');
}

/** What _minor_lock is: a choice only where patch 04 makes it a spinlock. */
function lockText({ lock, lockFile, patches: { names } }: PlanReport): string {
  const isSpinlock = names.includes('spinlock');
  if (isSpinlock && lockFile !== undefined) return lockFile;
  return isSpinlock ? (lockNames[lock] ?? String(lock)) : 'mutex';
}

/** `fail-queue 5 per mille`: allocations that are made to fail. */
function failureTexts({ failQueue, failLayer }: PlanReport): string[] {
  return [
    ...(failQueue > 0 ? [`fail-queue ${failQueue} per mille`] : []),
    ...(failLayer > 0 ? [`fail-layer ${failLayer} per mille`] : []),
  ];
}

/**
 * The report for people: what ran, outcomes, and last the faults and the verdict. `scenes`: the
 * stories of the faults that have tickets.
 */
export function renderStress(
  report: Inert<StressReport>,
  quiet: boolean,
  scenes: ReadonlyMap<FaultKind, Drawing>,
  terminal: Terminal,
): string {
  const sections: string[] = [];
  if (!quiet) {
    append(sections, stressTables(report, terminal));
  }
  const commands: Fact[] = [['reproduce', reproduceCommand(report.plan)]];
  for (const fault of report.faults) {
    const finding = describeMet(fault, report, scenes.get(fault.kind));
    sections.push(findingText(finding, terminal, { commands }));
  }
  sections.push(verdictText(report, terminal));
  return sections.filter(Boolean).join('\n');
}

/** What the terminal has of operations and outcomes; a report that was read has the same. */
export function stressTables(report: Tabled, terminal: Terminal): string[] {
  const { outcomes } = report;
  const tables = [opTable(report, terminal)];
  if (outcomes.length > 0) tables.push(outcomeTable(outcomes, terminal));
  return tables.filter(Boolean);
}

interface OpStats {
  count: number;
  ok: number;
  errors: Record<string, number>;
  latencyNs?: LatencyNs | undefined;
}

/** The part of a report that the tables are made of. */
interface Tabled {
  ops: Partial<Record<string, OpStats>>;
  plan: object;
  outcomes: Parameters<typeof outcomeTable>[0];
  latencyUnder?: string | undefined;
}

function opTable(report: Tabled, terminal: Terminal): string {
  const rows = Object.entries(report.ops).flatMap(([op, stats]) => (stats ? [{ op, stats }] : []));
  if (rows.length === 0) return '';
  const timed = rows.some(({ stats }) => stats.latencyNs !== undefined);
  const right = (title: string, spare = 0): Column => ({ title, align: 'right', spare });
  const columns: Column[] = [
    { title: 'operation' },
    right('count'),
    right('ok'),
    { title: 'errors', wrap: true },
    ...(timed
      ? [right('p50', 3), right('p90', 5), right('p99', 1), right('p99.9', 4), right('max', 2)]
      : []),
  ];
  const { width, out } = terminal;
  const cells = rows.map(({ op, stats }) => [op, ...opCells(stats, timed)]);
  const table = renderTable(columns, cells, { width: width(), heading: out.bold });
  const label = timed ? latencyLabel(report) : '';
  return label === '' ? table : `${table}${wrapText(label, width()).map(out.dim).join('\n')}\n`;
}

function opCells({ count, ok, errors, latencyNs }: OpStats, timed: boolean): string[] {
  const errorText = Object.entries(errors)
    .map(([name, n]) => `${name} ${formatCount(n)}`)
    .join(', ');
  const cells = [formatCount(count), formatCount(ok), errorText];
  if (!timed) return cells;
  if (!latencyNs) return [...cells, ...Array<string>(5).fill('-')];
  const { p50, p90, p99, p999, max } = latencyNs;
  return [...cells, ...[p50, p90, p99, p999, max].map(formatNs)];
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
