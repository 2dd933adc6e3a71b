import { crc32 } from 'node:zlib';
import { DmTortureError } from '../base/errors';

/*
 * What tickets of own C are made of, as those of the device mapper are (native/explore/story/seal.c):
 * numbers of seven bits a byte, the lowest first, then their CRC-32, in base64url after the prefix.
 */

/** As many characters as every prefix of a ticket has. */
const PREFIX_LENGTH = 5;
const CRC_BYTES = 4;

/** The error of a ticket that is not whole, or says what cannot be. */
export function damaged(why = 'a character is wrong or missing'): DmTortureError {
  return new DmTortureError('ERR_BAD_TICKET', `the ticket is damaged: ${why}`, {
    option: 'ticket',
  });
}

/** Numbers and texts into bytes. */
export class Writer {
  readonly #bytes: number[] = [];

  number(value: number | bigint): void {
    let rest = BigInt(value);
    while (rest >= 0x80n) {
      this.#bytes.push(Number(rest & 0x7fn) | 0x80);
      rest >>= 7n;
    }
    this.#bytes.push(Number(rest));
  }

  /** Small or large, of either sign. */
  signed(value: number): void {
    this.number(value < 0 ? -value * 2 - 1 : value * 2);
  }

  hex(digits: string): void {
    this.number(BigInt(`0x${digits}`));
  }

  bytes(digits: string): void {
    for (const byte of Buffer.from(digits, 'hex')) this.#bytes.push(byte);
  }

  text(value: string): void {
    const bytes = Buffer.from(value, 'utf8');
    this.number(bytes.length);
    for (const byte of bytes) this.#bytes.push(byte);
  }

  list<Value>(values: readonly Value[], write: (value: Value) => void): void {
    this.number(values.length);
    for (const value of values) write(value);
  }

  seal(prefix: string): string {
    const bytes = Buffer.from(this.#bytes);
    const sum = Buffer.alloc(CRC_BYTES);
    sum.writeUInt32LE(crc32(bytes));
    return `${prefix}${Buffer.concat([bytes, sum]).toString('base64url')}`;
  }
}

/** The same, back; every wrong byte is a ticket that is damaged. */
export class Reader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(ticket: string) {
    const text = ticket.slice(PREFIX_LENGTH);
    const all = Buffer.from(text, 'base64url');
    // Node skips what is none of its digits: only what it would write is whole.
    if (all.toString('base64url') !== text || all.length < CRC_BYTES) throw damaged();
    this.#bytes = all.subarray(0, -CRC_BYTES);
    if (crc32(this.#bytes) !== all.readUInt32LE(all.length - CRC_BYTES)) throw damaged();
  }

  big(): bigint {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = this.#bytes[this.#at];
      if (byte === undefined) break;
      this.#at += 1;
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    throw damaged('it says something impossible');
  }

  number(max: number = Number.MAX_SAFE_INTEGER): number {
    const value = this.big();
    if (value > BigInt(max)) throw damaged('it says something impossible');
    return Number(value);
  }

  signed(): number {
    const value = this.number();
    return value % 2 === 1 ? -(value + 1) / 2 : value / 2;
  }

  hex(): string {
    return this.big().toString(16);
  }

  bytes(digits: number): string {
    return this.#take(digits / 2).toString('hex');
  }

  text(): string {
    return this.#take(this.number()).toString('utf8');
  }

  list<Value>(read: () => Value): Value[] {
    // Each of them takes a byte at least.
    const count = this.number(this.#bytes.length - this.#at);
    return Array.from({ length: count }, read);
  }

  end(): void {
    if (this.#at !== this.#bytes.length) throw damaged('it says more than a ticket does');
  }

  #take(length: number): Buffer {
    const bytes = this.#bytes.subarray(this.#at, this.#at + length);
    if (bytes.length !== length) throw damaged('it says something impossible');
    this.#at += length;
    return bytes;
  }
}
