import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { version } from '../../../lib/base/version';
import { main, root, start } from '../command';

const FILES = ['package.json', 'queue.c', 'queue.test.js'];

let folder: string;
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'dmtorture-init-'));
});
afterEach(() => fs.rmSync(folder, { recursive: true }));

const init = (...args: string[]): ReturnType<typeof start>['ended'] =>
  start(['init', ...args], {}, main, folder).ended;

describe('dmtorture init', () => {
  test('writes a program, its test and package.json, and prints what to type next', async () => {
    const { code, stdout } = await init();
    expect(code).toBe(0);
    expect(stdout).toBe(
      'wrote queue.c\nwrote queue.test.js\nwrote package.json\n' +
        '\nNext:\n  npx dmtorture explore queue.c\n  npm install --save-dev jest dmtorture && npx jest\n',
    );
    expect(fs.readdirSync(folder).sort()).toEqual(FILES);
    const manifest = JSON.parse(fs.readFileSync(path.join(folder, 'package.json'), 'utf8'));
    expect(manifest.devDependencies.dmtorture).toBe(`^${version}`);
  });

  test('writes a program that a compiler takes without a warning', async () => {
    await init();
    const strict = [
      '-std=c11',
      '-Wall',
      '-Wextra',
      '-Werror',
      '-pthread',
      'queue.c',
      '-o',
      'queue',
    ];
    execFileSync('cc', strict, { cwd: folder });
    execFileSync(path.join(folder, 'queue'));
  });

  test('makes the folder that is named, and says to go there', async () => {
    const { code, stdout } = await init('a b/c', '--json');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual({
      files: ['a b/c/queue.c', 'a b/c/queue.test.js', 'a b/c/package.json'],
      next: [
        "cd 'a b/c'",
        'npx dmtorture explore queue.c',
        'npm install --save-dev jest dmtorture && npx jest',
      ],
    });
    expect(fs.readdirSync(path.join(folder, 'a b/c')).sort()).toEqual(FILES);
  });

  test('leaves a package.json alone', async () => {
    fs.writeFileSync(path.join(folder, 'package.json'), '{}');
    const { code, stdout } = await init();
    expect(code).toBe(0);
    expect(stdout).not.toContain('package.json');
    expect(fs.readFileSync(path.join(folder, 'package.json'), 'utf8')).toBe('{}');
  });

  test('names a file that is there, and writes nothing', async () => {
    fs.writeFileSync(path.join(folder, 'queue.test.js'), 'mine');
    const { code, stdout, stderr } = await init();
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toBe(
      'error: queue.test.js is there already, and init does not overwrite it. ' +
        'Name another folder: dmtorture init <folder>\n',
    );
    expect(fs.readdirSync(folder)).toEqual(['queue.test.js']);
    expect(fs.readFileSync(path.join(folder, 'queue.test.js'), 'utf8')).toBe('mine');
  });

  test('does not follow a link that leads nowhere', async () => {
    fs.symlinkSync('elsewhere', path.join(folder, 'queue.c'));
    expect((await init()).code).toBe(2);
    expect(fs.readdirSync(folder)).toEqual(['queue.c']);
  });

  test('says why a folder cannot be made', async () => {
    fs.writeFileSync(path.join(folder, 'file'), '');
    const { code, stderr } = await init('file');
    expect(code).toBe(2);
    expect(stderr).toContain('cannot be written, that is a file, and a folder is needed (EEXIST)');
  });
});

test('what it writes is in the package', () => {
  const { files } = JSON.parse(fs.readFileSync(path.join(root, 'package.json'), 'utf8'));
  expect(files).toContain('examples');
});
