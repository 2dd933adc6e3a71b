import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { expect, test } from '@jest/globals';
import { assertRaceFree, race } from '../../../lib/index';

const stale = race('open during the last put', {
  before: (d) => d.create(5),
  cpu1: (d) => d.remove(5),
  cpu2: (d) => d.open(5).io().close(),
});

test('a race without a fault resolves', async () => {
  await expect(assertRaceFree(stale)).resolves.toBeUndefined();
  await expect(assertRaceFree('remove-get', { patches: 'series' })).resolves.toBeUndefined();
});

test('a fault is an AssertionError, whose message is the diagram and its ticket', async () => {
  await expect(assertRaceFree(stale, { patches: 'all,-05' })).rejects.toMatchObject({
    name: 'AssertionError',
    code: 'ERR_ASSERTION',
    message: expect.stringMatching(
      /^assertRaceFree\('open during the last put', \{ patches: 'all,-05' \}\)\n\nBUG: .*step \| cpu1: remove 5.*npx dmtorture replay dmt\d\.\S+$/s,
    ),
  });
});

test('a search that a limit cut off proves nothing', async () => {
  const cut = assertRaceFree(stale, { strategy: 'dfs', executions: 1 });
  await expect(cut).rejects.toMatchObject({
    name: 'AssertionError',
    message: expect.stringContaining('proves nothing either way'),
  });
});

test('a wrong argument is an error of its own', async () => {
  await expect(assertRaceFree('nowhere')).rejects.toMatchObject({
    name: 'DmTortureError',
    option: 'scenario',
  });
});

test('node:test prints it', () => {
  const code = `const { assertRaceFree } = require('./dist');
    require('node:test')('mine', () => assertRaceFree('remove-open', { patches: 'all,-05' }));`;
  const cwd = path.join(__dirname, '../../..');
  const { NODE_TEST_CONTEXT: _, ...env } = process.env;
  const { status, stdout } = spawnSync(process.execPath, ['-e', code], {
    cwd,
    env,
    encoding: 'utf8',
  });
  expect(status).toBe(1);
  expect(stdout).toContain("assertRaceFree('remove-open', { patches: 'all,-05' })");
  expect(stdout).toMatch(/step \| cpu1: remove 0 +\| cpu2: open 0, io 0, close 0/);
});
