import { type CurveAxis, curves } from './curves';
import type { PanelSpec, Sketch } from './draw';
import { distinct, groupBy, type LineValue } from './marks';
import type { Spec } from './theme';

/** Lines that are told apart in one panel. */
export interface Family {
  name: string;
  names: string[];
}

/** More lines than that nobody follows in one panel ... */
const FAMILY_MAX = 6;
/** ... unless there are no more at all: then a reader compares them. */
const CHOSEN_MAX = 8;

/**
 * Names by their kind, no family larger than can be told apart; a single one where they are few.
 *
 * @param kinds - In the order of their panels.
 */
export function familiesBy(
  names: readonly string[],
  kindOf: (name: string) => string,
  kinds: readonly string[],
): Family[] {
  if (names.length <= CHOSEN_MAX) return [{ name: '', names: [...names] }];
  const byKind = groupBy(names, kindOf);
  return kinds.flatMap((kind) => {
    const own = byKind.get(kind) ?? [];
    const parts = Math.ceil(own.length / FAMILY_MAX);
    const size = Math.ceil(own.length / parts);
    return Array.from({ length: parts }, (_, i) => ({
      name: [kind, parts > 1 ? `(${i + 1} of ${parts})` : '']
        .filter((word) => word !== '')
        .join(' '),
      names: own.slice(i * size, (i + 1) * size),
    }));
  });
}

/** The axes that panels share, and what is drawn in each of them. */
export interface Sheet {
  x: CurveAxis;
  y: CurveAxis;
  families: readonly Family[];
  marks?: readonly Spec[];
}

/** A panel of lines for each `panel` of the values and each family of their series. */
export function curvePanels(
  values: readonly LineValue[],
  { families, ...sheet }: Sheet,
): PanelSpec[] {
  return [...groupBy(values, ({ panel }) => panel)].flatMap(([panel, own]) => {
    const there = distinct(own.map(({ series }) => series));
    return families.flatMap(({ name, names }) => {
      const named = names.filter((one) => there.includes(one));
      const head = [panel, name].filter((text) => text !== '').join('\n');
      return named.length > 0 ? [{ head, spec: curves({ ...sheet, values: own, named }) }] : [];
    });
  });
}

/** What a caption says of grey lines: those of names in other panels. Dots have none. */
export const greyText = (spec: Sketch['spec'], names: readonly string[]): string =>
  Array.isArray(spec) && names.length > CHOSEN_MAX ? '; grey: those of the other panels' : '';
