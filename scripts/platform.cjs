'use strict';
// What this package is made of and where its binaries are.
const fs = require('node:fs');
const path = require('node:path');

const root = path.join(__dirname, '..');
const sources = JSON.parse(fs.readFileSync(path.join(root, 'native', 'sources.json'), 'utf8'));

/** The engines, each a binary of its own: `stress` is stress.node. */
const engines = Object.keys(sources.engines);

/** The executable that runs a user's own C. */
const HOST = 'dmtorture-own';

/** What runs the device mapper with real memory until it dies; on Linux. */
const OOPS = 'dmtorture-oops';

/** What replaces the locks of a program; with glibc, on the processors that the host is for. */
const PRELOAD = 'dmtorture-preload.node';

/** The names of all binaries of a platform, as files. */
function binariesOf(platform) {
  const preloads = /^linux-(x64|arm64)-glibc$/.test(platform);
  const oops = platform.startsWith('linux-') ? [OOPS] : [];
  return [...engines.map((name) => `${name}.node`), HOST, ...oops, ...(preloads ? [PRELOAD] : [])];
}

/** `linux-x64-glibc`, `darwin-arm64`: what a prebuilt binary's folder is called. */
function platformName() {
  const name = `${process.platform}-${process.arch}`;
  if (process.platform !== 'linux') return name;
  return `${name}-${process.report.getReport().header.glibcVersionRuntime ? 'glibc' : 'musl'}`;
}

/** Where a compiled binary is, and the folder of the prebuilt ones. */
const COMPILED = path.join('build', 'Release');
const PREBUILT = 'prebuilds';

module.exports = {
  root,
  engines,
  binariesOf,
  HOST,
  OOPS,
  PRELOAD,
  platformName,
  COMPILED,
  PREBUILT,
};
