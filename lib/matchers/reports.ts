import { types } from 'node:util';
import { wrongType } from '../base/errors';
import { plural } from '../base/text';
import {
  labelled,
  meaningLines,
  pasteLine,
  plainPen,
  preventionLines,
  replayCommand,
} from '../story/fault-text';
import type { Trace } from '../story/trace';
import { limitText, wasStopped } from '../tables/limit';

/** A fault of any report, as far as it is told. */
interface ToldFault {
  kind: string;
  count?: number;
  preventedBy?: readonly string[];
  site?: string;
  message?: string;
  first?: { site: string; message: string };
  ticket?: string;
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

/**
 * The faults of what was given to expect().
 *
 * @throws DmTortureError ERR_INVALID_ARG_TYPE
 */
export function faultsOf(received: unknown): FaultyReport {
  if (!isFacts(received)) throw wrongType('received', WHAT, received);
  // A run is not its report, and has no faults yet.
  if (types.isPromise(received.result)) {
    throw wrongType('received', `${WHAT}: await run.result`, 'a run');
  }
  const { faults, fault, ticket, trace } = received;
  const { limit, parts } = received;
  const ended = received.complete !== false;
  const part = partText(received);
  const complete = ended && part === undefined;
  const stopped = wasStopped({ complete: ended, limit, parts });
  const why = stopped
    ? 'it was stopped before its end'
    : (part ?? `the search is unfinished${limit ? ` (${limitText(limit)})` : ''}`);
  if (Array.isArray(faults)) return { what: nameOf(received), complete, why, faults };
  if (fault === undefined) throw wrongType('received', WHAT, received);
  const told = isFacts(fault) ? [{ ...fault, ticket, trace } as unknown as ToldFault] : [];
  return { what: nameOf(received), complete, why, faults: told };
}

function oneFault(told: ToldFault): string {
  const { kind, count = 1, preventedBy = [], ticket, trace } = told;
  const { site = '', message = '' } = told.first ?? told;
  const lines = [
    count === 1 ? kind : `${kind}, ${plural(count, 'time')}`,
    ...meaningLines(kind, plainPen),
    ...(site === '' ? [] : [labelled('site', site, plainPen)]),
    ...(message === '' ? [] : [labelled('message', message, plainPen)]),
    ...preventionLines(preventedBy, plainPen),
  ];
  if (ticket !== undefined) lines.push(pasteLine('replay', replayCommand(ticket), plainPen));
  return trace === undefined ? lines.join('\n') : `${lines.join('\n')}\n\n${String(trace)}`;
}

/** The faults of a report in words, with the diagrams of those that have one. */
export function reportText(call: string, { faults, complete, why }: FaultyReport): string {
  if (faults.length > 0) return [call, ...faults.map(oneFault)].join('\n\n').trimEnd();
  const ended = complete ? '' : `; ${why}, which proves nothing either way`;
  return `${call}\n\nno fault${ended}`;
}
