import { outOfRange, wrongType } from '../base/errors';
import { restoreTraces } from '../story/drawing';
import { checkDocument, type ReportDocument } from './documents';
import type { ReportHead } from './head';
import { kindOf } from './kinds';
import { mergeGates } from './merge/gates';
import {
  commonOf,
  differ,
  isWhole,
  mergeEnvironments,
  mergeParts,
  orderedAs,
  type ReportPart,
  sumOf,
} from './merge/parts';
import { checkPlans, mergePlans } from './merge/plans';

export type { ReportPart } from './merge/parts';

/** A report that was made of several. */
export type MergedReport<Report> = Report & {
  /** The runs that it is made of, each with its seed, shard and environment. */
  parts?: ReportPart[];
};

/** Refuse documents of different kinds and versions; plans come later. */
function checkHeads(documents: readonly ReportDocument[], names: readonly string[]): void {
  const [first] = documents;
  for (const [i, other] of documents.entries()) {
    for (const member of ['kind', 'version'] as const) {
      if (first?.[member] === other[member]) continue;
      throw differ(
        `${names[0]} and ${names[i]} cannot become one: \`${member}\` is ` +
          `\`${first?.[member]}\` in the one, \`${other[member]}\` in the other`,
      );
    }
  }
}

/** Where a check has put its parts, it is as if they had been added. */
function partsLast(document: ReportDocument): ReportDocument {
  if (!('parts' in document)) return document;
  const { parts, ...rest } = document;
  return { ...rest, parts } as ReportDocument;
}

/** The report of one shard of several, as its run wrote it. */
function isLoneShard(document: ReportDocument): boolean {
  const { shard } = document.plan as { shard?: { count: number } };
  return shard !== undefined && shard.count > 1 && document.parts === undefined;
}

/** A report as it is without any other: that of one shard is not complete. */
export function standingAlone(document: ReportDocument): ReportDocument {
  return isLoneShard(document) ? mergeAll([document], ['the report']) : document;
}

function mergeAll(checked: readonly ReportDocument[], names: readonly string[]): ReportDocument {
  const documents = checked.map(partsLast);
  const [first] = documents;
  if (!first) throw outOfRange('reports', 'one at least', 'none');
  if (documents.length === 1 && !isLoneShard(first)) return first;
  checkHeads(documents, names);
  const split = documents.some(({ plan, parts }) => {
    return 'shard' in plan || parts?.[0]?.shard !== undefined;
  });
  const { rules, merge } = kindOf(first);
  const { repeatable, free } = rules(first, split);
  checkPlans(documents, names, free);
  const parts = mergeParts(documents, names, repeatable);
  const plan = mergePlans(documents, parts, free);
  const totals = {
    complete: isWhole(parts) && parts.every(({ complete }) => complete),
    durationMs: sumOf(parts, ({ durationMs }) => durationMs),
  };
  // A shard alone says which one it is: it is a merge that lacks all the others.
  const { shard } = first.plan as { shard?: object };
  return orderedAs(first, {
    ...commonOf(documents),
    ...totals,
    plan: documents.length === 1 ? { ...plan, shard } : plan,
    environment: mergeEnvironments(parts),
    ...merge(documents, { names, parts, totals, mergeInner: mergeAll }),
    ...mergeGates(documents),
    parts,
  }) as unknown as ReportDocument;
}

/**
 * Make one report of several: of the shards of a run, of runs on several machines, of runs with
 * several seeds. In whichever order and however they are taken together, the result is the same.
 *
 * Counts and latency histograms add up, faults are reported once with the earliest first, and what was
 * measured by `bench` stays apart. It is `complete`, and an exploration `exhaustive`, only where
 * every shard is there; one shard alone is not.
 *
 * @param reports - Of one kind, one version and one plan; the shard may differ, and for runs that
 *   are not shards of one run also the seed of what is not deterministic.
 * @param names - What messages call them, such as their files. @default report 1, report 2, ...
 * @throws DmTortureError ERR_REPORTS_DIFFER, ERR_BAD_REPORT, ERR_INVALID_ARG_TYPE
 * @example
 * const whole = mergeReports([await stress({ shard: '1/2' }).result, await other]);
 */
export function mergeReports<Report extends ReportHead<string>>(
  reports: readonly Report[],
  names: readonly string[] = [],
): MergedReport<Report> {
  if (!Array.isArray(reports)) throw wrongType('reports', 'an array of reports', reports);
  const called = reports.map((_, i) => names[i] ?? `report ${i + 1}`);
  const documents = reports.map((report, i) => checkDocument(report, called[i] ?? ''));
  const merged = mergeAll(documents, called);
  if (merged.kind === 'explore' || merged.kind === 'stress') restoreTraces(merged);
  return merged as unknown as MergedReport<Report>;
}
