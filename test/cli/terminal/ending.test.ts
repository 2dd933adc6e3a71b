import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { type Ended, main, start } from '../command';

const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'dmtorture-ending-'));
afterAll(() => fs.rmSync(scratch, { recursive: true, force: true }));

function runWith(config: string, ...args: string[]): Promise<Ended> {
  const folder = fs.mkdtempSync(path.join(scratch, 'f-'));
  fs.writeFileSync(path.join(folder, 'dmtorture.config.mjs'), config);
  return start(args, {}, main, folder).ended;
}

const NEVER = 'await new Promise(() => {});';
const RUN = ['stress', '--duration', '20s', '--quiet'];

describe('what never says how it went has failed: exit code 3, and a sentence', () => {
  test.each([
    ['stress', '--ops', '10'],
    ['list', 'faults'],
    ['report', '-', '--json'],
  ])('a config whose promise never settles: %s', async (...args) => {
    const { code, stdout, stderr } = await runWith(NEVER, ...args);
    expect([code, stdout]).toEqual([3, '']);
    expect(stderr).toBe(
      'error: nothing is left to do, and the command has not ended: ' +
        'it waited for config file dmtorture.config.mjs\n',
    );
  });

  test.each(['process.exit(0)', 'process.exit()', 'process.exit(1)'])(
    'a config that ends the process: %s',
    async (config) => {
      const { code, stdout, stderr } = await runWith(config, ...RUN);
      expect([code, stdout]).toEqual([3, '']);
      expect(stderr).toMatch(
        /^error: the process was ended by config file dmtorture\.config\.mjs, with exit code \d\n$/,
      );
    },
  );

  test.each([
    ['Promise.reject(new Error("late"))', 'a promise was rejected, and nobody handled it'],
    ['{ throw new Error("late"); }', 'an error was thrown, and nobody caught it'],
    ['process.exit(0)', 'the process was ended by other code'],
  ])('what a config started, while a run is under way: %s', async (late, says) => {
    const config = `setTimeout(() => ${late}, 300); export default {};`;
    const { code, stderr } = await runWith(config, ...RUN);
    expect(code).toBe(3);
    expect(stderr).toContain(`error: ${says}`);
  });

  test('a part of the package that cannot be loaded', async () => {
    const folder = fs.mkdtempSync(path.join(scratch, 'p-'));
    for (const name of [
      'cli/main.js',
      'cli/terminal/ending.js',
      'cli/exit.js',
      'base/sinks/inert.js',
    ]) {
      fs.mkdirSync(path.join(folder, path.dirname(name)), { recursive: true });
      fs.copyFileSync(path.join(path.dirname(main), '..', name), path.join(folder, name));
    }
    const broken = path.join(folder, 'cli', 'main.js');
    const { code, stderr } = await start(['list', 'faults'], {}, broken).ended;
    expect(code).toBe(3);
    expect(stderr).toContain("nobody caught it: Error: Cannot find module './program'");
  });
});

test('a config that is late is waited for', async () => {
  const config = 'await new Promise((done) => setTimeout(done, 300)); export default {};';
  expect((await runWith(config, 'stress', '--ops', '10', '--quiet')).code).toBe(0);
});
