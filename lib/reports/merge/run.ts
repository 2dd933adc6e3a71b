import { largest } from '../../base/bounds';
import type { RunDocument } from '../schemas';
import { groupBy, sumOf } from './parts';

type Site = RunDocument['sites'][number];

function mergeSites(all: readonly Site[]): Site[] {
  const groups = groupBy(all, ({ module, offset }) => `${module} ${offset}`);
  return [...groups.values()]
    .map((same) => {
      const holds = sumOf(same, (site) => site.holds);
      const held = sumOf(same, (site) => (site.holdNs ?? 0) * site.holds);
      return {
        ...(same[0] as Site),
        acquisitions: sumOf(same, (site) => site.acquisitions),
        contended: sumOf(same, (site) => site.contended),
        waitNs: sumOf(same, (site) => site.waitNs),
        waitMaxNs: largest(same.map((site) => site.waitMaxNs)),
        holds,
        holdNs: holds > 0 ? held / holds : null,
        holdMaxNs: largest(same.map((site) => site.holdMaxNs)),
      };
    })
    .sort((a, b) => b.acquisitions - a.acquisitions);
}

/** An application that was run several times: everything is summed; it ended as the worst did. */
export function mergeRun(documents: readonly RunDocument[]): Partial<RunDocument> {
  const sum = (of: (one: RunDocument) => number): number => sumOf(documents, of);
  const failed = documents.find(({ status }) => status !== 0) ?? documents[0];
  return {
    status: failed?.status ?? null,
    signal: failed?.signal ?? null,
    refused: documents.find(({ refused }) => refused !== null)?.refused ?? null,
    acquisitions: sum((one) => one.acquisitions),
    contended: sum((one) => one.contended),
    waitNs: sum((one) => one.waitNs),
    lost: sum((one) => one.lost),
    libc: {
      robust: sum(({ libc }) => libc.robust),
      priority: sum(({ libc }) => libc.priority),
      shared: sum(({ libc }) => libc.shared),
      writers: sum(({ libc }) => libc.writers),
    },
    processes: documents.flatMap(({ processes }) => processes),
    sites: mergeSites(documents.flatMap(({ sites }) => sites)),
    warnings: [...new Set(documents.flatMap(({ warnings }) => warnings ?? []))],
  };
}
