import fs from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { DmTortureError } from '../base/errors';
import { syncFolder } from '../base/files';
import { oneLine } from '../base/sinks/inert';
import { version } from '../base/version';
import { optionOf, planDifference } from './difference';
import { JournalLock } from './journal/lock';
import {
  type CheckUnit,
  type FirstRecord,
  firstRecord,
  lineOf,
  type Records,
  readRecords,
} from './journal/records';
import { refused } from './journal/refused';
import type { JournalFile } from './shard';

/*
 * A journal is lines of JSON: a head with the plan, and a record for each unit that is done. Each
 * line has the checksum of its record, and is on the disk before the next unit begins. So what a
 * crash can damage is the last line, and its unit is done again.
 */

export type { CheckUnit } from './journal/records';

/** What a journal is of. */
export interface JournalHead {
  kind: string;
  plan: object;
}

/** How a journal is gone on with. */
export interface JournalUse {
  /** Parameters of the plan that may differ. */
  free?: readonly string[];
  /** Refuses a record that is none of the run's. */
  check?: CheckUnit;
}

/** What a journal adds to the report of its run. */
export interface JournalNotes {
  /** What is strange, and does no harm. */
  warnings?: string[];
  /** Why the run ended before its end, where the tool failed. */
  failure?: string;
}

const { O_APPEND, O_CREAT, O_EXCL, O_NOFOLLOW, O_WRONLY } = fs.constants;

const write = promisify(fs.write);
const fsync = promisify(fs.fsync);
const close = promisify(fs.close);

function reason(error: unknown): string {
  return (error as Error).message;
}

/** Whether something has that name, even a link that leads nowhere. */
const isThere = (file: string): boolean =>
  fs.lstatSync(file, { throwIfNoEntry: false }) !== undefined;

/** The seed of a journal's plan, for a run that goes on with it and names none; undefined: no such file. */
export function journalSeed({ file, resume }: JournalFile): number | undefined {
  if (!resume || !isThere(file)) return undefined;
  const plan = readRecords(file).head?.plan as { seed?: number } | undefined;
  return plan?.seed;
}

/** Refuse a journal of another version, kind or plan. */
function checkHead(
  file: string,
  head: FirstRecord,
  wanted: JournalHead,
  free: readonly string[],
): void {
  const [was, is] = [head, { ...wanted, version }].map(({ kind, version: made }) => ({
    kind,
    version: made,
  }));
  const places = ['in the journal', 'now'] as const;
  let difference: string | undefined;
  try {
    difference =
      planDifference(was ?? {}, is ?? {}, [], places) ??
      planDifference(head.plan, wanted.plan, free, places, optionOf);
  } catch (error) {
    // Of a plan that nobody can have had, such as one that is nested thousands of levels deep.
    throw refused(file, `the plan in its first line cannot be read: ${reason(error)}`);
  }
  if (difference !== undefined) {
    const todo = 'give the options that it was begun with, or another journal';
    const option = /^`(\w+)`/.exec(difference)?.[1];
    throw refused(file, `the journal of another run: ${difference}; ${todo}`, option);
  }
}

/** A journal that is open for units to be added. */
export class Journal {
  /** What was in it for each unit when it was opened. */
  readonly units: ReadonlyMap<number, unknown>;
  readonly #file: string;
  readonly #fd: number;
  readonly #lock: JournalLock;
  readonly #warnings: readonly string[];
  /** How much of the file is sound. */
  #bytes: number;
  #failure: string | undefined;

  private constructor(file: string, fd: number, lock: JournalLock, records: Records | undefined) {
    this.#file = file;
    this.#fd = fd;
    this.#lock = lock;
    this.#bytes = records?.bytes ?? 0;
    this.#warnings = records?.warnings ?? [];
    this.units = records?.units ?? new Map();
  }

  /**
   * Open a journal, or begin it.
   *
   * @throws DmTortureError ERR_BAD_JOURNAL: it is damaged, of another plan, written by another
   *   process, or there and not to be gone on with; ERR_NO_RESOURCES: it cannot be written
   */
  static async open(
    { file, resume }: JournalFile,
    head: JournalHead,
    { free = [], check }: JournalUse = {},
  ): Promise<Journal> {
    // What is in no file is not in the plan that is compared.
    const wanted = JSON.parse(JSON.stringify(head)) as JournalHead;
    checkNew(file, resume);
    const lock = await takeLock(file);
    let fd: number | undefined;
    try {
      checkNew(file, resume);
      const sameRun = (there: FirstRecord): void => checkHead(file, there, wanted, free);
      const checks = { head: sameRun, unit: check };
      const records = isThere(file) ? readRecords(file, checks) : undefined;
      fd = openFile(file, records?.bytes);
      const journal = new Journal(file, fd, lock, records);
      if (!records?.head) await journal.#begin(wanted);
      return journal;
    } catch (error) {
      if (fd !== undefined) fs.closeSync(fd);
      lock.release();
      throw error;
    }
  }

  /**
   * Write down that a unit is done; it is on the disk when the promise is resolved.
   *
   * @returns False where it could not be written: the run ends with what it has.
   */
  async add(unit: number, content: object): Promise<boolean> {
    try {
      await this.#append({ unit, content });
      return true;
    } catch (error) {
      this.#failure ??= reason(error);
      return false;
    }
  }

  /** What is to be said of it in the report of the run. */
  get notes(): JournalNotes {
    return {
      ...(this.#warnings.length > 0 && { warnings: [...this.#warnings] }),
      ...(this.#failure !== undefined && { failure: this.#failure }),
    };
  }

  /** Never rejects. */
  async close(): Promise<void> {
    try {
      await close(this.#fd);
    } catch (error) {
      // What was added is on the disk already.
      this.#failure ??= this.#unwritten(error);
    } finally {
      this.#lock.release();
    }
  }

  async #begin(head: JournalHead): Promise<void> {
    try {
      await this.#append(firstRecord(version, head));
    } catch (error) {
      // A file without a head is of no use, and would be in the way.
      fs.rmSync(this.#file, { force: true });
      throw error;
    }
    syncFolder(path.dirname(path.resolve(this.#file)));
  }

  async #append(record: object): Promise<void> {
    this.#lock.check();
    const bytes = Buffer.from(lineOf(record));
    try {
      for (let done = 0; done < bytes.length; ) {
        done += (await write(this.#fd, bytes, done)).bytesWritten;
      }
      await fsync(this.#fd);
      this.#bytes += bytes.length;
    } catch (error) {
      this.#cutOff();
      throw new DmTortureError('ERR_NO_RESOURCES', this.#unwritten(error), { cause: error });
    }
  }

  /** Without the line that was not written whole. */
  #cutOff(): void {
    try {
      fs.ftruncateSync(this.#fd, this.#bytes);
    } catch {
      // A run that goes on with it leaves that line out.
    }
  }

  #unwritten(error: unknown): string {
    return oneLine(`The journal ${this.#file} cannot be written: ${reason(error)}`);
  }
}

/** Refuse a file that is there, where none is to be gone on with. */
function checkNew(file: string, resume: boolean): void {
  if (resume || !isThere(file)) return;
  throw refused(file, 'there is such a file; `resume` goes on with a journal', 'resume');
}

async function takeLock(file: string): Promise<JournalLock> {
  try {
    // One journal has one lock, by whatever way it is reached.
    const folder = fs.realpathSync(path.dirname(path.resolve(file)));
    return await JournalLock.take(path.join(folder, path.basename(file)));
  } catch (error) {
    if (error instanceof DmTortureError) throw error;
    throw refused(file, `cannot be opened: ${reason(error)}`);
  }
}

/** Open a file to append to, without what follows its sound bytes. */
function openFile(file: string, bytes: number | undefined): number {
  const made = bytes === undefined ? O_CREAT | O_EXCL : 0;
  try {
    const fd = fs.openSync(file, O_WRONLY | O_APPEND | O_NOFOLLOW | made, 0o666);
    if (bytes !== undefined) fs.ftruncateSync(fd, bytes);
    return fd;
  } catch (error) {
    throw refused(file, `cannot be opened: ${reason(error)}`);
  }
}
