import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Gate } from '../../lib/cli/gate/gate';
import { run } from './command';

let folder: string;
beforeAll(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'dmtorture-messages-'));
});
afterAll(() => fs.rmSync(folder, { recursive: true }));

test('a strategy that no shard can have is named by its flag', async () => {
  const split = ['explore', 'create-find', '--shard', '1/3', '--strategy', 'stateful'];
  const { code, stderr } = await run(...split);
  expect(code).toBe(2);
  expect(stderr).toContain('A search in parts needs --strategy to be dpor, ');
});

test('a file that no command wrote is refused', async () => {
  const file = path.join(folder, 'none.json');
  fs.writeFileSync(file, '{}');
  const { code, stderr } = await run('report', file);
  expect([code, stderr]).toEqual([2, expect.stringContaining('this is not a report of dmtorture')]);
});

test('a file in place of the folder of pictures gets a sentence', async () => {
  const [json, file] = ['run.json', 'taken'].map((name) => path.join(folder, name));
  fs.writeFileSync(json ?? '', (await run('explore', 'create-find', '--json')).stdout);
  fs.writeFileSync(file ?? '', '');
  const { code, stderr } = await run('report', json ?? '', '--svg', file ?? '');
  expect(code).toBe(3);
  expect(stderr).toContain('cannot be written, that is a file, and a folder is needed (EEXIST)');
});

test.each([
  [1, '1 outcome takes concurrency'],
  [2, '2 outcomes take concurrency'],
])('%d of the outcomes: %s', (count, says) => {
  const told: string[] = [];
  const gate = new Gate((sentence) => told.push(sentence));
  gate.open({ failOn: ['interesting'] });
  gate.see({ outcomes: Array.from({ length: count }, () => ({ grade: 'interesting' })) });
  gate.settle(0);
  expect(told).toEqual([`--fail-on interesting: ${says}`]);
});
