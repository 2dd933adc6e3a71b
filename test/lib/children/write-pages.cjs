/* Replaces a page again and again, until it is killed. */
const { replaceFile } = require('../../../dist/base/files.js');

async function main() {
  const { PAGE, LENGTH } = process.env;
  for (let turn = 0; ; turn++) {
    await replaceFile(PAGE, String.fromCharCode(65 + ((process.pid + turn) % 26)).repeat(LENGTH));
    if (turn === 0) process.stdout.write('begun\n');
  }
}

main();
