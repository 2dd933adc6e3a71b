import { Blocks } from './blocks';
import type { CodePlace, DataAddress, HeapAddress, Symbols } from './built';
import { findTool } from './compiler';
import { readDwarf } from './dwarf';
import { type Elf, readElf } from './elf';
import { isSystemFile, nameOf } from './names';
import { PLAIN, runTool } from './tools';
import { Types } from './types';
import { Variables } from './variables';

const NOWHERE: CodePlace = { function: '', file: null, line: null };

interface Frame {
  function: string;
  file: string | null;
  line: number | null;
}

/**
 * The frames of each address, the innermost first: code of a function that was put into another one
 * has several. Reads what `addr2line -a -f -i -C` prints: an address, then two lines a frame.
 */
function readFrames(text: string): Frame[][] {
  const all: Frame[][] = [];
  const lines = text.split('\n');
  for (let i = 0; i < lines.length; i += 1) {
    const line = lines[i] ?? '';
    if (/^0x[0-9a-f]+$/.test(line)) {
      all.push([]);
      continue;
    }
    const [, file, number] =
      /^(.*):(\d+|\?)(?: \(discriminator \d+\))?$/s.exec(lines[i + 1] ?? '') ?? [];
    if (file === undefined) continue;
    i += 1;
    const isKnown = file !== '??' && Number(number) > 0;
    all.at(-1)?.push({
      function: line === '??' ? '' : line,
      file: isKnown ? file : null,
      line: isKnown ? Number(number) : null,
    });
  }
  return all;
}

/**
 * What a reader looks at: the innermost frame in a source of theirs. `load()` of an atomic is put
 * into its caller, and the line of a header of the C++ library says nothing.
 */
function placeOf(frames: readonly Frame[] | undefined): CodePlace {
  const own = frames?.find(({ file }) => file !== null && !isSystemFile(file)) ?? frames?.[0];
  if (!own) return NOWHERE;
  return { ...own, file: own.file === null ? null : nameOf(own.file) };
}

/** What the debug information of an object says; it is read when it is first asked. */
export function symbolsOf(object: string): Symbols {
  let elf: Elf | undefined;
  let memory: { variables: Variables; blocks: Blocks } | undefined;
  const file = (): Elf => {
    elf ??= readElf(object);
    return elf;
  };
  const described = (): { variables: Variables; blocks: Blocks } => {
    if (memory) return memory;
    const entries = readDwarf(file());
    const types = new Types(entries);
    memory = {
      variables: new Variables(file(), entries.values(), types),
      blocks: new Blocks(file(), entries.values(), types),
    };
    return memory;
  };
  return {
    async places(offsets) {
      const wanted = [...new Set(offsets)];
      if (wanted.length === 0) return new Map();
      const { base, prefix } = file();
      const input = wanted
        .map((offset) => `0x${(Number.parseInt(offset, 16) + base).toString(16)}\n`)
        .join('');
      const args = ['-e', object, '-a', '-f', '-i', '-C'];
      const tool = findTool('addr2line', prefix);
      const { stdout } = await runTool([tool], args, { env: PLAIN, input });
      const frames = readFrames(stdout);
      return new Map(wanted.map((offset, i) => [offset, placeOf(frames[i])]));
    },
    async dataNames(addresses: readonly DataAddress[]) {
      if (addresses.length === 0) return [];
      const { variables } = described();
      return addresses.map((address) => variables.nameAt(address));
    },
    async heapNames(addresses: readonly HeapAddress[]) {
      if (addresses.length === 0) return [];
      const { blocks } = described();
      return addresses.map((address) => blocks.nameAt(address));
    },
  };
}
