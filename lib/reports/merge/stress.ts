import { largest, memberOf } from '../../base/bounds';
import { GRADES } from '../../programs/grades';
import { canonical } from '../../run/difference';
import { tables } from '../../tables/tables';
import { toVerdict } from '../head';
import {
  addBuckets,
  describeLatency,
  formatBuckets,
  type LatencyBucket,
  parseBuckets,
} from '../latency';
import type { StressDocument } from '../schemas';
import { commonOf, groupBy, leastOf, orderedAs, sumOf } from './parts';

type Ops = StressDocument['ops'];
type Op = Ops[string];
type Outcome = StressDocument['outcomes'][number];
type Fault = StressDocument['faults'][number];

/** Rows of a table first, in its order; then what it does not have. */
export function inOrder(names: Iterable<string>, order: readonly string[]): string[] {
  const known = new Set(names);
  const others = [...known].filter((name) => !order.includes(name)).sort();
  return [...order.filter((name) => known.has(name)), ...others];
}

function addCounts(all: readonly Record<string, number>[]): Record<string, number> {
  const names = all.flatMap((counts) => Object.keys(counts));
  const order = tables.errnos.map(({ name }) => name);
  return Object.fromEntries(
    inOrder(names, order).map((name) => [
      name,
      sumOf(all, (counts) => memberOf(counts, name) ?? 0),
    ]),
  );
}

function histogramOf(text: string | undefined): LatencyBucket[] | undefined {
  try {
    return text === undefined ? undefined : parseBuckets(text);
  } catch {
    return undefined;
  }
}

function mergeOp(all: readonly Op[]): Op {
  const { latencyNs, latencyBuckets, ...common } = commonOf(all);
  const merged = {
    ...common,
    count: sumOf(all, ({ count }) => count),
    ok: sumOf(all, ({ ok }) => ok),
    errors: addCounts(all.map(({ errors }) => errors)),
  };
  const histograms = all.map(({ latencyBuckets: text }) => histogramOf(text));
  // Percentiles alone do not add up, nor does what is not a histogram.
  if (!histograms.every((buckets) => buckets !== undefined)) return orderedAs(all[0], merged);
  const added = addBuckets(...histograms);
  return orderedAs(all[0], {
    ...merged,
    latencyNs: { ...describeLatency(added, longestOf(all)) },
    latencyBuckets: formatBuckets(added),
  });
}

/** The longest of all, where each says its own. */
function longestOf(all: readonly Op[]): number | undefined {
  const longest = all.map(({ latencyNs }) => latencyNs?.max);
  return longest.reduce((a, b) =>
    a === undefined || b === undefined ? undefined : Math.max(a, b),
  );
}

function mergeOps(all: readonly Ops[]): Ops {
  const names = all.flatMap((ops) => Object.keys(ops));
  const order = tables.ops.map(({ slug }) => slug);
  return Object.fromEntries(
    inOrder(names, order).map((name) => [
      name,
      mergeOp(all.flatMap((ops) => memberOf(ops, name) ?? [])),
    ]),
  );
}

/** Outcomes with their counts added, the most frequent first. */
export function mergeOutcomes<One extends Outcome>(all: readonly One[]): One[] {
  const merged = [
    ...groupBy(all, (one) => canonical([one.results, 'final' in one ? one.final : null])).values(),
  ].map((equal) =>
    orderedAs(equal[0], {
      ...(commonOf(equal) as One),
      count: sumOf(equal, ({ count }) => count),
      // What faulted in one of them is forbidden.
      grade: GRADES[largest(equal.map(({ grade }) => GRADES.indexOf(grade)))] ?? 'forbidden',
    }),
  );
  return merged.sort((a, b) => b.count - a.count || (a.results < b.results ? -1 : 1));
}

function mergeFault(equal: readonly Fault[]): Fault {
  const { ticket, trace, ...common } = commonOf(equal);
  const stories = equal.flatMap((fault) =>
    fault.ticket === undefined ? [] : { ticket: fault.ticket, trace: fault.trace },
  );
  const story = stories.length > 0 && leastOf(stories, (one) => [one.ticket.length]);
  return orderedAs(equal[0], {
    ...(common as Fault),
    count: sumOf(equal, ({ count }) => count),
    first: leastOf(
      equal.map(({ first }) => first),
      ({ atMs }) => [atMs],
    ),
    ...(story && { ticket: story.ticket, ...(story.trace && { trace: story.trace }) }),
  });
}

function mergeFaults(all: readonly Fault[]): Fault[] {
  const merged = [...groupBy(all, ({ kind }) => kind).values()].map(mergeFault);
  return merged.sort((a, b) => a.first.atMs - b.first.atMs || (a.kind < b.kind ? -1 : 1));
}

/** What runs on real threads have seen, together. */
export function mergeStress(
  documents: readonly StressDocument[],
  { complete, durationMs }: { complete: boolean; durationMs: number },
): Partial<StressDocument> {
  const ops = mergeOps(documents.map((document) => document.ops));
  const count = sumOf(Object.values(ops), (op) => op.count);
  // They are of one plan.
  const under = documents[0]?.latencyUnder;
  const faults = mergeFaults(documents.flatMap((document) => document.faults));
  const notes = documents.flatMap((document) => document.notes ?? []);
  return {
    verdict: toVerdict(faults.length > 0, complete),
    ...(under !== undefined && { latencyUnder: under }),
    ops,
    opsPerSecond: durationMs > 0 ? (count / durationMs) * 1000 : 0,
    rounds: sumOf(documents, ({ rounds }) => rounds),
    notes: inOrder(
      notes,
      tables.notes.map(({ text }) => text),
    ),
    outcomes: mergeOutcomes(documents.flatMap(({ outcomes }) => outcomes)),
    faults,
  };
}
