import { describe, expect, test } from '@jest/globals';
import { tables } from '../../lib/index';
import { run, runJson } from './command';

describe('list sets', () => {
  test('has for each set what it is and what it leaves out', async () => {
    const { code, json } = await runJson('list', 'sets');
    expect(code).toBe(0);
    const rows = json as unknown as { name: string; means: string; leavesOut: string }[];
    expect(rows.map(({ name }) => name)).toEqual(tables.sets.map(({ name }) => name));
    const bare = rows.filter(({ means, leavesOut }) => means === '' || leavesOut === '');
    expect(bare).toEqual([]);
    const { stdout } = await run('list', 'sets');
    expect(stdout).toMatch(/^name +means +leaves out +patches$/m);
    const line = stdout.split('\n').find((one) => one.startsWith('2.6.32 ')) ?? '';
    expect(line).toContain('a last put in a completion, which must not sleep');
    expect(stdout).toMatch(/^Every set leaves out the targets of a table/m);
    expect(stdout).toMatch(/from memory/);
  });

  test('a set that leaves out the same as another names one that stands before it', () => {
    const names: readonly string[] = tables.sets.map(({ name }) => name);
    const same = tables.sets.flatMap(({ name, leavesOut }, at) => {
      const [, other = ''] = /the same as ([\d.]+\d|[\w.-]+)/.exec(leavesOut) ?? [];
      return other === '' ? [] : [{ name, at, other: names.indexOf(other) }];
    });
    expect(same.length).toBeGreaterThan(5);
    expect(same.filter(({ at, other }) => other < 0 || other >= at)).toEqual([]);
  });
});
