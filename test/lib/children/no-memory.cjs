'use strict';
// Runs where the address space is small. Takes memory until there is none, and says what is thrown.
const { DeviceMapper, NumberIdr } = require('../../../dist');

const WANTED = 100_000;
const said = {};

const kept = [];
try {
  for (;;) kept.push(new DeviceMapper({ minors: 262_144 }));
} catch (error) {
  said.DeviceMapper = `${error.name} ${error.code}: ${error.message}`;
}
// Now there is no room for the larger of an Idr's pieces.
const idr = new NumberIdr();
let id = 0;
for (let i = 0; id >= 0 && i < 100 * WANTED; i += 1) id = idr.alloc(i + 1, 0, 0);
said.full = id;
said.found = idr.find(WANTED);
for (const dm of kept) dm[Symbol.dispose]();
said.again = idr.alloc(1, 0, 0) >= 0;
process.stdout.write(JSON.stringify(said));
