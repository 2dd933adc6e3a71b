import { describe, expect, test } from '@jest/globals';
import {
  mergeReports,
  replay,
  tables,
  toHtml,
  toJunit,
  toMarkdown,
  type VerifyReport,
  verify,
} from '../../../lib/index';
import { matchers } from '../../../lib/matchers/matchers';
import { sizeName } from '../../../lib/tables/subjects';
import { makeVerifyPlan } from '../../../lib/verify/plan';

const sizesOf = ({ rows }: VerifyReport, lock: string): string[] => [
  ...new Set(rows.filter((row) => row.lock === lock).map(sizeName)),
];

describe('the plan of a verification of several kinds', () => {
  test('has the sizes that the tables claim, and none of a kind that is not there', () => {
    const { report } = makeVerifyPlan(['hazard', 'qrwlock']);
    expect(report.locks).toEqual(['qrwlock', 'hazard']);
    expect(report.sizes).toEqual([]);
    expect(report.rwlockSizes.map(sizeName)).toEqual(['1+1x1', '2+0x1', '1+1x2', '1+2x1', '2+1x1']);
    expect(report.refcountSizes.map(sizeName)).toEqual(['1x1x1', '1x2x1', '2x1x1', '1x1x2']);
  });

  test('has every combination of what is asked for', () => {
    const sizes = { writers: [1, 2], readers: 2, users: 2, objects: [1, 2], threads: 2, rounds: 2 };
    const { report } = makeVerifyPlan(['mcs', 'qrwlock', 'hazard'], sizes);
    expect(report.sizes).toEqual([{ threads: 2, rounds: 2 }]);
    expect(report.rwlockSizes).toEqual([
      { threads: 3, rounds: 2, writers: 1, readers: 2 },
      { threads: 4, rounds: 2, writers: 2, readers: 2 },
    ]);
    expect(report.refcountSizes).toEqual([
      { threads: 3, rounds: 2, users: 2, objects: 1 },
      { threads: 3, rounds: 2, users: 2, objects: 2 },
    ]);
  });

  test('`rwlocks` and `refcounts` are every one but the control, and `all` has none of them', () => {
    const of = (words: string[]): string[] => makeVerifyPlan(words).report.locks;
    expect(of(['rwlocks'])).toEqual(['qrwlock', 'percpu', 'bravo', 'seqlock']);
    expect(of(['refcounts', 'broken_refcount'])).toEqual(tables.refcounts.map(({ name }) => name));
    expect(of(['refcounts', 'rwlocks', 'all'])).toEqual([
      ...of(['all']),
      ...of(['rwlocks']),
      ...of(['refcounts']),
    ]);
    expect(of(['all'])).not.toContain('qrwlock');
  });

  test.each([
    [['qrwlok'], {}, /did you mean `qrwlock`\?/],
    [
      ['zzz'],
      {},
      /^Unknown name `zzz`\. Locks: ttas, .*; reader-writer locks: qrwlock, .*; reference counts: refcount_t,/,
    ],
    [['pthread_rwlock'], {}, /Expected `locks` to be a reader-writer lock whose source is here/],
    [['qrwlock'], { writers: 0 }, /Expected `writers` to be 1..8 \(writers\), got `0`/],
    [['qrwlock'], { readers: 8 }, /Expected `readers` to be 0..7 \(readers\), got `8`/],
    [['qrwlock'], { writers: 4, readers: 5 }, /writers \+ readers are 2..8, got `4 \+ 5`/],
    [['qrwlock'], { writers: 1, readers: 0 }, /writers \+ readers are 2..8, got `1 \+ 0`/],
    [['hazard'], { users: 8 }, /Expected `users` to be 1..7 \(users\), got `8`/],
    [['hazard'], { objects: 5 }, /Expected `objects` to be 1..4 \(objects\), got `5`/],
    [['qrwlock'], { threads: 2 }, /`threads` is for locks, and none is named: the size of reader-/],
    [['hazard'], { readers: 2 }, /`readers` is for reader-writer locks, and none is named/],
    [['mcs'], { objects: 1 }, /`objects` is for reference counts, and none is named/],
  ])('%j with %j is refused', (locks, options, message) => {
    expect(() => makeVerifyPlan(locks, options)).toThrow(message);
  });
});

describe('verify() of reader-writer locks', () => {
  test('exhausts one at its sizes, and says that readers share it', async () => {
    const report = await verify('qrwlock');
    expect(report).toMatchObject({ verdict: 'clean', complete: true, faults: [] });
    expect(report.rows).toHaveLength(15);
    expect(sizesOf(report, 'qrwlock')).toEqual(['1+1x1', '2+0x1', '1+1x2', '1+2x1', '2+1x1']);
    expect(report.evidence).toMatch(
      /\(writers \+ readers x rounds\): 15 rows, .*; readers share qrwlock$/,
    );
    for (const row of report.rows) {
      expect(row).toMatchObject({ subject: 'rwlock', exhaustive: true, sites: 14 });
      expect(row.readersShare).toBe(row.readers === 2 ? true : undefined);
    }
  });

  test('catches the control under every model, each with a ticket that replays', async () => {
    const report = await verify('broken_rwlock', { writers: 1, readers: 1 });
    expect(report.faults.map(({ memory, kind }) => [memory, kind])).toEqual([
      ['sc', 'check-failed'],
      ['tso', 'check-failed'],
      ['rc11', 'data-race'],
    ]);
    for (const fault of report.faults) {
      expect(fault.titles).toEqual([
        'broken_rwlock, a writer, 1 round',
        'broken_rwlock, a reader, 1 round',
      ]);
      const again = await replay(fault.ticket);
      expect(again).toMatchObject({
        reproduced: true,
        subject: { kind: 'rwlock', lock: 'broken_rwlock', threads: 2, writers: 1, readers: 1 },
        fault: { kind: fault.kind },
      });
    }
    const [first] = report.faults;
    expect(first?.means).toBe('the reader-writer lock does not keep what it promises');
    expect(first?.message).toMatch(/^whole writes: /);
  });

  test('orders of headers are weakened, too, and tickets name what was', async () => {
    const options = { memory: 'rc11', barriers: true, writers: 1, readers: 2 } as const;
    const report = await verify('qrwlock', options);
    const needed = report.barriers.filter(({ verdict }) => verdict === 'needed');
    expect(needed.map(({ site }) => site)).toContain('qrw_read_unlock: add(&l->word, -QRW_READER)');
    expect(report.barriers.some(({ file }) => String(file).endsWith('line_up.h'))).toBe(true);
    for (const { site, weaker, ticket } of needed) {
      const again = await replay(String(ticket));
      expect(again).toMatchObject({ reproduced: true, subject: { orders: { [site]: weaker } } });
    }
    expect(report.relaxed).toMatchObject([{ lock: 'qrwlock' }]);
  });

  test('fences of a seqlock are sites, and both are needed', async () => {
    const options = { memory: 'rc11', barriers: true, writers: 1, readers: 1, rounds: 2 } as const;
    const { barriers } = await verify('seqlock', options);
    const fences = barriers.filter(({ site }) => site.endsWith('fence'));
    expect(fences.map(({ order, verdict }) => [order, verdict])).toEqual([
      ['acquire', 'needed'],
      ['release', 'needed'],
    ]);
  });
});

describe('verify() of reference counts', () => {
  test('exhausts them at their sizes', async () => {
    const report = await verify(['refcount_t', 'biased'], { memory: 'rc11' });
    expect(report).toMatchObject({ verdict: 'clean', complete: true });
    expect(sizesOf(report, 'biased')).toEqual(['1x1x1', '1x2x1', '2x1x1', '1x1x2']);
    expect(report.evidence).toMatch(/\(users x rounds x objects\): 8 rows/);
    for (const row of report.rows)
      expect(row).toMatchObject({ subject: 'refcount', threads: row.users === 2 ? 3 : 2 });
  });

  test('catches the control: a use after the end, with a ticket that replays', async () => {
    const report = await verify('broken_refcount', { users: 1 });
    expect(report.faults.map(({ kind, means }) => [kind, means])).toEqual([
      ['use-after-free', 'an object is used after it was freed'],
      ['use-after-free', 'an object is used after it was freed'],
      ['data-race', expect.any(String)],
    ]);
    for (const fault of report.faults) {
      const again = await replay(fault.ticket);
      expect(again).toMatchObject({
        reproduced: true,
        plan: { scenario: 'broken_refcount', users: 1, objects: 1 },
        subject: { kind: 'refcount', users: 1, rounds: 1, objects: 1 },
        fault: { kind: fault.kind, means: fault.means },
      });
      expect(String(again.trace)).toMatch(/broken_refcount, ends 1 object/);
    }
  });

  test('a time limit is of all kinds together, and leaves rows unfinished', async () => {
    const report = await verify(['all', 'rwlocks', 'refcounts'], { time: 1 });
    expect(report).toMatchObject({ verdict: 'unfinished', limit: 'time' });
    expect(report.rows.at(-1)).toMatchObject({ lock: 'rcu', verdict: 'unfinished', limit: 'time' });
  });

  test('stopped in the middle, the rows of kinds that were not come to are unfinished', async () => {
    const controller = new AbortController();
    const report = await verify(['mcs_park', 'qrwlock', 'hazard'], {
      threads: 4,
      rounds: 2,
      writers: 1,
      readers: 2,
      users: 1,
      signal: controller.signal,
      onProgress: () => controller.abort(),
    });
    expect(report).toMatchObject({ complete: false, limit: 'stopped' });
    const last = report.rows.filter(({ subject }) => subject !== 'lock');
    expect(last.map(({ lock, verdict, limit }) => [lock, verdict, limit])).toEqual([
      ...Array(3).fill(['qrwlock', 'unfinished', 'stopped']),
      ...Array(3).fill(['hazard', 'unfinished', 'stopped']),
    ]);
    expect(last[0]).toMatchObject({ writers: 1, readers: 2, readersShare: null });
  });
});

describe('a report of several kinds', () => {
  test('is a page, Markdown and JUnit, and says what a size is of each', async () => {
    const sizes = { threads: 2, writers: 1, readers: 1, users: 1 };
    const report = await verify(['ticket', 'qrwlock', 'hazard'], { memory: 'rc11', ...sizes });
    const parsed = JSON.parse(JSON.stringify(report));
    const markdown = await toMarkdown([parsed]);
    for (const row of ['ticket | rc11 | 2x1', 'qrwlock | rc11 | 1+1x1', 'hazard | rc11 | 1x1x1']) {
      expect(markdown).toContain(`| ${row} |`);
    }
    expect(markdown).toContain(
      'A size is of locks threads x rounds, of reader-writer locks writers + readers x rounds, ' +
        'of reference counts users x rounds x objects.',
    );
    expect(await toHtml([parsed])).toContain('1 lock, 1 reader-writer lock, 1 reference count');
    const junit = await toJunit([parsed]);
    expect(junit).toContain('qrwlock under rc11 at 1+1x1');
    expect(junit).toContain('hazard under rc11 at 1x1x1');
  });

  test('of a fault names it in JUnit at its size', async () => {
    const report = await verify('broken_rwlock', { memory: 'sc' });
    const junit = await toJunit([JSON.parse(JSON.stringify(report))]);
    expect(junit).toMatch(/broken_rwlock under sc at 1\+1x2"[^>]*>\s*<failure/);
  });

  test('from before there were other kinds is still read', async () => {
    const { plan, rows, ...rest } = await verify('ticket', { memory: 'sc' });
    const { rwlockSizes, refcountSizes, ...before } = plan;
    expect([rwlockSizes, refcountSizes]).toEqual([[], []]);
    const old = { ...rest, plan: before, rows: rows.map(({ subject, ...row }) => row) };
    const markdown = await toMarkdown([JSON.parse(JSON.stringify(old))]);
    expect(markdown).toContain('| ticket | sc | 2x1 |');
    expect(() => mergeReports([JSON.parse(JSON.stringify(old))])).not.toThrow();
  });
});

test('toBeVerified() takes every kind', async () => {
  const verified = matchers.toBeVerified.bind({ isNot: false } as never);
  expect(await verified('percpu', { memory: 'rc11' })).toMatchObject({ pass: true });
  const { pass, message } = await verified('broken_refcount', { memory: 'rc11', users: 1 });
  expect(pass).toBe(false);
  expect(message()).toMatch(/broken_refcount, ends 1 object/);
});
