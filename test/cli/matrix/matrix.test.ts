import { describe, expect, test } from '@jest/globals';
import { hasBit } from '../../../lib/base/bounds';
import type { MatrixReport } from '../../../lib/explore/matrix';
import { run, runJson, start } from '../command';

const TWO = ['--scenarios', 'create-create,create-find'];

describe('matrix of two scenarios', () => {
  test('--json: a cell for each subset and scenario, as expected, exit code 0', async () => {
    const { code, json } = await runJson('matrix', ...TWO);
    const report = json as MatrixReport;
    expect(code).toBe(0);
    expect(report).toMatchObject({
      tool: 'dmtorture',
      kind: 'matrix',
      verdict: 'clean',
      complete: true,
      plan: { scenarios: ['create-create', 'create-find'] },
      disagreements: [],
    });
    expect(report.executions).toBeGreaterThan(512);
    expect(report.cells).toHaveLength(512);
    expect(new Set(report.cells.map(({ mask }) => mask)).size).toBe(256);
    for (const { mask, scenario, faults, exhaustive } of report.cells) {
      expect(exhaustive).toBe(true);
      const [p01, p02, p03, p04] = [0, 1, 2, 3].map((bit) => hasBit(mask, bit));
      const kinds =
        p04 && !p03
          ? ['sleep-in-atomic']
          : scenario === 'create-find'
            ? p02
              ? []
              : ['use-uninitialized']
            : p02 && !p01
              ? ['minor-stolen', 'duplicate-minor']
              : [];
      expect(faults).toEqual(kinds);
    }
    const clean = report.cleanMasks;
    expect(clean).toContain(255);
    expect(clean.every((mask) => hasBit(mask, 0) && hasBit(mask, 1))).toBe(true);
  });

  test('for people: scenarios, patches, clean subsets, verdict', async () => {
    const { code, stdout } = await run('matrix', ...TWO);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^create-find +160 +256 +use-uninitialized 96, sleep-in-atomic 64$/m);
    expect(stdout).toMatch(/^01 idr-replace +48 of 128 +minor-stolen 64 \+02, .* -$/m);
    expect(stdout).toMatch(
      /^02 placeholder +\d+ of 128 +use-uninitialized always +minor-stolen 64 -01/m,
    );
    expect(stdout).toMatch(/^04 spinlock +64 of 128 +- +sleep-in-atomic 64 -03$/m);
    expect(stdout).toMatch(/^08 init-first +0 of 128 +- +-$/m);
    const verdict = stdout.trimEnd().split('\n').at(-1);
    expect(verdict).toMatch(
      /^as expected: 48 of 256 subsets clean: .*; 0 disagreements; .*seed 0$/,
    );
  });

  test('--quiet: the verdict alone', async () => {
    const { stdout, stderr } = await run('matrix', ...TWO, '--quiet');
    expect(stderr).toBe('');
    expect(stdout).toMatch(/^as expected: .*\n$/);
  });

  test('--patches: which follow-ups are in', async () => {
    const { code, json } = await runJson(
      'matrix',
      '--scenarios',
      'create-find',
      '--patches',
      'none',
    );
    const report = json as MatrixReport;
    // Without find-put the lookup of 06 leaks, as the scenario says.
    expect(code).toBe(0);
    const cell = report.cells.find(({ mask }) => mask === 255);
    expect(cell?.faults).toEqual(['reference-leak']);
    expect(report.cleanMasks).not.toContain(255);
  });
});

test('Ctrl-C: the cells there are, exit code 130', async () => {
  const { child, ended, said } = start(['matrix', '--json']);
  await said('exploring every cell');
  child.kill('SIGINT');
  const { code, stdout } = await ended;
  expect(code).toBe(130);
  const report = JSON.parse(stdout) as MatrixReport;
  expect(report).toMatchObject({ complete: false });
  expect(report.verdict).not.toBe('clean');
});
