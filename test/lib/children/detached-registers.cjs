'use strict';
// node --expose-gc: code that detaches the array of the registers takes no memory from the addon.
const { native } = require('../../../dist/native/load');

const stress = native();
const registers = stress.registers();
const { buffer } = registers;
try {
  structuredClone(buffer, { transfer: [buffer] });
} catch {
  // Newer versions of Node let nobody detach it.
}
if (typeof buffer.transfer === 'function') {
  try {
    buffer.transfer(64);
  } catch {
    // The same.
  }
}
for (let i = 0; i < 5; i += 1) gc();
setTimeout(() => {
  gc();
  for (let i = 0; i < 1000; i += 1) stress.idrNew();
  process.stdout.write('survived');
}, 20);
