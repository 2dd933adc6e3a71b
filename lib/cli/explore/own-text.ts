import type { Inert } from '../../base/sinks/inert';
import type { ProgramFault } from '../../own/faults';
import { gradeMeanings } from '../../own/outcomes';
import type { ProgramReport } from '../../own/report';
import { describeSearched } from '../../story/finding';
import { placeText } from '../../story/trace';
import { findingText } from '../terminal/fault-story';
import { formatMs, plural } from '../terminal/format';
import { outcomeTable } from '../terminal/outcome-text';
import { wrapText } from '../terminal/table';
import type { Terminal } from '../terminal/terminal';
import { describeOwnPlan } from './own-plan-text';
import { verdictWord } from './text';

/** `use-after-free at queue.c:31`. */
function faultText(fault: ProgramFault): string {
  const at = placeText(fault);
  return at === undefined ? fault.kind : `${fault.kind} at ${at}`;
}

/** What was found: faults, or outcomes that are forbidden. */
function foundText({ faults, outcomes, verdict }: ProgramReport): string {
  if (faults.length > 0) return [...new Set(faults.map(faultText))].join(', ');
  const forbidden = outcomes.filter(({ grade }) => grade === 'forbidden');
  if (forbidden.length > 0) {
    return `forbidden: ${forbidden.map(({ results }) => results).join('; ')}`;
  }
  return verdict === 'clean' ? '' : 'no fault';
}

/** What to do next; empty: nothing. */
function nextText({ verdict, faults, plan, advice }: ProgramReport): string {
  if (verdict === 'fault' && faults.length > 0) {
    const more = plan.allFaults ? '' : '; --all-faults looks for other kinds, too';
    return `next: mend it and run this again, until it is clean${more}`;
  }
  return advice.replaceAll('`', '');
}

/** The last lines: the verdict, what it rests on, how it was made, what comes next. */
function verdictText(report: ProgramReport, { out, width }: Terminal): string {
  const { verdict, evidence, plan, executions, durationMs } = report;
  const found = foundText(report);
  const head = `${verdictWord(verdict, out)}: ${found === '' ? '' : `${found}; `}${evidence}`;
  const work = `${plural(executions, 'execution')}, ${formatMs(durationMs)}; ${describeOwnPlan(plan)}`;
  const next = nextText(report);
  const lines = [head, work, ...(next === '' ? [] : [next])];
  return `${lines.flatMap((line) => wrapText(line, width())).join('\n')}\n`;
}

/** The report for people: each fault with its diagram, the outcomes, and last the verdict. */
export function renderOwn(
  report: Inert<ProgramReport>,
  { quiet }: { quiet: boolean },
  terminal: Terminal,
): string {
  const sections = report.faults.map((fault) =>
    findingText(describeSearched(fault, report), terminal),
  );
  if (!quiet && report.outcomes.length > 0) {
    sections.push(outcomeTable(report.outcomes, terminal, gradeMeanings(report.plan, true)));
  }
  sections.push(verdictText(report, terminal));
  return sections.join('\n');
}
