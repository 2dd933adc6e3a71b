import type { OutputOf } from '../base/output-of';
import { PatchSet, patches, patchSetOf } from '../tables/patches';
import { type FaultKind, type PatchNo, type PatchRow, rowAt, tables } from '../tables/tables';
import type { matrixPatch, patchEffect } from './documents/matrix';
import type { MatrixCell } from './matrix-cells';

/** What one subset lets happen in one scenario; the part of a cell that is weighed here. */
type WeighedCell = Pick<MatrixCell, 'mask' | 'scenario' | 'faults' | 'exhaustive'>;

/** A kind that comes, or goes, with a patch. */
export type PatchEffect = OutputOf<typeof patchEffect>;

/** What one patch does, over all subsets of the others: its contexts. */
export type MatrixPatch = OutputOf<typeof matrixPatch>;

/** What can be reached under one set, by scenario, of cells that were exhausted. */
interface Subset {
  set: PatchSet;
  scenarios: Map<string, Set<FaultKind>>;
}

/** The subsets by their masks. */
type Reach = Map<number, Subset>;

/** It is there or not by 03 and 04 alone, and nothing comes after it. */
export const HIDER: FaultKind = rowAt(
  tables.faults.filter(({ hides }) => hides),
  0,
).slug;
const SERIES = [...patches.parse('series')];

function reachOf(cells: readonly WeighedCell[]): Reach {
  const reach: Reach = new Map();
  for (const { mask, scenario, faults, exhaustive } of cells) {
    // What a search that was cut off did not reach may be reachable.
    if (!exhaustive) continue;
    const subset = reach.get(mask) ?? { set: patchSetOf(mask), scenarios: new Map() };
    subset.scenarios.set(scenario, new Set(faults));
    reach.set(mask, subset);
  }
  return reach;
}

/** Gathers the kinds that a patch takes away, or those that it brings. */
class Effects {
  readonly #byKind = new Map<
    FaultKind,
    { sets: Set<PatchSet>; scenarios: Set<string>; alone: boolean }
  >();

  /** `alone`: nothing went the other way in this cell. */
  add(set: PatchSet, scenario: string, kinds: Iterable<FaultKind>, alone: boolean): void {
    for (const kind of kinds) {
      const effect = this.#byKind.get(kind) ?? {
        sets: new Set(),
        scenarios: new Set(),
        alone: false,
      };
      effect.sets.add(set);
      effect.scenarios.add(scenario);
      effect.alone ||= alone;
      this.#byKind.set(kind, effect);
    }
  }

  /** Kinds that went alone in a cell at least, or those that never did. */
  list(self: PatchRow, alone: boolean): PatchEffect[] {
    const others = SERIES.filter((row) => row !== self);
    const numbersWhere = (sets: Set<PatchSet>, isIn: boolean): PatchNo[] =>
      others.map(({ no }) => no).filter((no) => [...sets].every((set) => set.has(no) === isIn));
    return [...this.#byKind]
      .filter(([, effect]) => effect.alone === alone)
      .map(([kind, { sets, scenarios }]) => ({
        kind,
        scenarios: [...scenarios],
        contexts: sets.size,
        with: numbersWhere(sets, true),
        without: numbersWhere(sets, false),
      }));
  }
}

/** Kinds of `some` that are not among `others`. */
function without(some: Set<FaultKind>, others: Set<FaultKind> | undefined): FaultKind[] {
  return [...some].filter((kind) => !others?.has(kind));
}

/** What a patch takes away and brings, and where. */
interface Changes {
  gone: Effects;
  come: Effects;
  /** Contexts in which something goes or comes. */
  changed: Set<PatchSet>;
}

/** The same subset with one patch more. */
function withPatch(row: PatchRow, set: PatchSet, reach: Reach): Subset | undefined {
  return reach.get(new PatchSet([...set, row]).mask);
}

function changesOf(row: PatchRow, contexts: readonly PatchSet[], reach: Reach): Changes {
  const gone = new Effects();
  const come = new Effects();
  const changed = new Set<PatchSet>();
  for (const set of contexts) {
    const more = withPatch(row, set, reach);
    for (const [scenario, before] of reach.get(set.mask)?.scenarios ?? []) {
      const after = more?.scenarios.get(scenario);
      // A partial matrix may have one side of a cell only.
      if (!after) continue;
      const [going, coming] = [without(before, after), without(after, before)];
      if (going.length + coming.length > 0) changed.add(set);
      gone.add(set, scenario, going, coming.length === 0);
      come.add(set, scenario, coming, going.length === 0);
    }
  }
  return { gone, come, changed };
}

function weigh(row: PatchRow, reach: Reach, revealed: Reach): MatrixPatch {
  const contexts = [...reach.values()]
    .map(({ set }) => set)
    .filter((set) => !set.has(row.no) && withPatch(row, set, reach) !== undefined);
  const seen = changesOf(row, contexts, reach);
  const below = changesOf(row, contexts, revealed);
  return {
    no: row.no,
    slug: row.slug,
    contexts: seen.changed.size,
    of: contexts.length,
    fixes: below.gone.list(row, true),
    breaks: below.come.list(row, true),
    hides: seen.gone.list(row, false),
    shows: seen.come.list(row, false),
  };
}

/**
 * What lies under a fault that ends every create: the same subset shows it with the patch that
 * prevents that fault.
 */
function reveal(cells: readonly WeighedCell[]): WeighedCell[] {
  const [awake = 'none'] = tables.faults.find(({ slug }) => slug === HIDER)?.preventedBy ?? [];
  const byKey = new Map(cells.map((cell) => [`${cell.mask} ${cell.scenario}`, cell]));
  return cells.map((cell) => {
    const below = byKey.get(`${patchSetOf(cell.mask).with(awake).mask} ${cell.scenario}`);
    if (!cell.faults.includes(HIDER) || !below) return cell;
    const exhaustive = cell.exhaustive && below.exhaustive;
    return { ...cell, exhaustive, faults: [...cell.faults, ...below.faults] };
  });
}

/**
 * What each patch of the series does to the kinds that can be reached, from the cells. What it
 * fixes and breaks is weighed with what {@link HIDER} hides counted as there.
 */
export function weighPatches(cells: readonly WeighedCell[]): MatrixPatch[] {
  const reach = reachOf(cells);
  const revealed = reachOf(reveal(cells));
  return SERIES.map((row) => weigh(row, reach, revealed));
}
