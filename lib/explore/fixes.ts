import { hasBit } from '../base/bounds';
import type { Race } from '../programs/race';
import { PatchSet, patches } from '../tables/patches';
import { type FaultKind, faultRow, type PatchNo } from '../tables/tables';
import { explore } from './explore';
import type { ExploredFault, ExploreReport } from './report';

/** A fault, and the smallest set of patches that takes it away; undefined where none was found. */
export type FixedFault = ExploredFault & { fixedBy?: PatchNo[] };

/** What a search for the smallest set may take in all. */
const BISECT_MS = 3000;

/** Subsets, the smaller ones first. */
function* subsets<T>(all: readonly T[]): Generator<T[], void, undefined> {
  const picks = Array.from({ length: 2 ** all.length }, (_, pick) => pick);
  const pickedBy = (pick: number): T[] => all.filter((_, i) => hasBit(pick, i));
  yield* picks.map(pickedBy).sort((a, b) => a.length - b.length);
}

/** What can be reached under a set of patches; undefined where that was not looked at to the end. */
export type Reach = (set: PatchSet) => Promise<ReadonlySet<FaultKind> | undefined>;

/** Explores each set once; one time limit is for all of them. */
export function reachIn(
  target: string | Race,
  signal: AbortSignal,
  limitMs: number = BISECT_MS,
): Reach {
  const endMs = performance.now() + Math.min(limitMs, BISECT_MS);
  const known = new Map<number, Awaited<ReturnType<Reach>>>();
  const look: Reach = async (set) => {
    const time = Math.round(endMs - performance.now());
    if (time <= 0 || signal.aborted) return undefined;
    const options = { patches: set, allFaults: true, minimise: false, time, signal };
    const { faults, exhaustive } = await explore(target, options);
    return exhaustive ? new Set(faults.map(({ kind }) => kind)) : undefined;
  };
  return async (set) => {
    if (!known.has(set.mask)) known.set(set.mask, await look(set));
    return known.get(set.mask);
  };
}

/**
 * The smallest set of the patches that were left out under which a fault of this kind cannot be
 * reached any more, and none comes that was not there: 04 without 03 hides what it does not cure.
 */
export async function smallestFix(
  reach: Reach,
  set: PatchSet,
  { kind, preventedBy }: Pick<ExploredFault, 'kind' | 'preventedBy'>,
): Promise<PatchNo[] | undefined> {
  if (preventedBy.length === 1) return preventedBy;
  // Which patches help a check, no table says.
  const helps = (no: PatchNo): boolean =>
    faultRow(kind)?.foundBy === 'check' || preventedBy.includes(no);
  const before = await reach(set);
  const left = [...patches.parse('all').without(set)];
  for (const added of subsets(left)) {
    if (!added.some(({ no }) => helps(no))) continue;
    const after = await reach(new PatchSet([...set, ...added]));
    if (!before?.has(kind) || !after) return undefined;
    const isWorse = [...after].some((other) => !before.has(other));
    if (!isWorse && !after.has(kind)) return added.map(({ no }) => no);
  }
  return undefined;
}

/**
 * Give each fault of an exploration the smallest set of patches that takes it away, where one is
 * found: `fixedBy`. Of a search with a time limit it takes what the search has left.
 */
export async function findFixes(
  target: string | Race,
  { faults, plan, durationMs }: ExploreReport,
  signal: AbortSignal,
): Promise<void> {
  const reach = reachIn(target, signal, plan.timeMs > 0 ? plan.timeMs - durationMs : BISECT_MS);
  for (const fault of faults as FixedFault[]) {
    const fixedBy = await smallestFix(reach, patches.parse(plan.patches), fault);
    if (fixedBy) fault.fixedBy = fixedBy;
  }
}
