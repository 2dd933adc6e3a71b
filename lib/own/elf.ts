import fs from 'node:fs';

/** A symbol of an object: a function or a variable. */
export interface ElfSymbol {
  name: string;
  kind: 'function' | 'data' | 'tls';
  /** An address; of `tls` an offset in the block of a thread. */
  value: number;
  size: number;
}

/** What is read of a shared object of 64 bits, little-endian, as the compiler makes them here. */
export interface Elf {
  /** The address that the first segment asks for. */
  base: number;
  /** `aarch64-linux-gnu-`, of tools for a machine that this is not; else empty. */
  prefix: string;
  symbols: ElfSymbol[];
  /** What it has for other objects, which a stripped one keeps. */
  exported: ElfSymbol[];
  /** What is loaded: where in the file, and at which address. */
  loads: { offset: number; address: number; size: number }[];
  /** The bytes of a section; empty where there is none of that name. */
  section(name: string): Buffer;
}

/** The names of an object that is not linked yet. */
export interface ElfNames {
  /** What it has. */
  defined: Set<string>;
  /** What others must have. */
  wanted: Set<string>;
  /** What may be nowhere: a program looks before it calls it. */
  weak: Set<string>;
}

const KINDS: Readonly<Record<number, ElfSymbol['kind']>> = { 1: 'data', 2: 'function', 6: 'tls' };
const LOAD = 1;
const SYMTAB = 2;
const DYNSYM = 11;
const COMPRESSED = 0x800;
const SYMBOL_BYTES = 24;
/** Types of symbols that are not names of the program: a section, a source. */
const [SECTION, FILE] = [3, 4];
const WEAK = 2;

const u64 = (bytes: Buffer, offset: number): number => Number(bytes.readBigUInt64LE(offset));

/** By the number of a machine: node's name of it, and what its tools are called elsewhere. */
const MACHINES: Readonly<Record<number, readonly [arch: string, prefix: string]>> = {
  62: ['x64', 'x86_64-linux-gnu-'],
  183: ['arm64', 'aarch64-linux-gnu-'],
};

function prefixOf(machine: number): string {
  const [arch, prefix] = MACHINES[machine] ?? [process.arch, ''];
  return arch === process.arch ? '' : prefix;
}

/** The text at `offset`, to its zero. */
export function textAt(bytes: Buffer, offset: number): string {
  const end = bytes.indexOf(0, offset);
  return bytes.toString('utf8', offset, end < 0 ? bytes.length : end);
}

interface Section {
  name: number;
  type: number;
  link: number;
  bytes: Buffer;
}

function readSections(file: Buffer): Section[] {
  const start = u64(file, 0x28);
  const size = file.readUInt16LE(0x3a);
  // Where there are too many for their field, the first section has their number.
  const length = file.readUInt16LE(0x3c) || u64(file, start + 0x20);
  return Array.from({ length }, (_, i) => {
    const at = start + i * size;
    const type = file.readUInt32LE(at + 4);
    const from = u64(file, at + 0x18);
    // A section without bytes in the file, as .bss; a compressed one says nothing here.
    const isThere = type !== 8 && (u64(file, at + 8) & COMPRESSED) === 0;
    return {
      name: file.readUInt32LE(at),
      type,
      link: file.readUInt32LE(at + 0x28),
      bytes: file.subarray(from, isThere ? from + u64(file, at + 0x20) : from),
    };
  });
}

function readLoads(file: Buffer): Elf['loads'] {
  const start = u64(file, 0x20);
  const size = file.readUInt16LE(0x36);
  return Array.from({ length: file.readUInt16LE(0x38) }, (_, i) => start + i * size)
    .filter((at) => file.readUInt32LE(at) === LOAD)
    .map((at) => ({
      offset: u64(file, at + 8),
      address: u64(file, at + 0x10),
      size: u64(file, at + 0x20),
    }));
}

function readSymbols({ bytes }: Section, names: Buffer): ElfSymbol[] {
  const symbols: ElfSymbol[] = [];
  for (let at = 0; at + SYMBOL_BYTES <= bytes.length; at += SYMBOL_BYTES) {
    const kind = KINDS[(bytes[at + 4] ?? 0) & 0xf];
    const isDefined = bytes.readUInt16LE(at + 6) !== 0;
    if (kind === undefined || !isDefined) continue;
    const name = textAt(names, bytes.readUInt32LE(at));
    symbols.push({ name, kind, value: u64(bytes, at + 8), size: u64(bytes, at + 16) });
  }
  return symbols;
}

function readFile(object: string): Buffer {
  const file = fs.readFileSync(object);
  if (file.toString('latin1', 0, 6) !== '\x7fELF\x02\x01') throw new Error(`not ELF: ${object}`);
  return file;
}

/**
 * Read the names of an object that a compiler made, as `nm` has them.
 *
 * @throws What the operating system says; an Error where it is not such an object
 */
export function readNames(object: string): ElfNames {
  const sections = readSections(readFile(object));
  const table = sections.find(({ type }) => type === SYMTAB);
  if (!table) throw new Error(`no names: ${object}`);
  const texts = sections[table.link]?.bytes ?? Buffer.alloc(0);
  const { bytes } = table;
  const names: ElfNames = { defined: new Set(), wanted: new Set(), weak: new Set() };
  for (let at = 0; at + SYMBOL_BYTES <= bytes.length; at += SYMBOL_BYTES) {
    const info = bytes[at + 4] ?? 0;
    const name = textAt(texts, bytes.readUInt32LE(at));
    if (name === '' || (info & 0xf) === SECTION || (info & 0xf) === FILE) continue;
    if (bytes.readUInt16LE(at + 6) !== 0) names.defined.add(name);
    else if (info >> 4 === WEAK) names.weak.add(name);
    else names.wanted.add(name);
  }
  return names;
}

/**
 * Read an object.
 *
 * @throws What the operating system says; an Error where it is not such an object
 */
export function readElf(object: string): Elf {
  const file = readFile(object);
  const sections = readSections(file);
  const names = sections[file.readUInt16LE(0x3e)]?.bytes ?? Buffer.alloc(0);
  const symbolsIn = (wanted: number): ElfSymbol[] => {
    const table = sections.find(({ type }) => type === wanted);
    return table ? readSymbols(table, sections[table.link]?.bytes ?? Buffer.alloc(0)) : [];
  };
  const loads = readLoads(file);
  return {
    base: loads[0]?.address ?? 0,
    prefix: prefixOf(file.readUInt16LE(0x12)),
    symbols: symbolsIn(SYMTAB),
    exported: symbolsIn(DYNSYM),
    loads,
    section: (wanted) =>
      sections.find(({ name }) => textAt(names, name) === wanted)?.bytes ?? Buffer.alloc(0),
  };
}
