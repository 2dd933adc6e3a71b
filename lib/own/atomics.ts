import type { BuiltProgram } from './built';
import { TEXT_BASE } from './flags';
import { disassemblyReader } from './instructions';
import { NoToolError, PLAIN, runTool } from './tools';

const CALL = /^(?:callq?|bl)\s.*<__tsan_atomic\w+(?:@plt)?>/;
const SIGNAL_FENCE = /signal_fence/;

/**
 * The calls that the compiler made of a program's atomics, by their offsets as the host has them:
 * that of the last byte of the call. Null: there is no `objdump` to find them.
 */
export async function callsOfAtomics({ object }: BuiltProgram): Promise<string[] | null> {
  const calls: string[] = [];
  let isBehind = false;
  const onLine = disassemblyReader(({ offset, text }) => {
    if (isBehind) calls.push((Number.parseInt(offset, 16) - TEXT_BASE - 1).toString(16));
    isBehind = CALL.test(text) && !SIGNAL_FENCE.test(text);
  });
  try {
    await runTool(['objdump'], ['-d', '--no-show-raw-insn', object], {
      env: PLAIN,
      onLine,
    });
  } catch (error) {
    if (error instanceof NoToolError) return null;
    throw error;
  }
  return calls;
}
