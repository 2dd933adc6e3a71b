import type { ReportDocument } from '../schemas';
import { groupBy, leastOf } from './parts';

type Judged = NonNullable<ReportDocument['thresholds']>[number];

interface Expected {
  kinds: string[];
  missing: string[];
  unexpected?: string[] | undefined;
}

/** A threshold that one run missed is missed. */
function mergeThreshold(equal: readonly Judged[]): Judged {
  return leastOf(equal, ({ held }) => [Number(held)]);
}

/** A kind that one run has seen is seen. */
function mergeExpected(all: readonly Expected[]): Expected {
  const kinds = [...new Set(all.flatMap((one) => one.kinds))].sort();
  const seen = all.flatMap((one) => one.kinds.filter((kind) => !one.missing.includes(kind)));
  const others = new Set(all.flatMap(({ unexpected = [] }) => unexpected));
  return {
    kinds,
    missing: kinds.filter((kind) => !seen.includes(kind)),
    unexpected: [...others].filter((kind) => !kinds.includes(kind)).sort(),
  };
}

/** What was asked of the runs, and whether together they have it. */
export function mergeGates(documents: readonly ReportDocument[]): object {
  const judged = documents.flatMap(({ thresholds = [] }) => thresholds);
  const expected = documents.flatMap((document) =>
    document.kind === 'stress' || document.kind === 'explore' ? (document.expected ?? []) : [],
  );
  const thresholds = [...groupBy(judged, ({ threshold }) => threshold).values()];
  return {
    ...(judged.length > 0 && {
      thresholds: thresholds
        .map(mergeThreshold)
        .sort((a, b) => (a.threshold < b.threshold ? -1 : 1)),
    }),
    ...(expected.length > 0 && { expected: mergeExpected(expected) }),
  };
}
