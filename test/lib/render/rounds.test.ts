import { describe, expect, test } from '@jest/globals';
import { toHtml, toJunit, toMarkdown } from '../../../lib/render/render';
import { sectionOf } from '../../../lib/render/sections';
import { readDocument } from '../../../lib/reports/documents';
import { mergeReports } from '../../../lib/reports/merge';

/** A report of rounds, as its JSON has it. */
function rounds(seed: number, faults: object[] = []): string {
  return JSON.stringify({
    tool: 'dmtorture',
    version: '0.3.0',
    kind: 'stress',
    verdict: faults.length > 0 ? 'fault' : 'clean',
    complete: true,
    environment: { node: 'v20', os: 'Linux', arch: 'x64', cpus: 2 },
    durationMs: 1000,
    plan: { scenario: 'queue.c', files: ['queue.c'], seed, rounds: 100, sanitizer: null },
    subject: {
      kind: 'own',
      files: [{ name: 'queue.c', sha256: 'ab' }],
      threads: 2,
      compiler: 'clang 14.0.6',
      flags: ['-O0'],
    },
    rounds: 100,
    roundsPerSecond: 100,
    outcomes: [{ results: 'r1=1', count: 100, grade: 'interesting' }],
    faults,
  });
}

const place = { function: 'put', file: 'queue.c', line: 8 };
const crash = (atMs: number, count: number, more: object = {}): object => ({
  kind: 'crash',
  invariant: 'I13',
  preventedBy: [],
  count,
  ...place,
  first: {
    atMs,
    round: 3,
    seed: 9,
    site: 'put',
    message: 'SIGSEGV: an address',
    code: '',
    object: null,
    field: null,
    ...place,
  },
  ...more,
});

const read = (text: string): ReturnType<typeof readDocument> => readDocument(text, 'rounds.json');

describe('a report of own C on real threads', () => {
  test('is read, and has no operations', () => {
    const document = read(rounds(1));
    expect(document).toMatchObject({ kind: 'stress', rounds: 100 });
    expect(document).not.toHaveProperty('ops');
  });

  test('is a section: what was seen, and how strong the evidence is', async () => {
    const clean = await sectionOf(read(rounds(1)));
    expect(clean).toMatchObject({ title: 'stress queue.c, clang 14.0.6 -O0', findings: [] });
    expect(clean.evidence.join()).toContain('fewer than 0.03 of rounds like these fault');
    expect(clean.checks.every(({ skipped }) => skipped !== undefined)).toBe(true);
    const faulty = await sectionOf(read(rounds(1, [crash(5, 2)])));
    expect(faulty.findings).toMatchObject([
      { title: 'BUG: crash in put', where: 'queue.c:8, in put()', message: 'SIGSEGV: an address' },
    ]);
    expect(faulty.checks.filter(({ failed }) => failed).map(({ name }) => name)).toEqual(['crash']);
  });

  test('is a page, JUnit and Markdown', async () => {
    const document = read(rounds(1, [crash(5, 2)])) as never;
    expect(await toHtml([document])).toContain('SIGSEGV: an address');
    expect(await toJunit([document])).toContain('<failure');
    expect(await toMarkdown([document])).toContain('r1=1');
  });

  test('becomes one with another of other seeds', async () => {
    const ticket = { ticket: 'dmo1.x', titles: ['main()'], trace: [], explored: 'use-after-free' };
    const one = read(rounds(1, [crash(9, 2, ticket)]));
    const merged = await mergeReports([one, read(rounds(2, [crash(5, 1)]))] as never);
    expect(merged).toMatchObject({
      verdict: 'fault',
      rounds: 200,
      outcomes: [{ results: 'r1=1', count: 200, grade: 'interesting' }],
      faults: [{ kind: 'crash', count: 3, first: { atMs: 5 }, ...ticket }],
    });
    expect(merged).not.toHaveProperty('ops');
  });
});
