'use strict';
// Where node-gyp finds Node's headers without asking the network.
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

function headersFromPackage() {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'dmtorture-headers-'));
  const include = path.join(dir, 'include/node');
  fs.mkdirSync(include, { recursive: true });
  fs.cpSync(require('node-api-headers').include_dir, include, { recursive: true });
  fs.writeFileSync(path.join(include, 'common.gypi'), JSON.stringify(COMMON_GYPI));
  return { dir, temporary: true };
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

module.exports = { findHeaders };
