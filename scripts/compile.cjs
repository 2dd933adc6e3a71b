'use strict';
// node-gyp as it is needed here: offline, from wherever it is, in any folder with the sources.
const fs = require('node:fs');
const { spawnSync } = require('node:child_process');
const { findHeaders } = require('./headers.cjs');

function findNodeGyp() {
  try {
    return require.resolve('node-gyp/bin/node-gyp.js');
  } catch {
    // npm and pnpm tell their scripts where their own copy is.
    return process.env.npm_config_node_gyp;
  }
}

/**
 * Run node-gyp with `args` in `folder`, into `folder`/build.
 *
 * @param env what the compilers get to see beside the environment of this process
 * @returns what went wrong, in a few words, or undefined
 */
function compile(folder, args, env = {}) {
  const gyp = findNodeGyp();
  if (!gyp) return 'node-gyp was not found';
  const headers = findHeaders();
  const child = spawnSync(process.execPath, [gyp, ...args, '-j', 'max'], {
    cwd: folder,
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, ...env, npm_config_nodedir: headers.dir },
  });
  if (headers.temporary) fs.rmSync(headers.dir, { recursive: true, force: true });
  return child.status === 0 ? undefined : 'compiling failed';
}

module.exports = { compile };
