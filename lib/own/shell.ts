import fs from 'node:fs';
import path from 'node:path';
import { DmTortureError } from '../base/errors';
import { packageRoot, version } from '../base/version';
import { platformName } from '../native/platform';
import type { BuiltProgram } from './built';
import { buildFolder, cacheFolder, discard, hashOf, hashOfFile, keep, lookUp } from './cache';
import { compileError, contentsOf, ENVIRONMENT } from './compile';
import { type Compiler, findCompiler } from './compiler';
import { dependenciesOf, includeFolders, shadowsOf } from './dependencies';
import { sortFlags, standardFlags } from './flags';
import { isLockLibrary, type LockFile, lockDefines, readLockFile } from './lock-file';
import { INCLUDE } from './names';
import { PLAIN, runTool, type ToolResult } from './tools';

/*
 * A lock of the user's as what the bench measures: its text between native/bench/shell/front.h and
 * back.h, compiled to a shared object. So its verbs are inlined into the measuring loop, and what the
 * compiler says names the user's line.
 */

/** A lock of the user's that can be loaded. */
export interface LockShell {
  /** The file, as it was named. */
  name: string;
  /** The shared object. */
  object: string;
  /** It was compiled by others, and is called through pointers. */
  isLibrary: boolean;
  /** Of the file. */
  sha256: string;
  /** What compiled it; null: a library. */
  compiler: BuiltProgram['compiler'] | null;
  /** What it was compiled with; empty: a library. */
  flags: string;
}

/** How a lock's file is compiled. */
export interface ShellOptions {
  cc?: string | undefined;
  flags?: readonly string[] | undefined;
  signal?: AbortSignal | undefined;
}

const OBJECT = 'lock.so';
const NATIVE = path.join(packageRoot, 'native');
/** Where the headers of the loop are, those of the shell first. */
const FOLDERS = [
  'bench/shell',
  'bench',
  'locks',
  'locks/threads',
  'machine',
  'machine/threads',
  'programs',
  'tables',
].map((folder) => path.join(NATIVE, folder));

/** The system's compiler, which has compiled the locks that it is set against where that was here. */
const CC = 'cc';
/** The flags of those, and what makes a shared object whose functions are inlined all the same. */
const FLAGS = ['-O2', '-pthread', '-fPIC', '-fvisibility=hidden'];
const STANDARD = '-std=gnu11';

function flagsOf(lock: LockFile, own: readonly string[]): string[] {
  return [...FLAGS, ...standardFlags([STANDARD, ...sortFlags(own).compile], lock.language)];
}

/** What is compiled: the compiler counts lines from the first of the user's. */
function sourceOf(file: string): string {
  const text = fs.readFileSync(file, 'utf8');
  const name = JSON.stringify(file);
  return `#include "front.h"\n#line 1 ${name}\n${text}\n#line 1 "dmtorture"\n#include "back.h"\n`;
}

/** A message of the compiler begins with where it is. */
const PLACE = /^(\S[^\n:]*):(\d+):(?:\d+:)? (fatal error|error): (.*)$/;
const FROM_OURS = /^(In file included from |\s+from )/;
/** What gcc and clang put around the text of an assertion. */
const ASSERTED =
  /^static(?:_assert| assertion) failed(?: due to requirement '[^']*')?:? "?(.*?)"?$/;

/**
 * What the compiler says, without what it says of our files: an error there is the lock's, which is not
 * what they take it for. Of those the assertions say it best.
 */
function saysOf(stderr: string, file: string): string {
  let isOurs = false;
  const lines: string[] = [];
  const ours: string[] = [];
  const asserted: string[] = [];
  for (const line of stderr.split('\n')) {
    const [, where = '', , , says = ''] = PLACE.exec(line) ?? [];
    if (where !== '') isOurs = where.startsWith(NATIVE) || where === 'dmtorture';
    else if (FROM_OURS.test(line) || line.startsWith(NATIVE)) continue;
    const assertion = ASSERTED.exec(says)?.[1];
    if (!isOurs) lines.push(line);
    else if (assertion !== undefined) asserted.push(`${file}: error: ${assertion}`);
    else if (where !== '') ours.push(`${file}: error: ${says}`);
  }
  return [...lines, ...(asserted.length > 0 ? asserted : ours)].join('\n').trim();
}

function shellError(result: ToolResult, compiler: Compiler, file: string): DmTortureError {
  return compileError({ ...result, stderr: saysOf(result.stderr, file) }, compiler);
}

interface Build {
  compiler: Compiler;
  lock: LockFile;
  file: string;
  /** The user's, of the compiler and of the linker. */
  flags: string[];
  link: string[];
  signal: AbortSignal | undefined;
}

/** Where quoted includes are looked for: beside the file first, as in any source. */
const quoted = (file: string): string[] => [path.resolve(path.dirname(file)), ...FOLDERS];

async function make(build: Build, folder: string): Promise<void> {
  const { compiler, lock, file, flags, link, signal } = build;
  const source = path.join(folder, lock.language === 'c' ? 'lock.c' : 'lock.cc');
  fs.writeFileSync(source, sourceOf(file));
  const args = [
    ...[...flags, '-g', '-w', '-shared', ...lockDefines(lock)],
    ...(lock.fifo ? ['-DDMTORTURE_LOCK_FIFO'] : []),
    ...quoted(file).flatMap((one) => ['-iquote', one]),
    ...['-idirafter', INCLUDE, '-MD', '-MF', path.join(folder, 'lock.d')],
    ...['-o', path.join(folder, OBJECT), '-x', lock.language, source, '-x', 'none'],
    ...link,
    ...(lock.language === 'c' ? [] : ['-lstdc++']),
  ];
  const result = await runTool(compiler.words, args, { env: { LC_ALL: PLAIN.LC_ALL }, signal });
  if (result.status !== 0) throw shellError(result, compiler, file);
}

/** Everything that decides what is made, without what the file includes. */
function keyOf({ compiler, lock, file, flags, link }: Build): string {
  const environment = ENVIRONMENT.map((name) => process.env[name] ?? '');
  const tool = ['lock', version, NATIVE, compiler.identity, ...compiler.words];
  const what = [file, process.cwd(), JSON.stringify(lock), hashOfFile(file) ?? ''];
  return hashOf(...tool, ...environment, ...what, hashOf(...flags), hashOf(...link)).slice(0, 40);
}

/** The shared object of a lock, from the cache or made now. */
async function objectOf(build: Build): Promise<string> {
  const { file, flags } = build;
  const cache = cacheFolder();
  const key = keyOf(build);
  const known = lookUp(cache, key, OBJECT);
  if (known) return path.join(known.folder, OBJECT);
  const folder = buildFolder(cache);
  try {
    const beganMs = Date.now();
    await make(build, folder);
    const rule = fs.readFileSync(path.join(folder, 'lock.d'), 'utf8');
    const own = dependenciesOf(rule).map((name) => path.resolve(name));
    const files = [path.resolve(file), ...own.filter((name) => !name.startsWith(folder))];
    const folders = [...includeFolders(flags, process.cwd()), ...quoted(file)];
    const note = { read: contentsOf(files, beganMs), absent: shadowsOf(files, folders), said: {} };
    return keep(cache, key, { folder, made: OBJECT }, note);
  } finally {
    discard(folder);
  }
}

function library(file: string): LockShell {
  const sha256 = hashOfFile(file);
  if (sha256 === undefined) {
    throw new DmTortureError('ERR_PROGRAM', `\`${file}\` cannot be read`, { option: 'locks' });
  }
  return {
    name: file,
    object: path.resolve(file),
    isLibrary: true,
    sha256,
    compiler: null,
    flags: '',
  };
}

/**
 * Compile a lock's file with the measuring loop, or take it from the cache; a library is taken as it
 * is.
 *
 * @throws DmTortureError ERR_NO_COMPILER, ERR_COMPILE, ERR_PROGRAM
 */
export async function compileShell(
  file: string,
  { cc = CC, flags = [], signal }: ShellOptions = {},
): Promise<LockShell> {
  if (!platformName().startsWith('linux-')) {
    const message = `Locks of your own are measured on Linux; this is ${platformName()}`;
    throw new DmTortureError('ERR_PROGRAM', message, { option: 'locks' });
  }
  if (isLockLibrary(file)) return library(file);
  const lock = readLockFile(file);
  const compiler = await findCompiler(cc, signal);
  const all = flagsOf(lock, flags);
  const { link } = sortFlags(flags);
  const object = await objectOf({ compiler, lock, file, flags: all, link, signal });
  const { family, version: number, command } = compiler;
  return {
    name: file,
    object,
    isLibrary: false,
    sha256: hashOfFile(file) ?? '',
    compiler: { family, version: number, command },
    flags: [...all, ...link].join(' '),
  };
}
