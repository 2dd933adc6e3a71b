import type { OopsDocument } from '../schemas';
import { groupBy, leastOf, sumOf } from './parts';

/** Runs of one plan: the one that died soonest, or none did in all of their rounds. */
export function mergeOops(
  documents: readonly OopsDocument[],
  { complete }: { complete: boolean },
): Partial<OopsDocument> {
  const { death, faults } = leastOf(documents, (document) => [
    document.death?.atMs ?? Number.POSITIVE_INFINITY,
  ]);
  const groups = groupBy(
    documents.flatMap(({ survived }) => survived),
    ({ kind }) => kind,
  );
  const survived = [...groups]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([kind, same]) => ({
      kind,
      count: sumOf(same, ({ count }) => count),
    }));
  const faulted = death !== null || survived.length > 0;
  return {
    verdict: faulted ? 'fault' : complete ? 'clean' : 'unfinished',
    rounds: sumOf(documents, ({ rounds }) => rounds),
    hung: documents.some(({ hung }) => hung),
    death,
    faults,
    survived,
  };
}
