import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from '@jest/globals';

const root = path.join(__dirname, '../..');
const spec = path.join(root, 'test', 'vitest');

interface VitestReport {
  testResults: {
    assertionResults: { status: string; fullName: string; failureMessages: string[] }[];
  }[];
}

/** Run Vitest on the specs of a folder; its JSON report. */
function runVitest(folder: string): VitestReport {
  const bin = path.join(root, 'node_modules', 'vitest', 'vitest.mjs');
  const { JEST_WORKER_ID, NODE_ENV, ...env } = process.env;
  const args = [bin, 'run', '--root', folder, '--reporter=json', '--no-color'];
  const { stdout, stderr } = spawnSync(process.execPath, args, {
    env,
    encoding: 'utf8',
    cwd: root,
  });
  if (!stdout.includes('{')) throw new Error(stderr);
  return JSON.parse(stdout.slice(stdout.indexOf('{'))) as VitestReport;
}

test('Vitest takes the matchers, and prints what they say', () => {
  expect(fs.readdirSync(spec).filter((name) => name.endsWith('.spec.mts'))).toHaveLength(1);
  const [answers, fails] = runVitest(spec).testResults.flatMap((file) => file.assertionResults);
  expect(answers).toMatchObject({ status: 'passed', failureMessages: [] });
  expect(fails?.status).toBe('failed');
  const text = fails?.failureMessages.join('\n');
  expect(text).toContain("expect('open during the last put').toBeRaceFree({ patches: 'all,-05' })");
  expect(text).toMatch(/^step \| cpu1: remove 5 +\| cpu2: open 5, io 5, close 5$/m);
  expect(text).toMatch(/^ {2}prevented by {2}05 freeing/m);
  expect(text).toMatch(/^ {2}replay +npx dmtorture replay dmt2\.[\w-]+$/m);
});

test('values and errors are of the realm of the test, in each pool', () => {
  const results = runVitest(path.join(root, 'test', 'realm')).testResults;
  const all = results.flatMap((file) => file.assertionResults);
  expect(results).toHaveLength(4);
  expect(
    all.map(({ fullName, status, failureMessages }) => [fullName, status, failureMessages]),
  ).toEqual(all.map(({ fullName }) => [fullName, 'passed', []]));
  expect(all).toHaveLength(16);
});
