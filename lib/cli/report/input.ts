import fs from 'node:fs';
import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises';
import { UsageError } from '../options/usage-error';

/*
 * Reading what may never come: a terminal, a pipe, a fifo. No read waits in the system, so that
 * Ctrl-C is heard and ends the command.
 */

const { O_NONBLOCK, O_RDONLY } = fs.constants;
const CHUNK_BYTES = 1 << 16;
const AGAIN_EVERY_MS = 5;
/** More than any report of ours; a longer text is not one that a string can hold for sure. */
const BYTES_MAX = 256 << 20;

/** What standard input is called as a file. */
export const STDIN = '-';

/** Pieces of an input, counted: an input that never ends is refused at last. */
class Pieces {
  readonly #pieces: Buffer[] = [];
  readonly #name: string;
  #bytes = 0;

  constructor(name: string) {
    this.#name = name;
  }

  add(piece: Buffer): void {
    this.#bytes += piece.length;
    if (this.#bytes > BYTES_MAX) {
      throw new UsageError(`${this.#name}: it has more than ${BYTES_MAX >> 20} MiB`);
    }
    this.#pieces.push(piece);
  }

  text(): string {
    return Buffer.concat(this.#pieces).toString('utf8');
  }
}

/** Reads once: what there is, an empty piece at the end, or undefined: nothing for now. */
function readPiece(fd: number): Buffer | undefined {
  const piece = Buffer.allocUnsafe(CHUNK_BYTES);
  try {
    return piece.subarray(0, fs.readSync(fd, piece));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return undefined;
    throw error;
  }
}

/** A fifo that nobody has opened yet reads like one that has come to its end. */
const mayBeEarly = (file: string, stats: fs.Stats): boolean =>
  stats.isFIFO() && !file.startsWith('/dev/fd/') && !file.startsWith('/proc/');

async function readPieces(file: string, fd: number): Promise<string> {
  const stats = fs.fstatSync(fd);
  const pieces = new Pieces(file);
  let isEarly = mayBeEarly(file, stats);
  for (;;) {
    const piece = readPiece(fd);
    if (piece === undefined || (piece.length === 0 && isEarly)) await sleep(AGAIN_EVERY_MS);
    else if (piece.length === 0) return pieces.text();
    else pieces.add(piece);
    isEarly &&= piece?.length === 0;
    // A file that is long, and a device that is always ready, let signals through as well.
    await turn();
  }
}

async function readStdin(): Promise<string> {
  const pieces = new Pieces('standard input');
  for await (const piece of process.stdin) pieces.add(piece as Buffer);
  return pieces.text();
}

/**
 * All of a file, or of standard input.
 *
 * @throws UsageError for more than any report has; what the operating system says
 */
export async function readInput(file: string): Promise<string> {
  if (file === STDIN) return readStdin();
  const fd = fs.openSync(file, O_RDONLY | O_NONBLOCK);
  try {
    return await readPieces(file, fd);
  } finally {
    fs.closeSync(fd);
  }
}
