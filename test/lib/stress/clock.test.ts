import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { main, plainEnv } from '../../cli/command';

const DURATION_MS = 1500;
/** What starting and ending may take on a busy machine; the clock steps back by 15 s. */
const SLACK_MS = 12_000;

let folder = '';
const library = (): string => path.join(folder, 'clock-step.so');

beforeAll(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'clock-'));
  if (process.platform !== 'linux') return;
  const source = path.join(__dirname, '../children', 'clock-step.c');
  const args = ['-shared', '-fPIC', '-o', library(), source, '-ldl'];
  execFileSync(process.env.CC ?? 'cc', args);
});
afterAll(() => fs.rmSync(folder, { recursive: true }));

// Skipped elsewhere alone: macOS preloads nothing into a signed node, and waits are relative there.
const onLinux = process.platform === 'linux' ? test.each : test.skip.each;

onLinux([
  ['a run', []],
  ['a run whose lock sleeps', ['--lock', 'futex3']],
])('%s keeps its duration when the wall clock is set back', (_, more) => {
  const args = ['stress', '--duration', `${DURATION_MS}ms`, '--json', ...more];
  const began = performance.now();
  const text = execFileSync(process.execPath, [main, ...args], {
    encoding: 'utf8',
    env: plainEnv({ LD_PRELOAD: library() }),
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  expect(JSON.parse(text).durationMs).toBeGreaterThanOrEqual(DURATION_MS);
  expect(performance.now() - began).toBeLessThan(DURATION_MS + SLACK_MS);
});
