'use strict';
// Where node-gyp finds the headers of Node and of node-addon-api without asking the network.
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');

const NEEDED = ['node_api.h', 'common.gypi'];

// What a full header tree's common.gypi gives an addon, for trees that come without one.
const COMMON_GYPI = {
  target_defaults: {
    default_configuration: 'Release',
    configurations: { Debug: { cflags: ['-g', '-O0'] }, Release: { cflags: ['-O3'] } },
    cflags: ['-fPIC', '-pthread'],
    cflags_cc: ['-fno-rtti', '-fno-exceptions'],
    defines: ['BUILDING_NODE_EXTENSION'],
    conditions: [
      [
        'OS=="mac"',
        {
          cflags: ['-fno-common'],
          xcode_settings: {
            OTHER_LDFLAGS: ['-undefined dynamic_lookup'],
            GCC_DYNAMIC_NO_PIC: 'NO',
          },
        },
      ],
    ],
  },
};

function hasHeaders(dir) {
  return (
    Boolean(dir) && NEEDED.every((file) => fs.existsSync(path.join(dir, 'include/node', file)))
  );
}

/**
 * Copy a folder by reading each file: yarn's Plug'n'Play keeps packages in zip archives, which
 * `readFileSync` can read and `cpSync` and the compiler cannot.
 */
function copyFolder(from, to) {
  fs.mkdirSync(to, { recursive: true });
  for (const entry of fs.readdirSync(from, { withFileTypes: true })) {
    const [source, target] = [path.join(from, entry.name), path.join(to, entry.name)];
    if (entry.isDirectory()) copyFolder(source, target);
    else fs.writeFileSync(target, fs.readFileSync(source));
  }
}

const temporaryFolder = () => fs.mkdtempSync(path.join(os.tmpdir(), 'dmtorture-headers-'));

function headersFromPackage() {
  const dir = temporaryFolder();
  const include = path.join(dir, 'include/node');
  copyFolder(require('node-api-headers').include_dir, include);
  fs.writeFileSync(path.join(include, 'common.gypi'), JSON.stringify(COMMON_GYPI));
  return { dir, temporary: true };
}

/**
 * The folder of node-addon-api for the compiler: the package itself, or a copy where it is in an
 * archive. A temporary folder is the caller's to remove.
 */
function findAddonApi() {
  const dir = path.dirname(require.resolve('node-addon-api/package.json'));
  if (!/\.zip[\\/]/.test(dir)) return { dir, temporary: false };
  const copy = temporaryFolder();
  copyFolder(dir, copy);
  return { dir: copy, temporary: true };
}

/**
 * The folder to hand to node-gyp as `nodedir`: the one the user configured, the one beside the
 * running node (official tarballs, nvm, docker images, distributions), or one made of the package
 * node-api-headers. A temporary folder is the caller's to remove.
 */
function findHeaders() {
  const candidates = [
    process.env.npm_config_nodedir,
    path.resolve(fs.realpathSync(process.execPath), '../..'),
  ];
  const dir = candidates.find(hasHeaders);
  return dir ? { dir, temporary: false } : headersFromPackage();
}

module.exports = { findAddonApi, findHeaders };
