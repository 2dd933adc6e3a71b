import { types } from 'node:util';
import { wrongType } from '../base/errors';
import { plural } from '../base/text';
import { isProgram } from '../own/program';
import { isOwnSubject } from '../programs/subject';
import { titlesOf } from '../story/drawing';
import { findingText, plainPen } from '../story/fault-text';
import { type AnyFault, asOwn, describeFault } from '../story/finding';
import { endOf, type StoryFault } from '../story/story';
import type { Trace } from '../story/trace';
import { limitText, wasStopped } from '../tables/limit';

/** A fault of any report, as far as it is known. */
interface ToldFault extends AnyFault {
  count?: number;
  preemptions?: number;
  /** Of a sweep. */
  scenario?: string;
  /** What free-running threads met first. */
  first?: Partial<AnyFault>;
  /** What the explorer found for it. */
  found?: Partial<StoryFault> & { kind: string };
  titles?: readonly string[];
  trace?: Trace;
}

/** A report, as far as its faults go. */
export interface FaultyReport {
  /** What the report is of: `stress remove-open`. */
  what: string;
  /** False where it was stopped from outside, or a limit cut a search off. */
  complete: boolean;
  /** Why it is not complete. */
  why: string;
  faults: readonly ToldFault[];
  /** Whether it is of C or C++ of the user's. */
  isOwn: boolean;
  /** What each thread does that a fault was found in; empty where it is not known. */
  titlesOf(fault: ToldFault): readonly string[];
}

type Facts = Record<string, unknown>;

const WHAT = 'a report of stress, explore or replay, or a DeviceMapper';

const isFacts = (value: unknown): value is Facts => typeof value === 'object' && value !== null;

function nameOf({ kind = 'report', plan }: Facts): string {
  const scenario = isFacts(plan) ? plan.scenario : undefined;
  return [kind, scenario].filter((part) => typeof part === 'string').join(' ');
}

/** What a report of one shard of several lacks; undefined: nothing. */
function partText({ plan }: Facts): string | undefined {
  const shard = isFacts(plan) ? plan.shard : undefined;
  if (!isFacts(shard) || !(Number(shard.count) > 1)) return undefined;
  return `it is shard ${shard.index}/${shard.count} alone`;
}

const programIn = ({ plan }: Facts): string =>
  isFacts(plan) && typeof plan.program === 'string' ? plan.program : '';

const isOfOwn = ({ subject }: Facts): boolean =>
  isFacts(subject) && isOwnSubject({ kind: String(subject.kind) });

/** What a fault has itself, else by the programs of its scenario, or of the whole. */
function titlesIn(report: Facts): (fault: ToldFault) => readonly string[] {
  const scenarios = Array.isArray(report.scenarios) ? report.scenarios.filter(isFacts) : [];
  const programs = new Map(scenarios.map((one) => [one.scenario, programIn(one)]));
  return (fault) => titlesOf(fault, { program: programs.get(fault.scenario) ?? programIn(report) });
}

/**
 * The faults of what was given to expect().
 *
 * @throws DmTortureError ERR_INVALID_ARG_TYPE
 */
export function faultsOf(received: unknown): FaultyReport {
  if (!isFacts(received)) throw wrongType('received', WHAT, received);
  if (isProgram(received)) {
    throw wrongType('received', `${WHAT}: toBeRaceFree(), or await explore(program)`, 'a program');
  }
  if (types.isPromise(received)) throw wrongType('received', `${WHAT}: await it`, 'a promise');
  // A run is not its report, and has no faults yet.
  if (types.isPromise(received.result)) {
    throw wrongType('received', `${WHAT}: await run.result`, 'a run');
  }
  const { faults, fault, ticket, titles, trace } = received;
  const { limit, parts } = received;
  const ended = received.complete !== false;
  const part = partText(received);
  const complete = ended && part === undefined;
  const stopped = wasStopped({ complete: ended, limit, parts });
  const why = stopped
    ? 'it was stopped before its end'
    : (part ?? `the search is unfinished${limit ? ` (${limitText(limit)})` : ''}`);
  const isOwn = isOfOwn(received);
  const told = { what: nameOf(received), complete, why, isOwn, titlesOf: titlesIn(received) };
  if (Array.isArray(faults)) return { ...told, faults };
  if (fault === undefined) throw wrongType('received', WHAT, received);
  const one = isFacts(fault) ? [{ ...fault, ticket, titles, trace } as unknown as ToldFault] : [];
  return { ...told, faults: one };
}

function oneFault(told: ToldFault, { isOwn, titlesOf }: FaultyReport): string {
  const { kind, count = 1, preemptions = 1, first = {}, trace } = told;
  const fault = { ...told, ...first, kind };
  const finding = describeFault(fault, {
    where: '',
    facts: count === 1 ? [] : [['seen', plural(count, 'time')]],
    drawing: trace && { titles: titlesOf(told), trace, fault: endOf({ ...told, first: fault }) },
    isRace: preemptions > 0,
  });
  return findingText(isOwn ? asOwn(finding, fault) : finding, plainPen).trimEnd();
}

/** The faults of a report in words, with the diagrams of those that have one. */
export function reportText(call: string, report: FaultyReport): string {
  const { faults, complete, why } = report;
  const texts = faults.map((fault) => oneFault(fault, report));
  if (texts.length > 0) return [call, ...texts].join('\n\n');
  const ended = complete ? '' : `; ${why}, which proves nothing either way`;
  return `${call}\n\nno fault${ended}`;
}
