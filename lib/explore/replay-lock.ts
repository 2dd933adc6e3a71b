import { memberOf } from '../base/bounds';
import { DmTortureError } from '../base/errors';
import type { OutputOf } from '../base/output-of';
import { ownRealm } from '../base/own-realm';
import { nativeExplore } from '../native/load';
import type { NativeLockReplay, NativeOverride, NativeVerifySize } from '../native/verify';
import { CHECK_FAILED } from '../programs/outcomes';
import type { LockSubject } from '../programs/subject';
import type { lockReplayPlan, replayedLock } from '../reports/documents/replay';
import { describeHead, type ReportHead } from '../reports/head';
import { type Detail, drawDiagram } from '../story/drawing';
import { describePlace, makeTrace, siteText, type Trace } from '../story/trace';
import { faultsOfCounts, type SubjectKind, subjectKinds, subjectRows } from '../tables/subjects';
import { rowAt, tables } from '../tables/tables';
import { TICKET_FORMS } from '../tables/ticket-forms';

/** What the ticket of a lock says. */
export type LockReplayPlan = OutputOf<typeof lockReplayPlan>;

/** The report of {@link replay} on the ticket of a lock; its `subject` is of kind `lock`. */
export interface LockReplayReport extends ReportHead<'replay'>, OutputOf<typeof replayedLock> {
  /** What the ticket says. */
  plan: LockReplayPlan;
}

type Accepted = Exclude<NativeLockReplay, { otherVersion: boolean }>;

/** Whether a text is the ticket of a lock. */
export const isLockTicket = (ticket: string): boolean =>
  ticket.trimStart().startsWith(TICKET_FORMS.memory) && nativeExplore().isLockTicket(ticket);

/**
 * Run the schedule of a lock's ticket.
 *
 * @throws DmTortureError ERR_BAD_TICKET, ERR_TICKET_VERSION
 */
export function replayLockNow(ticket: string): Accepted {
  const replayed = ownRealm(nativeExplore().replayLock(ticket));
  if (!('otherVersion' in replayed)) return replayed;
  const { refused, otherVersion } = replayed;
  const code = otherVersion ? 'ERR_TICKET_VERSION' : 'ERR_BAD_TICKET';
  throw new DmTortureError(code, refused, { option: 'ticket' });
}

/** Names of sites, each once: those that read the same have their line with them. */
export function siteNames(
  sites: readonly { readonly number: number; readonly site: NativeOverride['site'] }[],
): Map<number, string> {
  const byNumber = new Map(sites.map(({ number, site }) => [number, site]));
  const texts = [...byNumber.values()].map(siteText);
  const names = new Map<number, string>();
  for (const [number, site] of byNumber) {
    const text = siteText(site);
    const isAlone = texts.filter((other) => other === text).length === 1;
    names.set(number, isAlone ? text : `${text} (line ${site.line})`);
  }
  return names;
}

/** A size, with what a kind calls its numbers. */
export function sizeFields(
  kind: SubjectKind,
  { threads, rounds, writers, objects }: NativeVerifySize,
): Pick<LockSubject, 'threads' | 'rounds' | 'writers' | 'readers' | 'users' | 'objects'> {
  if (kind === 'rwlock') return { threads, rounds, writers, readers: threads - writers };
  if (kind === 'refcount') return { threads, rounds, users: threads - 1, objects };
  return { threads, rounds };
}

function subjectOf(replayed: Accepted): LockSubject {
  const { lock, of, overrides } = replayed;
  const { kind, table } = rowAt(subjectKinds, of);
  const names = siteNames(overrides);
  const orders = overrides.map(({ number, weaker }) => [names.get(number) ?? '', weaker]);
  const { name } = rowAt<{ name: string }>(tables[table], lock);
  const size = sizeFields(kind, replayed);
  return { kind, lock: name, ...size, orders: Object.fromEntries(orders) };
}

/** What a lock promises and does not keep is said by the site of its check. */
export function lockMessage(kind: string, message: string, site: NativeOverride['site']): string {
  return kind === CHECK_FAILED ? site.code : message;
}

/** What a kind of fault means of a lock or a reference count. */
export function lockMeans(of: SubjectKind, kind: string, means: string): string {
  if (kind === CHECK_FAILED) return `the ${subjectRows(of).one} does not keep what it promises`;
  return (of === 'refcount' && memberOf(faultsOfCounts, kind)) || means;
}

/** The fault that the schedule led to; null: none. */
export function lockFaultOf(replayed: Accepted): LockReplayReport['fault'] {
  if (replayed.kind < 0) return null;
  const { slug, invariant, means: told } = rowAt(tables.faults, replayed.kind);
  const { cpu, site, preemptions, steps } = replayed;
  const means = lockMeans(rowAt(subjectKinds, replayed.of).kind, slug, told);
  const message = lockMessage(slug, replayed.message, site);
  return {
    kind: slug,
    invariant,
    preventedBy: [],
    means,
    cpu: cpu < 0 ? null : cpu + 1,
    site: siteText(site),
    message: message === '' ? means : message,
    ...describePlace(site),
    preemptions,
    steps,
  };
}

/** The trace of a replay, with its diagram. */
export function lockTrace(replayed: Accepted, width: number, detail?: Detail): Trace {
  const { lines, titles } = replayed;
  const fault = lockFaultOf(replayed);
  return makeTrace(lines, (steps) => drawDiagram({ titles, steps, fault }, width, detail));
}

/**
 * Replay the ticket of a lock.
 *
 * @throws DmTortureError ERR_BAD_TICKET, ERR_TICKET_VERSION
 */
export function replayLock(ticket: string, width: number, detail: Detail): LockReplayReport {
  const began = performance.now();
  const replayed = replayLockNow(ticket);
  const subject = subjectOf(replayed);
  const { kind, followed, met, expected, c11Sequences } = replayed;
  const memory = rowAt(tables.models, replayed.memory).name;
  const { lock, kind: of, orders, ...size } = subject;
  return {
    ...describeHead('replay', kind < 0 ? 'clean' : 'fault'),
    plan: { seed: 0, scenario: lock, ...size, memory, c11Sequences },
    subject,
    durationMs: performance.now() - began,
    memory,
    ticket: ticket.trim(),
    reproduced: followed && met && kind === expected,
    expected: rowAt(tables.faults, expected).slug,
    fault: lockFaultOf(replayed),
    final: null,
    titles: replayed.titles,
    trace: lockTrace(replayed, width, detail),
  };
}
