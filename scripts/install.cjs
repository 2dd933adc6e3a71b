'use strict';
// What `npm install` runs: a binary that loads is enough, otherwise compile. With --build, and in
// a git checkout, compile what changed.
const fs = require('node:fs');
const path = require('node:path');
const { spawnSync } = require('node:child_process');
const { compile } = require('./compile.cjs');
const { binariesOf, COMPILED, HOST, OOPS, PREBUILT, PRELOAD } = require('./platform.cjs');
const { platformName, root } = require('./platform.cjs');
const { rebuildAdvice } = require('./rebuild.cjs');

/** The loader of the system says on standard error what it cannot preload, and goes on. */
function preloads(file) {
  const env = { ...process.env, LD_PRELOAD: file };
  const child = spawnSync(process.execPath, ['-e', ''], { env, encoding: 'utf8' });
  return child.status === 0 && !child.stderr.includes(PRELOAD);
}

function loads(file) {
  if (!fs.existsSync(file)) return false;
  if (path.basename(file) === PRELOAD) return preloads(file);
  if ([HOST, OOPS].includes(path.basename(file))) {
    return spawnSync(file, ['--version']).status === 0;
  }
  // In a child, so that a binary for another machine cannot take this process along.
  const child = spawnSync(process.execPath, ['-e', 'require(process.argv[1])', file]);
  return child.status === 0;
}

/** The binaries of which no copy in any of `folders` loads. */
function missingFrom(...folders) {
  return binariesOf(platformName()).filter(
    (name) => !folders.some((folder) => loads(path.join(root, folder, name))),
  );
}

function compileAll() {
  const problem = compile(root, ['configure', 'build']);
  if (problem) return problem;
  const missing = missingFrom(COMPILED);
  return missing.length > 0 ? `${missing.join(', ')} was compiled and does not load` : undefined;
}

function main() {
  const mustBuild =
    process.argv.includes('--build') ||
    process.env.npm_config_build_from_source === 'true' ||
    fs.existsSync(path.join(root, '.git'));
  const platform = platformName();
  if (!mustBuild && missingFrom(COMPILED, path.join(PREBUILT, platform)).length === 0) return 0;
  const problem = compileAll();
  if (!problem) return 0;
  console.error(
    `dmtorture: no binary for ${platform} and ${problem}.\n` +
      'Compiling takes a C11 and C++17 compiler, make, Python 3 and node-gyp, which comes with ' +
      `npm. To try again: ${rebuildAdvice(root, process.env.npm_config_user_agent)}`,
  );
  return 1;
}

process.exitCode = main();
