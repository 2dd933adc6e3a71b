import { isWeak } from '../tables/memory';
import { isDataRace, tables } from '../tables/tables';
import { recordable } from './outcomes';
import type { ProgramPlan } from './plan';
import type { Deviation } from './protocol';
import type { RunOptions } from './ticket';

/** Kinds that do not end a search: what races becomes a step, and the search goes on to what it does. */
const PASSED = tables.faults.filter(({ slug }) => isDataRace(slug)).map(({ slug }) => slug);

function deviationText([step, cpu, option = 0]: Readonly<Deviation>): string {
  return `${step}:${cpu}${option > 0 ? `^${option}` : ''}`;
}

function runArgs(run: Omit<RunOptions, 'heap'>): string[] {
  return [
    `--orders=${run.orders}`,
    ...(isWeak(run.memory) ? [`--memory=${run.memory}`] : []),
    `--volatile=${run.volatile}`,
    `--main=${run.main}`,
    `--spurious=${run.spurious}`,
    ...(run.leaks ? ['--leaks'] : []),
    ...run.forbid.map((outcome) => `--forbid=${outcome}`),
  ];
}

/** The host's arguments of a search. */
export function searchArgs(
  object: string,
  { report, part, knowledge = [] }: ProgramPlan,
): string[] {
  const { strategy, seed, executions, timeMs, preemptions, depth } = report;
  return [
    'search',
    object,
    `--strategy=${strategy}`,
    `--seed=${seed}`,
    `--executions=${executions}`,
    `--time-ms=${timeMs}`,
    ...(strategy === 'dfs' ? [`--preemptions=${preemptions}`] : []),
    ...(strategy === 'pct' || strategy === 'portfolio' ? [`--depth=${depth}`] : []),
    ...(part ? [`--part=${part[0]}/${part[1]}`] : []),
    ...(report.allFaults ? ['--all-faults'] : [`--pass=${PASSED.join(',')}`]),
    ...(report.minimise ? [] : ['--no-minimise']),
    `--heap=${report.heap}`,
    ...(knowledge.length > 0 ? [`--know=${knowledge.join(',')}`] : []),
    ...runArgs({ ...report, forbid: recordable(report.forbidOutcomes) }),
  ];
}

/** What the host needs to know to run a schedule. */
export interface ScheduleArgs {
  schedule: readonly Readonly<Deviation>[];
  knowledge: readonly string[];
  run: RunOptions;
  /** The fault that is wanted. */
  kind: string;
  at: string | null;
  /** Of a data race the other access: a program may have several races at one place. */
  other: string | null;
}

/** The host's arguments of a replay. */
export function replayArgs(object: string, wanted: ScheduleArgs): string[] {
  const { schedule, knowledge, run, kind, at, other } = wanted;
  return [
    'replay',
    object,
    `--schedule=${schedule.map(deviationText).join(',')}`,
    `--know=${knowledge.join(',')}`,
    `--heap=${run.heap}`,
    ...runArgs(run),
    `--kind=${kind}`,
    ...(at === null ? [] : [`--at=${at}`]),
    ...(other === null || !isDataRace(kind) ? [] : [`--other=${other}`]),
  ];
}
