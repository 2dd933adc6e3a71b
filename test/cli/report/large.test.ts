import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { benchDocument, demoDocument, exploreDocument, stressDocument } from '../../lib/documents';
import { start } from '../command';

const ROWS = 50_000;
const HEAP = { NODE_OPTIONS: '--max-old-space-size=900', GITHUB_ACTIONS: '' };

let folder = '';
const at = (name: string): string => path.join(folder, name);
const save = (name: string, document: object): string => {
  fs.writeFileSync(at(name), JSON.stringify(document));
  return at(name);
};

beforeAll(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'large-'));
});
afterAll(() => fs.rmSync(folder, { recursive: true }));

/** A benchmark of that number of rows, each of another variant. */
function manyRows(): string {
  const document = benchDocument('refcount');
  const { rows } = document;
  const many = Array.from({ length: ROWS }, (_, i) => ({
    ...rows[i % rows.length],
    variant: `v${i}`,
  }));
  return save('rows.json', { ...document, rows: many });
}

describe('50,000 rows', () => {
  test('are rendered, in less than a gigabyte, and the plot says why there is none', async () => {
    const args = ['report', manyRows(), '--html', at('rows.html'), '--svg', at('rows')];
    const { code, stderr } = await start(args, HEAP).ended;
    expect([code, stderr]).toEqual([0, expect.stringContaining('wrote')]);
    expect(fs.readFileSync(at('rows.html'), 'utf8')).toContain('plots are drawn of 2,000');
  });

  test('Ctrl-C is heard', async () => {
    // Late on a slow machine is early on a fast one: too late, and the page is there; too early,
    // and nobody listens yet.
    for (const delayMs of [1200, 900, 700, 550, 450, 350, 300, 250, 200]) {
      fs.rmSync(at('cut.html'), { force: true });
      const { child, ended } = start(['report', manyRows(), '--html', at('cut.html')], HEAP);
      const timer = setTimeout(() => child.kill('SIGINT'), delayMs);
      const { code } = await ended;
      clearTimeout(timer);
      if (code === 130 && !fs.existsSync(at('cut.html'))) return;
    }
    throw new Error('no Ctrl-C was heard while the page was made');
  }, 120_000);

  test('of a trace cost its diagram', async () => {
    const document = await exploreDocument();
    const [fault] = document.faults;
    const trace = Array.from({ length: ROWS }, (_, i) => ({ ...fault?.trace[0], step: i + 1 }));
    const file = save('trace.json', { ...document, faults: [{ ...fault, trace }] });
    const { code, stdout } = await start(['report', file, '--markdown'], HEAP).ended;
    expect(code).toBe(1);
    expect(stdout).toContain('its trace has 50,000 lines');
  });
});

describe('what is too large is refused with its place', () => {
  test.each([
    ['plan.zz', `${'['.repeat(100_000)}${']'.repeat(100_000)}`, 'nested deeper than 64 levels'],
    ['scenario', JSON.stringify('x'.repeat(1_100_000)), 'a text of 1,100,000 characters'],
    ['durationMs', '1e999', 'a number that is too large'],
    ['notes', `[${'0,'.repeat(1_000_000)}0]`, 'has 1,000,001 elements'],
  ])('%s', async (place, value, says) => {
    const document = JSON.parse(JSON.stringify(await exploreDocument()));
    const keys = place.split('.');
    const owner = keys.length > 1 ? document.plan : document;
    owner[keys.at(-1) ?? ''] = 'HERE';
    fs.writeFileSync(at('large.json'), JSON.stringify(document).replace('"HERE"', value));
    const { code, stderr } = await start(['report', at('large.json')], HEAP).ended;
    expect(code).toBe(2);
    expect(stderr).toContain(`large.json: \`${place}`);
    expect(stderr).toContain(says);
  });

  test('a text of many backticks is rendered', async () => {
    const document = await exploreDocument();
    const [outcome] = document.outcomes;
    const results = '`a'.repeat(200_000);
    const file = save('ticks.json', { ...document, outcomes: [{ ...outcome, results }] });
    const { code, stdout } = await start(['report', file, '--markdown'], HEAP).ended;
    expect([code, stdout.includes(results)]).toEqual([1, true]);
  });
});

describe('names that every object has', () => {
  test('how a fault comes about', async () => {
    const document = await demoDocument(['05']);
    for (const how of ['__proto__', 'constructor', 'toString']) {
      const rows = document.rows.map((row) => ({ ...row, how }));
      const file = save('how.json', { ...document, rows });
      const { code, stdout } = await start(['report', file, '--markdown'], HEAP).ended;
      expect(code).toBe(0);
      expect(stdout).toContain(`- takes: ${how.replaceAll('_', '\\_')}\n`);
    }
  });

  test('operations and errors of one of two reports that become one', async () => {
    const [one, other] = [await stressDocument(), await stressDocument()];
    const [create] = Object.values(one.ops);
    const ops = { ...one.ops, toString: { ...create, errors: { valueOf: 3 } } };
    const files = [save('one.json', { ...one, ops }), save('other.json', other)];
    const { code, stdout } = await start(['report', ...files, '--json'], HEAP).ended;
    expect(code).toBe(0);
    const merged = JSON.parse(stdout);
    const { count } = create ?? {};
    expect(merged.ops.toString).toMatchObject({ count, errors: { valueOf: 3 } });
  });
});
