import os from 'node:os';
import path from 'node:path';
import { DmTortureError } from '../base/errors';
import { packageRoot, version } from '../base/version';
import { clearWorkFolders, makeWorkFolder } from '../base/work-folder';
import type { BuiltProgram, ProgramSource } from './built';
import {
  buildFolder,
  cacheFolder,
  discard,
  hashOf,
  hashOfFile,
  keep,
  lookUp,
  quietly,
} from './cache';
import {
  checkFiles,
  compileError,
  contentsOf,
  inParallel,
  objectOf,
  readBy,
  sourceFiles,
  type Unit,
  unitsOf,
} from './compile';
import { type Compiler, findCompiler } from './compiler';
import { withFlagHint } from './flag-hint';
import { languageOf, levelsOf, plainCompileArgs, plainLinkArgs } from './flags';
import { INCLUDE } from './names';
import { installAdvice } from './packages';
import { runTool, type ToolResult } from './tools';

/*
 * Own C as it is, for real threads: the same sources, flags and compiler, and none of what the
 * explorer needs.
 */

/** Sanitizers that a program can be built with. */
export const SANITIZERS = ['thread', 'address'] as const;
export type SanitizerName = (typeof SANITIZERS)[number];

/** A program for real threads. */
export interface PlainProgram extends Omit<BuiltProgram, 'object' | 'unseen' | 'assumes'> {
  /** The executable. */
  command: string;
  /** The library to preload that delays its threads; undefined: none here. */
  delay: string | undefined;
  /** Tools of its compiler, such as addr2line. */
  tools: Compiler['tools'];
  /** Where it was built; {@link removePlain} removes it. */
  folder: string;
}

/** How {@link compilePlain} compiles. */
interface PlainOptions {
  sanitizer?: SanitizerName | undefined;
  signal?: AbortSignal | undefined;
}

/** How the names of the folders begin that programs are built in and run from. */
const STRESS = 'dmtorture-stress-';

/**
 * A folder for a program, when those of processes that were killed are cleared away. A run may take
 * days: of a process elsewhere, of which nobody knows, the folder stays.
 */
function stressFolder(): string {
  const where = os.tmpdir();
  quietly(() => clearWorkFolders(where, STRESS, Number.POSITIVE_INFINITY));
  return makeWorkFolder(where, STRESS);
}

const DELAY = path.join(packageRoot, 'native', 'own', 'delay', 'delay.c');
const DELAY_ARGS = ['-std=c11', '-O2', '-w', '-fPIC', '-fexceptions', '-shared', '-pthread'];

/** What has a sanitizer's runtime, by what the linker says it has not. */
function runtimePackage({ family, version: number }: Compiler, sanitizer: SanitizerName): string {
  const major = Number.parseInt(number, 10);
  const short = sanitizer === 'thread' ? 'tsan' : 'asan';
  const clang = installAdvice([`libclang-rt-${major}-dev`]);
  const gcc = installAdvice([sanitizer === 'thread' ? 'libtsan2' : 'libasan8']);
  const names = family === 'clang' ? 'compiler-rt' : `lib${short}`;
  return `${family === 'clang' ? clang : gcc}, or the package that has ${names}`;
}

const MISSING = /(cannot find|no such file).*(tsan|asan|clang_rt)|unsupported.*-fsanitize/i;

function linkError(
  result: ToolResult,
  compiler: Compiler,
  sanitizer: SanitizerName | undefined,
): DmTortureError {
  if (sanitizer === undefined || !MISSING.test(result.stderr)) {
    return compileError(result, compiler);
  }
  const message =
    `${compiler.command} has no runtime of -fsanitize=${sanitizer}. ` +
    `To get one: ${runtimePackage(compiler, sanitizer)}`;
  return new DmTortureError('ERR_NO_COMPILER', message, { option: 'sanitizer' });
}

/** Compile and link in `folder`. */
async function make(
  compiler: Compiler,
  { units, link }: { units: readonly Unit[]; link: readonly string[] },
  folder: string,
  { optimize, sanitizer, signal }: PlainOptions & { optimize: boolean },
): Promise<string> {
  const compiled = await inParallel(units, ({ file, flags, directory }, i) => {
    const args = plainCompileArgs({ file, flags, optimize, include: INCLUDE, sanitizer });
    const outputs = ['-MD', '-MF', path.join(folder, `${i}.d`), '-o', objectOf(folder, i)];
    return runTool(compiler.words, [...args, ...outputs], { cwd: directory, signal });
  });
  const failed = compiled.filter(({ status }) => status !== 0);
  if (failed[0]) {
    const stderr = failed.map((result) => result.stderr).join('');
    throw linkError({ ...failed[0], stderr }, compiler, sanitizer);
  }
  const program = path.join(folder, 'program');
  const cxx = units.some(({ file }) => languageOf(file) === 'c++');
  const objects = units.map((_, i) => objectOf(folder, i));
  const args = plainLinkArgs(objects, { program, flags: link, cxx, sanitizer });
  const linked = await runTool(compiler.words, args, { signal });
  if (linked.status !== 0) throw linkError(linked, compiler, sanitizer);
  return program;
}

/** The library that delays threads, compiled where it is not in the cache. Linux only. */
async function delayLibrary(
  compiler: Compiler,
  signal: AbortSignal | undefined,
): Promise<string | undefined> {
  if (process.platform !== 'linux') return undefined;
  const cache = cacheFolder();
  const source = hashOfFile(DELAY) ?? '';
  const key = hashOf('delay', version, source, compiler.identity, ...compiler.words).slice(0, 40);
  const known = lookUp(cache, key, 'delay.so');
  if (known) return path.join(known.folder, 'delay.so');
  const folder = buildFolder(cache);
  try {
    const args = [...DELAY_ARGS, '-o', path.join(folder, 'delay.so'), DELAY, '-ldl'];
    const result = await runTool(compiler.words, args, { signal });
    if (result.status !== 0) throw compileError(result, compiler);
    const note = { read: [{ file: DELAY, sha256: source }], absent: [], said: {} };
    return keep(cache, key, { folder, made: 'delay.so' }, note);
  } finally {
    discard(folder);
  }
}

/**
 * Build a program for real threads, in a folder of its own.
 *
 * @throws DmTortureError ERR_OUT_OF_RANGE, ERR_NO_COMPILER, ERR_COMPILE
 */
export async function compilePlain(
  source: ProgramSource,
  { sanitizer, signal }: PlainOptions = {},
): Promise<PlainProgram> {
  checkFiles(source.files);
  const plan = unitsOf(source);
  const compiler = await findCompiler(source.cc, signal);
  const folder = stressFolder();
  try {
    const { optimize } = source;
    const beganMs = Date.now();
    const [command, delay] = await Promise.all([
      make(compiler, plan, folder, { optimize, sanitizer, signal }),
      delayLibrary(compiler, signal),
    ]);
    const { family, version: number } = compiler;
    return {
      command,
      delay,
      folder,
      tools: compiler.tools,
      files: sourceFiles(contentsOf(readBy(folder, plan.units), beganMs), plan.units.length),
      compiler: { family, version: number, command: compiler.command },
      optimization: levelsOf(optimize, plan.units),
      warnings: plan.warnings,
    };
  } catch (error) {
    discard(folder);
    throw withFlagHint(error, source, compiler, plan.units);
  }
}

/** Remove what {@link compilePlain} built. */
export const removePlain = ({ folder }: Pick<PlainProgram, 'folder'>): void => discard(folder);
