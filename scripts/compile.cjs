'use strict';
// node-gyp as it is needed here: offline, from wherever it is, in any folder with the sources.
const fs = require('node:fs');
const path = require('node:path');
const { spawnSync } = require('node:child_process');
const { findAddonApi, findHeaders } = require('./headers.cjs');

/** Where npm keeps its own node-gyp, below a folder `node_modules`. */
const NPMS_OWN = 'npm/node_modules/node-gyp/bin/node-gyp.js';

/** The file that a name on PATH leads to, or undefined. */
function onPath(name) {
  const folders = (process.env.PATH ?? '').split(path.delimiter).filter(Boolean);
  const file = folders.map((dir) => path.join(dir, name)).find((each) => fs.existsSync(each));
  return file && fs.realpathSync(file);
}

/**
 * node-gyp: this package's own in a checkout; what npm and pnpm name to their scripts; under yarn
 * and bun, which name none, that of the npm beside the running node or on PATH.
 */
function findNodeGyp() {
  try {
    return require.resolve('node-gyp/bin/node-gyp.js');
  } catch {
    const npm = onPath('npm');
    const candidates = [
      process.env.npm_config_node_gyp,
      path.resolve(fs.realpathSync(process.execPath), '../../lib/node_modules', NPMS_OWN),
      // npm/bin/npm-cli.js
      npm && path.resolve(npm, '../../..', NPMS_OWN),
    ];
    return candidates.find((file) => file && fs.existsSync(file));
  }
}

/** What compiling takes and this machine lacks, in words for the user. */
function lacking() {
  const compiler = process.env.CC ?? 'cc';
  const needed = [
    ['a C compiler', [compiler, 'gcc', 'clang']],
    ['a C++ compiler', [process.env.CXX ?? 'c++', 'g++', 'clang++']],
    ['make', [process.env.MAKE ?? 'make', 'gmake']],
    ['Python 3', [process.env.npm_config_python ?? process.env.PYTHON ?? 'python3', 'python']],
  ];
  // A setting can be a command with arguments; the first word is the program.
  const isThere = (name) => {
    const [word] = name.split(' ');
    return path.isAbsolute(word) ? fs.existsSync(word) : onPath(word) !== undefined;
  };
  return needed.filter(([, names]) => !names.some(isThere)).map(([what]) => what);
}

function whyNot() {
  const missing = lacking();
  return missing.length > 0 ? `this machine lacks ${missing.join(', ')}` : 'compiling failed';
}

/**
 * Run node-gyp with `args` in `folder`, into `folder`/build.
 *
 * @param env what the compilers get to see beside the environment of this process
 * @returns what went wrong, in a few words, or undefined
 */
function compile(folder, args, env = {}) {
  const gyp = findNodeGyp();
  if (!gyp) return 'node-gyp was not found: it comes with npm, which is not beside this node';
  const headers = findHeaders();
  const addonApi = findAddonApi();
  const child = spawnSync(process.execPath, [gyp, ...args, '-j', 'max'], {
    cwd: folder,
    stdio: ['ignore', 'inherit', 'inherit'],
    env: {
      ...process.env,
      ...env,
      npm_config_nodedir: headers.dir,
      // gyp takes no absolute path for a dependency.
      DMTORTURE_NODE_ADDON_API: path.relative(
        fs.realpathSync(folder),
        path.join(fs.realpathSync(addonApi.dir), 'node_addon_api.gyp'),
      ),
    },
  });
  for (const { dir, temporary } of [headers, addonApi])
    if (temporary) fs.rmSync(dir, { recursive: true, force: true });
  return child.status === 0 ? undefined : whyNot();
}

module.exports = { compile };
