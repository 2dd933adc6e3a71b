import { hasBit } from '../base/bounds';
import { outOfRange, wrongType } from '../base/errors';
import type { OutputOf } from '../base/output-of';
import { didYouMean } from '../base/suggest';
import type { SetName } from './history-rows';
import type { patchSet } from './schema';
import { type PatchNo, type PatchRow, type PatchSlug, tables } from './tables';
import type { PatchSelection } from './tables.gen';

/** A set of patches, as reports have it. */
export type PatchSetReport = OutputOf<typeof patchSet>;

/**
 * A set of patches. It is asked for its rows; the mask is for reports, and for what comes out of
 * them. A set never changes.
 *
 * @example
 * patches.parse('all').without('05').has('freeing'); // false
 */
export class PatchSet implements PatchSetReport, Iterable<PatchRow> {
  /** Bit n-1 is row n of the table. */
  readonly mask: number;
  /** The short names of its rows, in the order of the table. */
  readonly names: PatchSlug[];
  readonly #rows: readonly PatchRow[];

  /** @param rows - In any order, each once or more. */
  constructor(rows: Iterable<PatchRow>) {
    const given = new Set(rows);
    this.#rows = tables.patches.filter((row) => given.has(row));
    this.names = this.#rows.map(({ slug }) => slug);
    this.mask = this.#rows.reduce((sum, row) => sum + maskOf(row), 0);
  }

  /** Its rows, in the order of the table. */
  [Symbol.iterator](): Iterator<PatchRow> {
    return this.#rows[Symbol.iterator]();
  }

  /** Whether a patch is in, or every patch of a set. */
  has(patch: PatchNo | PatchSlug | PatchSet): boolean {
    if (patch instanceof PatchSet) return [...patch].every((row) => this.#rows.includes(row));
    return this.#rows.some(({ no, slug }) => no === patch || slug === patch);
  }

  /**
   * These, and more.
   *
   * @throws DmTortureError ERR_OUT_OF_RANGE, ERR_INVALID_ARG_TYPE
   */
  with(more: PatchSelection): PatchSet {
    return new PatchSet([...this, ...parse(more)]);
  }

  /**
   * These, and none of those.
   *
   * @throws DmTortureError ERR_OUT_OF_RANGE, ERR_INVALID_ARG_TYPE
   */
  without(those: PatchSelection): PatchSet {
    const gone = [...parse(those)];
    return new PatchSet(this.#rows.filter((row) => !gone.includes(row)));
  }

  /** Those that have an effect: without what another one overrides. */
  canonical(): PatchSet {
    const overridden = new Set(this.#rows.flatMap(({ overrides }) => overrides));
    return new PatchSet(this.#rows.filter(({ no }) => !overridden.has(no)));
  }

  /** Whether it has the same rows. */
  equals(other: { readonly mask: number }): boolean {
    return this.mask === other.mask;
  }

  /** The text of fewest terms that is read back as the same set. */
  format(): string {
    return format(this);
  }

  /** As reports have it. */
  toJSON(): PatchSetReport {
    return { mask: this.mask, names: [...this.names] };
  }
}

const maskOf = ({ bit }: PatchRow): number => 2 ** bit;

const EVERY = new PatchSet(tables.patches);
const NONE = new PatchSet([]);
const WHAT = 'a patch set such as `all,-05`, `1-4,6` or `none`';
const WHAT_ELSE = `${WHAT}, or an object with a \`mask\``;

/** The sets that have a name, in the order of their table. */
const NAMED: ReadonlyMap<string, PatchSet> = new Map(
  tables.sets.map(({ name, rows }) => [
    name,
    new PatchSet(tables.patches.filter(({ no }) => rows.includes(no))),
  ]),
);

/**
 * What a text is best written on top of: of two that are as short, the first is taken. A kernel that is
 * the same as an older one goes by that one's name.
 */
const BASES: readonly (readonly [string, PatchSet])[] = [false, true].flatMap((ofKernels) =>
  tables.sets
    .filter(({ kernel }) => kernel === ofKernels)
    .map(({ name }) => [name, NAMED.get(name) ?? EVERY] as const)
    .filter(([name, set]) => [...NAMED].find(([, other]) => other.equals(set))?.[0] === name)
    .toReversed(),
);

/** `2.6.9` as numbers; undefined: it is not a release. */
const releaseOf = (term: string): number[] | undefined =>
  /^\d+(\.\d+){1,2}$/.test(term) ? term.split('.').map(Number) : undefined;

/** Whether one release came before another. */
function isBefore(one: readonly number[], other: readonly number[]): boolean {
  const at = one.findIndex((part, i) => part !== (other[i] ?? 0));
  return at >= 0 && (one[at] ?? 0) < (other[at] ?? 0);
}

/** `; it lies between \`4.15\` and \`5.15\`...` for a release without a set of its own; nothing for other texts. */
export function kernelsAround(term: string): string {
  const release = releaseOf(term);
  if (!release) return '';
  const kernels = tables.sets.filter(({ kernel, name }) => kernel && releaseOf(name));
  const newer = kernels.find(({ name }) => isBefore(release, releaseOf(name) ?? []));
  const older = kernels.findLast(({ name }) => isBefore(releaseOf(name) ?? [], release));
  const where = [
    ...(older && newer ? [`it lies between \`${older.name}\` and \`${newer.name}\``] : []),
    ...(older ? [] : [`the oldest kernel is \`${newer?.name}\``]),
    ...(newer ? [] : [`the last release with a set is \`${older?.name}\``]),
  ];
  return `; ${where.join()}, see \`dmtorture list sets\``;
}

/** `5` and `05` both name patch 05; letters in any case. */
function findPatch(term: string): PatchRow | undefined {
  const name = /^\d$/.test(term) ? `0${term}` : term;
  return tables.patches.find(({ no, slug }) => no.toLowerCase() === name || slug === name);
}

function* everyName(): Generator<string> {
  for (const { name } of tables.sets) yield name;
  for (const { slug, no } of tables.patches) {
    yield slug;
    yield no;
  }
}

function parseRange(first: string, last: string, text: string, option: string): PatchSet {
  const [from, to] = [findPatch(first)?.bit, findPatch(last)?.bit];
  if (from === undefined || to === undefined || to < from) {
    throw outOfRange(option, WHAT, text, `: \`${first}-${last}\` is not a range of patches`);
  }
  return new PatchSet(tables.patches.filter(({ bit }) => bit >= from && bit <= to));
}

function parseTerm(term: string, text: string, option: string): PatchSet {
  const patch = findPatch(term);
  if (patch) return new PatchSet([patch]);
  const set = NAMED.get(term);
  if (set) return set;
  const range = /^(\d+)-(\d+)$/.exec(term);
  if (range) return parseRange(range[1] ?? '', range[2] ?? '', text, option);
  const hint = kernelsAround(term) || didYouMean(term, everyName());
  throw outOfRange(option, WHAT, text, `: \`${term}\` names no patch and no set${hint}`);
}

function parseText(text: string, option: string): PatchSet {
  const terms = text.split(',').map((term) => term.trim().toLowerCase());
  // A list that begins by taking away takes from everything.
  let set = terms[0]?.startsWith('-') ? (NAMED.get('all') ?? EVERY) : NONE;
  for (const term of terms) {
    if (term.startsWith('-')) set = set.without(parseTerm(term.slice(1), text, option));
    else set = set.with(parseTerm(term, text, option));
  }
  return set;
}

function checkMask(mask: unknown, option: string): number {
  const what = `a mask of 0..${EVERY.mask}`;
  if (typeof mask !== 'number') throw wrongType(option, what, mask);
  if (Number.isInteger(mask) && mask >= 0 && mask <= EVERY.mask) return mask;
  throw outOfRange(option, what, mask);
}

/** What to write in place of a number, which can mean a patch or a mask. */
export function numberHint(number: number): string {
  return `: a number can mean two things; patch ${number} is \`'${number}'\`, the mask is \`{ mask: ${number} }\``;
}

/**
 * The set that a mask stands for.
 *
 * @param option - What messages call it. @default 'mask'
 * @throws DmTortureError ERR_OUT_OF_RANGE, ERR_INVALID_ARG_TYPE
 */
export function patchSetOf(mask: unknown, option = 'mask'): PatchSet {
  const checked = checkMask(mask, option);
  return new PatchSet(tables.patches.filter(({ bit }) => hasBit(checked, bit)));
}

function parse(selection: PatchSelection, option?: string): PatchSet;
function parse(selection: unknown, option = 'patches'): PatchSet {
  if (selection instanceof PatchSet) return selection;
  if (typeof selection === 'string') return parseText(selection, option);
  if (typeof selection === 'number') {
    throw wrongType(option, WHAT_ELSE, selection, numberHint(selection));
  }
  if (typeof selection !== 'object' || selection === null || !('mask' in selection)) {
    throw wrongType(option, WHAT_ELSE, selection);
  }
  return patchSetOf(selection.mask, `${option}.mask`);
}

/** The rows of a set, or those whose bits are set in a mask. */
function rowsOf(set: number | { readonly mask: number }): PatchRow[] {
  return [...patchSetOf(typeof set === 'number' ? set : set.mask)];
}

/** `1-4,6`: the numbers of the series joined to ranges, the others by their own. */
function formatList(rows: readonly PatchRow[]): string {
  const parts: string[] = [];
  for (let i = 0; i < rows.length; i += 1) {
    let end = i;
    while (
      isNumbered(rows[end + 1]) &&
      isNumbered(rows[i]) &&
      bitOf(rows[end + 1]) === bitOf(rows[end]) + 1
    ) {
      end += 1;
    }
    const first = rows[i]?.no ?? '';
    const last = rows[end]?.no ?? '';
    parts.push(end > i + 1 ? `${Number(first)}-${Number(last)}` : first);
    if (end > i + 1) i = end;
  }
  return parts.join(',');
}

const isNumbered = (row: PatchRow | undefined): boolean =>
  row !== undefined && /^\d+$/.test(row.no);
const bitOf = (row: PatchRow | undefined): number => row?.bit ?? Number.NaN;

function format(set: number | { readonly mask: number }): string {
  const wanted =
    set instanceof PatchSet ? set : patchSetOf(typeof set === 'number' ? set : set.mask);
  for (const [name, named] of NAMED) if (named.equals(wanted)) return name;
  const candidates = BASES.map(([name, base]) => {
    const added = [...wanted.without(base)].map(({ no }) => no);
    const removed = [...base.without(wanted)].map(({ no }) => `-${no}`);
    return [name, ...added, ...removed].join(',');
  });
  candidates.push(formatList([...wanted]));
  const effort = (text: string) => text.split(',').length;
  return candidates.reduce((best, text) => (effort(text) < effort(best) ? text : best));
}

function list(): readonly PatchRow[] {
  return tables.patches;
}

function without(no: PatchNo | PatchSlug, from: SetName = 'all'): PatchSet {
  return parse(`${from},-${no}`);
}

/** The patches: text to sets and back. */
export interface Patches {
  /**
   * Read a patch set.
   *
   * @param selection - Terms joined by commas, each a set (`all`, `series`, `merged`, `none`, `2.6.17`), a
   * number (`5`, `05`, `06m`), a range (`1-4`) or a slug (`freeing`); `-` in front of a term takes
   * it away again. Or a {@link PatchSet}, or anything that has a `mask`: the `patches` of a
   * report, `{ mask: 5 }`. A bare number is refused, since `5` could be patch 05 or a mask.
   * @param option - What messages call it. @default 'patches'
   * @throws DmTortureError ERR_OUT_OF_RANGE, ERR_INVALID_ARG_TYPE
   * @example
   * patches.parse('all,-05').has('freeing'); // false
   */
  parse(selection: PatchSelection, option?: string): PatchSet;
  /**
   * The text of fewest terms that {@link Patches.parse} reads back as the same set.
   *
   * @param set - A mask, or anything that has one.
   * @example
   * patches.format(patches.parse('1-8,R2,R3,-freeing')); // 'all,-05'
   */
  format(set: number | { readonly mask: number }): string;
  /** Every patch, in the order of the bits. */
  list(): readonly PatchRow[];
  /** The rows of a set, or those whose bits are set in a mask. */
  rows(set: number | { readonly mask: number }): PatchRow[];
  /**
   * A set that one patch is left out of.
   *
   * @param from - The set. @default 'all'
   * @example
   * patches.without('freeing').format(); // 'all,-05'
   */
  without(no: PatchNo | PatchSlug, from?: SetName): PatchSet;
}

/** The patches: text to sets and back. See {@link Patches}. */
export const patches: Patches = { parse, format, list, rows: rowsOf, without };

/** The shortest text of a set of patches; of another version's, its names. */
export function patchesText({ mask, names }: { mask: number; names: readonly string[] }): string {
  try {
    return patches.format(mask);
  } catch {
    return names.join(',') || 'none';
  }
}
