import fs from 'node:fs';
import path from 'node:path';

/**
 * The files that a rule of make names, as compilers write it for `-MD`: blanks in names are `\ `,
 * `#` is `\#`, `$` is `$$`, and a backslash at the end of a line goes on with the next.
 */
export function dependenciesOf(rule: string): string[] {
  const text = rule.replaceAll('\\\n', ' ');
  const words: string[] = [];
  for (const match of text.matchAll(/(?:\\[ #]|\$\$|[^\s])+/g)) {
    words.push(match[0].replace(/\\([ #])/g, '$1').replaceAll('$$', '$'));
  }
  const first = words.findIndex((word) => word.endsWith(':'));
  return words.slice(first + 1);
}

/** The folders that flags have the compiler look for headers in, in their order. */
export function includeFolders(flags: readonly string[], directory: string): string[] {
  const folders: string[] = [];
  const option = /^-(?:I|isystem|iquote|idirafter)(.*)$/s;
  flags.forEach((flag, i) => {
    const named = option.exec(flag)?.[1];
    const folder = named === '' ? flags[i + 1] : named;
    if (folder) folders.push(path.resolve(directory, folder));
  });
  return folders;
}

/**
 * Files that are not there, and would be read in place of one that was, or beside it, if they were:
 * the same name in another folder that is looked at.
 */
export function shadowsOf(read: readonly string[], folders: readonly string[]): string[] {
  const known = new Set(read);
  const shadows = new Set<string>();
  for (const file of read) {
    const parts = file.split(path.sep);
    for (const folder of folders) {
      for (const length of [1, 2]) {
        const other = path.join(folder, ...parts.slice(-length));
        if (!known.has(other) && !fs.existsSync(other)) shadows.add(other);
      }
    }
  }
  return [...shadows];
}

/** Where the system has headers: of those only what a source asks for is looked at. */
const SYSTEM_FOLDERS = ['/usr/local/include', '/usr/include'];

const ASKS = /\b__has_(?:include(?:_next)?|embed)\b/g;
const ASKS_FOR = /\b__has_(?:include(?:_next)?|embed)\s*\(\s*[<"]([^<>"\n]+)[>"]/g;

/** What sources ask for by `__has_include()`: a compiler does not say which files those would be. */
export interface Asked {
  /** Every file that it may be, whether it is there or not. */
  files: string[];
  /** A source asks for something by a macro: it may be anything. */
  anything: boolean;
}

/** Look for that in the text of `sources`; headers are in `folders`, or beside the source. */
export function askedBy(sources: readonly string[], folders: readonly string[]): Asked {
  const files = new Set<string>();
  let anything = false;
  for (const source of sources) {
    const text = fs.readFileSync(source, 'utf8');
    const names = [...text.matchAll(ASKS_FOR)].map(([, name = '']) => name);
    // `#ifdef __has_include` names it without asking.
    const tests =
      text.match(
        /(?:#\s*(?:ifn?def|define|undef)|\bdefined\s*\(?)\s*__has_(?:include|embed)\w*/g,
      ) ?? [];
    anything ||= (text.match(ASKS) ?? []).length > names.length + tests.length;
    for (const name of names)
      for (const folder of [path.dirname(source), ...folders, ...SYSTEM_FOLDERS])
        files.add(path.resolve(folder, name));
  }
  return { files: [...files], anything };
}
