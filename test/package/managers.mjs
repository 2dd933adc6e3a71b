// Installing from source, without a prebuilt binary, under the package managers that do not say where
// node-gyp is: yarn 1, yarn 4 with Plug'n'Play, and bun.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { before, describe, test } from 'node:test';
import { makeFolder, run, tarball, write } from './kit.mjs';

const EXPLORE = `require('dmtorture').explore('create-find').then(({ verdict }) => {
  console.log(verdict);
})`;
const PROJECT = { name: 'used', version: '1.0.0', private: true };

let source;

/** The tarball without its binaries. */
function withoutBinaries() {
  const folder = makeFolder('source');
  run('tar', ['xzf', tarball(), '-C', folder]);
  fs.rmSync(path.join(folder, 'package', 'prebuilds'), { recursive: true });
  const file = path.join(folder, 'dmtorture.tgz');
  run('tar', ['czf', file, '-C', folder, 'package']);
  return file;
}

/** A package manager out of the registry, so that none has to be on the machine. */
function runManager(name, args, cwd) {
  const env = { ...process.env, YARN_ENABLE_IMMUTABLE_INSTALLS: 'false' };
  // What npm gives to its own scripts, when this test is one of them.
  for (const key of Object.keys(env))
    if (/^npm_(config_node_gyp|config_user_agent|execpath)$/.test(key)) delete env[key];
  return run('npx', ['--yes', '--package', name, ...args], { cwd, env });
}

function projectWith(name, files) {
  const project = makeFolder(name);
  write(project, files);
  return project;
}

describe('without a prebuilt binary it is compiled', () => {
  before(() => {
    source = withoutBinaries();
  });

  test('by yarn 1', () => {
    const project = projectWith('yarn1', { 'package.json': JSON.stringify(PROJECT) });
    runManager('yarn@1.22.22', ['yarn', 'add', `file:${source}`], project);
    assert.equal(run(process.execPath, ['-e', EXPLORE], { cwd: project }), 'clean\n');
  });

  test("by yarn 4, with Plug'n'Play", () => {
    const manifest = { ...PROJECT, dependenciesMeta: { dmtorture: { built: true } } };
    const project = projectWith('yarn4', {
      'package.json': JSON.stringify(manifest),
      '.yarnrc.yml': 'enableScripts: true\nenableTelemetry: false\nenableGlobalCache: false\n',
      'yarn.lock': '',
    });
    runManager('@yarnpkg/cli-dist', ['yarn', 'add', `dmtorture@file:${source}`], project);
    assert.ok(fs.existsSync(path.join(project, '.pnp.cjs')));
    const said = run(process.execPath, ['--require', './.pnp.cjs', '-e', EXPLORE], {
      cwd: project,
    });
    assert.equal(said, 'clean\n');
  });

  test('by bun', () => {
    const manifest = { ...PROJECT, trustedDependencies: ['dmtorture'] };
    const project = projectWith('bun', { 'package.json': JSON.stringify(manifest) });
    runManager('bun', ['bun', 'add', source], project);
    assert.equal(run(process.execPath, ['-e', EXPLORE], { cwd: project }), 'clean\n');
  });
});
