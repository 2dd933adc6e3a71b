import { DmTortureError, incompatible, outOfRange, wrongType } from '../base/errors';
import type { OutputOf } from '../base/output-of';
import { ownRealm } from '../base/own-realm';
import type { NativeReplay } from '../native/explore';
import { nativeExplore } from '../native/load';
import type { Program } from '../own/program';
import { type ProgramReplayReport, replayProgram } from '../own/replay';
import { isOwnTicket, type ProgramTicket } from '../own/ticket';
import { describeEnd } from '../programs/ends';
import { type Check, type CheckCause, type FinalState, refusal } from '../programs/final';
import { checkMembers, OPTIONS_SECOND } from '../programs/handmade';
import { CHECK_FAILED, refusedText } from '../programs/outcomes';
import { partOf } from '../programs/passed-on';
import { decodePrograms, formatPrograms } from '../programs/program';
import type { Programs } from '../programs/race';
import { findNameOf } from '../programs/scenarios';
import { subjectOfPlan } from '../programs/subject';
import type { replayedFault, replayPlan, replayResult } from '../reports/documents/replay';
import { describeHead, preventing, type ReportHead } from '../reports/head';
import { checkOptions } from '../run/params';
import { COLUMN_WIDTH, type Detail, drawDiagram } from '../story/drawing';
import { describePlace, makeTrace, siteText, type Trace } from '../story/trace';
import { patchSetOf } from '../tables/patches';
import { rowAt, tables } from '../tables/tables';
import { beginsAsTicket, TICKET_FORMS_TEXT } from '../tables/ticket-forms';
import { isLockTicket, replayLock } from './replay-lock';
import { systemToolchain } from './toolchain';

/** What {@link replay} takes. */
export interface ReplayOptions {
  /** Width of a column of the diagram, in characters (16..200). @default 46 */
  width?: number | undefined;
  /** The diagram has every step, not only those that the story needs. @default false */
  all?: boolean | undefined;
  /** The diagram has the file and the line of each access. @default false */
  lines?: boolean | undefined;
  /**
   * What is to refuse how the schedule ends, where the ticket is about `check-failed`. Without it
   * the end that was refused is taken to be refused still: a ticket cannot hold a function.
   */
  check?: Check | undefined;
}

/** A fault or a report that has a ticket. */
export interface WithTicket {
  /** Replays a schedule. */
  readonly ticket?: string | null | undefined;
}

/** The fault that a schedule leads to. */
export type ReplayedFault = OutputOf<typeof replayedFault>;

/** What a ticket says. */
export type ReplayPlan = OutputOf<typeof replayPlan>;

/** The report of {@link replay}. */
export interface ReplayReport extends ReportHead<'replay'>, OutputOf<typeof replayResult> {
  /** What the ticket says. */
  plan: ReplayPlan;
}

/** {@link ReplayOptions}, checked. */
interface Settled {
  width: number;
  all: boolean;
  lines: boolean;
  check: Check | undefined;
}

type Accepted = Exclude<NativeReplay, { otherVersion: boolean }>;

const WIDTH_MIN = 16;
const WIDTH_MAX = 200;
const REPLAY_OPTIONS = ['width', 'all', 'lines', 'check'] as const;

/** The width of a column, checked. */
export function checkWidth(width: unknown): number {
  if (typeof width !== 'number') throw wrongType('width', 'a number (characters)', width);
  if (!Number.isInteger(width) || width < WIDTH_MIN || width > WIDTH_MAX) {
    throw outOfRange('width', `${WIDTH_MIN}..${WIDTH_MAX} (characters)`, width);
  }
  return width;
}

/** @throws DmTortureError ERR_INVALID_ARG_TYPE */
export function checkFlag(option: string, value: unknown): void {
  if (typeof value !== 'boolean') throw wrongType(option, '`true` or `false`', value);
}

/**
 * Run a ticket's schedule.
 *
 * @throws DmTortureError ERR_BAD_TICKET, ERR_TICKET_VERSION
 */
export function replayNow(ticket: string): Accepted {
  if (!beginsAsTicket(ticket)) {
    const message = `this is not a ticket: a ticket begins with ${TICKET_FORMS_TEXT}`;
    throw new DmTortureError('ERR_BAD_TICKET', message, { option: 'ticket' });
  }
  const replayed = ownRealm(nativeExplore().replay(ticket));
  if (!('otherVersion' in replayed)) return replayed;
  const { refused, otherVersion } = replayed;
  const code = otherVersion ? 'ERR_TICKET_VERSION' : 'ERR_BAD_TICKET';
  throw new DmTortureError(code, refused, { option: 'ticket' });
}

/** A replayed schedule, how it ended, and what the check of its race has against that. */
interface Judged extends Accepted {
  programs: Programs;
  final: FinalState | undefined;
  /** Of a fault; empty where it has none of its own. */
  message: string;
  cause?: CheckCause;
}

/** The engine takes the end of a refused one to be refused; if the check is there, it is asked. */
function judge(replayed: Accepted, check: Check | undefined): Judged {
  const programs = decodePrograms(replayed.words);
  const final = describeEnd(programs, replayed.end);
  const isRefused = replayed.kind >= 0 && rowAt(tables.faults, replayed.kind).slug === CHECK_FAILED;
  if (!isRefused || !final) return { ...replayed, programs, final };
  const refused = check ? refusal(check, final) : { said: 'the check refused it' };
  if (!refused) return { ...replayed, programs, final, kind: -1 };
  const { said, cause } = refused;
  return {
    ...replayed,
    programs,
    final,
    message: refusedText(said, final),
    ...(cause && { cause }),
  };
}

/** What a replay adds to a fault that a search has found. */
interface Story {
  trace: Trace;
  titles: string[];
  message?: string;
  cause?: CheckCause;
}

/** The trace of a ticket that this process made, and what a check has against its end. */
export function storyOf(ticket: string, check?: Check): Story {
  const judged = judge(replayNow(ticket), check);
  const { message, cause, final, kind } = judged;
  if (check && final && kind < 0) {
    const text = `the check of the race refused ${final.outcome} in the search, and not in the replay`;
    throw new DmTortureError('ERR_NOT_DETERMINISTIC', text, { option: 'check' });
  }
  const trace = drawnTrace(judged, COLUMN_WIDTH);
  return {
    trace,
    titles: judged.titles,
    ...(message !== '' && { message }),
    ...(cause && { cause }),
  };
}

function drawnTrace(judged: Judged, width: number, detail?: Detail): Trace {
  const { lines, titles } = judged;
  const fault = describeReplayed(judged);
  return makeTrace(lines, (steps) => drawDiagram({ titles, steps, fault }, width, detail));
}

function describePlan(judged: Judged): ReplayPlan {
  const { patches: mask, lock, runOn, programs } = judged;
  const program = formatPrograms(programs);
  const scenario = findNameOf(program) ?? program;
  const memory = rowAt(tables.models, judged.memory).name;
  return { seed: 0, patches: patchSetOf(mask).toJSON(), scenario, program, lock, runOn, memory };
}

function describeReplayed(replayed: Judged): ReplayedFault | null {
  if (replayed.kind < 0) return null;
  const row = rowAt(tables.faults, replayed.kind);
  const { cpu, site, message, preemptions, steps } = replayed;
  return {
    kind: row.slug,
    invariant: row.invariant,
    preventedBy: [...preventing(row, patchSetOf(replayed.patches))],
    means: row.means,
    cpu: cpu < 0 ? null : cpu + 1,
    site: siteText(site),
    message: message === '' ? row.means : message,
    ...describePlace(site),
    preemptions,
    steps,
  };
}

/**
 * The model's steps are others today than those that a ticket of 0.1 counts.
 *
 * @throws DmTortureError ERR_TICKET_VERSION
 */
function refuseOutdated({ version, expected, followed, met }: Accepted): void {
  if (version > 1 || expected < 0 || (followed && met)) return;
  const message =
    `the ticket is of version 1 (dmtorture 0.1), and its schedule no longer leads to its fault, ` +
    `${rowAt(tables.faults, expected).slug}: search again with \`dmtorture explore\` for a new ticket`;
  throw new DmTortureError('ERR_TICKET_VERSION', message, { option: 'ticket' });
}

function run(ticket: string, { width, all, lines, check }: Settled): ReplayReport {
  const began = performance.now();
  const accepted = replayNow(ticket);
  refuseOutdated(accepted);
  const replayed = judge(accepted, check);
  const { expected, kind, followed, met, final = null } = replayed;
  const plan = describePlan(replayed);
  return {
    ...describeHead('replay', kind < 0 ? 'clean' : 'fault'),
    plan,
    subject: subjectOfPlan(plan),
    durationMs: performance.now() - began,
    memory: plan.memory,
    ticket: ticket.trim(),
    reproduced: followed && kind === expected && (met || expected < 0),
    expected: expected < 0 ? null : rowAt(tables.faults, expected).slug,
    fault: describeReplayed(replayed),
    final,
    titles: replayed.titles,
    trace: drawnTrace(replayed, width, { all, lines }),
  };
}

/** What has a ticket also has a kind, or is a row of the tour; otherwise it was made by hand. */
function refuseOptions(given: unknown): void {
  if (typeof given !== 'object' || given === null || !('ticket' in given)) return;
  const isResult = 'kind' in given || 'patch' in given;
  const isOption = (name: string): boolean => (REPLAY_OPTIONS as readonly string[]).includes(name);
  const known = isResult ? Object.keys(given).filter((name) => !isOption(name)) : [];
  checkMembers(given, isResult ? known : ['ticket'], 'ticket', OPTIONS_SECOND);
}

/** A ticket of own C; or a fault, or another report, that has it as its `ticket`. */
type OwnTicketGiven = ProgramTicket | { readonly ticket: ProgramTicket };

/**
 * Run exactly the schedule of a ticket.
 *
 * @param given - Text that begins with `dmt2.` (`dmt3.` under a memory model, `dmt1.` of 0.1), from
 *   any process and any machine, or with `dmo1.` or `dmo2.`, of own C, whose files have to be there;
 *   or a fault, or another report, that has it as its `ticket`.
 * @returns A promise of the report; of a ticket of {@link verify} it is a {@link LockReplayReport},
 *   whose `subject` is of kind `lock`. It rejects with DmTortureError ERR_BAD_TICKET or ERR_TICKET_VERSION where
 *   the ticket is refused, ERR_INVALID_ARG_TYPE or ERR_OUT_OF_RANGE where an argument is wrong.
 * @example
 * const found = await explore('remove-open', { patches: 'all,-05' });
 * const again = await replay(found.faults[0].ticket);
 * console.log(again.reproduced, String(again.trace));
 */
export function replay(
  given: OwnTicketGiven,
  options?: ReplayOptions,
): Promise<ProgramReplayReport>;
export function replay(given: string | WithTicket, options?: ReplayOptions): Promise<ReplayReport>;
export async function replay(
  given: string | WithTicket,
  options: ReplayOptions = {},
): Promise<ReplayReport | ProgramReplayReport> {
  refuseOptions(given);
  const ticket = partOf(given, 'ticket');
  if (typeof ticket !== 'string') throw wrongType('ticket', 'a text, or what has one', ticket);
  checkOptions(options, REPLAY_OPTIONS);
  const { width = COLUMN_WIDTH, all = false, lines = false, check } = options;
  checkWidth(width);
  checkFlag('all', all);
  checkFlag('lines', lines);
  if (check !== undefined && typeof check !== 'function') {
    throw wrongType('check', 'a function', check);
  }
  // The report of a lock is told apart by its subject, as the report of own C is.
  if (check === undefined && isLockTicket(ticket)) {
    return replayLock(ticket, width, { all, lines }) as unknown as ReplayReport;
  }
  if (!isOwnTicket(ticket)) return run(ticket, { width, all, lines, check });
  if (check !== undefined) {
    throw incompatible('check', '`check` is for tickets of races, and own C has its assertions');
  }
  const { build, symbolsOf, ...host } = systemToolchain();
  const tools = { build: (own: Program) => build(own, undefined), symbolsOf, ...host };
  return replayProgram(ticket, { width, all, lines }, tools);
}
