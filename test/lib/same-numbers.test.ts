import { beforeAll, describe, expect, test } from '@jest/globals';
import { judge, parseThreshold } from '../../lib/cli/gate/threshold';
import { matrixTables } from '../../lib/cli/matrix/text';
import { type MatrixReport, matrix, mergeReports, stress } from '../../lib/index';
import { toHtml } from '../../lib/render/html';
import { toMarkdown } from '../../lib/render/markdown';
import {
  checkDocument,
  type ReportDocument,
  type StressDocument,
} from '../../lib/reports/documents';
import { patchRows } from '../../lib/reports/matrix-tables';

const asDocument = (report: object): ReportDocument =>
  checkDocument(JSON.parse(JSON.stringify(report)), 'report');

const plainTerminal = {
  width: () => Number.POSITIVE_INFINITY,
  out: new Proxy({}, { get: () => (text: string) => text }),
} as never;

describe('what each patch fixes and breaks', () => {
  let report: MatrixReport;
  let document: ReportDocument;

  beforeAll(async () => {
    report = await matrix({ scenarios: ['create-find', 'remove-open'] });
    document = asDocument(report);
  });

  test('has the same numbers in JSON, terminal, Markdown and page', async () => {
    const rows = patchRows(report);
    const numbers = report.patches.map(({ fixes, breaks }) =>
      [...fixes, ...breaks].map(({ contexts }) => contexts).sort((a, b) => a - b),
    );
    const said = rows.map(([, , ...texts], i) =>
      texts
        .flatMap((text) => [...text.matchAll(/[a-z] (\d+|always)/g)])
        .map(([, n]) => (n === 'always' ? (report.patches[i]?.of ?? 0) : Number(n)))
        .sort((a, b) => a - b),
    );
    expect(said).toEqual(numbers);
    expect(numbers.flat().length).toBeGreaterThan(5);
    const markdown = await toMarkdown([document]);
    // On a phone each cell has the head of its column.
    const page = (await toHtml([document])).replaceAll(/ data-head="[^"]*"/g, '');
    const [, terminal = ''] = matrixTables(report, plainTerminal);
    for (const [patch, contexts, fixes, breaks] of rows) {
      expect(markdown).toContain(`| ${patch} | ${contexts} | ${fixes} | ${breaks} |`);
      expect(page).toContain(`${patch}</th><td>${contexts}</td><td>${fixes}</td><td>${breaks}`);
      const line = terminal.split('\n').find((one) => one.startsWith(String(patch))) ?? '';
      expect(line.split(/ {2,}/)).toEqual([patch, contexts, fixes, breaks]);
    }
  });
});

describe('latencies', () => {
  const run = (perturb: 'none' | 'delay', seed = 1) =>
    stress({ perturb, seed, threads: 2, ops: 20_000, duration: 0 }).result;

  test.each([
    ['delay', 'under injected delays (--perturb delay)'],
    ['none', 'without injected delays'],
  ] as const)('of a run with perturb %s say so wherever they stand', async (perturb, under) => {
    const report = await run(perturb);
    expect(report.latencyUnder).toBe(under);
    const document = asDocument(report);
    expect(await toMarkdown([document])).toContain(`Latencies were measured ${under}.`);
    // Below the table, and in the plot with its caption.
    const times = (await toHtml([document])).split(`Latencies were measured ${under}.`).length - 1;
    expect(times).toBe(3);
    const missed = judge(parseThreshold('create.p99<0.1ns'), report);
    expect(missed).toMatchObject({ held: false, under });
    expect(missed.says).toContain(under);
    expect(judge(parseThreshold('create.p99<1h'.replace('h', 'e9s')), report)).toMatchObject({
      held: true,
      under,
    });
  });

  test('end in the exact maximum, alone and merged', async () => {
    const [one, two] = [await run('none', 1), await run('none', 2)];
    const maxOf = ({ ops }: { ops: object }): number[] =>
      Object.values(ops as StressDocument['ops']).map(({ latencyNs }) => latencyNs?.max ?? 0);
    // The end of a bucket has three digits; a measured time has as many as it has.
    expect(maxOf(one).filter((max) => max > 1000 && max % 10 !== 0).length).toBeGreaterThan(0);
    for (const { latencyNs } of Object.values(one.ops)) {
      expect(latencyNs?.p999).toBeLessThanOrEqual(latencyNs?.max ?? 0);
    }
    const merged = mergeReports([asDocument(one), asDocument(two)], ['1', '2']) as StressDocument;
    for (const [op, { latencyNs }] of Object.entries(merged.ops)) {
      const both = [one, two].map(({ ops }) => ops[op as 'create']?.latencyNs?.max ?? 0);
      expect(latencyNs?.max).toBe(Math.max(...both));
    }
    expect(merged.latencyUnder).toBe('without injected delays');
  });
});
