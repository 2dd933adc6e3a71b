'use strict';
// After tsc: the bundles of reports, the ES module face of each CommonJS entry, and the command's
// executable bit.
const fs = require('node:fs');
const path = require('node:path');
const { bundle } = require('./bundle.cjs');
const { writeNote } = require('./stale.cjs');

const dist = path.join(__dirname, '..', 'dist');
const ENTRIES = ['index', 'jest', 'vitest'];
/** What a face has beside what it exports. */
const ADDED = {
  vitest: "import { expect } from 'vitest';\nexpect.extend(cjs.matchers);\n",
};

/**
 * The types of the ES module face. What adds to the types of a test runner is said again in it: the
 * types that `require` finds there are not those that `import` finds.
 */
function moduleTypes(entry) {
  const text = fs.readFileSync(path.join(dist, `${entry}.d.ts`), 'utf8');
  if (!text.includes('declare module')) return `export * from './${entry}.js';\n`;
  return text
    .replace(/(from '\.\/[\w./-]+)'/g, "$1.js'")
    .replace(/\/\/# sourceMappingURL.*\n?/, '');
}

bundle();

for (const entry of ENTRIES) {
  const names = Object.keys(require(path.join(dist, `${entry}.js`))).filter((n) => n !== 'default');
  const list = names.sort().join(', ');
  fs.writeFileSync(
    path.join(dist, `${entry}.mjs`),
    `import cjs from './${entry}.js';\n${ADDED[entry] ?? ''}export const { ${list} } = cjs;\n`,
  );
  fs.writeFileSync(path.join(dist, `${entry}.d.mts`), moduleTypes(entry));
}

const command = path.join(dist, 'cli', 'main.js');
if (fs.existsSync(command)) fs.chmodSync(command, 0o755);

writeNote();
