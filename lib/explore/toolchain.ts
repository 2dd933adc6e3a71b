import type { BuiltProgram, Symbols } from '../own/built';
import type { Program } from '../own/program';
import type { HostSettings } from '../own/search';

/** What builds a program and names its parts, and what runs it; tests have their own. */
export interface Toolchain extends HostSettings {
  build(program: Program, signal: AbortSignal | undefined): Promise<BuiltProgram>;
  symbolsOf(built: BuiltProgram): Symbols;
}

/** The compiler of this machine. */
export function systemToolchain(): Toolchain {
  // Loaded where own C is: nothing else needs a compiler.
  const { compile } = require('../own/compile') as typeof import('../own/compile');
  const { symbolsOf } = require('../own/symbols') as typeof import('../own/symbols');
  return {
    build: (program, signal) => compile(program, { signal }),
    symbolsOf: ({ object }) => symbolsOf(object),
  };
}
