'use strict';
// As many Idrs as a process can have mappings, and some. Prints the bytes that each takes.
const { NumberIdr } = require('../../../dist');

const COUNT = 70_000;
const before = process.memoryUsage().rss;
const kept = [];
for (let i = 0; i < COUNT; i += 1) {
  const idr = new NumberIdr();
  idr.preload();
  if (idr.alloc(i + 1) !== 0) throw new Error('the first id is 0');
  kept.push(idr);
}
for (const [i, idr] of kept.entries()) if (idr.find(0) !== i + 1) throw new Error(`idr ${i}`);
process.stdout.write(String((process.memoryUsage().rss - before) / COUNT));
