import fs from 'node:fs';
import path from 'node:path';
import { type Elf, type ElfSymbol, readElf } from '../own/elf';
import { PLAIN, runTool } from '../own/tools';

/** Where an address of a process is: its module, and the function, where that has a name. */

/** Where a lock is taken. */
export interface AppPlace {
  /** The function; null: the module has no name for it. */
  function: string | null;
  /** The file of the module; null: the address is in none. */
  module: string | null;
  /** Of the module, as addr2line takes it; the address itself where there is no module. */
  offset: number;
}

interface Range {
  begin: number;
  end: number;
  offset: number;
  file: string;
}

const MAP = /^([0-9a-f]+)-([0-9a-f]+) (\S+) ([0-9a-f]+) \S+ \d+ +(\/.*)$/;

/** The executable ranges of a process, by how many times its modules had been closed before. */
export function readMaps(file: string): Map<number, Range[]> {
  const all = new Map<number, Range[]>();
  if (!fs.existsSync(file)) return all;
  let ranges: Range[] = [];
  for (const line of fs.readFileSync(file, 'utf8').split('\n')) {
    const generation = /^generation (\d+)$/.exec(line)?.[1];
    if (generation !== undefined) {
      ranges = all.get(Number(generation)) ?? [];
      all.set(Number(generation), ranges);
      continue;
    }
    const [, begin = '', end = '', rights = '', offset = '', name = ''] = MAP.exec(line) ?? [];
    if (!rights.includes('x')) continue;
    const at = (text: string): number => Number.parseInt(text, 16);
    ranges.push({ begin: at(begin), end: at(end), offset: at(offset), file: name });
  }
  return all;
}

const DEBUG_FOLDER = '/usr/lib/debug/.build-id';
const NOTE_HEAD = 16;

/** The file with the names that a stripped one lost, by its build id. */
function debugFile(elf: Elf): string | undefined {
  const note = elf.section('.note.gnu.build-id');
  const id = note.subarray(NOTE_HEAD).toString('hex');
  const file = path.join(DEBUG_FOLDER, id.slice(0, 2), `${id.slice(2)}.debug`);
  return id !== '' && fs.existsSync(file) ? file : undefined;
}

interface NamedModule {
  elf: Elf;
  functions: ElfSymbol[];
}

function readModule(file: string): NamedModule | undefined {
  try {
    const elf = readElf(file);
    const debug = debugFile(elf);
    const extra = debug === undefined ? [] : readElf(debug).symbols;
    const functions = [...elf.symbols, ...extra, ...elf.exported].filter(
      ({ kind, size }) => kind === 'function' && size > 0,
    );
    return { elf, functions };
  } catch {
    // It was removed, or has no names: module and offset are left.
    return undefined;
  }
}

/** Modules as they were while a run went on. */
export class Modules {
  readonly #read = new Map<string, NamedModule | undefined>();
  readonly #sinceMs: number;

  /** @param sinceMs - When the run began: a file that was written later is another one. */
  constructor(sinceMs: number) {
    this.#sinceMs = sinceMs;
  }

  #module(file: string): NamedModule | undefined {
    if (!this.#read.has(file)) {
      const state = fs.statSync(file, { throwIfNoEntry: false });
      const isSame = state !== undefined && state.mtimeMs <= this.#sinceMs;
      this.#read.set(file, isSame ? readModule(file) : undefined);
    }
    return this.#read.get(file);
  }

  /** The place of the call that returns to `address`. */
  placeOf(address: number, ranges: readonly Range[]): AppPlace {
    // A call may be the last instruction of its function.
    const call = address - 1;
    const range = ranges.find(({ begin, end }) => call >= begin && call < end);
    if (!range) return { function: null, module: null, offset: address };
    const inFile = call - range.begin + range.offset;
    const module = this.#module(range.file);
    const load = module?.elf.loads.find(
      ({ offset, size }) => inFile >= offset && inFile < offset + size,
    );
    if (!module || !load) return { function: null, module: range.file, offset: inFile + 1 };
    const at = inFile - load.offset + load.address;
    const found = module.functions.find(({ value, size }) => at >= value && at < value + size);
    return { function: found?.name ?? null, module: range.file, offset: at + 1 };
  }
}

/** Names of C++ as they are written in the source; as they are where there is no c++filt. */
export async function demangled(names: readonly string[]): Promise<string[]> {
  if (!names.some((name) => name.startsWith('_Z'))) return [...names];
  try {
    const input = names.map((name) => `${name}\n`).join('');
    const { stdout, status } = await runTool(['c++filt'], [], { env: PLAIN, input });
    const lines = stdout.split('\n').slice(0, -1);
    return status === 0 && lines.length === names.length ? lines : [...names];
  } catch {
    return [...names];
  }
}
