import { beforeAll, describe, expect, test } from '@jest/globals';
import pc from 'picocolors';
import { safeParse } from 'valibot';
import { runHistory } from '../../../lib/cli/history/run';
import type { Terminal } from '../../../lib/cli/terminal/terminal';
import {
  explore,
  type HistoryMatrix,
  history,
  patches,
  type Race,
  tables,
} from '../../../lib/index';
import { findScenario } from '../../../lib/programs/scenarios';
import { toHtml } from '../../../lib/render/html';
import { toJunit } from '../../../lib/render/junit';
import { toMarkdown } from '../../../lib/render/markdown';
import type { ReportDocument } from '../../../lib/reports/documents';
import {
  disagreementText,
  effectRows,
  scenarioRows,
  variantText,
} from '../../../lib/reports/history-matrix-tables';
import { type HistoryDocument, schemas } from '../../../lib/reports/schemas';

/** Few, so that a matrix takes a second. */
const FEW = ['remove-find', 'open-count', 'event-names', 'own-queue'] as const;

/** Some of them, which say what is not so. */
const planted = [
  { ...findScenario('event-names'), name: 'event-names', expects: {} },
  {
    ...findScenario('remove-find'),
    name: 'remove-find',
    expects: { ...findScenario('remove-find')?.expects, 'use-after-free': 'R9' },
  },
] as Race[];

const read = (report: object): HistoryDocument =>
  JSON.parse(JSON.stringify(report)) as HistoryDocument;

/** A terminal that nobody sees; what is printed is noted. */
function terminalInto(notes: string[]): Terminal {
  const colors = pc.createColors(false);
  return {
    out: colors,
    err: colors,
    width: () => 100,
    progressWidth: () => 80,
    live: false,
    closed: new AbortController().signal,
    print: (text) => notes.push(text),
    tell: () => undefined,
    annotate: () => undefined,
    see: () => undefined,
    settle: async () => undefined,
  };
}

describe('the matrix of the history', () => {
  let matrix: HistoryMatrix;
  let document: HistoryDocument;
  const seen: number[] = [];
  let all = 0;

  beforeAll(async () => {
    const report = await history({
      matrix: 'rows',
      scenarios: FEW,
      onProgress: (progress) => {
        seen.push(progress.done);
        all = progress.all;
      },
    });
    if (!report.matrix) throw new Error('no matrix');
    matrix = report.matrix;
    document = read(report);
  }, 120_000);

  test('has each named set, kernels first, and each of their rows left out or put in', () => {
    const names = matrix.variants.filter(({ change }) => change === 'none').map(({ set }) => set);
    const kernels = tables.sets.filter(({ kernel }) => kernel).map(({ name }) => name);
    expect(names.slice(0, kernels.length)).toEqual(kernels);
    expect([...names].sort()).toEqual(tables.sets.map(({ name }) => name).sort());
    for (const { name, rows } of tables.sets) {
      const changes = matrix.variants.filter(({ set, row }) => set === name && row !== null);
      const expected = tables.patches.flatMap(({ no, kind }) => {
        if (kind === 'past') return rows.includes(no) ? [] : [`in ${no}`];
        return rows.includes(no) ? [`out ${no}`] : [];
      });
      expect(changes.map(({ change, row }) => `${change} ${row}`).sort()).toEqual(expected.sort());
    }
    const masks = matrix.variants.map((one) => patches.parse(variantText(one)).canonical().mask);
    expect(matrix.variants.map(({ mask }) => mask)).toEqual(masks);
  });

  test('every cell is explored to its end, and none disagrees', () => {
    const programs = new Set(matrix.variants.map(({ mask }) => mask)).size;
    expect(matrix.cells).toHaveLength(programs * matrix.scenarios.length);
    expect(matrix.cells.every(({ exhaustive }) => exhaustive)).toBe(true);
    expect(matrix).toMatchObject({ limit: null, disagreements: [] });
    expect(document).toMatchObject({ verdict: 'clean', complete: true });
    expect(document.evidence).toContain(
      `each of ${matrix.cells.length.toLocaleString('en-US')} cells`,
    );
    expect([seen.at(-1), all]).toEqual([matrix.cells.length, matrix.cells.length]);
  });

  test.each([
    ['2.6.18', null],
    ['2.6.32', 'R3'],
    ['3.0', 'R10'],
    ['3.13', null],
    ['today', 'P4'],
    ['all', null],
  ] as const)('cells of %s with %s changed are what explore() finds', async (set, row) => {
    const variant = matrix.variants.find((one) => one.set === set && one.row === row);
    if (!variant) throw new Error('no variant');
    for (const scenario of matrix.scenarios) {
      const cell = matrix.cells.find(
        (one) => one.mask === variant.mask && one.scenario === scenario,
      );
      const found = await explore(scenario, { patches: variantText(variant), allFaults: true });
      const kinds = found.faults.map(({ kind }) => kind).sort();
      expect([scenario, [...(cell?.faults ?? ['no cell'])].sort()]).toEqual([scenario, kinds]);
    }
  });

  test('scenarios: a letter a set, and each kind with its kernels', () => {
    const rows = new Map(
      document.matrix && scenarioRows(document.matrix).map((row) => [row[0], row]),
    );
    expect(rows.get('event-names')).toEqual([
      'event-names',
      '......#................. ....',
      'lock-misuse 2.6.32',
    ]);
    expect(rows.get('open-count')?.[2]).toContain('check-failed 2.6.9 to 2.6.17, none, series');
  });

  test('rows: which faults come while it is out or in, and in how many sets', () => {
    const rows = document.matrix ? effectRows(document.matrix) : [];
    const of = (no: string): string[][] => rows.filter(([name]) => name?.startsWith(`${no} `));
    expect(of('P4')).toEqual([
      ['P4 event-names', '27 of 27', 'in', 'lock-misuse', '27', 'event-names'],
    ]);
    expect(of('R16q')).toEqual([
      ['R16q own-queue', '14 of 14', 'out', 'deadlock', '14', 'own-queue'],
    ]);
    expect(of('R22')).toEqual([['R22 timer-stop', '0 of 6', '-', 'none', '0', '-']]);
    // 03 out ends every create: what the creates would have come to is not said to come with 03.
    expect(of('03').map(([, , when, kind]) => `${when} ${kind}`)).toEqual(['out sleep-in-atomic']);
  });

  test('is a document that `report` reads; page, Markdown and JUnit have it', async () => {
    expect(safeParse(schemas.history, document)).toMatchObject({ success: true });
    const page = await toHtml([document as ReportDocument]);
    expect(page).toContain('Every kernel × every scenario');
    expect(page).toContain('What each row takes away and brings');
    expect(page.match(/class="dot"/g)?.length).toBeGreaterThan(20);
    expect(await toMarkdown([document as ReportDocument])).toContain('which kernel had which race');
    expect(await toJunit([document as ReportDocument])).toContain(
      'own-queue is as its formulas say',
    );
  });

  test('stopped on its way it is unfinished, and says what it looked at', async () => {
    const controller = new AbortController();
    const onProgress = ({ done }: { done: number }): void => {
      if (done > 0) controller.abort();
    };
    const part = await history({
      matrix: 'rows',
      scenarios: FEW,
      signal: controller.signal,
      onProgress,
    });
    expect(part).toMatchObject({ verdict: 'unfinished', complete: false });
    expect(part.matrix?.limit).toBe('stopped');
    expect(part.matrix?.cells.length).toBeLessThan(matrix.cells.length);
    expect(part.evidence).toMatch(/\d of [\d,]+ cells exhausted/);
    const page = await toHtml([read(part) as ReportDocument]);
    expect(page).toContain('none was seen, and not all was looked at');
  });

  test('is of all bugs: refused beside a row or a pattern; an unknown scope is refused', async () => {
    const code = (name: string): Error =>
      expect.objectContaining({ code: name, option: 'matrix' }) as unknown as Error;
    const both = { row: 'R9', matrix: 'sets' } as const;
    await expect(history(both)).rejects.toEqual(code('ERR_INCOMPATIBLE_OPTIONS'));
    const pattern = { pattern: 'the-end', matrix: 'rows' } as const;
    await expect(history(pattern)).rejects.toEqual(code('ERR_INCOMPATIBLE_OPTIONS'));
    const alone = history({ scenarios: FEW });
    await expect(alone).rejects.toMatchObject({ option: 'scenarios' });
    await expect(history({ matrix: 'row' as 'rows' })).rejects.toEqual(code('ERR_OUT_OF_RANGE'));
    await expect(history({ matrix: true as never })).rejects.toEqual(code('ERR_INVALID_ARG_TYPE'));
  });
});

describe('a cell that is not what its formula says', () => {
  const notes: string[] = [];
  let code = -1;
  let document: HistoryDocument;

  beforeAll(async () => {
    const report = await history({ matrix: 'sets', scenarios: planted });
    document = read(report);
    const mode = {
      format: 'text' as const,
      quiet: true,
      byYear: false,
      html: undefined,
      scenarios: planted,
    };
    code = await runHistory(undefined, undefined, { ...mode, matrix: true }, terminalInto(notes));
  }, 120_000);

  test('is a disagreement: of a fault without a formula, and of a formula without a fault', () => {
    const texts = document.matrix?.disagreements.map(disagreementText);
    expect(texts).toContain(
      'event-names, patches 2.6.32: lock-misuse can be reached; its formula says that it cannot',
    );
    expect(texts).toContain(
      'remove-find, patches 2.6.36: use-after-free cannot be reached; its formula says that it can',
    );
    expect(document.verdict).toBe('fault');
    expect(document.evidence).toMatch(/\d disagreements with the formulas/);
  });

  test('is an error of the command, which names it also where it is quiet', () => {
    expect(code).toBe(1);
    const text = notes.join('').replace(/\n +/g, ' ');
    expect(text).toContain('cells not as the formulas say:');
    expect(text).toContain('event-names, patches 2.6.9,P4: lock-misuse can be reached');
    expect(text).toContain('NOT AS EXPECTED');
  });

  test('fails on the page, in Markdown and in JUnit', async () => {
    const page = await toHtml([document as ReportDocument]);
    expect(page).toContain('not as the formulas say');
    expect(page).toContain('NOT AS THE FORMULAS SAY: lock-misuse');
    expect(page).toContain('class="wrong"');
    expect(await toMarkdown([document as ReportDocument])).toContain(
      'event-names, patches 2.6.32: lock-misuse can be reached',
    );
    const junit = await toJunit([document as ReportDocument]);
    expect(junit).toMatch(/<testcase[^>]*event-names is as its formulas say[^>]*>\s*<failure/);
  });
});
