'use strict';
// What reports are made with, bundled into dist: the plotting library, with its licences, and the
// script and style of the HTML page.
const fs = require('node:fs');
const path = require('node:path');
const esbuild = require('esbuild');

const root = path.join(__dirname, '..');
const dist = path.join(root, 'dist');
const BARE = { bundle: true, minify: true, legalComments: 'none', metafile: true };

function build(entry, outfile, options) {
  const { metafile } = esbuild.buildSync({
    ...BARE,
    ...options,
    absWorkingDir: root,
    entryPoints: [entry],
    outfile: path.join(dist, outfile),
  });
  return Object.keys(metafile.inputs);
}

/** `node_modules/d3-array` of each package that files were taken from. */
function packagesOf(files) {
  const owner = (file) => /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0];
  return [...new Set(files.map(owner).filter(Boolean))].sort();
}

function licenceOf(folder) {
  const name = fs.readdirSync(path.join(root, folder)).find((file) => /^licen[sc]e/i.test(file));
  const manifest = require(path.join(root, folder, 'package.json'));
  if (!name) throw new Error(`${folder} would be shipped without a licence file`);
  const text = fs.readFileSync(path.join(root, folder, name), 'utf8').trim();
  return { text, who: `${manifest.name} ${manifest.version}` };
}

/** Each text once, below the names of all packages that have it. */
function licencesText(folders) {
  const byText = new Map();
  for (const { text, who } of folders.map(licenceOf)) {
    byText.set(text, [...(byText.get(text) ?? []), who]);
  }
  const parts = [...byText].map(([text, packages]) => `${packages.join(', ')}\n\n${text}\n`);
  return `engine.js is made of these packages.\n\n${parts.join(`\n${'-'.repeat(72)}\n\n`)}`;
}

function bundle() {
  const inputs = build('lib/render/plots/engine.mjs', 'plots/engine.js', {
    format: 'cjs',
    // As for a page: nothing of it reads files or the network.
    platform: 'browser',
  });
  const licences = licencesText(packagesOf(inputs));
  fs.writeFileSync(path.join(dist, 'plots', 'engine.LICENSES.txt'), licences);
  build('lib/render/page/page.ts', 'page/page.js', { format: 'iife', target: 'es2022' });
  build('lib/render/page/page.css', 'page/page.css', {});
}

module.exports = { bundle };

if (require.main === module) bundle();
