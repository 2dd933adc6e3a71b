'use strict';
// After tsc: the bundles of reports, the ES module face of each CommonJS entry, and the command's
// executable bit.
const fs = require('node:fs');
const path = require('node:path');
const { bundle } = require('./bundle.cjs');
const { writeNote } = require('./stale.cjs');

const dist = path.join(__dirname, '..', 'dist');
const ENTRIES = ['index', 'jest'];

bundle();

for (const entry of ENTRIES) {
  const names = Object.keys(require(path.join(dist, `${entry}.js`))).filter((n) => n !== 'default');
  const list = names.sort().join(', ');
  fs.writeFileSync(
    path.join(dist, `${entry}.mjs`),
    `import cjs from './${entry}.js';\nexport const { ${list} } = cjs;\n`,
  );
  fs.writeFileSync(path.join(dist, `${entry}.d.mts`), `export * from './${entry}.js';\n`);
}

const command = path.join(dist, 'cli', 'main.js');
if (fs.existsSync(command)) fs.chmodSync(command, 0o755);

writeNote();
