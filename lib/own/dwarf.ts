import { type Elf, textAt } from './elf';

/*
 * Variables and their types, out of DWARF 4, which own C is compiled with (https://dwarfstd.org).
 * What is of another version, as of a library that is linked in, is passed over.
 */

/** An entry of debug information; only what names memory is kept of it. */
export interface Die {
  tag: number;
  name: string | undefined;
  /** Offsets of other entries. */
  type: number | undefined;
  origin: number | undefined;
  parent: Die | undefined;
  children: Die[];
  size: number | undefined;
  /** Of a member: where it is in what has it. */
  at: number | undefined;
  /** Of a dimension of an array. */
  count: number | undefined;
  location: Location | undefined;
  /** Of a function or a block of one: where its code begins, and where it has ended. */
  low: number | undefined;
  high: number | undefined;
}

/** Where a variable is: an address, or an offset in the memory of each thread. */
export interface Location {
  region: 'data' | 'tls';
  value: number;
}

export const TAG = {
  array: 0x01,
  class: 0x02,
  parameter: 0x05,
  lexicalBlock: 0x0b,
  member: 0x0d,
  pointer: 0x0f,
  reference: 0x10,
  compileUnit: 0x11,
  structure: 0x13,
  typedef: 0x16,
  union: 0x17,
  inheritance: 0x1c,
  inlined: 0x1d,
  subrange: 0x21,
  base: 0x24,
  const: 0x26,
  subprogram: 0x2e,
  typeParameter: 0x2f,
  variable: 0x34,
  volatile: 0x35,
  restrict: 0x37,
  namespace: 0x39,
  rvalueReference: 0x42,
  atomic: 0x47,
} as const;

const AT = {
  location: 0x02,
  name: 0x03,
  byteSize: 0x0b,
  lowPc: 0x11,
  highPc: 0x12,
  upperBound: 0x2f,
  abstractOrigin: 0x31,
  count: 0x37,
  memberLocation: 0x38,
  specification: 0x47,
  type: 0x49,
} as const;

const OP = { addr: 0x03, const4u: 0x0c, const8u: 0x0e, plusUconst: 0x23 } as const;
/** `DW_OP_form_tls_address`, and what gcc writes for it. */
const OP_TLS: readonly number[] = [0x9b, 0xe0];

/** Reads numbers one after another. */
class Cursor {
  constructor(
    readonly bytes: Buffer,
    public at: number,
  ) {}

  fixed(size: number): number {
    const { at } = this;
    this.at += size;
    if (size === 8) return Number(this.bytes.readBigUInt64LE(at));
    return size === 0 ? 0 : this.bytes.readUIntLE(at, size);
  }

  /** LEB128; an `isSigned` one goes down to -2^52. */
  leb(isSigned = false): number {
    let value = 0;
    let scale = 1;
    for (;;) {
      const byte = this.fixed(1);
      value += (byte & 0x7f) * scale;
      scale *= 128;
      if (byte < 0x80) return isSigned && byte & 0x40 ? value - scale : value;
    }
  }

  block(size: number): Buffer {
    this.at += size;
    return this.bytes.subarray(this.at - size, this.at);
  }

  text(): string {
    const text = textAt(this.bytes, this.at);
    this.at += Buffer.byteLength(text) + 1;
    return text;
  }
}

interface Abbreviation {
  tag: number;
  hasChildren: boolean;
  attributes: [name: number, form: number][];
}

function readAbbreviations(section: Buffer, offset: number): Map<number, Abbreviation> {
  const cursor = new Cursor(section, offset);
  const abbreviations = new Map<number, Abbreviation>();
  for (let code = cursor.leb(); code !== 0; code = cursor.leb()) {
    const tag = cursor.leb();
    const hasChildren = cursor.fixed(1) === 1;
    const attributes: [number, number][] = [];
    for (;;) {
      const pair: [number, number] = [cursor.leb(), cursor.leb()];
      if (pair[0] === 0 && pair[1] === 0) break;
      attributes.push(pair);
    }
    abbreviations.set(code, { tag, hasChildren, attributes });
  }
  return abbreviations;
}

/** Sizes of forms of a fixed size. */
const FIXED: Readonly<Record<number, number>> = {
  1: 8, // addr
  5: 2,
  6: 4,
  7: 8,
  11: 1,
  12: 1, // flag
  23: 4, // sec_offset
  25: 0, // flag_present
  32: 8, // ref_sig8
};
/** References within the unit, by size. */
const REFERENCES: Readonly<Record<number, number>> = { 17: 1, 18: 2, 19: 4, 20: 8 };
const BLOCKS: Readonly<Record<number, number>> = { 3: 2, 4: 4, 10: 1 };

type Value = number | string | Buffer;

function readForm(cursor: Cursor, form: number, unit: number, strings: Buffer): Value {
  const fixed = FIXED[form];
  if (fixed !== undefined) return form === 25 ? 1 : cursor.fixed(fixed);
  const reference = REFERENCES[form];
  if (reference !== undefined) return unit + cursor.fixed(reference);
  const length = BLOCKS[form];
  if (length !== undefined) return cursor.block(cursor.fixed(length));
  switch (form) {
    case 8: // string
      return cursor.text();
    case 9: // block
    case 24: // exprloc
      return cursor.block(cursor.leb());
    case 13: // sdata
      return cursor.leb(true);
    case 14: // strp
      return textAt(strings, cursor.fixed(4));
    case 15: // udata
      return cursor.leb();
    case 16: // ref_addr
      return cursor.fixed(4);
    case 21: // ref_udata
      return unit + cursor.leb();
    case 22: // indirect
      return readForm(cursor, cursor.leb(), unit, strings);
    default:
      throw new Error(`form ${form}`);
  }
}

/** What an expression says where it is one address, or one offset of thread-local memory. */
function locationOf(expression: Buffer): Location | undefined {
  const size = { [OP.addr]: 8, [OP.const8u]: 8, [OP.const4u]: 4 }[expression[0] ?? 0];
  if (size === undefined || expression.length < 1 + size) return undefined;
  const value = new Cursor(expression, 1).fixed(size);
  const next = expression[1 + size];
  if (next !== undefined && OP_TLS.includes(next)) return { region: 'tls', value };
  return expression[0] === OP.addr && next === undefined ? { region: 'data', value } : undefined;
}

const asNumber = (value: Value | undefined): number | undefined =>
  typeof value === 'number' ? value : undefined;

/** A member is at a number, or, in old forms, at an expression that adds one. */
function memberOffset(value: Value | undefined): number | undefined {
  if (!Buffer.isBuffer(value)) return asNumber(value);
  return value[0] === OP.plusUconst ? new Cursor(value, 1).leb() : undefined;
}

/** Where code has ended is an address, or how long it is: code lies above its own length. */
function endOf(values: ReadonlyMap<number, Value>): number | undefined {
  const low = asNumber(values.get(AT.lowPc));
  const high = asNumber(values.get(AT.highPc));
  if (low === undefined || high === undefined) return undefined;
  return high > low ? high : low + high;
}

function dieOf(tag: number, values: ReadonlyMap<number, Value>, parent: Die | undefined): Die {
  const name = values.get(AT.name);
  const location = values.get(AT.location);
  const upper = asNumber(values.get(AT.upperBound));
  return {
    tag,
    name: typeof name === 'string' ? name : undefined,
    type: asNumber(values.get(AT.type)),
    origin: asNumber(values.get(AT.specification) ?? values.get(AT.abstractOrigin)),
    parent,
    children: [],
    size: asNumber(values.get(AT.byteSize)),
    at: memberOffset(values.get(AT.memberLocation)),
    count: asNumber(values.get(AT.count)) ?? (upper === undefined ? undefined : upper + 1),
    location: Buffer.isBuffer(location) ? locationOf(location) : undefined,
    low: asNumber(values.get(AT.lowPc)),
    high: endOf(values),
  };
}

/** The entries of a unit that begins at `unit`, whose contents begin at the cursor. */
function readUnit(
  cursor: Cursor,
  unit: { at: number; end: number; abbreviations: Map<number, Abbreviation> },
  strings: Buffer,
  dies: Map<number, Die>,
): void {
  const parents: Die[] = [];
  while (cursor.at < unit.end) {
    const offset = cursor.at;
    const code = cursor.leb();
    if (code === 0) {
      parents.pop();
      continue;
    }
    const abbreviation = unit.abbreviations.get(code);
    if (!abbreviation) throw new Error(`abbreviation ${code}`);
    const values = new Map<number, Value>();
    for (const [name, form] of abbreviation.attributes)
      values.set(name, readForm(cursor, form, unit.at, strings));
    const parent = parents.at(-1);
    const die = dieOf(abbreviation.tag, values, parent);
    parent?.children.push(die);
    dies.set(offset, die);
    if (abbreviation.hasChildren) parents.push(die);
  }
}

/** All entries of an object, by their offsets. */
export function readDwarf(elf: Elf): Map<number, Die> {
  const info = elf.section('.debug_info');
  const abbrev = elf.section('.debug_abbrev');
  const strings = elf.section('.debug_str');
  const tables = new Map<number, Map<number, Abbreviation>>();
  const dies = new Map<number, Die>();
  const cursor = new Cursor(info, 0);
  while (cursor.at < info.length) {
    const at = cursor.at;
    const end = cursor.fixed(4) + at + 4;
    const version = cursor.fixed(2);
    const from = cursor.fixed(4);
    cursor.fixed(1);
    if (version >= 2 && version <= 4) {
      const abbreviations = tables.get(from) ?? readAbbreviations(abbrev, from);
      tables.set(from, abbreviations);
      try {
        readUnit(cursor, { at, end, abbreviations }, strings, dies);
      } catch {
        // A form of some vendor: names of this unit come from the table of symbols.
      }
    }
    cursor.at = end;
  }
  return dies;
}
