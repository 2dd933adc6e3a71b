import { outOfRange, wrongType } from './errors';
import { didYouMean } from './suggest';
import { type PatchNo, type PatchRow, type PatchSlug, type SetName, tables } from './tables';
import type { PatchSelection } from './tables.gen';

/** A set of patches, as reports have it. */
export interface PatchSet {
  /** Bit n-1 is row n of the table. */
  mask: number;
  /** The short names of its rows. */
  names: PatchSlug[];
}

const FULL_MASK = tables.patches.reduce((mask, { bit }) => mask | (1 << bit), 0);
const WHAT = 'a patch set such as `all,-05`, `1-4,6` or `none`';
const WHAT_ELSE = `${WHAT}, or an object with a \`mask\``;

const maskOf = (row: PatchRow): number => 1 << row.bit;

function findSet(name: string): number | undefined {
  return tables.sets.find((set) => set.name === name)?.mask;
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

function parseRange(first: string, last: string, text: string, option: string): number {
  const [from, to] = [findPatch(first)?.bit, findPatch(last)?.bit];
  if (from === undefined || to === undefined || to < from) {
    throw outOfRange(option, WHAT, text, `: \`${first}-${last}\` is no range of patches`);
  }
  const inRange = tables.patches.filter(({ bit }) => bit >= from && bit <= to);
  return inRange.reduce((mask, row) => mask | maskOf(row), 0);
}

function parseTerm(term: string, text: string, option: string): number {
  const patch = findPatch(term);
  if (patch) return maskOf(patch);
  const set = findSet(term);
  if (set !== undefined) return set;
  const range = /^(\d+)-(\d+)$/.exec(term);
  if (range) return parseRange(range[1] ?? '', range[2] ?? '', text, option);
  const hint = didYouMean(term, everyName());
  throw outOfRange(option, WHAT, text, `: \`${term}\` names no patch and no set${hint}`);
}

function parseText(text: string, option: string): number {
  const terms = text.split(',').map((term) => term.trim().toLowerCase());
  // A list that begins by taking away takes from everything.
  let mask = terms[0]?.startsWith('-') ? (findSet('all') ?? FULL_MASK) : 0;
  for (const term of terms) {
    if (term.startsWith('-')) mask &= ~parseTerm(term.slice(1), text, option);
    else mask |= parseTerm(term, text, option);
  }
  return mask;
}

function checkMask(mask: unknown, option: string): number {
  const what = `a mask of 0..${FULL_MASK}`;
  if (typeof mask !== 'number') throw wrongType(option, what, mask);
  if (Number.isInteger(mask) && mask >= 0 && mask <= FULL_MASK) return mask;
  throw outOfRange(option, what, mask);
}

/** What to write in place of a number, which can mean a patch or a mask. */
export function numberHint(number: number): string {
  return `: a number can mean two things; patch ${number} is \`'${number}'\`, the mask is \`{ mask: ${number} }\``;
}

/** The set of these bits. */
export function patchSetOf(mask: number): PatchSet {
  return { mask: checkMask(mask, 'mask'), names: rowsOf(mask).map(({ slug }) => slug) };
}

function toMask(selection: unknown, option: string): number {
  if (typeof selection === 'string') return parseText(selection, option);
  if (typeof selection === 'number') {
    throw wrongType(option, WHAT_ELSE, selection, numberHint(selection));
  }
  if (typeof selection !== 'object' || selection === null || !('mask' in selection)) {
    throw wrongType(option, WHAT_ELSE, selection);
  }
  return checkMask(selection.mask, `${option}.mask`);
}

function parse(selection: PatchSelection, option = 'patches'): PatchSet {
  return patchSetOf(toMask(selection, option));
}

/** The rows whose bits are set in `mask`. */
function rowsOf(mask: number): PatchRow[] {
  return tables.patches.filter((row) => mask & maskOf(row));
}

/** `1-4,6`: the numbers of the series joined to ranges, the others by their own. */
function formatList(rows: PatchRow[]): string {
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
  const { mask } = patchSetOf(typeof set === 'number' ? set : set.mask);
  const named = tables.sets.find((candidate) => candidate.mask === mask);
  if (named) return named.name;
  const candidates = tables.sets.toReversed().map((base) => {
    const added = rowsOf(mask & ~base.mask).map(({ no }) => no);
    const removed = rowsOf(base.mask & ~mask).map(({ no }) => `-${no}`);
    return [base.name, ...added, ...removed].join(',');
  });
  candidates.push(formatList(rowsOf(mask)));
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
   * @param selection - Terms joined by commas, each a set (`all`, `series`, `merged`, `none`), a
   * number (`5`, `05`, `06m`), a range (`1-4`) or a slug (`freeing`); `-` in front of a term takes
   * it away again. Or anything that has a `mask`: a {@link PatchSet}, `{ mask: 5 }`. A bare number
   * is refused, since `5` could be patch 05 or a mask.
   * @param option - What messages call it. @default 'patches'
   * @throws DmTortureError ERR_OUT_OF_RANGE, ERR_INVALID_ARG_TYPE
   * @example
   * patches.parse('all,-05').mask; // 751
   */
  parse(selection: PatchSelection, option?: string): PatchSet;
  /**
   * The text of fewest terms that {@link Patches.parse} reads back as the same set.
   *
   * @param set - A mask, or anything that has one.
   * @example
   * patches.format(751); // 'all,-05'
   */
  format(set: number | { readonly mask: number }): string;
  /** Every patch, in the order of the bits. */
  list(): readonly PatchRow[];
  /** The rows whose bits are set in `mask`. */
  rows(mask: number): PatchRow[];
  /**
   * A set that one patch is left out of.
   *
   * @param from - The set. @default 'all'
   * @example
   * patches.without('freeing').mask; // 751
   */
  without(no: PatchNo | PatchSlug, from?: SetName): PatchSet;
}

/** The patches: text to sets and back. See {@link Patches}. */
export const patches: Patches = { parse, format, list, rows: rowsOf, without };
