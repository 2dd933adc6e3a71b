import fs from 'node:fs';
import path from 'node:path';
import { DmTortureError, shortened } from '../base/errors';
import type { CompilerFamily } from './built';
import { installAdvice } from './packages';
import { NoToolError, PLAIN, runTool } from './tools';

/** A compiler that can build own C, and the tools of its target. */
export interface Compiler {
  readonly family: CompilerFamily;
  /** `14.0.6`. */
  readonly version: string;
  /** As it was asked for, or found: `clang`, `ccache gcc`. */
  readonly command: string;
  /** What is called. */
  readonly words: readonly string[];
  /** `x86_64-pc-linux-gnu`. */
  readonly target: string;
  /** Everything that it says of itself: another text is another compiler. */
  readonly identity: string;
  readonly tools: Tools;
}

/** The tools of binutils. */
export type Tools = Readonly<Record<ToolName, string>>;
export type ToolName = (typeof TOOL_NAMES)[number];

const TOOL_NAMES = ['objcopy', 'objdump', 'addr2line', 'c++filt', 'ld.bfd'] as const;
/** The oldest that mark accesses and reset locals as own C needs it. */
const OLDEST: Readonly<Record<CompilerFamily, number>> = { clang: 14, gcc: 12 };
/** Versions that a system may have beside each other, the newest first. */
const NUMBERED = Array.from({ length: 24 }, (_, i) => 35 - i);
const VERSION_MS = 20_000;

/** The first file of that name on the PATH that can be run. */
export function findOnPath(name: string): string | undefined {
  const folders = (process.env.PATH ?? '').split(path.delimiter).filter((folder) => folder !== '');
  return folders.map((folder) => path.join(folder, name)).find(isExecutable);
}

function isExecutable(file: string): boolean {
  try {
    fs.accessSync(file, fs.constants.X_OK);
    return fs.statSync(file).isFile();
  } catch {
    return false;
  }
}

/** Compilers in the order of preference. On ARM clang has TLS that the host cannot give. */
function candidates(): string[] {
  const families: CompilerFamily[] = process.arch === 'arm64' ? ['gcc', 'clang'] : ['clang', 'gcc'];
  return families
    .flatMap((family) => [family, ...NUMBERED.map((number) => `${family}-${number}`)])
    .filter((name) => findOnPath(name) !== undefined);
}

/** The family of a compiler by its command; undefined: the name does not say, as `cc` does not. */
export function familyOf(command: string): CompilerFamily | undefined {
  const name = path.basename(command).replace(/-\d+(\.\d+)*$/, '');
  if (/(^|-)clang(\+\+)?$/.test(name)) return 'clang';
  return /(^|-)(gcc|g\+\+)$/.test(name) ? 'gcc' : undefined;
}

interface Asked {
  family: CompilerFamily;
  version: string;
  target: string;
  identity: string;
}

/** What a compiler says of itself; undefined: it is neither gcc nor clang. */
function readIdentity(text: string): Asked | undefined {
  const clang = /^(?!Apple).*\bclang version (\d+(?:\.\d+)*)/m.exec(text)?.[1];
  const gcc = /^gcc version (\d+(?:\.\d+)*)/m.exec(text)?.[1];
  const target = /^Target: (\S+)/m.exec(text)?.[1] ?? '';
  const version = clang ?? gcc;
  if (version === undefined) return undefined;
  return { family: clang === undefined ? 'gcc' : 'clang', version, target, identity: text };
}

/** `--cc` as words: a name with a blank in it is one word where such a file is. */
function commandWords(command: string): string[] {
  if (!/\s/.test(command) || isExecutable(command) || findOnPath(command)) return [command];
  return command.trim().split(/\s+/);
}

async function ask(words: readonly string[], signal?: AbortSignal): Promise<Asked | undefined> {
  const options = { env: PLAIN, timeoutMs: VERSION_MS, signal };
  // `-v` says what `--version` says, and the target.
  const { status, stdout, stderr } = await runTool(words, ['-v'], options);
  return status === 0 ? readIdentity(`${stderr}${stdout}`) : undefined;
}

/** `aarch64-linux-gnu-` of `aarch64-linux-gnu-gcc-12`: tools of the same target. */
function prefixOf(words: readonly string[]): string {
  const name = path.basename(words.at(-1) ?? '');
  return /^((?:\w+-){2,3})(?:gcc|g\+\+|clang|clang\+\+)(?:-\d+)?$/.exec(name)?.[1] ?? '';
}

/**
 * A tool of binutils, by its file.
 *
 * @param prefix - `aarch64-linux-gnu-` of those that serve another target.
 * @throws DmTortureError ERR_NO_COMPILER, with what to install
 */
export function findTool(name: ToolName, prefix = ''): string {
  const file = findOnPath(`${prefix}${name}`) ?? findOnPath(name);
  if (file !== undefined) return file;
  throw noCompiler(`${name} of GNU binutils is not on the PATH: ${installAdvice(['binutils'])}`);
}

function findTools(words: readonly string[]): Tools {
  const prefix = prefixOf(words);
  const found = TOOL_NAMES.map((name) => [name, findTool(name, prefix)]);
  return Object.fromEntries(found) as Record<ToolName, string>;
}

function noCompiler(message: string, cause?: unknown): DmTortureError {
  return new DmTortureError('ERR_NO_COMPILER', message, {
    option: 'cc',
    ...(cause === undefined ? {} : { cause }),
  });
}

const isOldEnough = ({ family, version }: Asked): boolean =>
  Number.parseInt(version, 10) >= OLDEST[family];

/** What to install where a compiler is too old. */
const NEWER: Readonly<Record<CompilerFamily, string[]>> = {
  clang: ['clang', 'binutils'],
  gcc: ['gcc', 'binutils'],
};

function tooOld(command: string, { family, version }: Asked): DmTortureError {
  const least = OLDEST[family];
  return noCompiler(
    `Expected \`cc\` to be clang ${OLDEST.clang} or gcc ${OLDEST.gcc}, or newer, got ` +
      `\`${shortened(command)}\`, which is ${family} ${version}. To get one: ` +
      `${installAdvice(NEWER[family])}, or \`${family}-${least}\` where that is still older`,
  );
}

async function askedFor(cc: string, signal?: AbortSignal): Promise<[string[], Asked]> {
  const words = commandWords(cc);
  let asked: Asked | undefined;
  try {
    asked = await ask(words, signal);
  } catch (error) {
    if (!(error instanceof NoToolError)) throw error;
    const why = (error.cause as NodeJS.ErrnoException).code === 'ENOENT' ? 'not found' : 'not run';
    throw noCompiler(
      `Expected \`cc\` to be the command of a C compiler, got \`${shortened(cc)}\`: ${why}`,
      error,
    );
  }
  if (!asked) {
    throw noCompiler(
      `Expected \`cc\` to be gcc or clang, got \`${shortened(cc)}\`, which does not say with ` +
        '`-v` that it is one of them',
    );
  }
  if (!isOldEnough(asked)) throw tooOld(cc, asked);
  return [words, asked];
}

async function found(signal?: AbortSignal): Promise<[string[], Asked]> {
  let old: DmTortureError | undefined;
  for (const command of candidates()) {
    const asked = await ask([command], signal).catch((error: unknown) => {
      if (error instanceof NoToolError) return undefined;
      throw error;
    });
    if (asked && isOldEnough(asked)) return [[command], asked];
    if (asked) old ??= tooOld(command, asked);
  }
  throw (
    old ??
    noCompiler(`No C compiler was found on the PATH: ${installAdvice(['clang', 'binutils'])}`)
  );
}

/**
 * The compiler to build own C with: the one that is asked for, else clang, else gcc.
 *
 * @param cc - Any command, such as `gcc-13` or `ccache clang`.
 * @throws DmTortureError ERR_NO_COMPILER, with what to install
 */
export async function findCompiler(cc?: string, signal?: AbortSignal): Promise<Compiler> {
  const [words, asked] = cc === undefined ? await found(signal) : await askedFor(cc, signal);
  return { ...asked, command: words.join(' '), words, tools: findTools(words) };
}
