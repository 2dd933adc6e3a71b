import { createHash, randomBytes } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { makeFolder } from '../base/files';
import { clearWorkFolders, makeWorkFolder } from '../base/work-folder';

/*
 * What was compiled, by what was read for it. A folder of the cache is made beside its place and
 * renamed into it, so processes that build the same at once disturb nobody: the first one wins.
 *
 * Which files a compiler reads is known only when it has read them. So what is asked for (sources,
 * flags, compiler) leads to a note of the files that were read last time; where each of them still
 * has those contents, and no file appeared that would be read instead, the folder holds.
 */

const BYTES_MAX = 500 * 1024 * 1024;
const PRIVATE = 0o700;
/** What a process left behind of which nobody knows whether it lives is cleared away after this. */
const LEFT_BEHIND_MS = 3_600_000;
const NOTE = 'note.json';
const BUILDING = '.building-';

export function hashOf(...parts: readonly (string | Buffer)[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(`${part.length}:`).update(part);
  return hash.digest('hex');
}

/** SHA-256 of the contents of a file; undefined: it cannot be read. */
export function hashOfFile(file: string): string | undefined {
  try {
    return createHash('sha256').update(fs.readFileSync(file)).digest('hex');
  } catch {
    return undefined;
  }
}

/** A file that was read, and its contents. */
export interface ReadFile {
  file: string;
  sha256: string;
}

/** What a cached build was made from, and what was said about it. */
export interface Note<Said> {
  read: ReadFile[];
  /** Where a file would be read in place of another. */
  absent: string[];
  said: Said;
}

/** What was made: a disk that was full, or a machine that went down, may have left half of it. */
interface Kept<Said> extends Note<Said> {
  made: string;
}

/** `$XDG_CACHE_HOME/dmtorture`; where no home can be written to, a folder of this user's in /tmp. */
export function cacheFolder(): string {
  const home = process.env.XDG_CACHE_HOME;
  const base = home && path.isAbsolute(home) ? home : path.join(os.homedir(), '.cache');
  for (const folder of [path.join(base, 'dmtorture'), fallbackFolder()]) {
    if (isOurs(folder)) return folder;
  }
  return fs.mkdtempSync(path.join(os.tmpdir(), 'dmtorture-'));
}

const fallbackFolder = (): string => path.join(os.tmpdir(), `dmtorture-${os.userInfo().uid}`);

/** Make the folder if it is not there. Others may neither own it nor write to it: it holds code. */
function isOurs(folder: string): boolean {
  try {
    makeFolder(folder);
    const there = fs.lstatSync(folder);
    // What a link leads to may be anybody's, and its mode is not ours to change.
    if (!there.isDirectory() || there.uid !== os.userInfo().uid) return false;
    if ((there.mode & 0o777) !== PRIVATE) fs.chmodSync(folder, PRIVATE);
    fs.accessSync(folder, fs.constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/** A folder of the cache in which something is built, until {@link keep} or {@link discard}. */
export const buildFolder = (cache: string): string => makeWorkFolder(cache, BUILDING);

/** Remove what processes left behind that were killed while they built. */
const clearLeftBehind = (cache: string): void => clearWorkFolders(cache, BUILDING, LEFT_BEHIND_MS);

const cleared = new Set<string>();

/** The same, once in the life of this process: after it, each build does. */
function clearOnce(cache: string): void {
  if (cleared.has(cache)) return;
  cleared.add(cache);
  quietly(() => clearLeftBehind(cache));
}

export function discard(folder: string): void {
  fs.rmSync(folder, { recursive: true, force: true });
}

function readNote<Said>(folder: string): Kept<Said> | undefined {
  try {
    return JSON.parse(fs.readFileSync(path.join(folder, NOTE), 'utf8')) as Kept<Said>;
  } catch {
    return undefined;
  }
}

/** The newest build for `key` with a file `made`, whose sources are what they were; undefined: none. */
export function lookUp<Said>(
  cache: string,
  key: string,
  made: string,
): { folder: string; note: Note<Said> } | undefined {
  clearOnce(cache);
  for (const { folder } of foldersOf(cache, `${key}-`)) {
    const note = readNote<Said>(folder);
    if (!note?.read.every(({ file, sha256 }) => hashOfFile(file) === sha256)) continue;
    if (note.absent.some((file) => fs.existsSync(file))) continue;
    if (hashOfFile(path.join(folder, made)) !== note.made) {
      discard(folder);
      continue;
    }
    touch(folder);
    return { folder, note };
  }
  return undefined;
}

/** What is used stays longest. */
function touch(folder: string): void {
  const now = new Date();
  try {
    fs.utimesSync(folder, now, now);
  } catch {
    // Another process may have thrown it out; what is open stays readable.
  }
}

/** Put what was built into its place, and throw the oldest out soon. Returns where `made` is. */
export function keep<Said>(
  cache: string,
  key: string,
  { folder: built, made }: { folder: string; made: string },
  note: Note<Said>,
): string {
  const kept: Kept<Said> = { ...note, made: hashOfFile(path.join(built, made)) ?? '' };
  fs.writeFileSync(path.join(built, NOTE), JSON.stringify(kept));
  // A build that is used once gets a place of its own.
  const read = note.read.map(({ sha256 }) => sha256 || randomBytes(9).toString('hex'));
  const contents = hashOf(...note.read.map(({ file }) => file), ...read);
  const folder = path.join(cache, `${key}-${contents.slice(0, 16)}`);
  try {
    fs.renameSync(built, folder);
  } catch (error) {
    // Another process was faster with the same, or something damaged is in its place.
    const same = readNote<Said>(folder);
    if (!same) {
      discard(folder);
      fs.renameSync(built, folder);
    } else if (['ENOTEMPTY', 'EEXIST'].includes((error as NodeJS.ErrnoException).code ?? '')) {
      discard(built);
    } else throw error;
  }
  // Looking at every build takes a while, and the program can run meanwhile.
  setImmediate(() => throwOut(cache, folder));
  return path.join(folder, made);
}

interface Folder {
  name: string;
  folder: string;
  usedMs: number;
}

/** The folders of the cache whose names begin with `start`, those used last first. */
function foldersOf(cache: string, start = ''): Folder[] {
  const folders: Folder[] = [];
  for (const name of fs.readdirSync(cache)) {
    if (!name.startsWith(start)) continue;
    const folder = path.join(cache, name);
    const there = fs.lstatSync(folder, { throwIfNoEntry: false });
    if (there?.isDirectory()) folders.push({ name, folder, usedMs: there.mtimeMs });
  }
  return folders.sort((a, b) => b.usedMs - a.usedMs);
}

function bytesOf(folder: string): number {
  try {
    return fs
      .readdirSync(folder)
      .map((name) => fs.lstatSync(path.join(folder, name)).size)
      .reduce((sum, size) => sum + size, 0);
  } catch {
    return 0;
  }
}

/** Keep the cache within its size; what was just made stays. Another process may do the same. */
function throwOut(cache: string, made: string): void {
  // The next build tries again: the build that this was called for is good.
  quietly(() => {
    clearLeftBehind(cache);
    throwOldestOut(cache, made);
  });
}

/** Do what need not succeed. */
export function quietly(work: () => void): void {
  try {
    work();
  } catch {
    // Another process may remove the same, or be at work in it.
  }
}

function throwOldestOut(cache: string, made: string): void {
  let bytes = 0;
  for (const { name, folder } of foldersOf(cache)) {
    if (name.startsWith(BUILDING)) continue;
    bytes += bytesOf(folder);
    if (bytes > BYTES_MAX && folder !== made) discard(folder);
  }
}
