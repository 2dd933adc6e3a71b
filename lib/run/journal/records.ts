import fs from 'node:fs';
import { crc32 } from 'node:zlib';
import * as v from 'valibot';
import { DmTortureError } from '../../base/errors';
import { refused } from './refused';

/*
 * The records of a journal, a line each, with the checksum of what it holds. What a crash can
 * damage is the last line. A checksum says that a line is as it was written, not which program
 * wrote it. So the content is checked, too.
 */

const FORMAT = 1;
const LINE = /^\{"crc32":"([0-9a-f]{8})","record":(.*)\}$/s;
const BEGINNING = '{"crc32":"';
const NEWLINE = 10;

const headSchema = v.looseObject({
  journal: v.literal(FORMAT),
  version: v.string(),
  kind: v.string(),
  plan: v.looseObject({}),
});

const unitSchema = v.object({
  unit: v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
  content: v.looseObject({}),
});

/** The first line of a journal. */
export type FirstRecord = v.InferOutput<typeof headSchema>;

/** Refuses, by a DmTortureError, what is not the content of a unit of the run. */
export type CheckUnit = (unit: number, content: unknown) => void;

/** What is asked of a journal while it is read. */
export interface Checks {
  /** Refuses the journal of another run, before its units are looked at. */
  head?: (head: FirstRecord) => void;
  unit?: CheckUnit | undefined;
}

/** What a journal holds. */
export interface Records {
  head: FirstRecord | undefined;
  units: Map<number, unknown>;
  /** Sentences about what is strange in it, and does no harm. */
  warnings: string[];
  /** As much as is sound: all but a torn last line. */
  bytes: number;
}

const checksum = (text: string): string => crc32(text).toString(16).padStart(8, '0');

/** A record as it is written. */
export function lineOf(record: object): string {
  const text = JSON.stringify(record);
  return `{"crc32":"${checksum(text)}","record":${text}}\n`;
}

/** The first record of a journal. */
export const firstRecord = (version: string, head: object): object => ({
  journal: FORMAT,
  tool: 'dmtorture',
  version,
  ...head,
});

/** The record of a line; undefined where its checksum is not right. */
function recordOf(line: string): unknown {
  const [, sum, text] = LINE.exec(line) ?? [];
  if (text === undefined || checksum(text) !== sum) return undefined;
  try {
    return JSON.parse(text) ?? null;
  } catch {
    // Somebody made a checksum for text that is not JSON.
    return null;
  }
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

/** Reads a journal line by line. */
class Reader {
  readonly records: Records = { head: undefined, units: new Map(), warnings: [], bytes: 0 };
  readonly #file: string;
  readonly #checks: Checks;
  /** The lines of units, so that equal ones are known. */
  readonly #seen = new Map<number, { number: number; line: string }>();

  constructor(file: string, checks: Checks) {
    this.#file = file;
    this.#checks = checks;
  }

  head(record: unknown): void {
    const read = v.safeParse(headSchema, record);
    if (!read.success) {
      throw refused(this.#file, 'the first line is not the head of a journal of this version');
    }
    this.records.head = read.output;
    this.#checks.head?.(read.output);
  }

  unit(record: unknown, line: string, number: number): void {
    const read = v.safeParse(unitSchema, record);
    if (!read.success) throw refused(this.#file, `line ${number} is not the record of a unit`);
    const { unit, content } = read.output;
    const before = this.#seen.get(unit);
    if (before === undefined) {
      this.#checkContent(unit, content, number);
      this.records.units.set(unit, content);
      this.#seen.set(unit, { number, line });
    } else if (before.line === line) {
      const where = `lines ${before.number} and ${number}`;
      this.records.warnings.push(
        `${this.#file}: unit ${unit} is there twice, in ${where}; it counts once`,
      );
    } else {
      const where = `line ${number} is not what line ${before.number} says`;
      throw refused(this.#file, `unit ${unit} is there twice, and ${where}`);
    }
  }

  #checkContent(unit: number, content: unknown, number: number): void {
    try {
      this.#checks.unit?.(unit, content);
    } catch (error) {
      const where = `line ${number}, unit ${unit}`;
      if (error instanceof DmTortureError) throw refused(this.#file, `${where}: ${error.message}`);
      if (!(error instanceof RangeError)) throw error;
      throw refused(this.#file, `${where} is nested too deeply`);
    }
  }
}

/** What is not in a journal is done again. */
const CUT = 'delete this line and those after it, whose units are done again then';

/**
 * Read a journal.
 *
 * @throws DmTortureError ERR_BAD_JOURNAL: it is damaged, or holds what it cannot hold
 */
export function readRecords(file: string, checks: Checks = {}): Records {
  const stats = fs.lstatSync(file);
  if (stats.isSymbolicLink()) throw refused(file, 'it is a link, and links are not followed');
  if (!stats.isFile()) throw refused(file, 'it is not a regular file');
  const reader = new Reader(file, checks);
  let number = 0;
  for (const { line, end, last } of linesOf(fs.readFileSync(file))) {
    number++;
    const record = recordOf(line);
    if (record === undefined) {
      // The line that was being written: its unit is done again.
      if (last && (number > 1 || isBegun(file))) break;
      if (last) throw refused(file, 'it is not a journal');
      throw refused(
        file,
        `line ${number} is damaged, and it is not the last: begin another journal, or ${CUT}`,
      );
    }
    reader.records.bytes = end;
    if (number === 1) reader.head(record);
    else reader.unit(record, line, number);
  }
  return reader.records;
}

/** Whether a file with a torn first line can be a journal: what is none is not to be overwritten. */
function isBegun(file: string): boolean {
  const begun = fs.readFileSync(file, 'utf8').slice(0, BEGINNING.length);
  return BEGINNING.startsWith(begun);
}
