import path from 'node:path';
import { append } from '../base/bounds';
import { outOfRange } from '../base/errors';
import type { CompilerFamily } from './built';
import type { Compiler } from './compiler';

/**
 * Compilers and debuggers write names of files in lines, and nobody could read those apart: neither
 * that of a source nor that of a header in a folder of the flags.
 */
export const hasLineBreak = (text: string): boolean => /[\n\r]/.test(text);

/**
 * Refuse flags with a line break.
 *
 * @param within - Where they stand, where that is not the option itself.
 * @throws DmTortureError ERR_OUT_OF_RANGE
 */
export function checkLineBreaks(option: string, flags: readonly string[], within?: string): void {
  const broken = flags.find(hasLineBreak);
  if (broken === undefined) return;
  const what = within === undefined ? 'flags' : 'a file of flags';
  const where = within === undefined ? '' : ` in ${within}`;
  throw outOfRange(option, `${what} without a line break`, broken, `${where}: rename what has one`);
}

/** Marks every access, sets locals to one pattern, keeps frames and calls as they are written. */
const ALWAYS = [
  '-w',
  '-gdwarf-4',
  '-fPIC',
  '-fsanitize=thread',
  '-ftrivial-auto-var-init=pattern',
  '-U_FORTIFY_SOURCE',
  '-fno-builtin',
  '-fno-omit-frame-pointer',
  '-fno-optimize-sibling-calls',
  '-ftls-model=global-dynamic',
  '-fcf-protection=none',
  '-fno-stack-protector',
  '-fno-lto',
  '-pthread',
];

const llvm = (option: string): string[] => ['-mllvm', option];

const OF_FAMILY: Readonly<Record<CompilerFamily, readonly string[]>> = {
  gcc: ['--param=tsan-instrument-func-entry-exit=0', '--param=tsan-distinguish-volatile=1'],
  clang: [
    '-Qunused-arguments',
    ...llvm('-tsan-instrument-func-entry-exit=0'),
    ...llvm('-tsan-distinguish-volatile=1'),
    ...llvm('-tsan-instrument-read-before-write=1'),
  ],
};

/** Where an object is loaded; addresses are then the same in every process. `own.h` has it, too. */
export const TEXT_BASE = 0x2000_0000_0000;

const LINK = [
  '-shared',
  '-fuse-ld=bfd',
  '-pthread',
  `-Wl,-z,now,-z,norelro,-z,noexecstack,-Bsymbolic,--build-id=none`,
  `-Wl,-Ttext-segment=0x${TEXT_BASE.toString(16)}`,
];

/** A thread-local variable is found by a call of `__tls_get_addr`, which the host has. */
function tlsFlags({ family, target }: Compiler): string[] {
  if (family !== 'gcc') return [];
  if (target.startsWith('aarch64')) return ['-mtls-dialect=trad'];
  return target.startsWith('x86_64') ? ['-mtls-dialect=gnu'] : [];
}

/** Flags of the user that take a word after them, of those that are looked at here. */
const TAKES_WORD = new Set(['-o', '-MF', '-MT', '-MQ', '-x', '-Xlinker', '-L', '-l', '-T']);
/** What a build does beside compiling: where results go, what debuggers call the sources. */
const NOT_OURS = /^(-c|-S|-E|-o.*|-M(D|MD|P|G|F.*|T.*|Q.*|M)?|-x.*|-g.*|-save-temps.*|-pipe)$/;
/** What has lines of the source be of files that are not there. */
const RENAMES = /^-f(debug|file)-(prefix-map|compilation-dir)=/;
const LINKS =
  /^(-l.*|-L.*|-Wl,.*|-Xlinker|-T|-static.*|-shared|-rdynamic|-nostdlib|-nodefaultlibs)$/;

/** The flags of the user, without what is decided here: of the compiler, and of the linker. */
export function sortFlags(flags: readonly string[]): { compile: string[]; link: string[] } {
  const sorted = { compile: [] as string[], link: [] as string[] };
  for (let i = 0; i < flags.length; i += 1) {
    const flag = flags[i] ?? '';
    const words = TAKES_WORD.has(flag) ? flags.slice(i, i + 2) : [flag];
    i += words.length - 1;
    if (NOT_OURS.test(flag) || RENAMES.test(flag)) continue;
    append(LINKS.test(flag) ? sorted.link : sorted.compile, words);
  }
  sorted.link = sorted.link.filter((flag) => !/^-(static|shared|rdynamic)/.test(flag));
  return sorted;
}

/** The language of a source, by its suffix. */
export function languageOf(file: string): 'c' | 'c++' {
  return path.extname(file) === '.c' ? 'c' : 'c++';
}

/** C++17 where no other is asked for; older compilers have C++14 there. */
const CXX_STANDARD = '-std=gnu++17';

/** Without `-std=` of the other language: a program may have sources in both. */
export function standardFlags(flags: readonly string[], language: 'c' | 'c++'): string[] {
  const isOther = (flag: string): boolean =>
    /^-std=/.test(flag) && /^-std=(c|gnu)\+\+/.test(flag) !== (language === 'c++');
  const own = flags.filter((flag) => !isOther(flag));
  return language === 'c++' ? [CXX_STANDARD, ...own] : own;
}

/** The level that holds: the last that is given. */
function levelOf(optimize: boolean, flags: readonly string[]): string {
  const last = flags.filter((flag) => /^-O/.test(flag)).at(-1);
  return last === '-O' ? '-O1' : (last ?? (optimize ? '-O1' : '-O0'));
}

/** The same of files that may differ in it: `-O0 and -O2`. */
export function levelsOf(
  optimize: boolean,
  files: readonly { readonly flags: readonly string[] }[],
): string {
  const levels = files.map(({ flags }) => levelOf(optimize, flags));
  return [...new Set(levels)].sort().join(' and ');
}

/** What reports say of how a program was compiled: the level once, then the other flags. */
export function toldFlags(level: string, flags: readonly string[]): string[] {
  return [level, ...flags.filter((flag) => !/^-O/.test(flag))];
}

/**
 * A name that the compiler takes neither for an option nor for a file of options. Other names stay
 * as they are, since `__FILE__` and messages have them.
 */
export const asOperand = (file: string): string => (/^[-@]/.test(file) ? `./${file}` : file);

/** What else marks accesses, or counts them: it does not go with what the explorer needs. */
const INSTRUMENTS =
  /^(-f(no-)?sanitize|--coverage$|-ftest-coverage$|-fprofile-|-pg$|-finstrument-)/;

/** One source, and how it is compiled. */
interface Compiled {
  file: string;
  flags: readonly string[];
  optimize: boolean;
  include: string;
}

function commonArgs(compiler: Compiler, what: Compiled): string[] {
  return [
    what.optimize ? '-O1' : '-O0',
    ...standardFlags(what.flags, languageOf(what.file)).filter((flag) => !INSTRUMENTS.test(flag)),
    ...['-idirafter', what.include],
    ...ALWAYS,
    ...OF_FAMILY[compiler.family],
    ...tlsFlags(compiler),
  ];
}

/** What compiles one source: gcc to an object, clang to a text in which no access is marked yet. */
export function compileArgs(compiler: Compiler, what: Compiled): string[] {
  const toText = ['-S', '-emit-llvm', '-Xclang', '-disable-llvm-passes'];
  return [
    ...commonArgs(compiler, what),
    ...(compiler.family === 'clang' ? toText : ['-c']),
    ...['-x', languageOf(what.file), asOperand(what.file)],
  ];
}

/** What compiles such a text to an object. */
export function compileTextArgs(compiler: Compiler, what: Compiled, text: string): string[] {
  return [...commonArgs(compiler, what), '-c', '-x', 'ir', text];
}

/** What links objects to a shared object that the host loads. */
export function linkArgs(
  objects: readonly string[],
  what: { object: string; flags: readonly string[]; cxx: boolean },
): string[] {
  const libraries = what.cxx ? ['-lstdc++', '-lm'] : ['-lm'];
  return [...LINK, '-o', what.object, ...objects, ...what.flags, ...libraries];
}

/** What compiles one source as it is, to run on real threads. */
export function plainCompileArgs(what: {
  file: string;
  flags: readonly string[];
  optimize: boolean;
  include: string;
  sanitizer: string | undefined;
}): string[] {
  const language = languageOf(what.file);
  return [
    ...(what.optimize ? ['-O1'] : []),
    ...standardFlags(what.flags, language),
    ...['-idirafter', what.include],
    ...['-w', '-g', '-pthread'],
    ...sanitizerFlags(what.sanitizer),
    ...['-x', language, '-c', asOperand(what.file)],
  ];
}

/** What links objects to a program. */
export function plainLinkArgs(
  objects: readonly string[],
  what: {
    program: string;
    flags: readonly string[];
    cxx: boolean;
    sanitizer: string | undefined;
  },
): string[] {
  const libraries = what.cxx ? ['-lstdc++', '-lm'] : ['-lm'];
  const flags = ['-pthread', ...sanitizerFlags(what.sanitizer)];
  return [...flags, '-o', what.program, ...objects, ...what.flags, ...libraries];
}

const sanitizerFlags = (sanitizer: string | undefined): string[] =>
  sanitizer === undefined ? [] : [`-fsanitize=${sanitizer}`, '-fno-omit-frame-pointer'];
