'use strict';
// Whether dist is what lib says now: finish-dist.cjs notes what it was made of, and Jest, whose
// tests run the command out of dist, refuses to start on anything else.
const fs = require('node:fs');
const path = require('node:path');
const { createHash } = require('node:crypto');

const root = path.join(__dirname, '..');
const NOTE = path.join('dist', 'sources.sha256');
const ALSO = ['package.json', 'tsconfig.json', 'tsconfig.build.json', 'scripts/finish-dist.cjs'];

/** A digest of all that dist is made of, names and contents. */
function digestOfSources(folder = root) {
  const lib = fs
    .readdirSync(path.join(folder, 'lib'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath ?? entry.path, entry.name)));
  const hash = createHash('sha256');
  for (const name of [...lib, ...ALSO].sort()) {
    const text = fs.readFileSync(path.join(folder, name));
    hash.update(`${name}\0${text.length}\0`).update(text);
  }
  return hash.digest('hex');
}

function writeNote(folder = root) {
  fs.writeFileSync(path.join(folder, NOTE), `${digestOfSources(folder)}\n`);
}

/** What is wrong with dist, in a sentence, or undefined. */
function staleness(folder = root) {
  const file = path.join(folder, NOTE);
  if (!fs.existsSync(file)) return 'dist has not been built: npm run build:ts';
  if (fs.readFileSync(file, 'utf8').trim() === digestOfSources(folder)) return undefined;
  return 'dist was built from other sources than lib has now: npm run build:ts';
}

/** Jest's global set-up. */
module.exports = async () => {
  const problem = staleness();
  if (problem) throw new Error(problem);
};
Object.assign(module.exports, { staleness, writeNote });
