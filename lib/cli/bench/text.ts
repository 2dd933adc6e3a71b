import type { Inert } from '../../base/sinks/inert';
import type { BenchPlanReport } from '../../bench/plan';
import type { BenchReport } from '../../bench/report';
import { machineLine } from '../../reports/documents/machine';
import { durationOption, formatMs, plural } from '../terminal/format';
import { wrapText } from '../terminal/table';
import type { Terminal } from '../terminal/terminal';
import { failuresText, ownText } from './own';
import { suiteTable } from './tables';

/** What is measured, in a line. */
export function describeBenchPlan(plan: BenchPlanReport): string {
  const { cells, locks, objects, populations, sets, scenarios, strategies } = plan;
  // Each is measured with each number of objects.
  const each = objects?.length ?? 1;
  const counts = [
    cells && plural(cells.length * each, 'cell'),
    locks && plural(locks.length, 'lock'),
    sets && plural(sets.length, 'era'),
    !sets && populations && plural(populations.length, 'population'),
    scenarios && plural(scenarios.length, 'scenario'),
    strategies && `${strategies.length} ${strategies.length === 1 ? 'strategy' : 'strategies'}`,
  ].filter(Boolean);
  const limit = plan.timeMs > 0 ? [`at most ${durationOption(plan.timeMs)}`] : [];
  const windows = [`${plural(plan.windows, 'window')} a row`];
  return [`bench ${plan.suite}`, ...counts, ...windows, ...limit, `seed ${plan.seed}`].join(', ');
}

/** How many locks exclude, or reference counts are right, and whether the control failed, as it must. */
function validatedText({ validated, suite }: BenchReport): string[] {
  const locks = validated.filter(({ control }) => !control);
  const controls = validated.filter(({ control }) => control);
  if (validated.length === 0) return [];
  const exclude = locks.filter(({ excludes }) => excludes).length;
  const caught = controls.filter(({ excludes }) => !excludes).map(({ lock }) => lock);
  const names = caught.map((lock) => `\`${lock}\``).join(', ');
  const control = names === '' ? [] : [`the control ${names} failed, as it must`];
  const one = exclude === 1;
  const right =
    suite === 'refcount'
      ? `${plural(locks.length, 'reference count')} ${one ? 'is' : 'are'} right`
      : `${plural(locks.length, 'lock')} ${one ? 'excludes' : 'exclude'}`;
  const all = locks.length > 0 ? [`${exclude} of ${right}`] : [];
  return [[...all, ...control].join('; ')];
}

/** What it was measured on, in two lines. */
function machineText({ machine, version }: BenchReport, { out, width }: Terminal): string {
  return wrapText(machineLine(machine, version), width()).map(out.dim).join('\n');
}

/** The last line: what was done, and every parameter that is worth a word. */
function verdictText(report: BenchReport, { out, width }: Terminal): string {
  const { verdict, complete, limit, rows, durationMs, plan, machine } = report;
  const measured = machine.noisy
    ? out.yellow('measured on a noisy machine')
    : out.green('measured');
  const word =
    verdict === 'fault' ? out.red('FAULT') : complete ? measured : out.yellow('unfinished');
  const work = [
    `${plural(rows.length, 'row')} in ${formatMs(durationMs)}`,
    ...validatedText(report),
    ...(complete ? [] : [limit === 'time' ? 'cut by the time limit' : 'stopped before the end']),
  ].join(', ');
  return `${wrapText(`${word}: ${work}; ${describeBenchPlan(plan)}`, width()).join('\n')}\n`;
}

/** The report for people. `quiet`: what is wrong, and the last line. */
export function renderBench(
  report: Inert<BenchReport>,
  { quiet }: { quiet: boolean },
  terminal: Terminal,
): string {
  const { out, width } = terminal;
  const warnings = report.warnings.map((text) =>
    wrapText(`${out.yellow('warning')} ${text}`, width()).join('\n'),
  );
  const own = report.own ?? [];
  return [
    ...failuresText(own, terminal),
    quiet ? '' : suiteTable(report.suite, report.rows, report.machine, terminal),
    quiet ? '' : ownText(own, terminal),
    quiet ? '' : `${machineText(report, terminal)}\n`,
    warnings.length > 0 ? `${warnings.join('\n')}\n` : '',
    verdictText(report, terminal),
  ]
    .filter(Boolean)
    .join('\n');
}
