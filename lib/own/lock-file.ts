import fs from 'node:fs';
import path from 'node:path';
import { DmTortureError } from '../base/errors';
import { languageOf } from './flags';
import { isSourceName } from './program';

/** What a file of a lock defines, by its text; the compiler has the last word. */
export interface LockFile {
  /** On atom.h with DEFINE_LOCK(), functions, or a class with lock() and unlock(). */
  form: 'atom' | 'functions' | 'class';
  /** Each thread has a `lock_node_t`, which is the second argument. */
  nodes: boolean;
  /** It has a `lock_fifo`. */
  fifo: boolean;
  language: 'c' | 'c++';
}

/** What a file has to define, where it stands on nothing of ours. */
const FUNCTIONS = ['lock_t', 'lock_init', 'lock_acquire', 'lock_release'];

/** Whether a word names a lock that is a library, whose accesses nobody can see. */
export const isLockLibrary = (word: string): boolean => path.extname(word) === '.so';

/** Whether a word names a lock that is a file. */
export const isLockFile = (word: string): boolean => isSourceName(word) || isLockLibrary(word);

function refused(message: string): DmTortureError {
  return new DmTortureError('ERR_PROGRAM', message, { option: 'locks' });
}

const COMMENTS = /\/\*.*?\*\/|\/\/[^\n]*/gs;

/**
 * Read what a file of a lock defines.
 *
 * @throws DmTortureError ERR_PROGRAM
 */
export function readLockFile(file: string): LockFile {
  let text: string;
  try {
    text = fs.readFileSync(file, 'utf8').replace(COMMENTS, ' ');
  } catch {
    throw refused(`\`${file}\` cannot be read`);
  }
  const has = (name: string): boolean => new RegExp(`\\b${name}\\b`).test(text);
  const language = languageOf(file);
  const rest = { nodes: has('lock_node_t'), fifo: has('lock_fifo'), language };
  if (/\bDEFINE_LOCK\s*\(/.test(text)) {
    if (language === 'c') return { form: 'atom', ...rest, nodes: false };
    throw refused(`\`${file}\` has DEFINE_LOCK(), which is for C: call it my_lock.c`);
  }
  const missing = FUNCTIONS.find((name) => !has(name));
  if (missing === undefined) return { form: 'functions', ...rest };
  if (language === 'c++' && has('lock_t') && has('lock') && has('unlock')) {
    return { form: 'class', ...rest, nodes: false };
  }
  const orClass = language === 'c++' ? ', or a class lock_t with lock() and unlock()' : '';
  throw refused(
    `\`${file}\` has no \`${missing}\`: a lock is a file with DEFINE_LOCK() on ` +
      `<dmtorture/atom.h>, or one that defines ${FUNCTIONS.join(', ')}${orClass}`,
  );
}

/** How the sources of ours that it is compiled with know what it defines. */
export function lockDefines({ form, nodes }: LockFile): string[] {
  return [
    ...(form === 'atom' ? ['-DDMTORTURE_ATOM_LOCK'] : []),
    ...(form === 'class' ? ['-DDMTORTURE_LOCK_CLASS'] : []),
    ...(nodes ? ['-DDMTORTURE_LOCK_NODES'] : []),
  ];
}
