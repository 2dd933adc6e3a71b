import { describe, expect, test } from '@jest/globals';
import type { VerifyReport } from '../../../lib/verify/report';
import { run, runJson } from '../command';

const SMALL = ['--threads', '2', '--rounds', '1'];

describe('verify', () => {
  test('prints a row for each model, and a verdict that names models and sizes', async () => {
    const { code, stdout } = await run('verify', 'ticket', ...SMALL);
    expect(code).toBe(0);
    for (const model of ['sc', 'tso', 'rc11']) {
      expect(stdout).toMatch(new RegExp(`^ticket +${model} +2x1 +\\d+ +clean +4 of 4$`, 'm'));
    }
    expect(stdout).toMatch(
      /clean: no fault; exhaustive under sequential consistency, x86-TSO, RC11/,
    );
  });

  test('--json has what was asked for, and --memory is one of the models', async () => {
    const { code, json } = await runJson('verify', 'ticket', '--memory', 'rc11', ...SMALL);
    expect(code).toBe(0);
    const report = json as VerifyReport;
    expect(report).toMatchObject({ kind: 'verify', memory: 'rc11', limit: null, complete: true });
    expect(report.rows).toMatchObject([{ memory: 'rc11', threads: 2, rounds: 1, sites: 4 }]);
  });

  test('a fault is exit code 1, with its diagram and its ticket', async () => {
    const { code, stdout } = await run('verify', 'broken', '--memory', 'sc', ...SMALL);
    expect(code).toBe(1);
    expect(stdout).toMatch(/cpu1: broken, 1 round/);
    const [ticket = ''] = /dmt3\.[\w-]+/.exec(stdout) ?? [];
    const again = await run('replay', ticket);
    expect(again.code).toBe(1);
    expect(again.stdout).toMatch(/reproduced: check-failed; broken, 2 threads x 1 round/);
  });

  test('a limit is exit code 4', async () => {
    const { code, stdout } = await run('verify', 'mcs', '--memory', 'rc11', '--states', '5');
    expect(code).toBe(4);
    expect(stdout).toMatch(/unfinished/);
  });

  test('--barriers has the table of orders, --markdown all of it as Markdown', async () => {
    const args = ['verify', 'ticket', '--memory', 'rc11', '--barriers', ...SMALL];
    const { stdout } = await run(...args);
    expect(stdout).toMatch(/^ticket +ticket_acquire: \(&l->called\) +acquire +relaxed +needed/m);
    const markdown = await run(...args, '--markdown');
    expect(markdown.stdout).toMatch(
      /^\| lock \| site \| order \| weaker \| verdict \| breaks \|$/m,
    );
  });

  test('of a file that is not there nothing is said but that', async () => {
    const { code, stderr, stdout } = await run('verify', './missing.c');
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/`\.\/missing\.c` cannot be read/);
    expect(stderr).not.toMatch(/sizes/);
  });

  test.each([
    [['mc'], /did you mean 'mcs'|did you mean `mcs`/],
    [['mcs', '--threads', 'x'], /Expected --threads to be numbers joined by commas, got `x`/],
    [['mcs', '--barriers', '--memory', 'sc'], /--barriers are weakened under rc11/],
    [['mcs', '--json', '--markdown'], /Give either --json or --markdown/],
  ])('%j is a usage error', async (args, message) => {
    const { code, stderr } = await run('verify', ...args);
    expect(code).toBe(2);
    expect(stderr).toMatch(message);
  });
});

describe('verify of reader-writer locks and reference counts', () => {
  test('prints their rows, and that readers share', async () => {
    const args = ['percpu', 'refcount_t', '--memory', 'rc11', '--readers', '2', '--users', '1'];
    const { code, stdout } = await run('verify', ...args);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^percpu +rc11 +1\+2x1 +\d+ +clean +12 of 12$/m);
    expect(stdout).toMatch(/^refcount_t +rc11 +1x1x1 +\d+ +clean +4 of 5$/m);
    expect(stdout).toMatch(/; readers share percpu;/);
  });

  test.each([
    ['broken_rwlock', /cpu2: broken_rwlock, a reader/, /1 writer \+ 1 reader x 1 round/],
    ['broken_refcount', /cpu1: broken_refcount, ends 1/, /1 user x 1 round x 1 object/],
  ])(
    '%s is exit code 1, with its diagram and a ticket that replays',
    async (name, diagram, size) => {
      const { code, stdout } = await run('verify', name, '--memory', 'tso', '--rounds', '1');
      expect(code).toBe(1);
      expect(stdout).toMatch(diagram);
      const [ticket = ''] = /dmt3\.[\w-]+/.exec(stdout) ?? [];
      const again = await run('replay', ticket);
      expect(again.code).toBe(1);
      expect(again.stdout).toMatch(diagram);
      expect(again.stdout).toMatch(size);
    },
  );

  test.each([
    [['qrwlok'], /did you mean `qrwlock`/],
    [['zzz'], /reader-writer locks: qrwlock, .*; reference counts: refcount_t/],
    [['qrwlock', '--threads', '2'], /--threads is for locks, and none is named/],
    [['hazard', '--objects', '1000000'], /Expected --objects to be 1\.\.4/],
    [['qrwlock', '--readers', '0'], /writers \+ readers are 2\.\.8/],
  ])('%j is a usage error', async (args, message) => {
    const { code, stdout, stderr } = await run('verify', ...args);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr.replace(/\s+/g, ' ')).toMatch(message);
  });
});
