import type { OutputOf } from '../base/output-of';
import type { programFault } from '../reports/documents/explore';
import type { replayedProgramFault } from '../reports/documents/replay';
import type { TraceStep } from '../story/trace';
import { ownAdvice, ownMeans } from '../tables/own-faults';
import { type FaultKind, type FaultRow, faultRow, isStuck } from '../tables/tables';
import type { Excerpt, Names } from './naming';
import type {
  HeapName,
  HostFault,
  HostPlace,
  HostReplayed,
  HostSentence,
  HostWait,
} from './protocol';
import { type OwnPlace, placeOf, siteOf } from './story';

/** A fault of own C, as {@link explore} reports it. */
export type ProgramFault = OutputOf<typeof programFault>;
/** The fault that the schedule of a ticket of own C leads to. */
export type ReplayedProgramFault = OutputOf<typeof replayedProgramFault>;

/** What a search and a replay both know of a fault. */
export interface Met {
  kind: string;
  at: string | null;
  other: string | null;
  cpu: number;
  message: HostSentence;
  place: HostPlace | null;
  waits: readonly HostWait[];
  /** The outcome that is forbidden; undefined: it is a fault of another sort. */
  outcome: string | undefined;
  preemptions: number;
  steps: number;
}

/**
 * The row of a kind.
 *
 * @throws Error for a kind that the host has and this does not: they are of one version
 */
export function rowOf(kind: string): FaultRow {
  const row = faultRow(kind);
  if (!row) throw new Error(`dmtorture bug: the host reports a kind that is not known, ${kind}`);
  return row;
}

const FORBIDDEN_MEANS = 'the program comes to an outcome that is forbidden';

/** An execution has fewer threads: the host says that none of them met it. */
const CPUS_MAX = 1024;

function describeWait(
  { cpu, what, on, at }: HostWait,
  names: Names,
): ProgramFault['waits'][number] {
  return { cpu: cpu + 1, what, on: names.memory(on), ...placeOf(names, at, on) };
}

/** The sources around everything that a fault and its steps name. */
function excerptsOf(places: readonly Pick<OwnPlace, 'file' | 'line'>[], names: Names): Excerpt[] {
  const lines = new Map<string, number[]>();
  for (const { file, line } of places) {
    if (file !== null && line !== null) lines.set(file, [...(lines.get(file) ?? []), line]);
  }
  return [...lines].flatMap(([file, marked]) => names.sources.excerpts(file, marked));
}

/** What `explore` and `replay` both say of a fault. */
export function describeMet(
  met: Met,
  heap: HeapName,
  steps: readonly TraceStep[],
  names: Names,
): ReplayedProgramFault {
  const row = rowOf(met.kind);
  // Of threads that wait within a library the host has no line: the first of the others has one.
  const waiting = met.waits.find(({ at }) => at !== null)?.at;
  const at = met.at ?? (isStuck(met.kind) ? waiting : null);
  const place = placeOf(names, at, met.place);
  const other = met.other === null ? null : placeOf(names, met.other, met.place);
  // Elsewhere threads wait as they always do.
  const waits = isStuck(met.kind) ? met.waits.map((wait) => describeWait(wait, names)) : [];
  const message = names.words(met.message);
  const means = met.outcome === undefined ? ownMeans(row.slug) : FORBIDDEN_MEANS;
  const block = names.block(met.place);
  return {
    kind: row.slug as FaultKind,
    invariant: row.invariant,
    preventedBy: [],
    means,
    site: siteOf(place),
    message: message === '' ? means : message,
    ...place,
    cpu: met.outcome !== undefined || met.cpu > CPUS_MAX || met.cpu < 0 ? null : met.cpu + 1,
    preemptions: met.preemptions,
    steps: met.steps,
    variable: place.object,
    other,
    block: block === '' ? null : block,
    waits,
    heap,
    excerpts: excerptsOf([place, ...(other ? [other] : []), ...waits, ...steps], names),
    advice: ownAdvice(row.slug),
  };
}

/** What a replay met; undefined: nothing. */
export function metIn(replayed: HostReplayed): Met | undefined {
  const {
    kind,
    at,
    other = null,
    cpu,
    message,
    place = null,
    waits,
    outcome,
    preemptions,
    steps,
  } = replayed;
  if (kind === null) return undefined;
  return { kind, at, other, cpu, message, place, waits, outcome, preemptions, steps };
}

/** What a search found, with what its replay knows besides. */
export function metOf(found: HostFault): Met {
  const { kind, at, other, cpu, message, place, waits, outcome, preemptions, steps } = found;
  return { kind, at, other, cpu, message, place, waits, outcome, preemptions, steps };
}

/** What a fault takes. */
export function causeOf({ preemptions }: Met): ProgramFault['how'] {
  return preemptions > 0 ? 'race' : 'sequential';
}
