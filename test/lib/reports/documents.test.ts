import { describe, expect, test } from '@jest/globals';
import { DmTortureError } from '../../../lib/base/errors';
import { checkDocument, type ReportDocument, readDocument } from '../../../lib/reports/documents';
import {
  benchDocument,
  demoDocument,
  exploreDocument,
  historyDocument,
  matrixDocument,
  replayDocument,
  SUITES,
  stressDocument,
} from '../documents';

function refusal(text: string): DmTortureError {
  try {
    readDocument(text, 'r.json');
  } catch (error) {
    if (error instanceof DmTortureError) return error;
    throw error;
  }
  throw new Error('it was accepted');
}

/** A document with one member, at a path, in the place of what was there. */
function spoiled(document: object, path: readonly (string | number)[], value: unknown): string {
  const copy = JSON.parse(JSON.stringify(document));
  const last = path.at(-1) ?? '';
  const owner = path.slice(0, -1).reduce((part, key) => part[key], copy);
  owner[last] = value;
  return JSON.stringify(copy);
}

test('what takes no race was called `context` in 0.1, and is read as `always`', async () => {
  const explored = await exploreDocument('create-find', 'all,-03');
  expect(explored.faults.map(({ how }) => how)).toContain('always');
  const old = JSON.stringify(explored).replaceAll('"how":"always"', '"how":"context"');
  expect(old).not.toContain('"always"');
  expect(readDocument(old, 'r.json')).toEqual(explored);
});

describe('what the commands print is accepted', () => {
  test.each([
    ['explore', exploreDocument],
    ['replay', replayDocument],
    ['stress', stressDocument],
    ['matrix', matrixDocument],
    ['demo', demoDocument],
    ['history', historyDocument],
  ] as [string, () => Promise<ReportDocument>][])('%s', async (kind, make) => {
    expect((await make()).kind).toBe(kind);
  });

  test.each(SUITES)('bench %s', (suite) => {
    const { rows } = benchDocument(suite);
    expect(rows.length).toBeGreaterThan(1);
  });

  test('what it does not know of a document stays in it', async () => {
    const text = spoiled(await exploreDocument(), ['addedLater'], { by: 'somebody' });
    expect(readDocument(text, 'r.json')).toMatchObject({ addedLater: { by: 'somebody' } });
  });

  test('the last report among the events of --ndjson', async () => {
    const report = await exploreDocument();
    const lines = [
      { event: 'start', plan: report.plan },
      { event: 'report', ...report },
    ];
    const text = `${lines.map((line) => JSON.stringify(line)).join('\n')}\n`;
    expect(readDocument(text, 'r.ndjson')).toMatchObject({ kind: 'explore', verdict: 'fault' });
  });

  test('dmtorture-bench knows no Node: its head is filled in', () => {
    const { rows } = benchDocument('refcount');
    const machine = { cpus: 6, noisy: true };
    const report = { tool: 'dmtorture-bench', kind: 'bench', suite: 'refcount', rows, machine };
    expect(readDocument(JSON.stringify({ ...report, complete: false }), 'r.json')).toMatchObject({
      verdict: 'unfinished',
      environment: { cpus: 6 },
      plan: { suite: 'refcount' },
    });
  });
});

describe('what is none is refused with the file and a sentence', () => {
  test.each([
    ['', 'r.json: the file is empty; its run may not have ended'],
    ['{"tool": "dmtort', /^r\.json: not JSON: /],
    ['[]', 'r.json: a report is an object with `tool` and `kind`, and this is an array'],
    ['null', 'r.json: a report is an object with `tool` and `kind`, and this is `null`'],
    [
      '{"kind": "stress"}',
      'r.json: this is not a report of dmtorture; --json of a command writes one. Expected `tool` to be `dmtorture`, got `undefined`',
    ],
    [
      '{"tool": "dmtorture", "version": "9.9.9", "kind": "dream"}',
      /`kind`.*`dream` \(of dmtorture 9/,
    ],
    ['{"event":"start"}\n{"event":"progress"}', /^r\.json: not JSON/],
  ])('%j', (text, message) => {
    const error = refusal(text);
    expect(error.code).toBe('ERR_BAD_REPORT');
    expect(error.message).toEqual(
      typeof message === 'string' ? message : expect.stringMatching(message),
    );
  });

  test.each([
    [['faults', 0, 'ticket'], 5, 'Expected `faults[0].ticket` to be a text, got `5`'],
    [
      ['faults', 0, 'trace', 2, 'cpu'],
      'two',
      'Expected `faults[0].trace[2].cpu` to be a number, got `two`',
    ],
    [['verdict'], 'fine', 'Expected `verdict` to be ("clean" | "fault" | "unfinished")'],
    [['outcomes'], undefined, '`outcomes` is missing'],
    [['executions'], -1, 'Expected `executions` to be >=0, got `-1`'],
  ])('explore with %j = %j', async (path, value, message) => {
    const text = spoiled(await exploreDocument(), path, value);
    expect(refusal(text).message).toContain(`r.json: ${message}`);
  });

  test('rows of a benchmark are checked as what they say they are', () => {
    const text = spoiled(benchDocument('locks'), ['rows', 3, 'jain'], 'fair');
    expect(refusal(text).message).toContain('`rows[3].jain` to be a number, got `fair`');
  });

  test('a value that is not a text has a name', () => {
    expect(() => checkDocument('report', 'r')).toThrow('this is `report`');
  });
});
