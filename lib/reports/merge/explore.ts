import { largest, smallest } from '../../base/bounds';
import { scenarios } from '../../programs/scenarios';
import { isOwnSubject } from '../../programs/subject';
import { planDifference } from '../../run/difference';
import { worstLimit } from '../../tables/limit';
import { memoryCalled } from '../../tables/memory';
import { toVerdict } from '../head';
import { ownConditions, unseenTexts } from '../own-conditions';
import type { ExploreDocument } from '../schemas';
import { differ, groupBy, isWhole, leastOf, type ReportPart, sumOf } from './parts';
import { inOrder, mergeOutcomes } from './stress';

type Fault = ExploreDocument['faults'][number];
type One = NonNullable<ExploreDocument['scenarios']>[number];

/** Merges documents of one scenario; given in, since it ends up here again. */
type MergeAll = (documents: readonly One[], names: readonly string[]) => One;

/** What all kinds of explorations count. */
function addUp(
  documents: readonly ExploreDocument[],
  durationMs: number,
): Pick<ExploreDocument, 'executions' | 'states'> & Record<string, number> {
  const sum = (name: string): number =>
    sumOf(documents, (document) => {
      const value = document[name];
      return typeof value === 'number' ? value : 0;
    });
  const executions = sum('executions');
  return {
    executions,
    traces: sum('traces'),
    states: sum('states'),
    steps: sum('steps'),
    executionsPerSecond: durationMs > 0 ? (executions / durationMs) * 1000 : 0,
  };
}

function mergeFault(equal: readonly Fault[]): Fault {
  // What differs belongs to the search, and not to the fault.
  const told = equal.map((fault) => ({ ...fault, count: 0, executionsToFirst: 0 }));
  return {
    ...leastOf(told, ({ preemptions, steps, ticket }) => [preemptions, steps, ticket.length]),
    count: sumOf(equal, ({ count }) => count),
    executionsToFirst: smallest(equal.map(({ executionsToFirst }) => executionsToFirst)),
  };
}

/** One of each kind, those that take the least looking for first. */
function mergeFaults(all: readonly Fault[]): Fault[] {
  const merged = [...groupBy(all, ({ kind }) => kind).values()].map(mergeFault);
  return merged.sort(
    (a, b) => a.executionsToFirst - b.executionsToFirst || (a.kind < b.kind ? -1 : 1),
  );
}

const count = (number: number, what: string): string =>
  `${number.toLocaleString('en-US')} ${what}${number === 1 ? '' : 's'}`;

/** `in 4 shards`, `in 3 of 4 shards`, `in 2 runs`. */
function whereText(parts: readonly ReportPart[]): string {
  const shards = parts[0]?.shard?.count;
  if (shards === undefined) return `in ${count(parts.length, 'run')}`;
  const some = isWhole(parts) ? '' : `${parts.length} of `;
  return `in ${some}${count(shards, 'shard')}`;
}

function describeEvidence(
  document: Partial<ExploreDocument>,
  { states = 0, traces = 0, executions = 0 }: Record<string, number>,
  exhaustive: boolean,
  where: string,
): string {
  const { strategy = '', memory, subject, plan } = document;
  const under = `under ${memoryCalled(memory)}`;
  const searched = states > 0 ? count(states, 'state') : count(executions, 'execution');
  const looked = `${strategy === 'dpor' ? count(traces, 'trace') : searched} ${where}`;
  if (subject && isOwnSubject(subject)) {
    // An execution that a fault ended is not counted as a trace; where each was one, say how many ran.
    const asked = strategy === 'dpor' && traces > 0 ? count(traces, 'trace') : undefined;
    const looked = `${asked ?? count(traces || executions, 'execution')} ${where}`;
    const all = exhaustive ? `all of ${looked}` : `not exhaustive: ${strategy}, ${looked}`;
    const conditions = ownConditions(subject, plan ?? {}, { exhaustive });
    return [all, ...conditions, ...unseenTexts(subject)].join(', ');
  }
  return exhaustive
    ? `exhaustive ${under}: ${looked}`
    : `not exhaustive: ${strategy}, ${looked}, ${under}`;
}

/** What searches of one scenario have found, together; `where` is what the evidence names. */
export function foldExplored(
  documents: readonly ExploreDocument[],
  totals: { complete: boolean; durationMs: number; exhaustive: boolean },
  where: string,
): Partial<ExploreDocument> {
  const { complete, durationMs, exhaustive } = totals;
  const sums = addUp(documents, durationMs);
  const faults = mergeFaults(documents.flatMap((document) => document.faults));
  return {
    verdict: toVerdict(faults.length > 0, complete),
    exhaustive,
    evidence: describeEvidence(documents[0] ?? {}, sums, exhaustive, where),
    limit: worstLimit(documents.map(({ limit }) => limit)),
    ...sums,
    outcomes: mergeOutcomes(documents.flatMap(({ outcomes }) => outcomes)),
    faults,
  };
}

/** Documents of several scenarios: each scenario by itself, and the sums. */
function mergeSweeps(
  documents: readonly ExploreDocument[],
  names: readonly string[],
  parts: readonly ReportPart[],
  mergeAll: MergeAll,
  { durationMs }: { durationMs: number },
): Partial<ExploreDocument> {
  const all = documents.flatMap(({ scenarios: own = [] }, i) =>
    own.map((report) => ({ report, name: `${names[i]} (${report.scenario})` })),
  );
  const groups = groupBy(all, ({ report }) => report.scenario);
  const order = inOrder(
    groups.keys(),
    scenarios.map(({ name }) => name),
  );
  const merged = order.map((scenario) => {
    const equal = groups.get(scenario) ?? [];
    return mergeAll(
      equal.map(({ report }) => report),
      equal.map(({ name }) => name),
    );
  });
  const whole = isWhole(parts) && scenarios.every(({ name }) => groups.has(name));
  const complete = whole && merged.every((report) => report.complete);
  const faults = merged.flatMap(({ scenario, faults: found }) =>
    found.map((fault) => ({ scenario, ...fault })),
  );
  return {
    verdict: toVerdict(faults.length > 0, complete),
    complete,
    exhaustive: whole && merged.every(({ exhaustive }) => exhaustive),
    limit: worstLimit([...documents, ...merged].map(({ limit }) => limit)),
    ...addUp(merged, durationMs),
    outcomes: merged.flatMap(({ outcomes }) => outcomes),
    faults,
    scenarios: merged,
  };
}

/** A program of the user's has to be one in all of them, since its parts are. */
function mergeSubjects(
  documents: readonly ExploreDocument[],
  names: readonly string[],
): Pick<ExploreDocument, 'subject'> {
  const subjects = documents.map(({ subject }) => subject ?? { kind: 'dm' });
  const [first] = subjects;
  if (!first || !isOwnSubject(first)) return {};
  for (const [i, other] of subjects.entries()) {
    const difference = planDifference(first, other, ['threads']);
    if (difference === undefined) continue;
    throw differ(`${names[0]} and ${names[i]} are of different programs: ${difference}`);
  }
  // The most that one of them saw.
  const threads = largest(subjects.map((one) => ('threads' in one ? Number(one.threads) : 0)));
  return { subject: { ...first, threads } };
}

/** How far explorations have looked, together. */
export function mergeExplore(
  documents: readonly ExploreDocument[],
  names: readonly string[],
  parts: readonly ReportPart[],
  totals: { complete: boolean; durationMs: number },
  mergeAll: MergeAll,
): Partial<ExploreDocument> {
  if (documents.some((document) => document.scenarios)) {
    return mergeSweeps(documents, names, parts, mergeAll, totals);
  }
  const exhaustive = isWhole(parts) && parts.every((part) => part.exhaustive === true);
  const merged = mergeSubjects(documents, names);
  const all = documents.map((document) => ({ ...document, ...merged }));
  return { ...merged, ...foldExplored(all, { ...totals, exhaustive }, whereText(parts)) };
}
