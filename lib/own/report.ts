import type { OutputOf } from '../base/output-of';
import type { OwnSubject } from '../programs/subject';
import type { programResult } from '../reports/documents/explore';
import { describeHead, type ReportHead, toVerdict } from '../reports/head';
import { isSampling } from '../run/shard';
import { COLUMN_WIDTH } from '../story/drawing';
import type { TraceStep } from '../story/trace';
import { limitOf } from '../tables/limit';
import { type EndName, tables } from '../tables/tables';
import type { BuiltProgram } from './built';
import { estimateOf, ownEvidence, shrinkAdvice, tracesOf } from './evidence';
import { causeOf, describeMet, metOf, type ProgramFault } from './faults';
import { toldFlags } from './flags';
import type { Names } from './naming';
import { describeRecorded, unrecordableTexts, unrecordedTexts } from './outcomes';
import type { ProgramPlan, ProgramPlanReport } from './plan';
import type { Program } from './program';
import type { HostFinished } from './protocol';
import { onceEach } from './same-bug';
import { type FoundFault, runOptions, type Searched } from './search';
import { makeOwnTrace, type OwnPlace, ownStoryFault, stepsOf, titlesOf } from './story';
import {
  HASH_DIGITS,
  type ProgramTicket,
  type RunOptions,
  STEPS_MAX,
  sealTicket,
  type TicketStep,
} from './ticket';

/** The report of {@link explore} on a {@link program}. */
export interface ProgramReport extends ReportHead<'explore'>, OutputOf<typeof programResult> {
  /** Every parameter. */
  plan: ProgramPlanReport;
}

/** What a report of own C is about. */
export function ownSubject(built: BuiltProgram, program: Program, threads: number): OwnSubject {
  const { family, version } = built.compiler;
  return {
    kind: 'own',
    files: built.files.map(({ name, sha256 }) => ({ name, sha256 })),
    threads,
    compiler: `${family} ${version}`,
    flags: toldFlags(built.optimization, program.flags),
    ...(built.unseen.length > 0 && { unseen: [...built.unseen] }),
    ...(built.assumes.length > 0 && { assumes: [...built.assumes] }),
  };
}

const isFamily = (command: string): boolean => command === 'gcc' || command === 'clang';

/** The steps of a story, as a ticket has them. */
export function ticketSteps(steps: readonly TraceStep[]): TicketStep[] {
  return steps.slice(0, STEPS_MAX).map(({ step, kind, line }) => ({
    step,
    kind: Math.max(
      0,
      tables.accesses.findIndex(({ name }) => name === kind),
    ),
    line: line ?? 0,
  }));
}

/** What a ticket has of a program: what it takes to build the same again. */
interface Made {
  program: Program;
  built: BuiltProgram;
}

function makeTicket(
  { program, built }: Made,
  { fault, replayed }: FoundFault,
  run: RunOptions,
  steps: readonly TraceStep[],
): ProgramTicket {
  const { family, command } = built.compiler;
  return sealTicket({
    files: built.files.map(({ name, sha256 }) => ({
      name,
      sha256: sha256.slice(0, HASH_DIGITS),
    })),
    sources: program.files.length,
    family,
    cc: program.cc === undefined || isFamily(command) ? undefined : program.cc,
    compileCommands: program.compileCommands,
    flags: [...program.flags],
    optimize: program.optimize,
    allow: [...program.allow],
    run,
    knowledge: fault.knowledge,
    schedule: fault.schedule,
    kind: fault.kind,
    at: fault.at,
    other: fault.other,
    events: replayed.events,
    steps: ticketSteps(steps),
  });
}

function describeFault(
  found: FoundFault,
  names: Names,
  made: Made,
  plan: ProgramPlanReport,
): ProgramFault {
  const { fault, replayed } = found;
  const met = metOf(fault);
  const steps = stepsOf(replayed, names);
  const titles = titlesOf(replayed, names);
  const told = describeMet(met, fault.heap, steps, names);
  const story = ownStoryFault(told.kind, told as OwnPlace, told.message);
  const { count, execution, minimal, minimiseLimit, heap } = fault;
  return {
    ...told,
    how: causeOf(met),
    op: null,
    minor: null,
    count,
    executionsToFirst: execution,
    minimal,
    ...(minimiseLimit !== undefined && { minimiseLimit }),
    ticket: makeTicket(made, found, { ...runOptions(plan, heap), memory: found.memory }, steps),
    titles,
    trace: makeOwnTrace(steps, titles, story, COLUMN_WIDTH),
  };
}

/** What is not as it seems with the outcomes that are named. */
function outcomeWarnings({ limit, outcomes }: HostFinished, plan: ProgramPlanReport): string[] {
  // A search that the first fault ended may have had no time to record a name.
  const unrecorded = limit === 'fault' ? [] : unrecordedTexts(outcomes, plan, 'execution');
  return [...unrecordableTexts(plan), ...unrecorded];
}

/** The report of an exploration. */
export function makeProgramReport(
  plan: ProgramPlan,
  built: BuiltProgram,
  { found, faults, names }: Searched,
): ProgramReport {
  const { report, program } = plan;
  const { executions, points, elapsedNs } = found;
  const outcomes = describeRecorded(found.outcomes, report);
  const limit = limitOf(found.limit as EndName, isSampling(report.strategy));
  const complete = limit === null;
  const isForbidden = outcomes.some(({ grade }) => grade === 'forbidden');
  const seconds = elapsedNs / 1e9;
  const made = { program, built };
  const subject = ownSubject(built, program, found.threads);
  const warnings = [...built.warnings, ...outcomeWarnings(found, report)];
  return {
    ...describeHead('explore', toVerdict(faults.length > 0 || isForbidden, complete), complete),
    ...(warnings.length > 0 && { warnings }),
    plan: report,
    subject,
    durationMs: elapsedNs / 1e6,
    scenario: report.scenario,
    strategy: report.strategy,
    memory: report.memory,
    exhaustive: found.exhausted,
    evidence: ownEvidence(found, report, subject),
    limit,
    executions,
    traces: tracesOf(found),
    states: found.heaps.reduce((sum, { states = 0 }) => sum + states, 0),
    steps: points,
    executionsPerSecond: seconds > 0 ? executions / seconds : 0,
    outcomes,
    faults: onceEach(faults.map((one) => describeFault(one, names, made, report))),
    estimate: found.exhausted ? null : estimateOf(found),
    advice: shrinkAdvice(found, report),
  };
}
