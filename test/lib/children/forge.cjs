'use strict';
// Tickets made by hand, with a right checksum whatever they say; see native/explore/ticket.h.

function crc32(bytes) {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}

function leb128(number) {
  const bytes = [];
  let left = BigInt(number);
  for (; left >= 128n; left >>= 7n) bytes.push(Number(left & 127n) | 128);
  return [...bytes, Number(left)];
}

/** Seals `bytes`: a checksum behind, text of it all. */
function seal(bytes) {
  const crc = Buffer.alloc(4);
  crc.writeUInt32LE(crc32(bytes));
  return `dmt1.${Buffer.concat([Buffer.from(bytes), crc]).toString('base64url')}`;
}

/** `deviations`: steps since the one before, and CPUs. `fault`: its number plus 1, 0 for none. */
function encodeTicket({ version = 1, patches, lock = 0, runOn = 0, fault, words, deviations }) {
  const folded = words.map((word) => (word & 0xff) + (((word >>> 8) + 1) & 0xffffff) * 256);
  const numbers = [version, patches, lock, runOn, fault, words.length, ...folded];
  numbers.push(deviations.length, ...deviations.map(([step, cpu]) => step * 9 + cpu));
  return seal(numbers.flatMap(leb128));
}

module.exports = { encodeTicket, seal };
