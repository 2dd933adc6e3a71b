import { append } from '../../base/bounds';
import type { Inert } from '../../base/sinks/inert';
import { gradeMeanings, type OutcomeRules } from '../../own/outcomes';
import { describeRoundFault } from '../../story/round-finding';
import type { ProgramFaultSummary, ProgramStressReport } from '../../stress/own/report';
import { findingText } from '../terminal/fault-story';
import { durationOption, formatCount, formatMs, plural } from '../terminal/format';
import { outcomeTable } from '../terminal/outcome-text';
import { wrapText } from '../terminal/table';
import type { Terminal } from '../terminal/terminal';
import { buildWords, reproduceRound } from './program-options';

/** What runs, in a line: it says everything needed to run it again. */
export function describeProgramPlan(plan: ProgramStressReport['plan']): string {
  const { scenario, durationMs, rounds, roundLimitMs, sanitizer, seed } = plan;
  const limits = [
    durationMs > 0 && durationOption(durationMs),
    rounds > 0 && plural(rounds, 'round'),
  ].filter(Boolean);
  const parts = [
    [`stress ${scenario}`, ...buildWords(plan)].join(' '),
    ...(sanitizer === null ? [] : [`sanitizer ${sanitizer}`]),
    ...(limits.length > 0 ? [`for ${limits.join(' or ')}`] : []),
    `a round at most ${durationOption(roundLimitMs)}`,
    `seed ${seed}`,
  ];
  return parts.join(', ');
}

/** The report for people: outcomes, and last the faults and the verdict. */
export function renderProgramStress(
  report: Inert<ProgramStressReport>,
  quiet: boolean,
  terminal: Terminal,
): string {
  const sections: string[] = [];
  if (!quiet) append(sections, roundsTables(report, terminal));
  for (const fault of report.faults) sections.push(faultText(fault, report, terminal));
  sections.push(verdictText(report, terminal));
  return sections.join('\n');
}

/** What the terminal has beside faults; a report that was read has the same. */
export function roundsTables(
  { outcomes, plan }: { outcomes: Parameters<typeof outcomeTable>[0]; plan: object },
  terminal: Terminal,
): string[] {
  const { allowOutcomes = [], forbidOutcomes = [] } = plan as Partial<OutcomeRules>;
  const says = gradeMeanings({ allowOutcomes, forbidOutcomes }, false);
  return outcomes.length > 0 ? [outcomeTable(outcomes, terminal, says)] : [];
}

function faultText(
  fault: Inert<ProgramFaultSummary>,
  report: Inert<ProgramStressReport>,
  terminal: Terminal,
): string {
  return findingText(describeRoundFault(fault, report), terminal, {
    commands: [['reproduce', reproduceRound(report.plan, fault.first.seed)]],
  });
}

/** The last line: the verdict, and every parameter that is worth a word. */
function verdictText(report: Inert<ProgramStressReport>, { out, width }: Terminal): string {
  const { faults, complete, plan, roundsPerSecond, durationMs, rounds, subject } = report;
  const work = [
    formatMs(durationMs),
    `${plural(rounds, 'round')} (${formatCount(roundsPerSecond)} rounds/s)`,
    [subject.compiler, ...subject.flags].join(' '),
    ...(complete ? [] : ['stopped before the end']),
  ].join(', ');
  const word =
    faults.length > 0 ? out.red('FAULT') : complete ? out.green('clean') : out.yellow('unfinished');
  const text = `${word}: ${countText(faults)} in ${work}; ${describeProgramPlan(plan)}`;
  return `${wrapText(text, width()).join('\n')}\n`;
}

function countText(faults: readonly Inert<ProgramFaultSummary>[]): string {
  if (faults.length === 0) return 'no fault';
  const total = faults.reduce((sum, { count }) => sum + count, 0);
  const kinds = faults.length === 1 ? 'one kind' : `${faults.length} kinds`;
  return `${plural(total, 'fault')} of ${kinds}`;
}
