import { expect, test } from '@jest/globals';
import { bench } from '../../../lib/bench/bench';
import { makeBenchPlan } from '../../../lib/bench/plan';
import { makeBenchReport } from '../../../lib/bench/report';
import { tables } from '../../../lib/tables/tables';
import { verifiedText } from '../../../lib/tables/verified';

const SHORT = { windows: 2, windowUs: 300, time: 0, validateMs: 2 } as const;
const schemes = tables.refcounts.filter(({ control }) => !control);

test('every scheme is tried, and has a row with what it costs', async () => {
  const report = await bench('refcount', { ...SHORT, threads: 2, objects: [1, 8] }).result;
  expect(report).toMatchObject({ verdict: 'clean', plan: { objects: [1, 8] } });
  const tried = report.validated.map(({ lock, control, excludes }) => [lock, control !== excludes]);
  expect(tried).toEqual(tables.refcounts.map(({ name }) => [name, true]));
  for (const objects of [1, 8]) {
    const rows = report.rows.filter((row) => row.objects === objects);
    expect(rows.every(({ shared }) => shared)).toBe(true);
    for (const { name, mayWait, bytesObject, bytesThread, bytesBoth } of schemes) {
      const row = rows.find(({ variant }) => variant === name);
      const bytes = { bytesObject, bytesThread: bytesThread + objects * bytesBoth };
      expect(row).toMatchObject({ mayWait, ...bytes, verified: verifiedText(name) });
      expect(row?.lastPutNs).toBeGreaterThan(0);
    }
    const core = rows.find(({ variant }) => variant === 'dm_get, dm_put');
    expect(core).toMatchObject({ mayWait: true, lastPutNs: null });
    expect(core).not.toHaveProperty('verified');
  }
});

test('without objects: one count for all, and one each; without validation none is tried', async () => {
  const report = await bench('refcount', { ...SHORT, threads: 3, validateMs: 0 }).result;
  expect(report.validated).toEqual([]);
  const kinds = new Set(report.rows.map(({ shared, objects }) => `${shared} ${objects}`));
  expect([...kinds].sort()).toEqual(['false 3', 'true 1']);
});

test('a scheme that frees too early makes the report a fault, in words', () => {
  const plan = makeBenchPlan('refcount', SHORT);
  const tried = { lock: 'hazard', control: false, excludes: false, acquired: 9, lost: 1 } as const;
  const report = makeBenchReport(plan, {
    rows: [],
    validated: [{ ...tried, intruders: 2 }],
    refused: [],
    complete: true,
    limited: false,
    cellsLeftOut: 0,
    machine: { noisy: false } as Parameters<typeof makeBenchReport>[1]['machine'],
    durationMs: 1,
  });
  expect(report.verdict).toBe('fault');
  expect(report.warnings).toEqual([
    'hazard frees too early, or not once: 2 uses of what was free, 1 objects freed twice or never',
  ]);
});

test('objects are 1..1024, and of refcount alone', () => {
  expect(() => makeBenchPlan('refcount', { objects: 1025 })).toThrow(
    'Expected `objects` to be 1..1024 (objects), got `1025`',
  );
  expect(() => makeBenchPlan('locks', { objects: 1 })).toThrow(
    '`objects` is for refcount, and not for `locks`',
  );
});

test('the table says what is verified, and of what the paper is', () => {
  for (const { name, source, year, says, get, last } of schemes) {
    expect(verifiedText(name)).toMatch(/^sc, tso, rc11 at 1x1x1, .*\(users x rounds x objects\)/);
    expect([source, year > 1990, says !== '', get !== '', last !== '']).toEqual([
      expect.stringMatching(/./),
      true,
      true,
      true,
      true,
    ]);
  }
  expect(verifiedText('broken_refcount')).toBe('');
});
