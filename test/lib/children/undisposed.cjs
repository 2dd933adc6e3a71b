'use strict';
// Makes many objects of a kind that nobody disposes of. How many were collected, with their memory,
// though the JavaScript heap is nearly empty and nobody asked for a collection.
const { DeviceMapper, NumberIdr } = require('../../../dist');

// When a collection comes is V8's affair, so more are made until one came; without the report of
// native memory none comes for all of them.
const MADE_MIN = 1500;
const MADE_MAX = 6000;
const ENOUGH = 0.4;
const makers = {
  NumberIdr: () => {
    const idr = new NumberIdr();
    for (let i = 0; i < 3000; i += 1) idr.alloc(i + 1, 0, 0);
    return idr;
  },
  DeviceMapper: () => {
    const dm = new DeviceMapper({ minors: 128 });
    for (let i = 0; i < 128; i += 1) dm.create();
    return dm;
  },
};

let collected = 0;
const registry = new FinalizationRegistry(() => {
  collected += 1;
});
const turn = () => new Promise((resolve) => setTimeout(resolve));

async function main() {
  let made = 0;
  while (made < MADE_MAX && (made < MADE_MIN || collected / made < ENOUGH)) {
    registry.register(makers[process.argv[2]](), undefined);
    made += 1;
    if (made % 50 === 0) await turn();
  }
  for (let i = 0; i < 5; i += 1) await turn();
  process.stdout.write(String(collected / made));
}
void main();
