import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { before, describe, test } from 'node:test';
import { binaries, installedProject, makeFolder, platformName, root, run, tryRun } from './kit.mjs';

const EXPLORE = `require('dmtorture').explore('create-find').then(({ verdict }) => {
  console.log(verdict);
}, ({ code, message }) => {
  console.log(code);
  console.log(message);
})`;

/** A project whose prebuilt binaries are of no use: one is missing, the others are garbage. */
function projectWithoutBinary() {
  const project = installedProject('blocked');
  const folder = path.join(project, 'node_modules/dmtorture/prebuilds', platformName());
  for (const name of binaries) {
    const file = path.join(folder, name);
    if (name === 'explore.node') fs.rmSync(file);
    else fs.writeFileSync(file, 'no binary');
  }
  return { project, folder };
}

/** The running node, in a folder that has no headers beside it. */
function nodeWithoutHeaders() {
  const folder = path.join(makeFolder('bare'), 'bin');
  fs.mkdirSync(folder);
  const node = path.join(folder, 'node');
  fs.copyFileSync(process.execPath, node);
  return node;
}

/** npm's own script, to be run by another node than its own. */
function npmScript() {
  const prefix = run('npm', ['prefix', '--global']).trim();
  const known = [
    process.env.npm_execpath,
    path.join(prefix, 'lib/node_modules/npm/bin/npm-cli.js'),
  ];
  return known.find((file) => file && fs.existsSync(file));
}

describe('without a binary that loads', () => {
  let project;
  let folder;

  before(() => {
    ({ project, folder } = projectWithoutBinary());
  });

  test('the library says what it tried and what to run, word for word', () => {
    const dmtorture = path.join(project, 'node_modules/dmtorture');
    const [code, first, built, prebuilt, advice] = run(process.execPath, ['-e', EXPLORE], {
      cwd: project,
    }).split('\n');
    assert.equal(code, 'ERR_NATIVE_MISSING');
    assert.equal(
      first,
      `No native binary \`explore.node\` for ${platformName()} on Node ${process.version}. Tried:`,
    );
    assert.equal(built, `  ${path.join(dmtorture, 'build/Release/explore.node')}: not there`);
    assert.ok(prebuilt.startsWith(`  ${path.join(folder, 'explore.node')}: `), prebuilt);
    assert.equal(
      advice,
      'To compile it: `npm rebuild dmtorture`; where npm blocks install scripts: ' +
        '`npm install-scripts approve dmtorture && npm rebuild dmtorture`',
    );
  });

  test('the command says so too, and exits with 3', () => {
    const command = path.join(project, 'node_modules/dmtorture/dist/cli/main.js');
    const child = tryRun(process.execPath, [command, 'explore', 'create-find']);
    assert.equal(child.status, 3);
    assert.match(child.stderr, /npm rebuild dmtorture/);
  });

  test('what it says to run compiles one, with headers out of node-api-headers', () => {
    const node = nodeWithoutHeaders();
    const env = {
      ...process.env,
      PATH: `${path.dirname(node)}${path.delimiter}${process.env.PATH}`,
      // No user's settings: they may name headers.
      npm_config_userconfig: path.join(path.dirname(node), 'npmrc'),
    };
    delete env.npm_config_nodedir;
    const options = { cwd: project, env };
    run(node, [npmScript(), 'install-scripts', 'approve', 'dmtorture'], options);
    run(node, [npmScript(), 'rebuild', 'dmtorture'], options);
    assert.equal(run(node, ['-e', EXPLORE], options), 'clean\n');
    const doctor = run(
      node,
      ['node_modules/dmtorture/dist/cli/main.js', 'doctor', '--json'],
      options,
    );
    assert.equal(JSON.parse(doctor).binary.origin, 'built');
  });
});

test('a prebuilt binary that loads is not compiled again', () => {
  const project = installedProject('prebuilt');
  run('npm', ['rebuild', 'dmtorture'], { cwd: project });
  assert.ok(!fs.existsSync(path.join(project, 'node_modules/dmtorture/build')));
});

describe('headers', () => {
  const script = path.join(root, 'scripts', 'headers.cjs');
  const code = `console.log(JSON.stringify(require(${JSON.stringify(script)}).findHeaders()))`;

  test('are those that npm_config_nodedir names, if it has any', () => {
    const nodedir = makeFolder('nodedir');
    const include = path.join(nodedir, 'include/node');
    fs.mkdirSync(include, { recursive: true });
    const find = () => {
      const env = { ...process.env, npm_config_nodedir: nodedir };
      return JSON.parse(run(process.execPath, ['-e', code], { env }));
    };
    assert.notEqual(find().dir, nodedir);
    for (const name of ['node_api.h', 'common.gypi'])
      fs.writeFileSync(path.join(include, name), '');
    assert.deepEqual(find(), { dir: nodedir, temporary: false });
  });

  test('or come out of node-api-headers', () => {
    const env = { ...process.env };
    delete env.npm_config_nodedir;
    const found = JSON.parse(run(nodeWithoutHeaders(), ['-e', code], { env }));
    assert.equal(found.temporary, true);
    assert.ok(fs.existsSync(path.join(found.dir, 'include/node/node_api.h')));
    fs.rmSync(found.dir, { recursive: true });
  });
});
