import { describe, expect, test } from '@jest/globals';
import { bench, mergeReports, toHtml, toMarkdown } from '../../../lib/index';
import type { BenchDocument } from '../../../lib/reports/documents';
import { asDocument, benchDocument, SUITES } from '../documents';

const MACHINE = { cpu: 'Loud CPU', noisy: true, load: [9, 9] };

/** Two runs of one plan, the first on a noisy machine. */
function merged(): BenchDocument {
  const loud = benchDocument('refcount', { machine: MACHINE });
  const quiet = benchDocument('refcount', {
    machine: { ...MACHINE, cpu: 'Calm CPU', noisy: false },
    plan: { suite: 'refcount', seed: 2 },
  });
  return asDocument<'bench'>(mergeReports([loud, quiet]));
}

describe('a benchmark merged of several runs', () => {
  test('is headed by the warning where one of its machines was noisy', async () => {
    expect(await toMarkdown(merged())).toMatch(/^## ⚠️ measured on a noisy machine/);
    const page = await toHtml(merged());
    expect(page).toContain('is-doubtful');
    expect(page).toContain('measured on a noisy machine');
  });

  test('names the machine of each run, and does not say that it was one run', async () => {
    const text = await toMarkdown(merged());
    expect(text).toMatch(/run 1: Loud CPU[^\n]*\n- run 2: Calm CPU/);
    expect(text).toContain('took turns, in 2 runs');
    expect(text).not.toContain('in one run');
  });

  test('has the number of its run in each row, as the machines have it', async () => {
    const rows = (await toMarkdown(merged())).split('\n').filter((line) => /^\| xadd/.test(line));
    expect(rows.map((line) => line.split('|').at(-2)?.trim())).toEqual([
      '1',
      '1',
      '1',
      '2',
      '2',
      '2',
    ]);
  });
});

test.each(SUITES)('%s: Markdown has windows and interval of each row', async (suite) => {
  const windows = Array.from({ length: 7 }, (_, i) => i + 1);
  const few = windows.slice(0, 5);
  const { rows: given } = benchDocument(suite);
  const rows = given.map((row, i) => ({ ...row, ci95: [1, 2], windows: i === 0 ? few : windows }));
  const text = await toMarkdown(benchDocument(suite, { rows }));
  const [heads = [], , first = [], second = []] = text
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .map((line) => line.split('|').map((cell) => cell.trim()));
  const cells = (row: string[]): unknown[] =>
    ['windows', 'ci95'].map((name) => row[heads.indexOf(name)]);
  expect(cells(first)).toEqual(['5', '-']);
  expect(cells(second)).toEqual(['7', '1 - 2']);
});

test('the page has windows and interval of each exploration', async () => {
  const { rows: given } = benchDocument('explore');
  const rows = given.map((row) => ({ ...row, ci95: [1111, 2222], windows: [1, 2, 3, 4, 5, 6, 7] }));
  const page = await toHtml(benchDocument('explore', { rows }));
  expect(page).toContain('<td class="number">7</td><td class="number">1.11k – 2.22k</td>');
});

test.each(['calls', 'explore'] as const)('%s looks how noisy the machine is', async (suite) => {
  const own = suite === 'explore' ? { scenarios: 'create-find', executions: 10 } : {};
  const { machine } = await bench(suite, { windows: 1, ...own }).result;
  expect(typeof machine.noisy).toBe('boolean');
  for (const share of [machine.noiseBefore, machine.noiseAfter]) {
    expect(share).toBeGreaterThanOrEqual(0);
    expect(share).toBeLessThan(1);
  }
  expect(machine.loopsPerNsAfter).toBeGreaterThan(0);
});

test.each([
  ['refcount', {}, 'fewer --threads or --windows'],
  ['calls', {}, 'fewer --windows'],
  ['explore', { scenarios: 'create-find' }, 'fewer --scenarios, --executions or --windows'],
] as const)('%s at its time limit advises what it has', async (suite, own, advice) => {
  const { warnings } = await bench(suite, { ...own, windows: 1000, time: 100 }).result;
  expect(warnings.join()).toContain(`--time raises it, ${advice} take less`);
});

describe('a file with wrong content', () => {
  test.each(['ns', 'vsRaw'])('is refused where `%s` is below zero', (name) => {
    const rows = [{ call: 'find', per: 'call', ns: 20, ci95: [19, 22], vsRaw: 1, [name]: -1 }];
    expect(() => benchDocument('calls', { rows })).toThrow(`rows[0].${name}`);
  });

  test('shows patches that are none as they are', async () => {
    const plan = { suite: 'calls', seed: 1, patches: { mask: {}, names: 'x' } };
    expect(await toHtml(benchDocument('calls', { plan }))).not.toContain('[object Object]');
  });
});
