import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { expect, test } from '@jest/globals';

const ROOT = path.join(__dirname, '../../..');

/** In a process of its own: a folder that can never be made must not keep it busy for ever. */
test('a cache home under /proc is not used, and is not waited for', () => {
  const asked = `console.log(require(${JSON.stringify(path.join(ROOT, 'dist/own/cache.js'))}).cacheFolder())`;
  const { status, stdout } = spawnSync(process.execPath, ['-e', asked], {
    encoding: 'utf8',
    env: { ...process.env, XDG_CACHE_HOME: '/proc/nowhere' },
    killSignal: 'SIGKILL',
    timeout: 110_000,
  });
  expect(status).toBe(0);
  expect(stdout.startsWith('/proc')).toBe(false);
});
