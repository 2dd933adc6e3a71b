import fs from 'node:fs';
import path from 'node:path';
import { DmTortureError } from '../base/errors';
import type { OutputOf } from '../base/output-of';
import type { replayedProgram } from '../reports/documents/replay';
import { describeHead, type ReportHead } from '../reports/head';
import { COLUMN_WIDTH, type Detail } from '../story/drawing';
import type { TraceStep } from '../story/trace';
import { type FaultKind, tables } from '../tables/tables';
import type { BuiltProgram, Symbols } from './built';
import { describeMet, metIn } from './faults';
import type { ProgramPlanReport } from './plan';
import { type Program, program } from './program';
import type { HostReplayed } from './protocol';
import { ownSubject, ticketSteps } from './report';
import { type HostSettings, ProgramHost } from './search';
import { makeOwnTrace, type OwnPlace, ownStoryFault, stepsOf, titlesOf } from './story';
import { HASH_DIGITS, type OwnTicket, readTicket, type TicketStep } from './ticket';

/** What a ticket of own C says. */
export interface ProgramReplayPlan
  extends Pick<
    ProgramPlanReport,
    | 'scenario'
    | 'files'
    | 'cc'
    | 'flags'
    | 'optimize'
    | 'allow'
    | 'compileCommands'
    | 'orders'
    | 'memory'
    | 'volatile'
    | 'main'
    | 'spurious'
    | 'leaks'
    | 'forbidOutcomes'
  > {
  /** Always 0: a ticket leaves nothing to chance. */
  seed: number;
  /** Whether freed memory is given again. */
  heap: 'fresh' | 'reuse';
}

/** The report of {@link replay} on a ticket of own C. */
export interface ProgramReplayReport
  extends ReportHead<'replay'>,
    OutputOf<typeof replayedProgram> {
  /** What the ticket says. */
  plan: ProgramReplayPlan;
}

/** How a diagram is drawn. */
export interface ReplayDrawing extends Partial<Detail> {
  width?: number;
}

/** What builds a program again and names its parts. */
export interface ReplayTools extends HostSettings {
  build(program: Program): Promise<BuiltProgram>;
  symbolsOf(built: BuiltProgram): Symbols;
}

function refused(message: string): DmTortureError {
  return new DmTortureError('ERR_PROGRAM', message, { option: 'ticket' });
}

/** The program of a ticket, whose files may have changed, and have to be there. */
function programOfTicket(ticket: OwnTicket): Program {
  const names = ticket.files.slice(0, ticket.sources).map(({ name }) => name);
  const { family, cc = family, flags, optimize, allow, compileCommands } = ticket;
  const own = program(names, { cc, flags, optimize, allow, compileCommands });
  const missing = names.filter((name) => !fs.existsSync(name));
  if (missing.length > 0) {
    throw refused(
      `the ticket is of ${names.join(' and ')}, and ${missing.join(' and ')} ` +
        `${missing.length === 1 ? 'is' : 'are'} not in ${path.resolve('.')}: replay it in the ` +
        'folder that it was made in',
    );
  }
  return own;
}

/** The files that are others than those of a ticket. */
function changedFiles(ticket: OwnTicket, built: BuiltProgram): string[] {
  const now = new Map(built.files.map(({ name, sha256 }) => [name, sha256.slice(0, HASH_DIGITS)]));
  const before = new Map(ticket.files.map(({ name, sha256 }) => [name, sha256]));
  const changed = ticket.files
    .filter(({ name, sha256 }) => now.get(name) !== sha256)
    .map(({ name }) => name);
  return [...changed, ...[...now.keys()].filter((name) => !before.has(name))];
}

const lineText = (line: number): string => (line > 0 ? ` at line ${line}` : '');

/** `write at line 9`; of a release that no line makes, a thread's end, what it is. */
function stepText({ kind, line }: TicketStep): string {
  const name = tables.accesses[kind]?.name ?? 'a step';
  return name === 'unlock' && line === 0 ? 'the end of a thread' : `${name}${lineText(line)}`;
}

/**
 * Where a schedule does another thing than that of a ticket, as a sentence; undefined: nowhere. Lines
 * may have moved.
 */
export function divergence(
  ticket: OwnTicket,
  replayed: HostReplayed,
  steps: readonly TraceStep[],
): string | undefined {
  const now = ticketSteps(steps);
  for (const [i, expected] of ticket.steps.entries()) {
    const came = now[i];
    if (came?.kind === expected.kind && came.step === expected.step) continue;
    const instead = came === undefined ? 'the end came' : `got ${stepText(came)}`;
    return `diverges at step ${expected.step}, expected ${stepText(expected)}, ${instead}`;
  }
  if (replayed.kind === ticket.kind) return undefined;
  const { length } = ticket.steps;
  const where = lineText(ticket.steps.at(-1)?.line ?? 0);
  const came = replayed.kind === null ? 'no fault comes' : `${replayed.kind} comes`;
  return `its ${length} steps are as they were, expected ${ticket.kind}${where}, and ${came}`;
}

/** What has changed since a ticket was made. */
function changesOf(
  ticket: OwnTicket,
  built: BuiltProgram,
  replayed: HostReplayed,
  steps: readonly TraceStep[],
): string[] {
  const changed = changedFiles(ticket, built);
  if (changed.length === 0) return [];
  const since = `${changed.join(' and ')} ${changed.length === 1 ? 'has' : 'have'} changed since`;
  const differs = divergence(ticket, replayed, steps);
  if (differs !== undefined) throw refused(`${since}: ${differs}; explore it again`);
  return [`${since}, and every step of the ticket is as it was`];
}

function describePlan(ticket: OwnTicket, own: Program): ProgramReplayPlan {
  const { forbid, ...run } = ticket.run;
  return {
    seed: 0,
    scenario: own.name,
    files: [...own.files],
    cc: ticket.cc ?? null,
    flags: ticket.flags,
    optimize: ticket.optimize,
    allow: ticket.allow,
    compileCommands: ticket.compileCommands ?? null,
    ...run,
    forbidOutcomes: forbid,
  };
}

/**
 * Build the program of a ticket again, and run exactly the ticket's schedule.
 *
 * @throws DmTortureError ERR_BAD_TICKET, ERR_TICKET_VERSION; ERR_PROGRAM where a file is not there, or
 *   has changed so that the schedule is no longer what it was; as building does
 */
export async function replayProgram(
  text: string,
  { width = COLUMN_WIDTH, all = false, lines = false }: ReplayDrawing,
  tools: ReplayTools,
): Promise<ProgramReplayReport> {
  const began = performance.now();
  const ticket = readTicket(text);
  const own = programOfTicket(ticket);
  const built = await tools.build(own);
  const host = new ProgramHost(built, tools.symbolsOf(built), tools);
  const { kind, at, other, schedule, knowledge, run } = ticket;
  const replayed = await host.replay({ schedule, knowledge, run, kind, at, other });
  const names = await host.namesOf(replayed, at);
  const steps = stepsOf(replayed, names);
  const titles = titlesOf(replayed, names);
  const changes = changesOf(ticket, built, replayed, steps);
  const met = metIn(replayed);
  const fault = met ? describeMet(met, run.heap, steps, names) : null;
  const story = fault && ownStoryFault(fault.kind, fault as OwnPlace, fault.message);
  return {
    ...describeHead('replay', fault ? 'fault' : 'clean'),
    plan: describePlan(ticket, own),
    subject: ownSubject(built, own, replayed.threads),
    durationMs: performance.now() - began,
    memory: run.memory,
    ticket: text.trim(),
    reproduced: replayed.reproduced && replayed.kind === kind,
    expected: kind as FaultKind,
    fault,
    final: null,
    titles,
    trace: makeOwnTrace(steps, titles, story, width, { all, lines }),
    changes,
  };
}
