import { patches } from './patches';
import type { FaultKind, PatchNo, PatchRow, PatchSlug } from './tables';

/** What one subset lets happen in one scenario; the part of a cell that is weighed here. */
interface WeighedCell {
  mask: number;
  scenario: string;
  faults: FaultKind[];
}

/** A kind that comes, or goes, with a patch. */
export interface PatchEffect {
  kind: FaultKind;
  scenarios: string[];
  /** Contexts in which it does. */
  contexts: number;
  /** Patches that all of these contexts have. */
  with: PatchNo[];
  /** Patches that none of them has. */
  without: PatchNo[];
}

/** What one patch does, over all subsets of the others: its contexts. */
export interface MatrixPatch {
  no: PatchNo;
  slug: PatchSlug;
  /** Contexts in which it changes what can happen. */
  contexts: number;
  /** Contexts that were looked at: 128, in a whole matrix. */
  of: number;
  /** Kinds that it takes away. */
  fixes: PatchEffect[];
  /** Kinds that it brings. */
  breaks: PatchEffect[];
}

/** By mask: `scenario kind` of everything that can be reached. */
type Reach = Map<number, Map<string, Pick<PatchEffect, 'kind'> & { scenario: string }>>;

const SERIES = patches.rows(patches.parse('series').mask);

function reachOf(cells: readonly WeighedCell[]): Reach {
  const reach: Reach = new Map();
  for (const { mask, scenario, faults } of cells) {
    const reached = reach.get(mask) ?? new Map();
    for (const kind of faults) reached.set(`${scenario} ${kind}`, { scenario, kind });
    reach.set(mask, reached);
  }
  return reach;
}

/** Gathers what changes from one side of a patch to the other. */
class Effects {
  readonly #byKind = new Map<FaultKind, { masks: Set<number>; scenarios: Set<string> }>();

  /** What is there under `mask` and not under `other`, which differ in the patch. */
  add(reach: Reach, mask: number, other: number): boolean {
    let changed = false;
    for (const [key, { kind, scenario }] of reach.get(mask) ?? []) {
      if (reach.get(other)?.has(key)) continue;
      const effect = this.#byKind.get(kind) ?? { masks: new Set(), scenarios: new Set() };
      effect.masks.add(mask & other);
      effect.scenarios.add(scenario);
      this.#byKind.set(kind, effect);
      changed = true;
    }
    return changed;
  }

  list(self: PatchRow): PatchEffect[] {
    const others = SERIES.filter((row) => row !== self);
    const numbersWhere = (masks: number[], set: number): PatchNo[] =>
      others
        .filter(({ bit }) => masks.every((mask) => ((mask >>> bit) & 1) === set))
        .map(({ no }) => no);
    return [...this.#byKind].map(([kind, { masks, scenarios }]) => ({
      kind,
      scenarios: [...scenarios],
      contexts: masks.size,
      with: numbersWhere([...masks], 1),
      without: numbersWhere([...masks], 0),
    }));
  }
}

function weigh(row: PatchRow, reach: Reach): MatrixPatch {
  const bit = 1 << row.bit;
  const contexts = [...reach.keys()].filter((mask) => !(mask & bit) && reach.has(mask | bit));
  const fixes = new Effects();
  const breaks = new Effects();
  let changed = 0;
  for (const mask of contexts) {
    const fixed = fixes.add(reach, mask, mask | bit);
    const broken = breaks.add(reach, mask | bit, mask);
    if (fixed || broken) changed += 1;
  }
  return {
    no: row.no,
    slug: row.slug,
    contexts: changed,
    of: contexts.length,
    fixes: fixes.list(row),
    breaks: breaks.list(row),
  };
}

/** What each patch of the series does to the kinds that can be reached, from the cells. */
export function weighPatches(cells: readonly WeighedCell[]): MatrixPatch[] {
  const reach = reachOf(cells);
  return SERIES.map((row) => weigh(row, reach));
}
