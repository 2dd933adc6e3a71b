import { describe, expect, test } from '@jest/globals';
import { parseThreshold } from '../../../lib/cli/gate/threshold';
import { checkWords } from '../../../lib/cli/gate/threshold-words';
import { bench, explore, matrix, stress } from '../../../lib/index';
import { run } from '../command';

/** Every name in a report, however deep. */
function namesIn(node: unknown): string[] {
  if (typeof node !== 'object' || node === null) return [];
  if (Array.isArray(node)) return node.flatMap(namesIn);
  return Object.entries(node).flatMap(([name, member]) => [name, ...namesIn(member)]);
}

/** Every text in a row of a report, by which a threshold can name that row. */
function rowNamesIn(node: unknown, isRow = false): string[] {
  if (typeof node !== 'object' || node === null) return [];
  const inside = Object.values(node).flatMap((member) => rowNamesIn(member, Array.isArray(node)));
  const own = isRow
    ? Object.entries(node)
        .filter(([name]) => !['function', 'code', 'file', 'read', 'was', 'wrote'].includes(name))
        .flatMap(([, member]) => (typeof member === 'string' ? [member] : []))
    : [];
  return [...own, ...inside];
}

const check = (text: string): void => checkWords([parseThreshold(text)]);

describe('a threshold', () => {
  test.each([
    ['create.p98<5us', 'p98', 'p90'],
    ['creat.p99<5us', 'creat', 'create'],
    ['opsPerSecnd>1', 'opsPerSecnd', 'opsPerSecond'],
    ['rows[lock=mcs].jian>0.9', 'jian', 'jain'],
  ])('%s is refused before the run', async (text, word, close) => {
    const ended = await run('stress', '--duration', '1h', '--threshold', text);
    expect([ended.code, ended.stdout]).toEqual([2, '']);
    expect(ended.stderr).toBe(
      `error: --threshold '${text}': no report has '${word}'. Did you mean '${close}'?\n`,
    );
  });

  test.each([
    ['foo<5', 'foo'],
    ['toString<5', 'toString'],
    ['__proto__.p99<5us', '__proto__'],
  ])('%s has a word that no report has, nor one like it', async (text, word) => {
    const ended = await run('stress', '--duration', '1h', '--threshold', text);
    expect([ended.code, ended.stdout]).toEqual([2, '']);
    expect(ended.stderr).toContain(`--threshold '${text}': no report has '${word}'. `);
    expect(ended.stderr).toMatch(/(Expected|Did you mean) .+\n$/);
  });

  test('is taken with every name that a report has', async () => {
    const small = { windows: 1, threads: 1, time: '5s' } as const;
    const window = { ...small, windowUs: 100 };
    const locks = await bench('locks', { ...window, locks: ['ttas', 'mcs'] }).result;
    const reports: object[] = [
      await stress({ scenario: 'create-find', patches: 'all,-02', rounds: 50 }).result,
      await explore('create-find', { patches: 'all,-02' }),
      await matrix({ scenarios: ['create-find'], masks: [255] }),
      locks,
      await bench('refcount', window).result,
      await bench('explore', { windows: 1, executions: 2, scenarios: 'create-find' }).result,
    ];
    const names = new Set(
      reports.flatMap((report) => {
        const json = JSON.parse(JSON.stringify(report)) as unknown;
        return [...namesIn(json), ...rowNamesIn(json)];
      }),
    );
    expect(names.size).toBeGreaterThan(80);
    const refused = [...names].filter((name) => {
      try {
        check(`${name}<1`);
        return false;
      } catch {
        return /^[\w-]+$/.test(name);
      }
    });
    expect(refused).toEqual([]);
  });
});
