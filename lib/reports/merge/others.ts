import { scenarios } from '../../programs/scenarios';
import { canonical } from '../../run/difference';
import { tables } from '../../tables/tables';
import type {
  BenchDocument,
  BisectDocument,
  DemoDocument,
  HistoryDocument,
  ReplayDocument,
  VerifyDocument,
} from '../schemas';
import { groupBy, isWhole, leastOf, partsOf, type ReportPart, sumOf } from './parts';
import { inOrder } from './stress';

type DemoRow = DemoDocument['rows'][number];

/** Of each patch the tour that saw its fault soonest. */
function mergeRows(all: readonly DemoRow[]): DemoRow[] {
  const groups = groupBy(all, ({ patch }) => patch);
  return [...groups.keys()].sort().flatMap((patch) => {
    const rows = groups.get(patch) ?? [];
    return leastOf(rows, ({ msToFirst }) => [msToFirst ?? Number.POSITIVE_INFINITY]);
  });
}

/** Tours taken several times. */
export function mergeDemo(
  documents: readonly DemoDocument[],
  { complete }: { complete: boolean },
): Partial<DemoDocument> {
  const rows = mergeRows(documents.flatMap((document) => document.rows));
  const runs = groupBy(
    documents.flatMap((document) => document.clean),
    ({ scenario }) => scenario,
  );
  const order = inOrder(
    runs.keys(),
    scenarios.map(({ name }) => name),
  );
  const kinds = tables.faults.map(({ slug }) => slug);
  const clean = order.map((scenario) => {
    const equal = runs.get(scenario) ?? [];
    return {
      scenario,
      ops: sumOf(equal, ({ ops }) => ops),
      faults: inOrder(
        equal.flatMap(({ faults }) => faults),
        kinds,
      ),
    };
  });
  const faulty = clean.some(({ faults }) => faults.length > 0);
  const seen = rows.every(({ fault }) => fault !== null);
  return {
    verdict: faulty ? 'fault' : complete && seen ? 'clean' : 'unfinished',
    rows,
    allClean: complete && !faulty,
    clean,
  };
}

/** One ticket, replayed several times: it was reproduced where every time reproduced it. */
export function mergeReplay(documents: readonly ReplayDocument[]): Partial<ReplayDocument> {
  const told = documents.map(({ reproduced, ticket, expected, fault, trace }) => {
    const verdict = fault === null ? ('clean' as const) : ('fault' as const);
    return { verdict, reproduced, ticket, expected, fault, trace };
  });
  return leastOf(told, ({ reproduced }) => [Number(reproduced)]);
}

/** What any of the runs has in a list, each once. */
function unionOf(parts: readonly ReportPart[], name: 'warnings' | 'validated'): object {
  if (!parts.every((part) => Array.isArray(part[name]))) return {};
  const all = groupBy(
    parts.flatMap((part) => part[name] ?? []),
    (one) => canonical([one]),
  );
  return { [name]: [...all.values()].map(([one]) => one) };
}

/** Measurements do not add up: every row stays, with its run, the number of its part from 0. */
export function mergeBench(
  documents: readonly BenchDocument[],
  parts: readonly ReportPart[],
): Partial<BenchDocument> {
  const places = new Map(parts.map((part, i) => [canonical(part), i]));
  const placed = documents.flatMap((document) => {
    const own = partsOf(document).map((part) => places.get(canonical(part)) ?? 0);
    return document.rows.map((row) => ({
      ...row,
      run: own[typeof row.run === 'number' ? row.run : 0] ?? 0,
    }));
  });
  return {
    verdict: documents.some(({ verdict }) => verdict === 'fault')
      ? 'fault'
      : isWhole(parts) && documents.every(({ verdict }) => verdict === 'clean')
        ? 'clean'
        : 'unfinished',
    rows: placed.sort((a, b) => a.run - b.run),
    ...unionOf(parts, 'warnings'),
    ...unionOf(parts, 'validated'),
  };
}

/** One plan, verified several times: that which looked the furthest. */
export function mergeVerify(documents: readonly VerifyDocument[]): Partial<VerifyDocument> {
  const { rows, barriers, relaxed, faults, limit, evidence, verdict } = leastOf(
    documents,
    (document) => [
      document.complete ? 0 : 1,
      -sumOf(document.rows, ({ exhaustive }) => Number(exhaustive)),
      -sumOf(document.rows, ({ states }) => states),
    ],
  );
  return { rows, barriers, relaxed, faults, limit, evidence, verdict };
}

/** One plan, bisected several times: all of that which looked the furthest, since each says the same. */
export function mergeBisect(documents: readonly BisectDocument[]): Partial<BisectDocument> {
  const { firstWith, firstWithout, again, row, begins, ends, cells, fault, ...rest } = leastOf(
    documents,
    (document) => [
      document.complete ? 0 : 1,
      -sumOf(document.cells, ({ exhaustive }) => Number(exhaustive)),
      -document.states,
    ],
  );
  const { complete, limit, evidence, executions, states, verdict } = rest;
  const answer = { firstWith, firstWithout, again, row, begins, ends, cells, fault };
  return { ...answer, complete, limit, evidence, executions, states, verdict };
}

/** The same history, run several times: that which looked at the most. */
export function mergeHistory(documents: readonly HistoryDocument[]): Partial<HistoryDocument> {
  const { rows, patterns, matrix, evidence, verdict } = leastOf(documents, (document) => [
    document.complete ? 0 : 1,
    -(document.matrix?.cells.length ?? 0),
    -sumOf(document.rows, ({ ticket }) => Number(ticket !== null)),
  ]);
  return { rows, patterns, matrix, evidence, verdict };
}
