import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from '@jest/globals';
import { verify } from '../../../lib/index';
import { tables } from '../../../lib/tables/tables';
import { verifiedOf, verifiedText } from '../../../lib/tables/verified';

const { ALL, TARGET, render } = require(path.join(__dirname, '../../../scripts/verified.cjs')) as {
  ALL: string[];
  TARGET: string;
  render(report: object): string;
};

test('verified.gen.ts is what verify finds; if not: node scripts/verified.cjs --update', async () => {
  const report = await verify(ALL, { barriers: true, minimise: false });
  expect(render(report)).toBe(readFileSync(TARGET, 'utf8'));
});

test('every one whose source is here has a row, except the controls', () => {
  const counts = tables.refcounts.map((row) => ({ ...row, reference: false }));
  for (const { name, reference, control } of [...tables.locks, ...tables.rwlocks, ...counts]) {
    const { models, sizes } = verifiedOf(name);
    expect([name, models.length > 0, sizes.length > 0]).toEqual([
      name,
      !reference && !control,
      !reference && !control,
    ]);
  }
  expect(verifiedText('broken')).toBe('');
  expect(verifiedText('ticket')).toBe('sc, tso, rc11 at 2x1, 2x2, 3x1');
  expect(verifiedText('percpu')).toBe(
    'sc, tso, rc11 at 1+1x1, 2+0x1, 1+1x2, 1+2x1, 2+1x1 (writers + readers x rounds)',
  );
  expect(verifiedText('refcount_t')).toMatch(
    /^sc, tso, rc11 at 1x1x1, 1x2x1, 2x1x1, 1x1x2 \(users x rounds x objects\)/,
  );
  expect(verifiedText('mcs')).toBe(
    'sc, tso, rc11 at 2x1, 2x2, 3x1; 1 order stronger than needed there',
  );
});

test('a lock with a fault at a size is not verified there', () => {
  const row = { lock: 'mcs', memory: 'sc', verdict: 'clean', exhaustive: true, threads: 2 };
  const plan = { locks: ['mcs'], sizes: [1, 2].map((rounds) => ({ threads: 2, rounds })) };
  const rows = [
    { ...row, rounds: 1 },
    { ...row, rounds: 2, verdict: 'fault' },
  ];
  expect(render({ plan, rows, relaxed: [] })).toContain(
    "models: ['sc'], sizes: ['2x1'], spare: []",
  );
});
