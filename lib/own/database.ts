import fs from 'node:fs';
import path from 'node:path';
import { DmTortureError, expected, outOfRange, shortened } from '../base/errors';
import type { CompilerFamily } from './built';
import { familyOf } from './compiler';
import { checkLineBreaks, sortFlags } from './flags';

/** How one file is compiled: with which flags, in which folder. */
export interface FileFlags {
  flags: string[];
  directory: string;
  /** What the flags are for, where a command names it. */
  family?: CompilerFamily | undefined;
}

interface Entry {
  directory: string;
  file: string;
  words: string[];
}

const OPTION = 'compileCommands';

/** A command as words, as a shell reads quotes and backslashes; nothing else is special in it. */
export function splitCommand(command: string): string[] {
  const words: string[] = [];
  const word = /(?:[^\s"'\\]|\\[\s\S]|"(?:[^"\\]|\\[\s\S])*"|'[^']*')+/g;
  const part = /\\([\s\S])|"((?:[^"\\]|\\[\s\S])*)"|'([^']*)'|([^\s"'\\]+)/g;
  for (const [whole] of command.matchAll(word)) {
    const parts = [...whole.matchAll(part)].map(
      ([, escaped, quoted, literal, plain]) =>
        escaped ?? quoted?.replace(/\\(["\\$`])/g, '$1') ?? literal ?? plain ?? '',
    );
    words.push(parts.join(''));
  }
  return words;
}

/** Files of flags may name others; compilers go on about that deep. */
const RESPONSES_MAX = 10;

/** Words with those of the response files that they name, `@flags.rsp`, in their place. */
export function withResponses(
  words: readonly string[],
  directory: string,
  depth = RESPONSES_MAX,
): string[] {
  return words.flatMap((word) => {
    if (!/^@./s.test(word) || depth === 0) return [word];
    let text: string;
    try {
      text = fs.readFileSync(path.resolve(directory, word.slice(1)), 'utf8');
    } catch {
      // As compilers have it, that is the word itself.
      return [word];
    }
    return withResponses(splitCommand(text), directory, depth - 1);
  });
}

function readEntries(file: string): Entry[] {
  let entries: unknown;
  try {
    entries = JSON.parse(fs.readFileSync(file, 'utf8'));
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    const why = code === 'ENOENT' ? 'no such file' : message;
    const text = `${expected(OPTION, 'a compile_commands.json', file)}: ${why}`;
    throw new DmTortureError('ERR_OUT_OF_RANGE', text, { option: OPTION, cause });
  }
  if (!Array.isArray(entries)) throw outOfRange(OPTION, 'a file with a list of commands', file);
  const base = path.dirname(path.resolve(file));
  return entries.flatMap((entry: Record<string, unknown> | null) => {
    const { directory, file: source, arguments: words, command } = entry ?? {};
    if (typeof source !== 'string') return [];
    const folder = path.resolve(base, typeof directory === 'string' ? directory : '.');
    const known = Array.isArray(words)
      ? words.filter((word) => typeof word === 'string')
      : splitCommand(typeof command === 'string' ? command : '');
    return [{ directory: folder, file: path.resolve(folder, source), words: known }];
  });
}

/** The flags of an entry: without the compiler, wrappers of it, and the source. */
function flagsOf({ directory, file, words }: Entry): FileFlags {
  const all = withResponses(words, directory);
  const first = all.findIndex((word) => word.startsWith('-'));
  const flags = first < 0 ? [] : all.slice(first);
  const commands = first < 0 ? all : all.slice(0, first);
  const family = commands.map(familyOf).find((one) => one !== undefined);
  const isSource = (word: string): boolean => path.resolve(directory, word) === file;
  const { compile, link } = sortFlags(flags.filter((word) => word !== '--' && !isSource(word)));
  return { flags: [...compile, ...link], directory, family };
}

/** The file as it is called where no folder is a link; undefined: it is not there. */
function realName(file: string): string | undefined {
  try {
    return fs.realpathSync(file);
  } catch {
    return undefined;
  }
}

/** The entries of a file: those of its name, else those that lead to it by links. */
function entriesOf(entries: readonly Entry[], file: string): Entry[] {
  const whole = path.resolve(file);
  const named = entries.filter((one) => one.file === whole);
  if (named.length > 0) return named;
  const real = realName(whole);
  return entries.filter(
    (one) => path.basename(one.file) === path.basename(whole) && realName(one.file) === real,
  );
}

const sameFlags = (one: FileFlags, other: FileFlags): boolean =>
  one.directory === other.directory && one.flags.join('\0') === other.flags.join('\0');

/**
 * The flags that a `compile_commands.json` has for each of the files. A file that is not in it, such
 * as a test beside the project, takes those of the first file that is.
 *
 * @returns By file, and a sentence on each file that is not in it, or in it with different flags.
 * @throws DmTortureError ERR_OUT_OF_RANGE where it has none of the files
 */
export function databaseFlags(
  database: string,
  files: readonly string[],
): { byFile: Map<string, FileFlags>; warnings: string[] } {
  const entries = readEntries(database);
  const all = files.map((file) => entriesOf(entries, file).map(flagsOf));
  const found = all.map(([flags]) => flags);
  const first = found.findIndex((flags) => flags !== undefined);
  const shared = found[first];
  if (!shared) throw outOfRange(OPTION, `a file with commands for ${files.join(', ')}`, database);
  for (const [i, one] of found.entries()) {
    if (one === undefined) continue;
    const entry = `the entry of ${shortened(files[i] ?? '')} in ${shortened(database)}`;
    checkLineBreaks(OPTION, one.flags, entry);
    const { directory } = one;
    if (!fs.existsSync(directory)) {
      throw outOfRange(OPTION, 'a file whose `directory` entries are there', directory);
    }
  }
  const warnings = files
    .filter((_, i) => found[i] === undefined)
    .map((file) => `${file} is not in ${database}: compiled with the flags of ${files[first]}`);
  const several = files.filter((_, i) => all[i]?.some((one) => !sameFlags(one, found[i] ?? one)));
  return {
    byFile: new Map(files.map((file, i) => [file, found[i] ?? shared])),
    warnings: [
      ...warnings,
      ...several.map(
        (file) => `${database} has several commands for ${file}: compiled as the first one says`,
      ),
    ],
  };
}
