import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { BisectReport } from '../../../lib/explore/bisect/bisect';
import { run, runJson } from '../command';

let folder = '';
beforeAll(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'dmtorture-bisect-'));
});
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

describe('bisect', () => {
  test('prints the diagram, every kernel, what was tried, and the answer', async () => {
    const { code, stdout } = await run('bisect', '--scenario', 'remove-find');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^BUG: use-after-free in dm_get \/ free_dev\n/);
    expect(stdout).toMatch(/^ {2}where +remove-find, patches 2\.6\.18$/m);
    expect(stdout).toMatch(/^2\.6\.17 +none +exhausted, 242 states$/m);
    expect(stdout).toMatch(/^3\.0 +none +the same as 2\.6\.36$/m);
    expect(stdout).toMatch(/^2\.6\.32, 2\.6\.36 +R10 hide-deleting added +none +yes$/m);
    expect(stdout).toMatch(
      /^answered: remove-find has a fault first in 2\.6\.18: 06m 06-merged added brings it; gone in 2\.6\.36: R10 hide-deleting added ends it; each of 24 kernels exhausted under sequential consistency; 13 sets more to find the rows, exhausted; .*; bisect remove-find, from 2\.6\.9 to today$/m,
    );
    const [ticket = ''] = /dmt2\.[\w-]+/.exec(stdout) ?? [];
    expect(await run('replay', ticket)).toMatchObject({ code: 1 });
  });

  test('of many groups those are shown that are enough; --quiet has no tables', async () => {
    const args = ['bisect', '--scenario', 'remove-open', '--to', '2.6.18'];
    const { stdout } = await run(...args);
    expect(stdout).toMatch(
      /^2\.6\.17, 2\.6\.18 +05 freeing added \+ R1 open-count added +none +yes$/m,
    );
    expect(stdout).toMatch(/^2\.6\.17, 2\.6\.18 +44 other groups +no$/m);
    expect(stdout).toMatch(/ends it together; fewer are not enough; /);
    const quiet = await run(...args, '--quiet');
    expect(quiet.stdout).not.toMatch(/^kernel /m);
    expect(quiet.stdout).toMatch(/^answered: /m);
  });

  test('--json is a report that `report` reads', async () => {
    const args = [
      '--scenario',
      'own-queue',
      '--from',
      '3.0',
      '--to',
      '3.16',
      '--fault',
      'deadlock',
    ];
    const { code, json } = await runJson('bisect', ...args);
    expect(code).toBe(0);
    const { plan, firstWith, firstWithout, row } = json as BisectReport;
    expect([firstWith, firstWithout, row]).toEqual(['3.13', '3.16', 'R16q']);
    expect(plan).toMatchObject({ from: '3.0', to: '3.16', fault: 'deadlock' });
    const file = path.join(folder, 'b.json');
    fs.writeFileSync(file, JSON.stringify(json));
    const read = await run('report', file);
    expect(read.code).toBe(0);
    expect(read.stdout).toMatch(/^3\.13, 3\.16 +R16q own-queue added +none +yes$/m);
    expect(read.stdout).toMatch(
      /^answered: bisect own-queue, 3\.0 to 3\.16\. own-queue has deadlock/m,
    );
  });

  test('a limit is exit code 4, and --allow-incomplete accepts it', async () => {
    const args = ['bisect', '--scenario', 'remove-find', '--states', '100'];
    const { code, stdout, stderr } = await run(...args);
    expect(code).toBe(4);
    expect(stdout).toMatch(/^2\.6\.17 +none seen +the limit of states was reached$/m);
    expect(stdout).toMatch(/^unfinished: /m);
    expect(stderr).toMatch(/the search is unfinished: the limit of states was reached/);
    expect(await run(...args, '--allow-incomplete')).toMatchObject({ code: 0 });
  });

  test.each([
    [[], /Expected --scenario to name a scenario, got none/],
    [['--scenario', 'remove-fin'], /did you mean `remove-find`/],
    [['--scenario', 'remove-find', '--from', 'none'], /Expected --from to be a kernel of 2\.6\.9/],
    [
      ['--scenario', 'remove-find', '--from', '3.0', '--to', '2.6.9'],
      /Expected --to to be `3\.0` or later, got `2\.6\.9`/,
    ],
    [['--scenario', 'remove-find', '--fault', 'leak'], /Expected --fault to be a kind of fault/],
    [['--scenario', 'remove-find', '--time', '5'], /Expected --time to be a time with its unit/],
    [['--scenario', 'remove-find', '--memory', 'sc'], /unknown option '--memory'/],
    [['remove-find'], /too many arguments|unexpected argument/],
  ])('%j is a usage error', async (args, message) => {
    const { code, stdout, stderr } = await run('bisect', ...args);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(message);
  });
});
