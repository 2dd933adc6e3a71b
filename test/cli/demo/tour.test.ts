import { cpSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, expect, test } from '@jest/globals';
import type { DemoReport } from '../../../lib/cli/demo/report';
import type { DoctorReport } from '../../../lib/cli/doctor/run';
import type { ReplayReport } from '../../../lib/explore/replay';
import { scenarios } from '../../../lib/programs/scenarios';
import { patches } from '../../../lib/tables/patches';
import { tables } from '../../../lib/tables/tables';
import { root, run, runJson, start } from '../command';

// A demo may take half a minute before it is wrong.

/** Of each patch, what may be seen when it is left out of `all` in its scenario, and how. */
const seen: Record<string, { how: string; faults: string[] }> = {
  '01': { how: 'race', faults: ['minor-stolen', 'duplicate-minor'] },
  '02': { how: 'race', faults: ['use-uninitialized', 'init-overwrite'] },
  '03': { how: 'always', faults: ['sleep-in-atomic'] },
  '04': { how: 'race', faults: ['use-after-free', 'refcount-resurrect', 'double-free'] },
  '05': { how: 'race', faults: ['open-of-freeing', 'use-after-free', 'refcount-resurrect'] },
  '06': {
    how: 'race',
    faults: ['use-after-free', 'refcount-resurrect', 'double-free', 'put-on-freeing'],
  },
  '07': { how: 'race', faults: ['module-unloaded-in-use'] },
  '08': { how: 'race', faults: ['announce-before-init', 'use-uninitialized', 'init-overwrite'] },
};

describe('demo', () => {
  test('--json: every race is seen, and all patches are clean', async () => {
    const { code, json } = await runJson('demo', '--seed', '42');
    const report = json as DemoReport;
    expect(code).toBe(0);
    expect(report).toMatchObject({
      tool: 'dmtorture',
      kind: 'demo',
      verdict: 'clean',
      complete: true,
      allClean: true,
      plan: { seed: 42 },
    });
    expect(report.rows.map(({ patch }) => patch)).toEqual(Object.keys(seen));
    for (const { patch, slug, fault, msToFirst, how, ticket } of report.rows) {
      expect(slug).toBe(tables.patches.find(({ no }) => no === patch)?.slug);
      expect(how).toBe(seen[patch]?.how);
      expect(seen[patch]?.faults).toContain(fault);
      expect(msToFirst).toBeGreaterThan(0);
      expect(msToFirst).toBeLessThan(16_000);
      expect(ticket).toMatch(/^dmt2\.[\w-]+$/);
    }
    for (const { ticket, patch } of report.rows) {
      const { json: again } = await runJson('replay', ticket ?? '');
      const { plan, reproduced, fault } = again as ReplayReport;
      expect(reproduced).toBe(true);
      expect(plan.patches.mask).toBe(patches.without(patch).mask);
      expect(seen[patch]?.faults).toContain(fault?.kind);
    }
    expect(report.clean.map(({ scenario }) => scenario)).toContain('storm');
    for (const { ops, faults } of report.clean) {
      expect(ops).toBeGreaterThan(0);
      expect(faults).toEqual([]);
    }
    expect(report.durationMs).toBeLessThan(30_000);
  });

  test('for people: the story, then one table', async () => {
    const { code, stdout, stderr } = await run('demo');
    expect(code).toBe(0);
    expect(stdout).toContain('In April 2006 Jeff Mahoney wrote');
    expect(stdout).toMatch(/^seed \d+$/m);
    expect(stdout).toMatch(/^left out +prevents +fault seen +time +how +ticket$/m);
    expect(stdout).toMatch(/^BUG: use-uninitialized in find_md \/ specific_minor$/m);
    expect(stdout).toMatch(/^step \| cpu1: create 0 +\| cpu2: find 0$/m);
    for (const [patch, { how }] of Object.entries(seen)) {
      expect(stdout).toMatch(new RegExp(`^${patch} [a-z-]+ .* m?s  ${how} +dmt2\\.\\S+$`, 'm'));
    }
    expect(stdout).toContain(`clean with all patches in: no fault in ${scenarios.length + 1} runs`);
    expect(stdout).not.toContain('\x1b');
    expect(stderr).toContain('05 freeing left out: ');
  });

  test('Ctrl-C: the rows there are, exit code 130', async () => {
    const { child, ended, said } = start(['demo', '--json']);
    await said('01 idr-replace left out');
    child.kill('SIGINT');
    const { code, stdout } = await ended;
    const report = JSON.parse(stdout) as DemoReport;
    expect(code).toBe(130);
    expect(report).toMatchObject({ complete: false, allClean: false, verdict: 'unfinished' });
    expect(report.rows.length).toBeGreaterThan(0);
  });
});

describe('list', () => {
  const keys: Record<string, string[]> = {
    patches: [
      'no',
      'slug',
      'kind',
      'mask',
      'needs',
      'overrides',
      'invariant',
      'prevents',
      'changes',
    ],
    faults: ['kind', 'invariant', 'means', 'preventedBy'],
    invariants: ['name', 'says'],
    ops: ['op', 'arg', 'weight', 'does'],
    scenarios: ['name', 'says', 'programs', 'expects'],
    locks: [
      'name',
      'waits',
      'serves',
      'bytes',
      'minorLock',
      'source',
      'year',
      'usual',
      'nodes',
      'verified',
      'spare',
      'says',
    ],
    strategies: ['name', 'says'],
    sets: ['name', 'mask', 'patches', 'means', 'leavesOut'],
  };

  test.each(Object.entries(keys))('%s: a table, and an array of rows', async (table, names) => {
    const { code, json } = await runJson('list', table);
    expect(code).toBe(0);
    const rows = json as Record<string, unknown>[];
    expect(rows.length).toBeGreaterThan(1);
    for (const row of rows) expect(Object.keys(row)).toEqual(names);
    const { stdout, stderr } = await run('list', table);
    expect(stderr).toBe('');
    expect(stdout).not.toContain('\x1b');
    // What stands below the table holds for all of its rows.
    const [lines = ''] = stdout.trimEnd().split('\n\n');
    expect(lines.split('\n')).toHaveLength(rows.length + 1);
    for (const row of rows) expect(stdout).toContain(String(row[names[0] ?? '']));
  });

  test('what is in the rows', async () => {
    const { json: rows } = await runJson('list', 'patches');
    expect(rows).toContainEqual(
      expect.objectContaining({ no: '05', slug: 'freeing', mask: 16, needs: ['04'] }),
    );
    const { json: faults } = await runJson('list', 'faults');
    expect(faults).toContainEqual(
      expect.objectContaining({ kind: 'open-of-freeing', preventedBy: ['04', '05'] }),
    );
    const { json: sets } = await runJson('list', 'sets');
    expect(sets).toContainEqual(expect.objectContaining({ name: 'none', mask: 0, patches: [] }));
    const { json: scenarios } = await runJson('list', 'scenarios');
    expect(scenarios).toContainEqual(expect.objectContaining({ name: 'storm' }));
  });
});

describe('doctor', () => {
  test('--json: what it found, and a self test that sees a difference between all and none', async () => {
    const { code, json } = await runJson('doctor', '--seed', '9');
    const report = json as DoctorReport;
    expect(code).toBe(0);
    expect(report).toMatchObject({
      kind: 'doctor',
      verdict: 'clean',
      problems: [],
      selfTest: { allClean: true, noneFaults: true },
      environment: { node: process.version },
      napi: process.versions.napi,
      plan: { seed: 9 },
    });
    expect(report.binary?.file).toMatch(/stress\.node$/);
    expect(['built', 'prebuilt']).toContain(report.binary?.origin);
    expect(report.clockResolutionNs).toBeGreaterThan(0);
    expect(report.clockResolutionNs).toBeLessThan(1e6);
    expect(Object.keys(report.sanitizers)).toEqual(['asan', 'ubsan', 'tsan']);
  });

  test('for people: ready', async () => {
    const { code, stdout } = await run('doctor');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^binary {5}(built|prebuilt): .*stress\.node$/m);
    expect(stdout).toMatch(/^self test {2}clean with all patches, faulting without$/m);
    expect(stdout).toMatch(/^ready$/m);
  });
});

describe('without its binary', () => {
  /** The built command with nothing native beside it. */
  async function crippled<T>(use: (script: string) => Promise<T>): Promise<T> {
    const home = mkdtempSync(path.join(os.tmpdir(), 'dmtorture-'));
    try {
      cpSync(path.join(root, 'dist'), path.join(home, 'dist'), { recursive: true });
      cpSync(path.join(root, 'package.json'), path.join(home, 'package.json'));
      cpSync(path.join(root, 'scripts'), path.join(home, 'scripts'), { recursive: true });
      symlinkSync(path.join(root, 'node_modules'), path.join(home, 'node_modules'));
      return await use(path.join(home, 'dist', 'cli', 'main.js'));
    } finally {
      rmSync(home, { recursive: true });
    }
  }

  test('the tool says that it failed, and what to do: exit code 3', async () => {
    await crippled(async (script) => {
      for (const args of [['stress', '--ops', '1'], ['demo'], ['stress', '--json']]) {
        const { code, stdout, stderr } = await start(args, {}, script).ended;
        expect(code).toBe(3);
        if (args.includes('--json')) expect(stdout).toBe('');
        expect(stderr).toContain('npm rebuild dmtorture');
        expect(stderr).toContain('ERR_NATIVE_MISSING');
        expect(stderr).not.toMatch(/^ {4}at /m);
      }
      const { code, stdout } = await start(['doctor', '--json'], {}, script).ended;
      expect(code).toBe(3);
      expect(JSON.parse(stdout)).toMatchObject({
        verdict: 'unfinished',
        binary: null,
        selfTest: null,
      });
      expect((JSON.parse(stdout) as DoctorReport).problems[0]).toContain('No native binary');
    });
  });

  test('tables need no binary', async () => {
    await crippled(async (script) => {
      expect((await start(['list', 'sets'], {}, script).ended).code).toBe(0);
    });
  });
});
