import fs from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { crc32 } from 'node:zlib';
import { planDifference } from './difference';
import { DmTortureError } from './errors';
import type { JournalFile } from './shard';
import { oneLine } from './sinks/inert';
import { version } from './version';

/*
 * A journal is lines of JSON: a head with the plan, and a record for each unit that is done. Each
 * line has the checksum of its record, and is on the disk before the next unit begins. So what a
 * crash can damage is the last line, and its unit is done again.
 */

/** What a journal is of. */
export interface JournalHead {
  kind: string;
  plan: object;
}

interface FirstRecord extends JournalHead {
  journal: number;
  version: string;
}

interface UnitRecord {
  unit: number;
  content: unknown;
}

const FORMAT = 1;
const LINE = /^\{"crc32":"([0-9a-f]{8})","record":(.*)\}$/s;
const BEGINNING = '{"crc32":"';
const NEWLINE = 10;

const write = promisify(fs.write);
const fsync = promisify(fs.fsync);
const close = promisify(fs.close);

const checksum = (text: string): string => crc32(text).toString(16).padStart(8, '0');

function lineOf(record: object): string {
  const text = JSON.stringify(record);
  return `{"crc32":"${checksum(text)}","record":${text}}\n`;
}

/** The record of a line; undefined where its checksum is not right. */
function recordOf(line: string): unknown {
  const [, sum, text] = LINE.exec(line) ?? [];
  return text !== undefined && checksum(text) === sum ? JSON.parse(text) : undefined;
}

function refused(file: string, message: string, option = 'journal'): DmTortureError {
  return new DmTortureError('ERR_BAD_JOURNAL', oneLine(`${file}: ${message}`), { option });
}

function reason(error: unknown): string {
  return (error as Error).message;
}

interface Read {
  head: FirstRecord | undefined;
  units: Map<number, unknown>;
  /** As much as is sound: all but a torn last line. */
  bytes: number;
}

/** The lines of a file, each with where it ends; what has no end of line is the last of them. */
function* linesOf(content: Buffer): Generator<{ line: string; end: number; last: boolean }> {
  for (let start = 0; start < content.length; ) {
    const newline = content.indexOf(NEWLINE, start);
    const end = newline < 0 ? content.length : newline + 1;
    const line = newline < 0 ? '' : content.toString('utf8', start, newline);
    yield { line, end, last: end === content.length };
    start = end;
  }
}

function readJournal(file: string): Read {
  if (!fs.statSync(file).isFile()) throw refused(file, 'this is no file');
  const read: Read = { head: undefined, units: new Map(), bytes: 0 };
  let number = 0;
  for (const { line, end, last } of linesOf(fs.readFileSync(file))) {
    number++;
    const record = recordOf(line);
    if (record === undefined) {
      // The line that was being written: its unit is done again.
      if (last && (number > 1 || isBegun(file))) break;
      if (last) throw refused(file, 'this is no journal');
      throw refused(file, `line ${number} is damaged, and it is not the last`);
    }
    read.bytes = end;
    if (number === 1) {
      read.head = record as FirstRecord;
      if (read.head.journal === FORMAT) continue;
      throw refused(file, 'the first line is not the head of a journal that this version knows');
    }
    const { unit, content } = record as UnitRecord;
    if (read.units.has(unit)) throw refused(file, `unit ${unit} is there twice, in line ${number}`);
    read.units.set(unit, content);
  }
  return read;
}

/** Whether a file with a torn first line can be a journal: what is none is not to be overwritten. */
function isBegun(file: string): boolean {
  const begun = fs.readFileSync(file, 'utf8').slice(0, BEGINNING.length);
  return BEGINNING.startsWith(begun);
}

/** The seed of a journal's plan, for who goes on with it and names none; undefined: no such file. */
export function journalSeed({ file, resume }: JournalFile): number | undefined {
  if (!resume || !fs.existsSync(file)) return undefined;
  const plan = readJournal(file).head?.plan as { seed?: number } | undefined;
  return plan?.seed;
}

/** Refuse a journal of another version, kind or plan. */
function checkHead(file: string, head: FirstRecord, wanted: JournalHead, free: string[]): void {
  const [was, is] = [head, { ...wanted, version }].map(({ kind, version: made }) => ({
    kind,
    version: made,
  }));
  const places = ['in the journal', 'now'] as const;
  const difference =
    planDifference(was ?? {}, is ?? {}, [], places) ??
    planDifference(head.plan, wanted.plan, free, places);
  if (difference !== undefined) throw refused(file, `the journal of another run: ${difference}`);
}

/** A journal that is open for units to be added. */
export class Journal {
  /** What was in it for each unit when it was opened. */
  readonly units: ReadonlyMap<number, unknown>;
  readonly #file: string;
  readonly #fd: number;

  private constructor(file: string, fd: number, units: ReadonlyMap<number, unknown>) {
    this.#file = file;
    this.#fd = fd;
    this.units = units;
  }

  /**
   * Open a journal, or begin it.
   *
   * @param free - Parameters of the plan that may differ.
   * @throws DmTortureError ERR_BAD_JOURNAL: it is damaged, of another plan, or there and not to be
   *   gone on with; ERR_NO_RESOURCES: it cannot be written
   */
  static async open(
    { file, resume }: JournalFile,
    head: JournalHead,
    free: string[] = [],
  ): Promise<Journal> {
    // What is in no file is not in the plan that is compared.
    const wanted = JSON.parse(JSON.stringify(head)) as JournalHead;
    const there = fs.existsSync(file);
    if (there && !resume) {
      throw refused(file, 'there is such a file; `resume` goes on with a journal', 'resume');
    }
    const read = there ? readJournal(file) : undefined;
    if (read?.head) checkHead(file, read.head, wanted, free);
    const journal = new Journal(file, openFile(file, read?.bytes), read?.units ?? new Map());
    if (!read?.head) {
      await journal.#add({ journal: FORMAT, tool: 'dmtorture', version, ...wanted });
      syncFolder(file);
    }
    return journal;
  }

  /** Write down that a unit is done; it is on the disk when the promise is resolved. */
  add(unit: number, content: object): Promise<void> {
    return this.#add({ unit, content });
  }

  close(): Promise<void> {
    return close(this.#fd);
  }

  async #add(record: object): Promise<void> {
    const bytes = Buffer.from(lineOf(record));
    try {
      for (let done = 0; done < bytes.length; ) {
        done += (await write(this.#fd, bytes, done)).bytesWritten;
      }
      await fsync(this.#fd);
    } catch (error) {
      const message = `The journal ${this.#file} cannot be written: ${reason(error)}`;
      throw new DmTortureError('ERR_NO_RESOURCES', message, { cause: error });
    }
  }
}

/** Open a file to append to, without what follows its sound bytes. */
function openFile(file: string, bytes: number | undefined): number {
  try {
    const fd = fs.openSync(file, bytes === undefined ? 'ax' : 'a');
    if (bytes !== undefined) fs.ftruncateSync(fd, bytes);
    return fd;
  } catch (error) {
    throw refused(file, `cannot be opened: ${reason(error)}`);
  }
}

/** A new file's name is safe when its folder is. */
function syncFolder(file: string): void {
  const fd = fs.openSync(path.dirname(path.resolve(file)), 'r');
  try {
    fs.fsyncSync(fd);
  } finally {
    fs.closeSync(fd);
  }
}
