import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';

/** Other seeds, and more runs: GARBAGE_SEED=7 GARBAGE_RUNS=5000 npx jest test/cli/garbage. */
const seed = process.env.GARBAGE_SEED ?? '1';
const RUNS = Number(process.env.GARBAGE_RUNS ?? 60);
const script = path.join(__dirname, 'garbage.cjs');
let scratch = '';

beforeAll(() => {
  scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'garbage-'));
});

afterAll(() => {
  fs.rmSync(scratch, { recursive: true, force: true });
});

test.each([
  ...['stress', 'explore', 'matrix', 'bench', 'replay'],
  ...['report', 'list', 'completion', 'doctor'],
])(
  '%s survives anything that an option may be given, and says what is wrong with it',
  (name) => {
    const runs = String(name === 'doctor' ? Math.ceil(RUNS / 4) : RUNS);
    const child = spawnSync(process.execPath, [script, seed, runs, name], {
      cwd: scratch,
      encoding: 'utf8',
      timeout: 120_000,
    });
    expect({ status: child.status, signal: child.signal, stderr: child.stderr }).toEqual({
      status: 0,
      signal: null,
      stderr: '',
    });
    const codes = JSON.parse(child.stdout) as Record<string, number>;
    // `completion` reads no settings, so nothing that they say can be wrong.
    if (name !== 'completion') expect(codes['2']).toBeGreaterThan(0);
  },
  120_000,
);

test('a mistake in what is said would be seen', () => {
  const { check } = require('./garbage.cjs') as {
    check(args: string[], flag: string, given: string, ended: object): void;
  };
  const ended = { stdout: '', stderr: 'error: Expected --seed to be 0..9, got `x`\n', code: 2 };
  check([], '--seed', 'x', ended);
  const wrong = [
    { ...ended, code: 3 },
    { ...ended, code: null },
    { ...ended, stderr: '' },
    { ...ended, stderr: 'error: no\n' },
    { ...ended, stderr: 'error: --seed\n    at main (x.js:1:1)\n' },
    { ...ended, stderr: '--seed is wrong\n' },
  ];
  for (const other of wrong) expect(() => check([], '--seed', 'x', other)).toThrow();
});
