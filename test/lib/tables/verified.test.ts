import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from '@jest/globals';
import { verify } from '../../../lib/index';
import { tables } from '../../../lib/tables/tables';
import { verifiedOf, verifiedText } from '../../../lib/tables/verified';

const { TARGET, render } = require(path.join(__dirname, '../../../scripts/verified.cjs')) as {
  TARGET: string;
  render(report: object): string;
};

test('verified.gen.ts is what verify finds; if not: node scripts/verified.cjs --update', async () => {
  const report = await verify('all', { barriers: true, minimise: false });
  expect(render(report)).toBe(readFileSync(TARGET, 'utf8'));
}, 60_000);

test('every lock whose source is here has a row, except the control', () => {
  for (const { name, reference, control } of tables.locks) {
    const { models, sizes } = verifiedOf(name);
    expect([name, models.length > 0, sizes.length > 0]).toEqual([
      name,
      !reference && !control,
      !reference && !control,
    ]);
  }
  expect(verifiedText('broken')).toBe('');
  expect(verifiedText('ticket')).toBe('sc, tso, rc11 at 2x1, 2x2, 3x1');
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
