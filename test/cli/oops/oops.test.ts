import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { checkDocument } from '../../../lib/reports/documents';
import type { OopsReport } from '../../../lib/stress/oops/report';
import { run, runJson, start } from '../command';

const DYING = ['oops', 'remove-open', '--patches', 'all,-05'];
const FREED = /^Oops: a (read of|write to) freed memory at [0-9a-f]{16} \(\d+ bytes/;

/** A death in freed memory: one of twelve is a second free, which real threads are free to choose. */
async function freedDeath(): Promise<string> {
  for (let round = 0; round < 20; round += 1) {
    const { code, stdout } = await run(...DYING);
    expect(code).toBe(1);
    if (FREED.test(stdout)) return stdout;
    expect(stdout).toMatch(/^Oops: (a free of what is free already|a BUG\(\) of the kernel)/);
  }
  throw new Error('nothing died in freed memory');
}

describe('oops', () => {
  test('reads like an oops, then says which fault of the model that is', async () => {
    const stdout = await freedDeath();
    expect(stdout).toMatch(/^ {2}thread +cpu[12], in \w+ on minor 0; round \d/m);
    expect(stdout).toMatch(/^ {2}call trace +[a-z_]+\+0x[0-9a-f]+$/m);
    expect(stdout).toMatch(/^ {2}freed by +cpu[12], in [a-z_]+: .*, at native\/core\/\S+:\d+$/m);
    expect(stdout).toMatch(/^BUG: use-after-free in /m);
    expect(stdout).toMatch(/^ {2}replay +npx dmtorture replay dmt2\./m);
    const [ticket = ''] = /dmt2\.[\w-]+/.exec(stdout) ?? [];
    const again = await run('replay', ticket);
    expect(again.stdout).toMatch(/reproduced: use-after-free/);
  });

  test('--json is a report that `report` renders', async () => {
    const { code, json } = await runJson(...DYING);
    expect(code).toBe(1);
    expect(checkDocument(json, 'r.json')).toMatchObject({ kind: 'oops', verdict: 'fault' });
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'oops-'));
    try {
      const file = path.join(folder, 'oops.json');
      const page = path.join(folder, 'oops.html');
      fs.writeFileSync(file, JSON.stringify(json));
      const shown = await run('report', file, '--markdown', '--html', page);
      expect(shown.code).toBe(1);
      expect(shown.stdout).toMatch(/oops remove-open, patches all,-05/);
      // Of a second free it says neither where nor by which thread the first was.
      const { says = '' } = (json as Pick<OopsReport, 'death'>).death ?? {};
      expect(says).not.toBe('');
      expect(shown.stdout).toContain(`It died of ${says}.`);
      expect(fs.readFileSync(page, 'utf8')).toContain(says);
    } finally {
      fs.rmSync(folder, { recursive: true });
    }
  });

  test('one that lives says that this proves nothing', async () => {
    const { code, stdout } = await run('oops', 'remove-open', '--time', '500ms');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^clean: It did not die within .*, which proves nothing\./);
  });

  test('takes programs and --expect', async () => {
    // Whatever comes first, it is this kind.
    const text = 'cpu1: create 0 ; cpu2: find 0';
    const dying = ['oops', '--program', text, '--patches', 'all,-02', '--expect'];
    expect((await run(...dying, 'use-uninitialized')).code).toBe(0);
    expect((await run(...dying, 'use-after-free')).code).toBe(1);
  });

  test('Ctrl-C ends it with a report of what there is', async () => {
    const { child, ended, said } = start(['oops', 'remove-open', '--time', '1m', '--json']);
    await said('seed');
    await new Promise((resolve) => setTimeout(resolve, 500));
    child.kill('SIGINT');
    const { code, stdout } = await ended;
    expect(code).toBe(130);
    expect(JSON.parse(stdout)).toMatchObject({ kind: 'oops', complete: false, death: null });
  });

  test.each([
    [[], /Expected a scenario, such as remove-open, or --program/],
    [['remove-opne'], /did you mean `remove-open`/i],
    [['remove-open', '--program', 'cpu1: create 0'], /either a scenario or --program/],
    [['remove-open', '--time', '10'], /time with its unit/],
    [['remove-open', '--patches', 'all,-99'], /99/],
    [['remove-open', '--perturb', 'much'], /perturb/],
  ])('%j is a usage error', async (args, says) => {
    const { code, stdout, stderr } = await run('oops', ...args);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(says);
  });
});
