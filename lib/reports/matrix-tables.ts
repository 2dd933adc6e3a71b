import { groupedBy } from '../base/bounds';
import type { FaultKind } from '../tables/tables';
import { HIDER, type PatchEffect, weighPatches } from './matrix-patches';

/**
 * What a matrix says of its scenarios and patches, as the rows of two tables: terminal, Markdown
 * and page print these, so that their numbers are the same.
 */

/** The part of a report that the tables are made of. */
export interface TabledMatrix {
  plan: { scenarios: readonly string[] };
  cells: readonly {
    mask: number;
    scenario: string;
    faults: readonly string[];
    exhaustive: boolean;
  }[];
}

export const SCENARIO_HEADS = [
  'scenario',
  'subsets that fault',
  'of',
  'faults, and under how many subsets',
] as const;
export const PATCH_HEADS = ['patch', 'matters in', 'fixes', 'breaks'] as const;

/** What the numbers of the patches mean. */
export const PATCH_LEGEND =
  'A context is a subset of the other patches. A number: contexts in which the fault goes, or ' +
  `comes, with the patch; +02 -01: all of them have 02, and none has 01. Where ${HIDER} ends ` +
  'a create, what it hides is counted as there.';

/** A row for each scenario. */
export function scenarioRows({ plan, cells }: TabledMatrix): string[][] {
  const cellsOf = groupedBy(cells, ({ scenario }) => scenario);
  return plan.scenarios.map((name) => {
    const own = cellsOf(name);
    const faulty = own.filter(({ faults }) => faults.length > 0);
    const counts = new Map<string, number>();
    for (const kind of faulty.flatMap(({ faults }) => faults)) {
      counts.set(kind, (counts.get(kind) ?? 0) + 1);
    }
    const kinds = [...counts].sort((a, b) => b[1] - a[1]).map(([kind, n]) => `${kind} ${n}`);
    return [name, String(faulty.length), String(own.length), kinds.join(', ') || 'none'];
  });
}

/** A row for each patch of the series. */
export function patchRows({ cells }: TabledMatrix): string[][] {
  const weighed = weighPatches(
    cells.map((cell) => ({ ...cell, faults: cell.faults as FaultKind[] })),
  );
  return weighed.map(({ no, slug, contexts, of, fixes, breaks }) => [
    `${no} ${slug}`,
    `${contexts} of ${of}`,
    effectsText(fixes, of),
    effectsText(breaks, of),
  ]);
}

/** Effects, the most frequent first. */
function effectsText(effects: readonly PatchEffect[], of: number): string {
  const texts = effects
    .toSorted((a, b) => b.contexts - a.contexts)
    .map(({ kind, contexts, with: has, without }) => {
      if (contexts === of) return `${kind} always`;
      const only = [...has.map((no) => `+${no}`), ...without.map((no) => `-${no}`)];
      return [kind, contexts, ...only].join(' ');
    });
  return texts.join(', ') || '-';
}
