import { DmTortureError } from '../base/errors';
import type { CompilerFamily, ProgramSource } from './built';
import type { Compiler } from './compiler';
import type { FileFlags } from './database';

/** How compilers name a flag that they do not know, and a value that a flag cannot have. */
const UNKNOWN =
  /(?:unknown argument:?|unrecognized (?:command-line )?(?:option|argument)|unsupported (?:option|argument)) ['‘"](-[^'’"]+)['’"]/g;

/** A line on a flag of the other compiler, where that is what may be the matter; else undefined. */
function flagHint(
  says: string,
  { cc, compileCommands }: ProgramSource,
  { family }: Compiler,
  units: readonly FileFlags[],
): string | undefined {
  const other: CompilerFamily = family === 'clang' ? 'gcc' : 'clang';
  for (const [, flag = ''] of says.matchAll(UNKNOWN)) {
    const of = units.filter(({ flags }) => flags.includes(flag));
    if (compileCommands && of.some((unit) => unit.family === other)) {
      return `hint: ${compileCommands} has the flags for ${other}, and ${family} compiles here; --cc ${other} names that one`;
    }
    const isOthers = of.some((unit) => unit.family !== family);
    if (cc === undefined && isOthers) {
      return `hint: ${family} compiles here, since no compiler was named; a flag of ${other} needs --cc ${other}`;
    }
  }
  return undefined;
}

/** What a build failed of, with such a line where there is one. */
export function withFlagHint(
  error: unknown,
  source: ProgramSource,
  compiler: Compiler,
  units: readonly FileFlags[],
): unknown {
  if (!(error instanceof DmTortureError) || error.code !== 'ERR_COMPILE') return error;
  const hint = flagHint(error.message, source, compiler, units);
  return hint === undefined
    ? error
    : new DmTortureError('ERR_COMPILE', `${error.message}\n${hint}`, { cause: error });
}
