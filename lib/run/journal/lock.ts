import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import * as v from 'valibot';
import { isAlive, markOfProcess } from '../../base/living';
import { refused } from './refused';

/*
 * A journal has one writer: a file beside it says which. A writer of this machine that is dead is
 * known by its process number, and by when that process was started, since numbers come again. Of
 * one on another machine, or in another container, only signs of life can be seen: it touches its
 * lock every few seconds. Before each record the writer looks whether the lock is still its own.
 */

const { O_NOFOLLOW, O_NONBLOCK, O_RDONLY } = fs.constants;
const BYTES_MAX = 4096;

const ownerSchema = v.object({
  pid: v.pipe(v.number(), v.integer(), v.minValue(1)),
  host: v.string(),
  /** Of the machine's start, and of a container's processes; empty where the system has none. */
  place: v.string(),
  /** When the process was started, as the system counts. */
  started: v.string(),
  /** Makes two locks of one process different. */
  nonce: v.string(),
});

type Owner = v.InferOutput<typeof ownerSchema>;

/** How long things take, in milliseconds. */
export interface LockTimes {
  /** Between two signs of life. */
  touchMs: number;
  /** How long a lock without one is that of a dead writer. */
  watchMs: number;
}

const TIMES: LockTimes = { touchMs: 2000, watchMs: 12_000 };
const LOOK_EVERY_MS = 250;
const TRIES_MAX = 5;

const codeOf = (error: unknown): string => (error as NodeJS.ErrnoException).code ?? '';

function makeOwner(): Owner {
  return { ...markOfProcess(), nonce: randomBytes(9).toString('base64url') };
}

/** A lock as it is: its text, and when it was touched; undefined: there is none. */
function look(lock: string): { text: string; touchedMs: number } | undefined {
  let fd: number;
  try {
    fd = fs.openSync(lock, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
  try {
    const { mtimeMs } = fs.fstatSync(fd);
    const bytes = Buffer.alloc(BYTES_MAX);
    return { text: bytes.toString('utf8', 0, fs.readSync(fd, bytes)), touchedMs: mtimeMs };
  } finally {
    fs.closeSync(fd);
  }
}

function ownerOf(text: string): Owner | undefined {
  try {
    return v.parse(ownerSchema, JSON.parse(text));
  } catch {
    return undefined;
  }
}

/** Make a file that is whole as soon as it is there; false: there is one already. */
function create(file: string, text: string): boolean {
  const fresh = `${file}.${randomBytes(9).toString('base64url')}`;
  fs.writeFileSync(fresh, text, { flag: 'wx' });
  try {
    fs.linkSync(fresh, file);
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    return createPlainly(file, text);
  } finally {
    fs.rmSync(fresh, { force: true });
  }
}

/** On file systems that have no links. */
function createPlainly(file: string, text: string): boolean {
  try {
    fs.writeFileSync(file, text, { flag: 'wx' });
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
}

function whoHas({ pid, host }: Owner): string {
  return host === os.hostname() ? `process ${pid}` : `process ${pid} of ${host}`;
}

/** The right to write a journal. */
export class JournalLock {
  readonly #journal: string;
  readonly #lock: string;
  readonly #text: string;
  readonly #touching: NodeJS.Timeout;

  private constructor(journal: string, text: string, { touchMs }: LockTimes) {
    this.#journal = journal;
    this.#lock = lockOf(journal);
    this.#text = text;
    this.#touching = setInterval(() => this.#touch(), touchMs).unref();
  }

  /**
   * Take the lock of a journal, also from a writer that is dead.
   *
   * @throws DmTortureError ERR_BAD_JOURNAL: another process is writing it
   */
  static async take(journal: string, times: LockTimes = TIMES): Promise<JournalLock> {
    const text = JSON.stringify(makeOwner());
    for (let tries = 0; tries < TRIES_MAX; tries++) {
      if (create(lockOf(journal), text)) return new JournalLock(journal, text, times);
      const there = look(lockOf(journal));
      if (there === undefined) continue;
      await checkDead(journal, there, times);
      if (takeOver(journal, there.text, text)) return new JournalLock(journal, text, times);
    }
    throw refused(journal, 'other processes are taking it; run one at a time');
  }

  /** Refuse to write a journal that has another writer by now. */
  check(): void {
    const there = look(this.#lock);
    if (there?.text === this.#text) return;
    if (there === undefined && create(this.#lock, this.#text)) return;
    const owner = ownerOf(look(this.#lock)?.text ?? '');
    throw refused(this.#journal, `${owner ? whoHas(owner) : 'another process'} has taken it over`);
  }

  /** Never throws: a lock that stays is that of a dead process soon. */
  release(): void {
    clearInterval(this.#touching);
    try {
      if (look(this.#lock)?.text === this.#text) fs.rmSync(this.#lock, { force: true });
    } catch {
      // Its folder is gone, or closed.
    }
  }

  #touch(): void {
    try {
      const now = new Date();
      if (look(this.#lock)?.text === this.#text) fs.utimesSync(this.#lock, now, now);
    } catch {
      // The next record says what is wrong.
    }
  }
}

/** The file that names the writer of a journal. */
const lockOf = (journal: string): string => `${journal}.lock`;

/** Refuse a journal whose writer lives. */
async function checkDead(
  journal: string,
  there: { text: string; touchedMs: number },
  { watchMs }: LockTimes,
): Promise<void> {
  const owner = ownerOf(there.text);
  const alive = owner && isAlive(owner);
  if (alive === false) return;
  const who = owner ? whoHas(owner) : 'another process';
  const busy = (): never => {
    throw refused(journal, `${who} is writing it, as ${lockOf(journal)} says; run one at a time`);
  };
  if (alive) busy();
  const endMs = performance.now() + watchMs;
  while (performance.now() < endMs) {
    await sleep(LOOK_EVERY_MS);
    const now = look(lockOf(journal));
    if (now === undefined) return;
    if (now.text !== there.text || now.touchedMs !== there.touchedMs) busy();
  }
}

/** Put our text in the place of that of a dead writer; false: it is not there any more. */
function takeOver(journal: string, dead: string, text: string): boolean {
  const lock = lockOf(journal);
  const guard = `${lock}.next`;
  // Of several that come to the same end, one at a time.
  if (!create(guard, text)) {
    const owner = ownerOf(look(guard)?.text ?? '');
    if (owner && isAlive(owner) === false) fs.rmSync(guard, { force: true });
    return false;
  }
  try {
    if (look(lock)?.text !== dead) return false;
    fs.renameSync(guard, lock);
    return true;
  } finally {
    if (look(guard)?.text === text) fs.rmSync(guard, { force: true });
  }
}
