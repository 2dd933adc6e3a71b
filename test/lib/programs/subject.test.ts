import { describe, expect, test } from '@jest/globals';
import {
  explore,
  exploreAll,
  mergeReports,
  patches,
  replay,
  stress,
  toHtml,
  toMarkdown,
} from '../../../lib/index';
import { aboutText, subjectOf } from '../../../lib/programs/subject';
import { checkDocument } from '../../../lib/reports/documents';

const PROGRAM =
  'before: create 0 ; cpu1: remove 0 ; cpu2: open 0, io 0, close 0 ; after: remove-all';
const subject = (given: string, program: string | null): object => ({
  kind: 'dm',
  program,
  patches: patches.parse(given).toJSON(),
});
const asJson = <Value>(value: Value): Value => JSON.parse(JSON.stringify(value));

describe('a report says what it is about', () => {
  test('explore, its parts and merges, and replay', async () => {
    const report = asJson(await explore('remove-open', { patches: 'all,-05' }));
    expect(report.subject).toEqual(subject('all,-05', PROGRAM));
    const again = asJson(await replay(report.faults[0]?.ticket ?? ''));
    expect(again.subject).toEqual(report.subject);
    const halves = await Promise.all(
      (['1/2', '2/2'] as const).map((shard) =>
        explore('remove-open', { strategy: 'dpor', patches: 'all,-05', shard, allFaults: true }),
      ),
    );
    expect(asJson(mergeReports(halves)).subject).toEqual(report.subject);
    const sliced = await explore('remove-open', { strategy: 'dpor', slices: 2 });
    expect(asJson(sliced).subject).toEqual(subject('all', PROGRAM));
  });

  test('of every scenario, and of a storm, there is no program', async () => {
    const sweep = asJson(await exploreAll({ strategy: 'random', executions: 1 }));
    expect(sweep.subject).toEqual(subject('all', null));
    expect(sweep.scenarios[0]?.subject).toMatchObject({ kind: 'dm', program: expect.any(String) });
    const storm = asJson(await stress({ ops: 100, threads: 2, patches: 'all,-07' }).result);
    expect(storm.subject).toEqual(subject('all,-07', null));
    const rounds = await stress({ scenario: 'remove-open', rounds: 4, slices: 2 }).result;
    expect(asJson(rounds).subject).toEqual(subject('all', PROGRAM));
  });
});

describe('a document', () => {
  test('of 0.1 has it in the plan', async () => {
    const { subject: _, ...old } = asJson(await explore('remove-open', { patches: 'all,-05' }));
    const document = checkDocument(old, 'old.json');
    expect(aboutText('remove-open', subjectOf(document as never))).toBe(
      'remove-open, patches all,-05',
    );
    expect(await toMarkdown([document])).toContain('remove-open, patches all,-05');
  });

  test('of another kind of subject is rendered without a word of patches and operations', async () => {
    const report = asJson(await explore('remove-open', { patches: 'all,-05' }));
    const own = { kind: 'own', files: [{ name: 'queue.c', sha256: 'ab' }], threads: 2 };
    const faults = report.faults.map((fault) => ({
      ...fault,
      preventedBy: [],
      titles: ['producer', 'consumer'],
    }));
    const plan = { ...report.plan, scenario: 'queue.c', program: '' };
    const document = { ...report, plan, scenario: 'queue.c', subject: own, faults };
    const markdown = await toMarkdown([checkDocument(document, 'own.json')]);
    expect(markdown).toMatch(/explore queue\.c\s/);
    expect(markdown).toMatch(/step \| cpu1: producer +\| cpu2: consumer/);
    expect(markdown).not.toContain('patches all');
    const page = await toHtml([checkDocument(document, 'own.json')]);
    expect(page).toContain('cpu2: consumer');
    expect(page).toContain('explore queue.c');
  });
});
