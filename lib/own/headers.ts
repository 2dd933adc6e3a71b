import fs from 'node:fs';
import type { Compiler } from './compiler';
import { readElf } from './elf';
import { isSystemFile } from './names';
import { PLAIN, runTool } from './tools';

/**
 * Write beside an object of C++ which of its code comes from headers of the system: `std::mutex` is
 * compiled into the program, and the line that counts is that of its caller. The host reads pairs of
 * numbers, where a function begins and where it ends, from the first address of the object.
 */
export async function noteHeaders(
  object: string,
  { tools }: Compiler,
  signal: AbortSignal | undefined,
): Promise<void> {
  const { base, symbols } = readElf(object);
  const functions = symbols.filter(({ kind, size }) => kind === 'function' && size > 0);
  const input = functions.map(({ value }) => `0x${value.toString(16)}\n`).join('');
  const lines: string[] = [];
  await runTool([tools.addr2line], ['-e', object], {
    env: PLAIN,
    input,
    signal,
    onLine: (line) => void lines.push(line),
  });
  const ranges = functions
    .filter((_, i) => isSystemFile(lines[i]?.replace(/:[^:]*$/, '') ?? ''))
    .flatMap(({ value, size }) => [value - base, value - base + size]);
  fs.writeFileSync(`${object}.headers`, Uint32Array.from(ranges));
}
