import { exactly, grouped } from '../base/text';
import { memoryCalled } from '../tables/memory';
import { tables } from '../tables/tables';
import { HIDER } from './matrix-patches';
import type { HistoryDocument } from './schemas';

/**
 * What the matrix of a history says: terminal, Markdown and page print these sentences and tables, so
 * that their words are the same.
 */

/** The matrix, as a report has it. */
export type Matrix = NonNullable<HistoryDocument['matrix']>;
type Variant = Matrix['variants'][number];
type Cell = Matrix['cells'][number];
type Disagreement = Matrix['disagreements'][number];

/** Columns of the table of scenarios, beside a letter for each set. */
export const SCENARIO_HEADS = ['scenario', 'sets', 'faults'] as const;
/** Columns of the table of rows. */
export const ROW_HEADS = ['row', 'matters in', 'while', 'fault', 'sets', 'scenarios'] as const;

/** What a reader of the table of rows has to know. */
export const ROW_LEGEND =
  'A row is changed in each set alone: a fix or machinery that is in is taken out, a bug of the past ' +
  'that is not in is put in. Matters in: sets in which that changes what can happen. While out: the fault ' +
  'is there while the row is out; while in: while it is in. A fault ends an execution, so that a kind may ' +
  `go since another comes before it; where ${HIDER} comes first, what it may hide is not counted.`;

/** Names of scenarios that are said; of more, how many. */
const SCENARIOS_SAID = 4;

/** How a cell is shown by one letter, and what that means. */
export const LETTERS = {
  fault: '#',
  clean: '.',
  unknown: '?',
  wrong: '!',
} as const;

/** What the letters mean. */
export const LETTER_LEGEND =
  `${LETTERS.fault} a fault can be reached, ${LETTERS.clean} none can, ${LETTERS.unknown} none was ` +
  `seen, and not all was looked at, ${LETTERS.wrong} the cell is not what the formulas say.`;

const keyOf = (mask: number, scenario: string): string => `${mask} ${scenario}`;

/** Finds cells. */
export class CellTable {
  readonly #cells: ReadonlyMap<string, Cell>;

  constructor({ cells }: Matrix) {
    this.#cells = new Map(cells.map((cell) => [keyOf(cell.mask, cell.scenario), cell]));
  }

  /** Undefined where it was not looked at. */
  at({ mask }: Pick<Variant, 'mask'>, scenario: string): Cell | undefined {
    return this.#cells.get(keyOf(mask, scenario));
  }
}

/** The named sets, kernels first, in the order of their dates. */
export const namedSets = ({ variants }: Matrix): Variant[] =>
  variants.filter(({ change }) => change === 'none');

/** Whether it has sets in which one row is changed. */
export const isVaried = ({ variants }: Matrix): boolean =>
  variants.some(({ change }) => change !== 'none');

/** Whether a set is dm as a release had it. */
export const isKernel = (name: string): boolean =>
  tables.sets.some((row) => row.name === name && row.kernel);

/** `2.6.32`, `2.6.32,-R3`, `2.6.32,P2`: what `--patches` takes. */
export function variantText({ set, row, change }: Pick<Variant, 'set' | 'row' | 'change'>): string {
  return row === null ? set : `${set},${change === 'out' ? '-' : ''}${row}`;
}

/** `remove-find, patches 3.0,-R10: use-after-free cannot be reached; its formula says that it can`. */
export function disagreementText(one: Disagreement): string {
  const [is, said] = one.reachable ? ['can', 'cannot'] : ['cannot', 'can'];
  const where = `${one.scenario}, patches ${variantText(one)}`;
  return `${where}: ${one.kind} ${is} be reached; its formula says that it ${said}`;
}

/** How many cells a whole matrix has. */
export const cellsOf = ({ variants, scenarios }: Matrix): number =>
  new Set(variants.map(({ mask }) => mask)).size * scenarios.length;

const exhaustedIn = ({ cells }: Matrix): number =>
  cells.filter(({ exhaustive }) => exhaustive).length;

/** How far a matrix was filled, and whether it is what the formulas say. */
export function matrixEvidence(matrix: Matrix): string {
  const { variants, scenarios, disagreements } = matrix;
  const [all, exhausted] = [cellsOf(matrix), exhaustedIn(matrix)];
  const looked =
    exhausted === all
      ? `each of ${exactly(all, 'cell')} exhausted under ${memoryCalled('sc')}`
      : `${grouped(exhausted)} of ${exactly(all, 'cell')} exhausted`;
  const wrong = disagreements.length;
  const agrees = wrong === 0 ? 'none disagrees' : `${exactly(wrong, 'disagreement')}`;
  return (
    `${exactly(variants.length, 'set')} of patches x ${exactly(scenarios.length, 'scenario')}: ` +
    `${looked}; ${agrees} with the formulas`
  );
}

/** What a cell of a named set is, and the kinds that it has. */
export interface ShownCell {
  set: string;
  scenario: string;
  is: keyof typeof LETTERS;
  faults: readonly string[];
  /** Changes of one row after which something else can happen, `-R3`. */
  changes: string[];
}

const sameKinds = (a: Cell, b: Cell): boolean =>
  a.faults.length === b.faults.length && a.faults.every((kind) => b.faults.includes(kind));

function stateOf(cell: Cell | undefined, isWrong: boolean): keyof typeof LETTERS {
  if (isWrong) return 'wrong';
  if (cell && cell.faults.length > 0) return 'fault';
  return cell?.exhaustive ? 'clean' : 'unknown';
}

/** The cells of each scenario, those of the named sets in their order. */
export function shownCells(matrix: Matrix): { scenario: string; cells: ShownCell[] }[] {
  const table = new CellTable(matrix);
  const sets = namedSets(matrix);
  const changed = new Map(
    sets.map(({ set }) => [
      set,
      matrix.variants.filter((one) => one.set === set && one.change !== 'none'),
    ]),
  );
  const wrong = new Set(matrix.disagreements.map(({ set, scenario }) => `${set} ${scenario}`));
  return matrix.scenarios.map((scenario) => ({
    scenario,
    cells: sets.map((named) => {
      const cell = table.at(named, scenario);
      const changes = (changed.get(named.set) ?? []).filter((one) => {
        const other = table.at(one, scenario);
        return cell?.exhaustive && other?.exhaustive && !sameKinds(cell, other);
      });
      return {
        set: named.set,
        scenario,
        is: stateOf(cell, wrong.has(`${named.set} ${scenario}`)),
        faults: cell?.faults ?? [],
        changes: changes.map(({ row, change }) => `${change === 'out' ? '-' : ''}${row}`),
      };
    }),
  }));
}

/** `2.6.10 to 2.6.32, merged`: sets in their order; kernels that follow one another are a range. */
function rangesText(cells: readonly ShownCell[], has: (cell: ShownCell) => boolean): string {
  const ranges: string[][] = [];
  for (const [i, cell] of cells.entries()) {
    if (!has(cell)) continue;
    const before = cells[i - 1];
    const open = ranges.at(-1);
    const follows = before !== undefined && open !== undefined && has(before);
    if (follows && isKernel(before.set) && isKernel(cell.set)) open.push(cell.set);
    else ranges.push([cell.set]);
  }
  return ranges
    .map((range) => (range.length > 1 ? `${range[0]} to ${range.at(-1)}` : range[0]))
    .join(', ');
}

/** A row for each scenario: a letter for each set, and where each kind is. */
export function scenarioRows(matrix: Matrix): string[][] {
  return shownCells(matrix).map(({ scenario, cells }) => {
    const kinds = [...new Set(cells.flatMap(({ faults }) => faults))];
    const texts = kinds.map(
      (kind) => `${kind} ${rangesText(cells, ({ faults }) => faults.includes(kind))}`,
    );
    const letters = [true, false].map((kernels) =>
      cells
        .filter(({ set }) => isKernel(set) === kernels)
        .map(({ is }) => LETTERS[is])
        .join(''),
    );
    return [scenario, letters.join(' '), texts.join('; ') || 'none'];
  });
}

/** `a letter a set: 2.6.9 2.6.10 ...; then none ...`. */
export function setsLegend(matrix: Matrix): string {
  const names = namedSets(matrix).map(({ set }) => set);
  const kernels = names.filter(isKernel);
  const others = names.filter((name) => !isKernel(name));
  const then = others.length > 0 ? `; then ${others.join(', ')}` : '';
  return `A letter is a set: ${kernels.join(', ')}${then}. ${LETTER_LEGEND}`;
}

/** A kind of fault that is there only with a row out, or only with it in. */
interface Effect {
  kind: string;
  when: 'out' | 'in';
  sets: Set<string>;
  scenarios: Set<string>;
}

/** What one row of the patch table changes, over the sets in which it was changed alone. */
interface RowEffect {
  row: string;
  /** Sets in which the row was changed. */
  of: number;
  /** Of these the sets in which something else can happen then. */
  sets: Set<string>;
  effects: Map<string, Effect>;
}

/** What each row changes. */
function rowEffects(matrix: Matrix): RowEffect[] {
  const table = new CellTable(matrix);
  const bases = new Map(namedSets(matrix).map((one) => [one.set, one]));
  const rows = new Map<string, RowEffect>(
    tables.patches.map(({ no }) => [no, { row: no, of: 0, sets: new Set(), effects: new Map() }]),
  );
  for (const variant of matrix.variants) {
    const effect = rows.get(variant.row ?? '');
    const base = bases.get(variant.set);
    if (!effect || !base) continue;
    effect.of += 1;
    const [without, with_] = variant.change === 'out' ? [variant, base] : [base, variant];
    for (const scenario of matrix.scenarios) {
      addEffects(effect, variant.set, [table.at(without, scenario), table.at(with_, scenario)]);
    }
  }
  return [...rows.values()];
}

function addEffects(
  { sets, effects }: RowEffect,
  set: string,
  [without, with_]: readonly [Cell | undefined, Cell | undefined],
): void {
  if (!without?.exhaustive || !with_?.exhaustive || sameKinds(without, with_)) return;
  sets.add(set);
  const add = (has: Cell, lacks: Cell, when: Effect['when']): void => {
    // It ends every create, so that what may come later does not come to pass.
    if (lacks.faults.includes(HIDER)) return;
    for (const kind of has.faults.filter((one) => !lacks.faults.includes(one))) {
      const key = `${when} ${kind}`;
      const effect = effects.get(key) ?? { kind, when, sets: new Set(), scenarios: new Set() };
      effect.sets.add(set);
      effect.scenarios.add(has.scenario);
      effects.set(key, effect);
    }
  };
  add(without, with_, 'out');
  add(with_, without, 'in');
}

/** `R3 find-put`. */
function rowText(row: string): string {
  const slug = tables.patches.find(({ no }) => no === row)?.slug;
  return slug === undefined ? row : `${row} ${slug}`;
}

function namesText(names: readonly string[]): string {
  const said = names.slice(0, SCENARIOS_SAID).join(', ');
  const more = names.length - SCENARIOS_SAID;
  return more > 0 ? `${said} and ${more} more` : said;
}

/** A row for each kind of fault that a row of the table takes away or brings. */
export function effectRows(matrix: Matrix): string[][] {
  return rowEffects(matrix).flatMap(({ row, of, sets, effects }) => {
    const head = [rowText(row), `${sets.size} of ${of}`];
    if (effects.size === 0) return [[...head, '-', 'none', '0', '-']];
    return [...effects.values()].map((effect, i) => [
      ...(i === 0 ? head : [rowText(row), '']),
      effect.when,
      effect.kind,
      String(effect.sets.size),
      namesText([...effect.scenarios]),
    ]);
  });
}
