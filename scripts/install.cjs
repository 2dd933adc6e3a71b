'use strict';
// What `npm install` runs: a binary that loads is enough, otherwise compile. With --build, and in
// a git checkout, compile what changed.
const fs = require('node:fs');
const path = require('node:path');
const { spawnSync } = require('node:child_process');
const { findHeaders } = require('./headers.cjs');

const root = path.join(__dirname, '..');
const BINARIES = ['stress', 'explore'];

function libc() {
  if (process.platform !== 'linux') return '';
  const { header } = process.report.getReport();
  return header.glibcVersionRuntime ? '-glibc' : '-musl';
}

function loads(file) {
  if (!fs.existsSync(file)) return false;
  // In a child, so that a binary for another machine cannot take this process along.
  const child = spawnSync(process.execPath, ['-e', 'require(process.argv[1])', file]);
  return child.status === 0;
}

/** The binaries of which no copy in any of `dirs` loads. */
function missingFrom(...dirs) {
  return BINARIES.filter(
    (name) => !dirs.some((dir) => loads(path.join(root, dir, `${name}.node`))),
  );
}

function findNodeGyp() {
  try {
    return require.resolve('node-gyp/bin/node-gyp.js');
  } catch {
    // npm and pnpm tell their scripts where their own copy is.
    return process.env.npm_config_node_gyp;
  }
}

function compile() {
  const gyp = findNodeGyp();
  if (!gyp) return 'node-gyp was not found';
  const headers = findHeaders();
  const child = spawnSync(process.execPath, [gyp, 'configure', 'build', '-j', 'max'], {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, npm_config_nodedir: headers.dir },
  });
  if (headers.temporary) fs.rmSync(headers.dir, { recursive: true, force: true });
  if (child.status !== 0) return 'compiling failed';
  const missing = missingFrom('build/Release');
  return missing.length > 0 ? `${missing.join(', ')} was compiled and does not load` : undefined;
}

function main() {
  const mustBuild =
    process.argv.includes('--build') ||
    process.env.npm_config_build_from_source === 'true' ||
    fs.existsSync(path.join(root, '.git'));
  const prebuilt = `prebuilds/${process.platform}-${process.arch}${libc()}`;
  if (!mustBuild && missingFrom(prebuilt, 'build/Release').length === 0) return 0;
  const problem = compile();
  if (!problem) return 0;
  console.error(
    `dmtorture: no binary for ${process.platform}-${process.arch}${libc()} and ${problem}.\n` +
      'It takes a C11 and C++17 compiler, make and Python 3; then: npm rebuild dmtorture',
  );
  return 1;
}

process.exitCode = main();
