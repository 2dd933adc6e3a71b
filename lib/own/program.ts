import path from 'node:path';
import { type DmTortureError, outOfRange, shortened, wrongType } from '../base/errors';
import { checkOptions } from '../run/params';
import type { ProgramSource } from './built';
import { checkLineBreaks, hasLineBreak } from './flags';

/** How the files of {@link program} are compiled. */
export interface ProgramOptions {
  /** Flags that every file is compiled with, such as `-DN=2`. @default none */
  flags?: readonly string[] | undefined;
  /** The compiler, any command. @default clang where it is there, else gcc */
  cc?: string | undefined;
  /** More sources, which are compiled and linked with the files. @default none */
  sources?: readonly string[] | undefined;
  /**
   * Compile with -O1. The compiler may then take accesses away whose values nobody uses, and their
   * races with them. @default false
   */
  optimize?: boolean | undefined;
  /** Functions that the program may call although dmtorture does not know them. @default none */
  allow?: readonly string[] | undefined;
  /** A `compile_commands.json`: the files are compiled with the flags that it has for them. */
  compileCommands?: string | undefined;
}

/** C or C++ of your own, made by {@link program}. */
export interface Program extends ProgramSource {
  /** Always `own`. */
  readonly kind: 'own';
  /** The files, as reports name what was explored: `queue.c test.c`. */
  readonly name: string;
}

const OPTIONS = ['flags', 'cc', 'sources', 'optimize', 'allow', 'compileCommands'];
const SUFFIXES: readonly string[] = ['.c', '.cc', '.cpp', '.cxx', '.C'];
/** The endings of sources, for sentences. */
export const SUFFIX_TEXT = `${SUFFIXES.slice(0, -1).join(', ')} or ${SUFFIXES.at(-1)}`;

/** Whether a word is the name of a C or C++ source, by its suffix. */
export const isSourceName = (word: string): boolean => SUFFIXES.includes(path.extname(word));

/** Whether a value was made by {@link program}, here or in another realm. */
export function isProgram(value: unknown): value is Program {
  if (typeof value !== 'object' || value === null) return false;
  const { kind, name, files } = value as Partial<Record<keyof Program, unknown>>;
  return kind === 'own' && typeof name === 'string' && Array.isArray(files);
}

function checkTexts(option: string, value: unknown, what: string): string[] {
  if (!Array.isArray(value)) throw wrongType(option, `a list of ${what}`, value);
  for (const text of value) {
    if (typeof text === 'string' && text !== '' && !text.includes('\0')) continue;
    throw wrongType(option, `a list of ${what}`, text === '' ? 'an empty text' : text);
  }
  return [...value] as string[];
}

function checkText(option: string, value: unknown, what: string): string | undefined {
  if (value === undefined) return undefined;
  if (typeof value === 'string' && value !== '' && !value.includes('\0')) return value;
  throw wrongType(option, what, value === '' ? 'an empty text' : value);
}

function brokenName(file: string, whole: string): DmTortureError {
  const where = hasLineBreak(file) ? '' : `, in \`${shortened(path.dirname(whole))}\``;
  const hint = `${where}: rename what has one`;
  return outOfRange('files', 'sources without a line break in their names and folders', file, hint);
}

function checkFiles(files: readonly string[]): string[] {
  if (files.length === 0) throw outOfRange('files', 'one source at least', 'none');
  const seen = new Set<string>();
  for (const file of files) {
    if (!isSourceName(file)) throw outOfRange('files', `sources: ${SUFFIX_TEXT}`, file);
    const same = path.resolve(file);
    if (hasLineBreak(same)) throw brokenName(file, same);
    if (seen.has(same)) throw outOfRange('files', 'sources, each of them once', file);
    seen.add(same);
  }
  return [...files];
}

function checkFlags(flags: unknown): string[] {
  const all = checkTexts('flags', flags, 'flags of the compiler');
  checkLineBreaks('flags', all);
  return all;
}

/**
 * C or C++ of your own as what {@link explore} runs under every interleaving: ordinary C11 or C++17
 * on threads, unmodified. Nothing is compiled before it is explored.
 *
 * @param files - A source, or several that make one program: one of them has `main()`.
 * @throws DmTortureError ERR_INVALID_ARG_TYPE, ERR_OUT_OF_RANGE
 * @example
 * const queue = program('queue.c', { flags: ['-DN=2'], cc: 'clang' });
 * const report = await explore(queue, { time: '10s' });
 * console.log(report.evidence, String(report.faults[0]?.trace));
 */
export function program(files: string | readonly string[], options: ProgramOptions = {}): Program {
  if (typeof files !== 'string' && !Array.isArray(files)) {
    throw wrongType('files', 'the name of a source, or a list of names', files);
  }
  checkOptions(options, OPTIONS);
  const { flags = [], sources = [], optimize = false, allow = [] } = options;
  if (typeof optimize !== 'boolean') throw wrongType('optimize', '`true` or `false`', optimize);
  const named = checkTexts('files', [files].flat(), 'names of sources');
  const all = checkFiles([...named, ...checkTexts('sources', sources, 'names of sources')]);
  return Object.freeze({
    kind: 'own',
    name: all.join(' '),
    files: Object.freeze(all),
    cc: checkText('cc', options.cc, 'the name of a compiler'),
    flags: Object.freeze(checkFlags(flags)),
    optimize,
    allow: Object.freeze(checkTexts('allow', allow, 'names of functions')),
    compileCommands: checkText('compileCommands', options.compileCommands, 'the name of a file'),
  });
}
