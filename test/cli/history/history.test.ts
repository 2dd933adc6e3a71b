import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { bugFacts } from '../../../lib/reports/history-tables';
import type { HistoryDocument } from '../../../lib/reports/schemas';
import { tables } from '../../../lib/tables/tables';
import { run, runJson } from '../command';

describe('history', () => {
  test('by pattern: every row with how long it lived, its mark and its ticket', async () => {
    const { code, stdout } = await run('history');
    expect(code).toBe(0);
    const places = tables.patterns.map(({ title }) => stdout.indexOf(`${title}\n`));
    expect(places).toEqual([...places].sort((a, b) => a - b));
    for (const { no, title, evidence, commit, ended } of tables.history) {
      const slug = tables.patches.find((row) => row.no === no)?.slug;
      expect(stdout).toContain(`${no} ${slug}  ${evidence}  `);
      const prose = stdout.replace(/\n +/g, ' ');
      expect(prose).toContain(title);
      expect(prose).toContain(ended);
      expect(prose).toContain(commit);
    }
    expect(stdout.match(/npx dmtorture replay dmt2\./g)).toHaveLength(tables.history.length);
    expect(stdout).toContain('12 years, 2 months (2009-06 to 2021-08; 2.6.31 to 5.14)');
  });

  test('--year: by the year in which each came; what is not known stands last', async () => {
    const { code, stdout } = await run('history', '--year', '--quiet');
    const headings = stdout
      .split('\n')
      .filter((line) => /^(\d{4}|it is not known when)$/.test(line));
    expect(code).toBe(0);
    expect(headings).toEqual([...headings].sort());
    expect(headings.at(0)).toBe('2004');
    expect(headings.at(-1)).toBe('it is not known when');
    expect(stdout.match(/^[.#]+ {2}/gm)).toHaveLength(tables.history.length);
  });

  test('--pattern --json', async () => {
    const { code, json } = await runJson('history', '--pattern', 'freed-number');
    const { rows, kind } = json as HistoryDocument;
    expect([code, kind]).toEqual([0, 'history']);
    expect(rows.map(({ no }) => no)).toEqual(['P3', '01', 'R2', 'R9', 'P6']);
  });

  test('one bug, by number or by name, with its diagram and its ticket', async () => {
    for (const name of ['R8', 'relock-remove-all']) {
      const { code, stdout } = await run('history', name);
      expect(code).toBe(0);
      expect(stdout).toMatch(/^BUG: deadlock/);
      expect(stdout).toContain('step | cpu1: remove-all');
      expect(stdout).toContain('98f332855eff');
      expect(stdout).toMatch(/replay +npx dmtorture replay dmt2\./);
      expect(stdout).toContain('as expected: 1 of 1 bug seen');
    }
  });

  test('--html writes a page; `report` reads the JSON', async () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'history-'));
    try {
      const page = path.join(folder, 'h.html');
      const { code, stdout } = await run('history', '--json', '--html', page);
      expect(code).toBe(0);
      const html = fs.readFileSync(page, 'utf8');
      expect(html).toContain('Every kernel × every scenario');
      for (const { no } of tables.history) {
        expect(html).toContain(`href="#bug-${no}"`);
        expect(html).toContain(`id="bug-${no}"`);
      }
      // Many cards have the same kind of fault: each names its bug.
      expect(html).toContain('R9 destroy: destroy, patches 2.6.19');
      const file = path.join(folder, 'h.json');
      fs.writeFileSync(file, stdout);
      const read = await run('report', file, '--quiet');
      expect(read.stdout).toContain('Twenty years of lifetime bugs');
    } finally {
      fs.rmSync(folder, { recursive: true });
    }
  });

  test('--matrix: a letter a kernel, what each row changes; --json has the cells', async () => {
    const few = ['--matrix', '--scenarios', 'event-names,sysfs'];
    const { code, stdout } = await run('history', ...few);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^event-names +\.{6}#\.{17} \.{4} +lock-misuse 2\.6\.32$/m);
    expect(stdout).toMatch(/^R12w sysfs-wait +14 of 14 +out +use-after-free +14 +sysfs$/m);
    expect(stdout).not.toContain('a reference after the lock');
    expect(stdout.replace(/\n/g, ' ')).toContain('none disagrees with the formulas');
    const { json } = await runJson('history', ...few);
    const { matrix, plan } = json as HistoryDocument;
    expect(plan.scenarios).toEqual(['event-names', 'sysfs']);
    expect(matrix?.cells.every(({ exhaustive }) => exhaustive)).toBe(true);
    expect(matrix?.cells.length).toBeGreaterThan(1000);
  });

  test('--scenarios are those of the matrix', async () => {
    const { code, stderr } = await run('history', '--scenarios', 'sysfs');
    expect(code).toBe(2);
    expect(stderr).toContain('scenarios');
    const typo = await run('history', '--matrix', '--scenarios', 'sysfz');
    expect([typo.code, typo.stderr]).toEqual([2, expect.stringContaining('sysfs')]);
  });

  test.each([
    [['--scenarios', 'sysfs'], '--scenarios has scenarios of --matrix: give both'],
    [['R9', '--year'], '--year orders the timeline: leave out <row> and --matrix'],
    [['--matrix', '--year'], '--year orders the timeline'],
  ])('%j is a usage error', async (args, says) => {
    const { code, stdout, stderr } = await run('history', ...args);
    expect([code, stdout, stderr]).toEqual([2, '', expect.stringContaining(says)]);
  });

  test('a row from memory says so', async () => {
    const { json } = await runJson('history', 'R9');
    const [row] = (json as HistoryDocument).rows;
    if (!row) throw new Error('no row');
    const known = (evidence: string) => bugFacts({ ...row, evidence }).find(([l]) => l === 'known');
    expect(known('A')).toEqual(['known', 'A: read in a tree or a mail']);
    expect(known('C')).toEqual(['known', 'C: FROM MEMORY']);
  });
});
