import { createHash, randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { isAlive, markOfProcess } from './living';

/*
 * Folders in which a process works, and that it removes. The name says which process that is, so that
 * another one can clear away what was left by one that was killed.
 */

const PRIVATE = 0o700;

function placeOf({ host, place }: { host: string; place: string }): string {
  return createHash('sha256').update(`${host}\0${place}`).digest('hex').slice(0, 16);
}

/** Make a folder in `where` for this process; its name begins with `start`. */
export function makeWorkFolder(where: string, start: string): string {
  const mark = markOfProcess();
  const owner = `${mark.pid}-${mark.started}-${placeOf(mark)}`;
  const folder = path.join(where, `${start}${owner}-${randomBytes(9).toString('hex')}`);
  fs.mkdirSync(folder, { mode: PRIVATE });
  return folder;
}

/** Whether its process lives, by what follows the start of a name; undefined: nobody knows. */
function isWorkedIn(rest: string): boolean | undefined {
  const [, pid = '', started = '', at] = /^(\d+)-(\d+)-([0-9a-f]+)-/.exec(rest) ?? [];
  const { host, place } = markOfProcess();
  if (placeOf({ host, place }) !== at) return undefined;
  return isAlive({ pid: Number(pid), host, place, started });
}

/**
 * Remove the folders of this user in `where` whose names begin with `start` and whose processes have
 * ended; those of which nobody knows after `unknownMs`.
 */
export function clearWorkFolders(where: string, start: string, unknownMs: number): void {
  const uid = process.getuid?.();
  for (const name of fs.readdirSync(where)) {
    if (!name.startsWith(start)) continue;
    const folder = path.join(where, name);
    const there = fs.lstatSync(folder, { throwIfNoEntry: false });
    if (!there?.isDirectory() || there.uid !== (uid ?? there.uid)) continue;
    const lives = isWorkedIn(name.slice(start.length)) ?? Date.now() - there.mtimeMs <= unknownMs;
    if (!lives) fs.rmSync(folder, { recursive: true, force: true });
  }
}
