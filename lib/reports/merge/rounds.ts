import { toVerdict } from '../head';
import type { RoundsDocument } from '../schemas';
import { commonOf, groupBy, leastOf, orderedAs, sumOf } from './parts';
import { mergeOutcomes } from './stress';

type Fault = RoundsDocument['faults'][number];

function mergeFault(equal: readonly Fault[]): Fault {
  const { ticket, trace, titles, explored, found: _, ...common } = commonOf(equal);
  const looked = equal.find((one) => one.ticket !== undefined);
  const first = leastOf(
    equal.map((one) => one.first),
    ({ atMs }) => [atMs],
  );
  return orderedAs(equal[0], {
    ...(common as Fault),
    count: sumOf(equal, (one) => one.count),
    function: first.function,
    file: first.file,
    line: first.line,
    first,
    ...(looked?.ticket !== undefined && {
      ticket: looked.ticket,
      trace: looked.trace,
      titles: looked.titles,
    }),
    ...(looked?.explored !== undefined && { explored: looked.explored }),
    ...(looked?.found !== undefined && { found: looked.found }),
  });
}

/** What rounds of one program have shown, together. */
export function mergeRounds(
  documents: readonly RoundsDocument[],
  { complete, durationMs }: { complete: boolean; durationMs: number },
): Partial<RoundsDocument> {
  const all = documents.flatMap(({ faults }) => faults);
  const faults = [...groupBy(all, ({ kind }) => kind).values()].map(mergeFault);
  const rounds = sumOf(documents, (one) => one.rounds);
  return {
    verdict: toVerdict(faults.length > 0, complete),
    rounds,
    roundsPerSecond: durationMs > 0 ? (rounds / durationMs) * 1000 : 0,
    outcomes: mergeOutcomes(documents.flatMap(({ outcomes }) => outcomes)),
    faults: faults.sort((a, b) => a.first.atMs - b.first.atMs),
  };
}
