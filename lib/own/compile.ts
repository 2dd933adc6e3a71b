import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { DmTortureError, expected } from '../base/errors';
import { whyMissing } from '../base/missing';
import { version } from '../base/version';
import { platformName } from '../native/platform';
import { renamedCalls } from '../tables/calls';
import { assertionWarnings, withoutAssertions } from './assertions';
import type { BuiltProgram, ProgramSource, SourceFile } from './built';
import {
  buildFolder,
  cacheFolder,
  discard,
  hashOf,
  hashOfFile,
  keep,
  lookUp,
  type ReadFile,
} from './cache';
import { showCaptured } from './captured';
import { type Compiler, findCompiler } from './compiler';
import { databaseFlags, type FileFlags, withResponses } from './database';
import { askedBy, dependenciesOf, includeFolders, shadowsOf } from './dependencies';
import { withFlagHint } from './flag-hint';
import { compileArgs, compileTextArgs, languageOf, levelsOf, linkArgs, sortFlags } from './flags';
import { noteHeaders } from './headers';
import { inspect } from './inspect';
import { INCLUDE, isSystemFile, nameOf } from './names';
import { installAdvice } from './packages';
import { PLAIN, runTool, type ToolResult } from './tools';

/** What is said of a build that is in the cache, whose folder may be called anything. */
type Said = Omit<BuiltProgram, 'object'>;

/** A source with everything that decides how it is compiled. */
export interface Unit extends FileFlags {
  /** As it was named. */
  name: string;
  /** Absolute where it is compiled in another folder. */
  file: string;
}

const OBJECT = 'program.so';
/** Rises when what is made of the same sources changes within a version. */
const FORMAT = '6';
/** Variables that change which files a compiler reads, or what it makes of them. */
export const ENVIRONMENT = [
  'CPATH',
  'C_INCLUDE_PATH',
  'CPLUS_INCLUDE_PATH',
  'COMPILER_PATH',
  'GCC_EXEC_PREFIX',
  'LIBRARY_PATH',
];

/** The host stands between a program and the GNU C library, on processors whose stacks it knows. */
export function checkPlatform(platform: string): void {
  if (/^linux-(x64|arm64)-glibc$/.test(platform)) return;
  const message =
    `Own C can be explored on Linux with the GNU C library, on x86-64 and aarch64; this is ${platform}. ` +
    'A model in C that stands on `explore.h` can be explored here';
  throw new DmTortureError('ERR_PROGRAM', message);
}

/** @throws DmTortureError ERR_OUT_OF_RANGE */
export function checkFiles(files: readonly string[]): void {
  for (const file of files) {
    try {
      // By its whole name, which the compiler gets as well.
      fs.closeSync(fs.openSync(path.resolve(file), 'r'));
      if (!fs.statSync(file).isFile()) throw new Error('not a file');
    } catch (cause) {
      const { code, message } = cause as NodeJS.ErrnoException;
      const why = code === 'ENOENT' ? whyMissing(file) : message.replace(/^E\w+: |, open .*$/g, '');
      const text = `${expected('files', 'sources that can be read', file)}: ${why}`;
      throw new DmTortureError('ERR_OUT_OF_RANGE', text, { option: 'files', cause });
    }
  }
  const here = process.cwd();
  if (fs.existsSync(here)) return;
  throw new DmTortureError('ERR_PROGRAM', `Nothing can be compiled here: ${whyMissing(here)}`);
}

export function unitsOf(source: ProgramSource): {
  units: Unit[];
  link: string[];
  warnings: string[];
} {
  const own = sortFlags(withResponses(source.flags, process.cwd()));
  const { compileCommands, files } = source;
  const database = compileCommands && databaseFlags(compileCommands, files);
  const link = [...own.link];
  const units = files.map((name): Unit => {
    const entry = database ? database.byFile.get(name) : undefined;
    if (!entry) return { name, file: name, flags: own.compile, directory: process.cwd() };
    const { directory, family } = entry;
    const sorted = sortFlags(entry.flags);
    for (const flag of sorted.link) if (!link.includes(flag)) link.push(flag);
    const flags = [...sorted.compile, ...own.compile];
    return { name, file: path.resolve(name), flags, directory, family };
  });
  const warnings = [...(database ? database.warnings : []), ...assertionWarnings(units)];
  return { units, link, warnings };
}

/** What leads to a build: all that is asked for, without the contents of what is included. */
function keyOf(compiler: Compiler, units: readonly Unit[], rest: readonly string[]): string {
  const parts = units.flatMap(({ file, flags, directory }) => [
    file,
    directory,
    hashOf(...flags),
    hashOfFile(path.resolve(directory, file)) ?? '',
  ]);
  const environment = ENVIRONMENT.map((name) => process.env[name] ?? '');
  const tool = [version, FORMAT, INCLUDE, compiler.identity, ...compiler.words];
  return hashOf(...tool, ...environment, ...rest, ...parts).slice(0, 40);
}

/** Run `work` for each, as many at once as there are cores; results in the order of the values. */
export async function inParallel<Value, Made>(
  values: readonly Value[],
  work: (value: Value, index: number) => Promise<Made>,
): Promise<Made[]> {
  const made: Made[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let index = next++; index < values.length; index = next++) {
      made[index] = await work(values[index] as Value, index);
    }
  };
  const workers = Math.min(values.length, os.availableParallelism());
  await allOf(Array.from({ length: workers }, worker));
  return made;
}

/** What all of them come to, once all have ended: none writes to a folder that is thrown away. */
async function allOf<Made extends readonly unknown[]>(
  work: { readonly [Key in keyof Made]: Promise<Made[Key]> },
): Promise<Made> {
  await Promise.allSettled(work);
  return (await Promise.all(work)) as unknown as Made;
}

export function compileError(
  { stderr, stdout, status }: ToolResult,
  compiler: Compiler,
): DmTortureError {
  if (/cc1plus/.test(stderr)) {
    const message = `${compiler.command} cannot compile C++: ${installAdvice(['g++'])}`;
    return new DmTortureError('ERR_NO_COMPILER', message, { option: 'cc' });
  }
  const says = `${stderr}${stdout}`.trimEnd();
  return new DmTortureError('ERR_COMPILE', says || `${compiler.command} ended with ${status}`);
}

/** One build: where it is made, and by whom. */
interface Build {
  compiler: Compiler;
  folder: string;
  optimize: boolean;
  signal: AbortSignal | undefined;
}

export const objectOf = (folder: string, index: number): string => path.join(folder, `${index}.o`);

/** Compile one unit: clang in two steps, between which its text is changed. */
async function compileUnit(
  build: Build,
  { file, flags, directory }: Unit,
  i: number,
): Promise<ToolResult> {
  const { compiler, folder, optimize, signal } = build;
  const env = { SOURCE_DATE_EPOCH: PLAIN.SOURCE_DATE_EPOCH };
  const run = (args: readonly string[]): Promise<ToolResult> =>
    runTool(compiler.words, args, { cwd: directory, env, signal });
  const what = { file, flags, optimize, include: INCLUDE };
  const text = path.join(folder, `${i}.ll`);
  const made = compiler.family === 'clang' ? text : objectOf(folder, i);
  const outputs = ['-MD', '-MF', path.join(folder, `${i}.d`), '-o', made];
  const compiled = await run([...compileArgs(compiler, what), ...outputs]);
  if (made !== text || compiled.status !== 0) return compiled;
  fs.writeFileSync(text, showCaptured(fs.readFileSync(text, 'utf8')));
  const object = await run([...compileTextArgs(compiler, what, text), '-o', objectOf(folder, i)]);
  fs.rmSync(text);
  return object;
}

/** Compile each of the units, and have it call `own_<name>` where the host itself has `<name>`. */
async function compileUnits(build: Build, units: readonly Unit[]): Promise<void> {
  const { compiler, folder, signal } = build;
  const names = path.join(folder, 'names');
  const pairs = renamedCalls().map((name) => `${name} own_${name}\n`);
  fs.writeFileSync(names, pairs.join(''));
  const results = await inParallel(units, async (unit, i) => {
    const object = objectOf(folder, i);
    const compiled = await compileUnit(build, unit, i);
    if (compiled.status !== 0) return compiled;
    const rename = [`--redefine-syms=${names}`, object];
    return runTool([compiler.tools.objcopy], rename, { env: PLAIN, signal });
  });
  const failed = results.filter(({ status }) => status !== 0);
  const [first] = failed;
  if (first) {
    const stderr = failed.map((result) => result.stderr).join('');
    throw compileError({ ...first, stderr }, compiler);
  }
}

async function link(build: Build, units: readonly Unit[], flags: readonly string[]): Promise<void> {
  const { compiler, folder, signal } = build;
  const cxx = units.some(({ file }) => languageOf(file) === 'c++');
  const objects = units.map((_, i) => objectOf(folder, i));
  const args = linkArgs(objects, { object: path.join(folder, OBJECT), flags, cxx });
  const result = await runTool(compiler.words, args, { signal });
  if (result.status !== 0) throw compileError(result, compiler);
  if (cxx) await noteHeaders(path.join(folder, OBJECT), compiler, signal);
}

/** Every file that was read, by absolute path: the sources first. */
export function readBy(folder: string, units: readonly Unit[]): string[] {
  const sources = units.map(({ file, directory }) => path.resolve(directory, file));
  const all = units.flatMap(({ directory }, i) =>
    dependenciesOf(fs.readFileSync(path.join(folder, `${i}.d`), 'utf8')).map((file) =>
      path.resolve(directory, file),
    ),
  );
  return [...new Set([...sources, ...all])];
}

/**
 * The contents of what was read. What was written after the compiler began may be something else
 * than what it read: such a build is not used again.
 */
export function contentsOf(files: readonly string[], beganMs: number): ReadFile[] {
  return files.map((file) => {
    const writtenMs = fs.statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? beganMs;
    return { file, sha256: writtenMs < beganMs ? (hashOfFile(file) ?? '') : '' };
  });
}

export function sourceFiles(read: readonly ReadFile[], sources: number): SourceFile[] {
  const own = read.filter(({ file }, i) => i < sources || !isSystemFile(file));
  // Of a file that changed meanwhile, the contents that it has now.
  return own.flatMap(({ file, sha256 }) => {
    const contents = sha256 || hashOfFile(file);
    return contents === undefined ? [] : [{ name: nameOf(file), sha256: contents }];
  });
}

/** What a build rests on: what the compiler read, and what it would have read if it were there. */
interface Sources {
  files: SourceFile[];
  read: ReadFile[];
  absent: string[];
}

async function sourcesOf(
  folder: string,
  units: readonly Unit[],
  beganMs: number,
): Promise<Sources> {
  const read = contentsOf(readBy(folder, units), beganMs);
  const files = sourceFiles(read, units.length);
  const own = files.map(({ name }) => path.resolve(name));
  const folders = [
    ...units.flatMap(({ flags, directory }) => includeFolders(flags, directory)),
    ...own.map((name) => path.dirname(name)),
  ];
  const names = read.map(({ file }) => file);
  const asked = askedBy(own, folders);
  const isThere = asked.files.filter((file) => fs.existsSync(file) && !names.includes(file));
  return {
    files,
    // As with a file that changed meanwhile, no hash means that the build is not used again.
    read: [
      ...read.map((one) => (asked.anything ? { ...one, sha256: '' } : one)),
      ...contentsOf(isThere, beganMs),
    ],
    absent: [
      ...shadowsOf(names, [...new Set(folders)]),
      ...asked.files.filter((file) => !fs.existsSync(file)),
    ],
  };
}

/** Compile, link and look at it, in a folder of its own. Returns what is said, and what was read. */
async function make(
  build: Build,
  source: ProgramSource,
  { units, link: linkFlags, warnings }: ReturnType<typeof unitsOf>,
): Promise<{ said: Said; read: ReadFile[]; absent: string[] }> {
  const { compiler, folder, optimize, signal } = build;
  const beganMs = Date.now();
  await compileUnits(build, units);
  // It takes longest, and begins first.
  const linked = link(build, units, linkFlags);
  const objects = units.map(({ name }, i) => ({ name, object: objectOf(folder, i) }));
  const [{ allowed, unseen, assumes }, { files, read, absent }] = await allOf([
    inspect(objects, { compiler, allow: source.allow, signal }),
    sourcesOf(folder, units, beganMs),
    linked,
  ]);
  const { family, version: number, command } = compiler;
  return {
    said: {
      files,
      compiler: { family, version: number, command },
      optimization: levelsOf(optimize, units),
      warnings: [...warnings, ...allowed],
      unseen,
      assumes: [...assumes, ...(withoutAssertions(units).length > 0 ? ['assertions'] : [])],
    },
    read,
    absent,
  };
}

/** Where a build goes, and whether it must not be done twice. */
export interface CompileOptions {
  signal?: AbortSignal | undefined;
}

/**
 * Build a program of the user's for the host, or take it from the cache: a build is used again while
 * every file that was read for it is what it was. Before that, look whether it can be explored.
 *
 * @throws DmTortureError ERR_OUT_OF_RANGE, ERR_NO_COMPILER, ERR_COMPILE, ERR_PROGRAM
 */
export async function compile(
  source: ProgramSource,
  { signal }: CompileOptions = {},
): Promise<BuiltProgram> {
  checkPlatform(platformName());
  checkFiles(source.files);
  const plan = unitsOf(source);
  const compiler = await findCompiler(source.cc, signal);
  const { optimize } = source;
  const allow = [...source.allow].sort();
  const rest = [String(optimize), hashOf(...plan.link), hashOf(...allow), ...plan.warnings];
  const key = keyOf(compiler, plan.units, rest);
  const cache = cacheFolder();
  const known = lookUp<Said>(cache, key, OBJECT);
  if (known) return { ...known.note.said, object: path.join(known.folder, OBJECT) };

  const folder = buildFolder(cache);
  try {
    const { said, ...note } = await make({ compiler, folder, optimize, signal }, source, plan);
    for (const [i] of plan.units.entries()) fs.rmSync(objectOf(folder, i));
    const object = keep(cache, key, { folder, made: OBJECT }, { ...note, said });
    return { ...said, object };
  } catch (error) {
    throw withFlagHint(error, source, compiler, plan.units);
  } finally {
    discard(folder);
  }
}
