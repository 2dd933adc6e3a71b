'use strict';
// Tickets made by hand, with a right checksum whatever they say; see native/explore_dm/ticket.h.

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

/** Seals `bytes`: a checksum behind, text of it all, with the version in front. */
function seal(bytes, version = 2) {
  const crc = Buffer.alloc(4);
  crc.writeUInt32LE(crc32(bytes));
  return `dmt${version}.${Buffer.concat([Buffer.from(bytes), crc]).toString('base64url')}`;
}

/** Ranges of rows, from the mask's lowest bit: how many, and of each the rows between and its own. */
function rangesOf(mask) {
  const runs = mask.toString(2).split('').reverse().join('').match(/0+|1+/g) ?? [];
  if (runs[0]?.startsWith('1')) runs.unshift('');
  const whole = runs.slice(0, runs.length - (runs.length % 2));
  return [whole.length / 2, ...whole.map((run) => run.length)];
}

/**
 * `deviations`: steps since the one before, and CPUs. `fault`: its number plus 1, 0 for none.
 * `version`: what the ticket says of itself; `written`: how it is written.
 */
function encodeTicket({ written = 2, version = written, patches, ...rest }) {
  const { lock = 0, runOn = 0, fault, site = 0, words, deviations } = rest;
  const folded = words.map((word) => (word & 0xff) + (((word >>> 8) + 1) & 0xffffff) * 256);
  const rows = written === 1 ? [patches] : rangesOf(patches);
  const sites = written === 1 ? [] : [site];
  const numbers = [version, ...rows, lock, runOn, fault, ...sites, words.length, ...folded];
  numbers.push(deviations.length, ...deviations.map(([step, cpu]) => step * 9 + cpu));
  return seal(numbers.flatMap(leb128), written);
}

/** The numbers of a ticket, without its checksum. */
function numbersOf(ticket) {
  const numbers = [];
  let number = 0;
  let place = 1;
  for (const byte of Buffer.from(ticket.split('.')[1], 'base64url').subarray(0, -4)) {
    number += (byte & 127) * place;
    place *= 128;
    if (byte & 128) continue;
    numbers.push(number);
    [number, place] = [0, 1];
  }
  return numbers;
}

/** The same schedule, about no fault in particular. */
function aboutNothing(ticket) {
  const numbers = numbersOf(ticket);
  const fault = 2 + 2 * numbers[1] + 2;
  numbers.splice(fault, 2, 0, 0);
  return seal(numbers.flatMap(leb128));
}

module.exports = { aboutNothing, encodeTicket, seal };
