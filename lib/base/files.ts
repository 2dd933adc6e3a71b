import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { finished } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';

/*
 * Every file that the tool writes is written here. A file that is there is replaced whole or stays
 * as it was: a full disk, `kill -9` or a crash of the machine never leaves half a page over a good
 * one.
 */

const { O_APPEND, O_CREAT, O_EXCL, O_NOFOLLOW, O_NONBLOCK, O_WRONLY } = fs.constants;

/** Names of streams that are open already. They are links, and the system's own. */
const STREAM = /^\/(dev\/(stdout|stderr|fd\/\d+)|proc\/(self|\d+)\/fd\/\d+)$/;
const READER_EVERY_MS = 50;
const PERMISSIONS = 0o777;

function refusal(code: string, file: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`${code}: ${file}`), { code, path: file });
}

/** What is at `file` now; undefined: nothing. */
function look(file: string): fs.Stats | undefined {
  return fs.lstatSync(file, { throwIfNoEntry: false });
}

/** Whether something written to `file` goes to a reader, and replaces nothing. */
function isStream(file: string, there: fs.Stats | undefined): boolean {
  return STREAM.test(file) || Boolean(there?.isFIFO() || there?.isCharacterDevice());
}

/** A name is safe on the disk when its folder is. */
export function syncFolder(folder: string): void {
  try {
    const fd = fs.openSync(folder, 'r');
    try {
      fs.fsyncSync(fd);
    } finally {
      fs.closeSync(fd);
    }
  } catch (error) {
    // Some file systems cannot do it, and a folder may be closed to readers; the file is there.
    const { code = '' } = error as NodeJS.ErrnoException;
    if (!['EACCES', 'EINVAL', 'EPERM', 'ENOTSUP', 'EISDIR'].includes(code)) throw error;
  }
}

/** The permissions of a file that is replaced; undefined: those of a new file. */
function permissionsOf(file: string, there: fs.Stats | undefined): number | undefined {
  if (!there) return undefined;
  if (there.isSymbolicLink()) throw refusal('ELOOP', file);
  if (there.isDirectory()) throw refusal('EISDIR', file);
  if (!there.isFile()) throw refusal('ENXIO', file);
  // Its folder may be writable where the file itself is protected.
  fs.accessSync(file, fs.constants.W_OK);
  return there.mode & PERMISSIONS;
}

/** Give a file the owner of the one that it replaces, where that is permitted. */
function keepOwner(fd: number, there: fs.Stats): void {
  const { uid, gid } = fs.fstatSync(fd);
  if (uid === there.uid && gid === there.gid) return;
  try {
    fs.fchownSync(fd, there.uid, there.gid);
  } catch {
    // Only root may give files away.
  }
}

/** Write a file beside `file` under a name that nobody can guess, and put it in its place. */
function replaceRegular(file: string, text: string, there: fs.Stats | undefined): void {
  const permissions = permissionsOf(file, there);
  const folder = path.dirname(path.resolve(file));
  const unguessable = randomBytes(9).toString('base64url');
  const fresh = path.join(folder, `.dmtorture-${unguessable}.tmp`);
  const fd = fs.openSync(fresh, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o666);
  try {
    try {
      fs.writeFileSync(fd, text);
      if (there) keepOwner(fd, there);
      if (permissions !== undefined) fs.fchmodSync(fd, permissions);
      fs.fsyncSync(fd);
    } finally {
      fs.closeSync(fd);
    }
    fs.renameSync(fresh, file);
  } catch (error) {
    fs.rmSync(fresh, { force: true });
    throw error;
  }
  syncFolder(folder);
}

/** Open what is written to and never waits, so that Ctrl-C is heard while nobody reads a fifo. */
async function openStream(file: string): Promise<number> {
  for (;;) {
    try {
      return fs.openSync(file, O_WRONLY | O_APPEND | O_NONBLOCK);
    } catch (error) {
      const isUnread = (error as NodeJS.ErrnoException).code === 'ENXIO' && look(file)?.isFIFO();
      if (!isUnread) throw error;
      await sleep(READER_EVERY_MS);
    }
  }
}

async function writeStream(file: string, text: string): Promise<void> {
  const fd = await openStream(file);
  if (!fs.fstatSync(fd).isFIFO()) {
    try {
      fs.writeFileSync(fd, text);
    } finally {
      fs.closeSync(fd);
    }
    return;
  }
  const stream = new net.Socket({ fd, readable: false, writable: true });
  stream.end(text);
  await finished(stream, { readable: false });
}

/**
 * Write `text` to `file`: all of it, or nothing. The permissions of a file that is there are kept.
 * A link is not followed; a fifo or a device is written to.
 *
 * @throws What the operating system says, with `file` as its `path`.
 */
export async function replaceFile(file: string, text: string): Promise<void> {
  try {
    const there = look(file);
    if (isStream(file, there)) await writeStream(file, text);
    else replaceRegular(file, text, there);
  } catch (error) {
    throw Object.assign(error as Error, { path: file });
  }
}

/**
 * Add `text` to the end of a file that others write to as well: in one piece, or not at all.
 *
 * @throws What the operating system says.
 */
export function appendToFile(file: string, text: string, permissions = 0o666): void {
  const fd = fs.openSync(file, O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW, permissions);
  try {
    const before = fs.fstatSync(fd);
    try {
      fs.writeFileSync(fd, text);
      if (before.isFile()) fs.fsyncSync(fd);
    } catch (error) {
      if (before.isFile()) fs.ftruncateSync(fd, before.size);
      throw error;
    }
  } finally {
    fs.closeSync(fd);
  }
}

/**
 * Make a folder, and those that it is in. (`recursive` of `fs.mkdirSync()` never returns where the
 * system keeps refusing with ENOENT, as it does under /proc.)
 */
export function makeFolder(folder: string): void {
  const parent = path.dirname(folder);
  if (parent !== folder && !fs.existsSync(parent)) makeFolder(parent);
  try {
    fs.mkdirSync(folder);
  } catch (error) {
    const there = fs.statSync(folder, { throwIfNoEntry: false });
    if (!there?.isDirectory()) throw error;
  }
}
