import { describe, expect, test } from '@jest/globals';
import { toHtml, toJunit, toMarkdown } from '../../../lib/index';
import { toAnnotations } from '../../../lib/render/github';
import { sectionOf } from '../../../lib/render/sections';
import { asDocument, exploreDocument, matrixDocument, stressDocument } from '../documents';
import { elements, parseXml, wrongInJunit } from '../junit';

const LIMITS = [
  {
    threshold: 'create.p99<5us',
    value: 9000,
    held: false,
    says: 'threshold missed: it is 9000 ns',
  },
  { threshold: 'opsPerSecond>1', value: 5, held: true },
];

const failed = (xml: string): (string | undefined)[] =>
  elements(parseXml(xml), 'testcase')
    .filter(({ children }) => children.some(({ name }) => name === 'failure'))
    .map(({ attributes }) => attributes.name);

describe('limits of --threshold', () => {
  const missed = async () =>
    asDocument<'stress'>({ ...(await stressDocument()), thresholds: LIMITS });

  test('each is a check, and the missed one fails with its sentence', async () => {
    const xml = await toJunit(await missed());
    expect(wrongInJunit(parseXml(xml))).toEqual([]);
    expect(failed(xml)).toEqual(['create.p99<5us']);
    expect(xml).toContain('name="opsPerSecond&gt;1"');
  });

  test('they stand below the evidence, in annotations, and in the summary', async () => {
    const report = await missed();
    expect(await toHtml(report)).toContain('<code>create.p99&lt;5us</code> threshold missed');
    expect(await toMarkdown(report)).toContain('- ❌ threshold missed: it is 9000 ns');
    expect(await toMarkdown(report)).toContain('- ✅ `opsPerSecond>1`');
    const lines = await toAnnotations([report]);
    expect(lines.map((line) => line.split(' ')[0])).toEqual(['::error', '::notice']);
  });
});

describe('faults of --expect', () => {
  const expecting = async (kinds: string[], missing: string[]) =>
    asDocument<'explore'>({ ...(await exploreDocument()), expected: { kinds, missing } });

  test('one that was expected does not count as a failure', async () => {
    const report = await expecting(['use-uninitialized'], []);
    expect(await sectionOf(report)).toMatchObject({ verdict: 'clean', word: 'as expected' });
    expect(failed(await toJunit(report))).toEqual([]);
    expect((await toAnnotations([report]))[0]).toMatch(/^::notice title=as expected/);
  });

  test('one that was not seen is', async () => {
    const report = await expecting(['use-uninitialized', 'deadlock'], ['deadlock']);
    const { verdict, says } = await sectionOf(report);
    expect(verdict).toBe('fault');
    expect(says).toBe('Expected use-uninitialized, deadlock, and did not see deadlock.');
    expect(failed(await toJunit(report))).toEqual(['deadlock']);
  });
});

describe('parts of a whole', () => {
  test('a shard says that it is one', async () => {
    const report = await matrixDocument();
    Object.assign(report.plan, { shard: { index: 2, count: 4 } });
    const half = report.cells.filter((_, i) => i % 2 === 0);
    const { title, says, evidence } = await sectionOf({ ...report, cells: half });
    expect(title).toMatch(/, shard 2\/4$/);
    expect(says).toContain('only the whole matrix says');
    expect(evidence.join()).toContain('one part of 4');
  });

  test('the runs that a report was merged of are listed', async () => {
    const report = await stressDocument();
    const { environment, durationMs, verdict, complete } = report;
    const part = { seed: 3, environment, durationMs, verdict, complete };
    const parts = [1, 2].map((index) => ({ ...part, shard: { index, count: 2 } }));
    const page = await toHtml(asDocument({ ...report, parts }));
    expect(page).toContain('merged of 2 runs');
    expect(page).toMatch(/<td>1\/2<\/td>.*<td>2\/2<\/td>/);
  });
});
