import fs from 'node:fs';
import path from 'node:path';

/** What processes counted, out of the files that native/preload/counts.h describes. */

/** What was counted at one place that a lock is taken from, in ticks of the clock. */
export interface CountedSite {
  /** The address that the call returns to. */
  address: number;
  /** How many times modules had been closed before: an address may be another's then. */
  generation: number;
  acquired: number;
  contended: number;
  waitNs: number;
  waitMaxNs: number;
  holds: number;
  holdNs: number;
  holdMaxNs: number;
}

/** What one process counted. */
export interface CountedProcess {
  pid: number;
  /** What it was called with. */
  command: string[];
  /** Threads that took a lock. */
  threads: number;
  /** Threads for which there was no room. */
  uncounted: number;
  /** Acquisitions at more places than fit. */
  lost: number;
  /** Calls that libc was given, by why: see `LIBC_REASONS`. */
  libc: number[];
  sites: CountedSite[];
  /** The file with its maps. */
  maps: string;
}

const MAGIC = 'dmtcounts\0';
const VERSION = 1;
const HEADER_BYTES = 4096;
const SITE_BYTES = 64;
const COMMAND = { from: 88, bytes: 512 };
const LIBC = { from: 48, count: 4 };
const ADDRESS_BITS = 48n;

const u64 = (bytes: Buffer, at: number): number => Number(bytes.readBigUInt64LE(at));

function readAt(file: number, position: number, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  fs.readSync(file, bytes, 0, length, position);
  return bytes;
}

function siteAt(record: Buffer, at: number, ticksPerNs: number): CountedSite | undefined {
  const key = record.readBigUInt64LE(at);
  if (key === 0n) return undefined;
  const number = (index: number): number => u64(record, at + 8 * index);
  const ns = (index: number): number => number(index) / ticksPerNs;
  return {
    address: Number(key & ((1n << ADDRESS_BITS) - 1n)),
    generation: Number(key >> ADDRESS_BITS),
    acquired: number(1),
    contended: number(2),
    waitNs: ns(3),
    waitMaxNs: ns(4),
    holds: number(5),
    holdNs: ns(6),
    holdMaxNs: ns(7),
  };
}

/** One file; undefined where the process was killed before it had written what it is. */
function readCounts(name: string): CountedProcess | undefined {
  const file = fs.openSync(name, 'r');
  try {
    const header = readAt(file, 0, HEADER_BYTES);
    const isWhole =
      header.toString('latin1', 0, MAGIC.length) === MAGIC && header.readUInt32LE(12) === VERSION;
    const ticksPerNs = u64(header, 32) / 1000;
    if (!isWhole || ticksPerNs === 0) return undefined;
    const sitesOfRecord = header.readUInt32LE(20);
    const recordBytes = u64(header, 24);
    const records = header.readUInt32LE(40);
    const sites: CountedSite[] = [];
    let lost = 0;
    for (let i = 0; i < records; i += 1) {
      const record = readAt(file, HEADER_BYTES + i * recordBytes, recordBytes);
      lost += u64(record, sitesOfRecord * SITE_BYTES);
      for (let n = 0; n < sitesOfRecord; n += 1) {
        const site = siteAt(record, n * SITE_BYTES, ticksPerNs);
        if (site) sites.push(site);
      }
    }
    const words = header.toString('utf8', COMMAND.from, COMMAND.from + COMMAND.bytes);
    return {
      pid: header.readUInt32LE(16),
      command: words.replace(/\0+$/, '').split('\0'),
      threads: records,
      uncounted: u64(header, 80),
      lost,
      libc: Array.from({ length: LIBC.count }, (_, i) => u64(header, LIBC.from + 8 * i)),
      sites,
      maps: name.replace(/counts$/, 'maps'),
    };
  } finally {
    fs.closeSync(file);
  }
}

/** What the processes of a run counted, by their numbers. */
export function readAllCounts(folder: string): CountedProcess[] {
  return fs
    .readdirSync(folder)
    .filter((name) => name.endsWith('.counts'))
    .map((name) => readCounts(path.join(folder, name)))
    .filter((one) => one !== undefined)
    .sort((a, b) => a.pid - b.pid);
}

/** What processes noted of themselves: see native/preload/notes.h. */
export interface ProcessNote {
  what: 'reached' | 'crowded' | 'deepbind';
  pid: number;
  values: number[];
}

/** The notes of a run. */
export function readNotes(folder: string): ProcessNote[] {
  const file = path.join(folder, 'notes');
  if (!fs.existsSync(file)) return [];
  return fs
    .readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map((line) => {
      const [what = '', ...numbers] = line.split(' ');
      const [pid = 0, ...values] = numbers.map(Number);
      return { what: what as ProcessNote['what'], pid, values };
    });
}
