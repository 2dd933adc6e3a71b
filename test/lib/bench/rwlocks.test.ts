import { describe, expect, test } from '@jest/globals';
import { makeBenchPlan } from '../../../lib/bench/plan';
import { type BenchOptions, bench, tables } from '../../../lib/index';
import { figuresOf } from '../../../lib/reports/comparison/figures';
import { readDocument } from '../../../lib/reports/documents';
import { verifiedText } from '../../../lib/tables/verified';

const SHORT: BenchOptions = { windows: 6, windowUs: 500, validateMs: 10, time: 0, seed: 1 };

const named = tables.rwlocks.filter(({ control }) => !control).map(({ name }) => name);

describe('reader-writer locks', () => {
  test('every lock excludes before it is measured, and the control is caught', async () => {
    const report = await bench('rwlocks', { ...SHORT, threads: 1, readers: 90, locks: 'all' })
      .result;
    expect(report).toMatchObject({ suite: 'rwlocks', verdict: 'clean', complete: true });
    expect(report.rows.map(({ lock }) => lock)).toEqual(named);
    for (const { lock, control, excludes, lost, intruders } of report.validated) {
      expect([lock, excludes]).toEqual([lock, !control]);
      expect(lost + intruders > 0).toBe(control);
    }
    expect(report.validated.map(({ lock }) => lock).sort()).toEqual(
      [...named, 'broken_rwlock'].sort(),
    );
  });

  test('the share of readers is an axis', async () => {
    const options = { ...SHORT, threads: 2, holdNs: 50, readers: [0, 50, 100] };
    const report = await bench('rwlocks', { ...options, locks: ['seqlock', 'pthread_rwlock'] })
      .result;
    expect(report.plan.cells).toEqual(
      [0, 50, 100].map((readPercent) => ({ threads: 2, holdNs: 50, outsideNs: 0, readPercent })),
    );
    expect(report.rows.map(({ lock, readPercent }) => `${lock} ${readPercent}`)).toEqual([
      'seqlock 0',
      'pthread_rwlock 0',
      'seqlock 50',
      'pthread_rwlock 50',
      'seqlock 100',
      'pthread_rwlock 100',
    ]);
    for (const row of report.rows) {
      expect(row.windows).toContain(row.ci95?.[0]);
      expect([row.n, row.acquired.length]).toEqual([6, 2]);
      expect(row.readWaitNs.max > 0).toBe(row.readPercent > 0);
      expect(row.writeWaitNs.max > 0).toBe(row.readPercent < 100);
      expect(row.vsRwlock).toBeGreaterThan(0);
      if (row.lock === 'pthread_rwlock') expect([row.vsRwlock, row.rereads]).toEqual([1, 0]);
      if (row.readPercent === 100) expect(row.rereads).toBe(0);
    }
    const read = readDocument(JSON.stringify(report), 'bench');
    if (read.kind !== 'bench') throw new Error('a bench report is read as one');
    expect(figuresOf(read).map(({ name, reference }) => `${name} / ${reference}`)).toEqual(
      [0, 50, 100].map(
        (share) =>
          `seqlock, 2 threads, ${share} % readers, 50 ns held, 0 ns outside / pthread_rwlock`,
      ),
    );
  });

  test('without options the cells are those of the table', () => {
    const cellsOf = (options: BenchOptions) => makeBenchPlan('rwlocks', options).report.cells;
    expect(cellsOf({})).toEqual(tables.benchRwCells);
    const share = { readPercent: 75 };
    expect(cellsOf({ readers: 75 })).toEqual([
      { threads: 1, holdNs: 0, outsideNs: 0, ...share },
      { threads: 2, holdNs: 100, outsideNs: 200, ...share },
      { threads: 8, holdNs: 100, outsideNs: 200, ...share },
    ]);
    expect(cellsOf({ threads: 3 })).toHaveLength(4);
  });

  test('what is not verified is not said to be', () => {
    expect(named.filter((name) => verifiedText(name) === '')).toEqual(['pthread_rwlock']);
    expect(verifiedText('bravo')).toMatch(/^sc, tso, rc11 at 1\+1x1, /);
    expect(verifiedText('broken_rwlock')).toBe('');
  });

  test.each([
    [{ readers: 101 }, 'Expected `readers` to be 0..100 (percent), got `101`'],
    [{ locks: ['nobody'] }, 'Expected `locks` to be qrwlock, percpu,'],
    [{ stallMs: 5 }, '`stallMs` is for locks, and not for `rwlocks`'],
  ])('%j is refused', (options, message) => {
    expect(() => bench('rwlocks', options as BenchOptions)).toThrow(message);
  });

  test('readers are for reader-writer locks alone', () => {
    expect(() => bench('locks', { readers: 50 })).toThrow(
      '`readers` is for rwlocks, and not for `locks`',
    );
  });
});

test.each([
  ['rwlocks', 'mcs', '`mcs` is a lock, not a reader-writer lock: `bench locks` measures it'],
  ['rwlocks', './my_lock.c', '`./my_lock.c` is a lock, not a reader-writer lock: `bench locks`'],
  [
    'rwlocks',
    'hazard',
    '`hazard` is a reference count, not a reader-writer lock: `bench refcount`',
  ],
  [
    'locks',
    'qrwlock',
    '`qrwlock` is a reader-writer lock, not a lock: `bench rwlocks` measures it',
  ],
  ['minors', 'rcu', '`rcu` is a reference count, not a lock: `bench refcount` measures it'],
] as const)('%s of what another suite measures, %s, names that suite', (suite, name, message) => {
  expect(() => makeBenchPlan(suite, { locks: [name as never] })).toThrow(message);
});
