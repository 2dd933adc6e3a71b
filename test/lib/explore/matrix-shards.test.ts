import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type MatrixReport, matrix } from '../../../lib/explore/matrix';
import { mergeReports } from '../../../lib/reports/merge';

const scenarios = ['create-find', 'remove-get', 'create-create', 'remove-find-open'];
const names = ['1/4', '2/4', '3/4', '4/4'];
let whole: MatrixReport;
let shards: MatrixReport[];
let folder: string;

beforeAll(async () => {
  whole = await matrix({ scenarios });
  shards = [];
  for (const shard of names) shards.push(await matrix({ scenarios, shard }));
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'dmtorture-matrix-'));
}, 120_000);
afterAll(() => fs.rmSync(folder, { recursive: true }));

/** What does not depend on which shard explored it, and when. */
function answer({ plan, durationMs, environment, ...report }: MatrixReport): object {
  const { parts, ...rest } = report as typeof report & { parts?: unknown };
  const { threads, shard, ...same } = plan;
  return { plan: same, ...rest };
}

describe('shards of a matrix', () => {
  test('have each cell once, and every scenario each', () => {
    const cells = shards.flatMap((shard) =>
      shard.cells.map(({ mask, scenario }) => `${mask} ${scenario}`),
    );
    expect(cells).toHaveLength(1024);
    expect(new Set(cells).size).toBe(1024);
    for (const shard of shards) {
      expect(shard).toMatchObject({ complete: true, verdict: 'clean' });
      expect(new Set(shard.cells.map(({ scenario }) => scenario)).size).toBe(scenarios.length);
    }
  });

  test('are one answer together, that of one run: cell by cell, patch by patch', () => {
    const merged = mergeReports(shards);
    expect(merged.cells).toEqual(whole.cells);
    expect(merged.patches).toEqual(whole.patches);
    expect(answer(merged)).toEqual(answer(whole));
    expect(merged).toMatchObject({ complete: true, verdict: 'clean' });
  });

  test('in whichever order: ((1+2)+(3+4)) = (((4+3)+2)+1)', () => {
    const [a, b, c, d] = shards as [MatrixReport, MatrixReport, MatrixReport, MatrixReport];
    const left = mergeReports([mergeReports([a, b]), mergeReports([c, d])]);
    const right = mergeReports([mergeReports([mergeReports([d, c]), b]), a]);
    expect(JSON.stringify(left)).toBe(JSON.stringify(right));
  });

  test('are not the whole while one is missing', () => {
    const some = mergeReports(shards.slice(1));
    expect(some).toMatchObject({ complete: false, verdict: 'unfinished', cleanMasks: [] });
    expect(some.cells).toHaveLength(768);
  });

  test('may be more than there are cells', async () => {
    const few = { scenarios: ['create-find'], masks: [0, 255] };
    const all = await Promise.all(['1/3', '2/3', '3/3'].map((shard) => matrix({ ...few, shard })));
    expect(all.map(({ cells }) => cells.length)).toEqual([1, 1, 0]);
    expect(answer(mergeReports(all))).toEqual(answer(await matrix(few)));
  });

  test('that do not agree on a cell are refused', () => {
    const [one, two] = shards as [MatrixReport, MatrixReport];
    const [cell] = one.cells;
    if (!cell) throw new Error('no cell');
    const other = { ...cell, faults: ['deadlock' as const] };
    const changed = { ...two, cells: [...two.cells, other] };
    expect(() => mergeReports([one, changed], ['a.json', 'b.json'])).toThrow(
      `a.json and b.json do not agree on ${cell.scenario} under mask ${cell.mask}: ` +
        `${cell.faults.join(', ')} in the one, deadlock in the other`,
    );
  });
});

describe('a journal of a matrix', () => {
  const few = { scenarios: ['create-find', 'remove-open'], masks: [0, 1, 2, 254, 255] };

  test('gives the same answer, and again without exploring', async () => {
    const journal = path.join(folder, 'whole.ndjson');
    const one = await matrix({ ...few, journal });
    expect(answer(one)).toEqual(answer(await matrix(few)));
    const lines = fs.readFileSync(journal, 'utf8').trimEnd().split('\n');
    expect(lines).toHaveLength(6);
    let asked = 0;
    const again = await matrix({ ...few, journal, resume: true, onProgress: () => asked++ });
    expect(again).toEqual(one);
    expect(asked).toBe(0);
  });

  test('is gone on with, in a shard too', async () => {
    const journal = path.join(folder, 'half.ndjson');
    const options = { ...few, shard: '1/2', journal };
    const one = await matrix(options);
    const lines = fs.readFileSync(journal, 'utf8').trimEnd().split('\n');
    fs.writeFileSync(journal, `${lines.slice(0, 3).join('\n')}\n{"crc32":"01`);
    const again = await matrix({ ...options, resume: true });
    expect(answer(again)).toEqual(answer(one));
    const after = fs.readFileSync(journal, 'utf8').trimEnd().split('\n');
    expect(after).toHaveLength(lines.length);
    expect(after.slice(0, 3)).toEqual(lines.slice(0, 3));
  });

  test('of another matrix is refused', async () => {
    const journal = path.join(folder, 'other.ndjson');
    await matrix({ ...few, journal });
    await expect(matrix({ ...few, masks: [0], journal, resume: true })).rejects.toThrow(
      'the journal of another run: `masks` is `[0,1,2,254,255]` in the journal, `[0]` now',
    );
  });
});
