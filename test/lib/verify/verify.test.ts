import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { mergeReports, replay, toHtml, toJunit, toMarkdown, verify } from '../../../lib/index';
import { matchers } from '../../../lib/matchers/matchers';
import { tables } from '../../../lib/tables/tables';
import { makeVerifyPlan } from '../../../lib/verify/plan';

describe('the plan of a verification', () => {
  test('has every model and three sizes where nothing is said', () => {
    const { report, memories } = makeVerifyPlan('mcs');
    expect(report).toMatchObject({ locks: ['mcs'], memory: 'all', barriers: false, timeMs: 0 });
    expect(report.sizes.map(({ threads, rounds }) => `${threads}x${rounds}`)).toEqual([
      '2x1',
      '2x2',
      '3x1',
    ]);
    expect(memories).toEqual(['sc', 'tso', 'rc11']);
  });

  test('has every pair of threads and rounds', () => {
    const { report } = makeVerifyPlan('mcs', { threads: [2, 3], rounds: [1, 2] });
    const all = report.sizes.map(({ threads, rounds }) => `${threads}x${rounds}`);
    expect(all).toEqual(['2x1', '2x2', '3x1', '3x2']);
    expect(makeVerifyPlan('mcs', { threads: 4 }).report.sizes).toEqual([{ threads: 4, rounds: 1 }]);
    expect(makeVerifyPlan('mcs', { rounds: 3 }).report.sizes).toEqual([{ threads: 2, rounds: 3 }]);
  });

  test('`all` is every lock whose source is here, but the control', () => {
    const { locks } = makeVerifyPlan('all').report;
    const known = tables.locks.filter(({ reference, control }) => !reference && !control);
    expect(locks).toEqual(known.map(({ name }) => name));
  });

  test.each([
    [['mc'], {}, /Unknown name `mc`; did you mean `mcs`\? Locks: ttas/],
    [['pthread_mutex'], {}, /Expected `locks` to be a lock whose source is here/],
    [['lock.so'], {}, /`lock.so` is compiled already/],
    [[], {}, /Expected `locks` to be one at least, got `none`/],
    [['mcs'], { threads: 9 }, /Expected `threads` to be 2..8 \(threads\), got `9`/],
    [['mcs'], { threads: [1] }, /Expected `threads` to be 2..8 \(threads\), got `1`/],
    [['mcs'], { rounds: 17 }, /Expected `rounds` to be 1..16 \(rounds\), got `17`/],
    [['mcs'], { memory: 'c11' as never }, /Expected `memory` to be `sc`, `tso`, `rc11`, got `c11`/],
    [['mcs'], { barriers: true, memory: 'sc' as const }, /`barriers` are weakened under rc11/],
    [['mcs'], { cc: 'gcc' }, /`cc` is for files of your own/],
  ])('%j with %j is refused', (locks, options, message) => {
    expect(() => makeVerifyPlan(locks, options)).toThrow(message);
  });
});

describe('verify()', () => {
  test('exhausts a lock under each model, and says so with its sizes', async () => {
    const report = await verify('ticket');
    expect(report).toMatchObject({ kind: 'verify', verdict: 'clean', complete: true, limit: null });
    expect(report.rows).toHaveLength(9);
    for (const row of report.rows) {
      expect(row).toMatchObject({ lock: 'ticket', verdict: 'clean', exhaustive: true, sites: 4 });
    }
    expect(report.evidence).toMatch(
      /^exhaustive under sequential consistency, x86-TSO, RC11 without load buffering, at 2x1, 2x2, 3x1 \(threads x rounds\): 9 rows, [\d,]+ states$/,
    );
  });

  test('catches the control under every model, each with a ticket that replays', async () => {
    const report = await verify('broken', { threads: 2, rounds: 1 });
    expect(report.verdict).toBe('fault');
    expect(report.faults.map(({ memory }) => memory)).toEqual(['sc', 'tso', 'rc11']);
    for (const fault of report.faults) {
      const again = await replay(fault.ticket);
      expect(again).toMatchObject({
        reproduced: true,
        memory: fault.memory,
        subject: { kind: 'lock', lock: 'broken', threads: 2, rounds: 1 },
        fault: { kind: fault.kind },
      });
    }
  });

  test('a limit leaves a row unfinished', async () => {
    const report = await verify('mcs', { memory: 'rc11', states: 10, threads: 2, rounds: 2 });
    expect(report).toMatchObject({ verdict: 'unfinished', complete: false, limit: 'states' });
    expect(report.rows).toMatchObject([{ verdict: 'unfinished', exhaustive: false }]);
  });

  test('an order that is needed has a ticket whose diagram names what was weakened', async () => {
    const report = await verify('mcs', {
      memory: 'rc11',
      barriers: true,
      threads: 2,
      rounds: 1,
    });
    expect(report.verdict).toBe('clean');
    const needed = report.barriers.filter(({ verdict }) => verdict === 'needed');
    const spare = report.barriers.filter(({ verdict }) => verdict === 'not-needed');
    expect(needed.map(({ weaker }) => weaker)).toContain('release');
    expect(spare.length).toBeGreaterThan(0);
    for (const one of needed) {
      const again = await replay(String(one.ticket));
      expect(again.reproduced).toBe(true);
      const { orders } = again.subject as unknown as { orders: Record<string, string> };
      expect(orders).toEqual({ [one.site]: one.weaker });
    }
    for (const one of spare) expect(one).toMatchObject({ ticket: null, fault: null });
    expect(report.relaxed).toMatchObject([{ lock: 'mcs' }]);
    expect(Object.keys(report.relaxed[0]?.orders ?? {}).length).toBeGreaterThan(0);
  });

  test('a read that is not the newest is said, and the order that it lacks', async () => {
    const report = await verify('mcs', { memory: 'rc11', barriers: true, threads: 2, rounds: 1 });
    const hung = report.barriers.find(({ fault }) => (fault?.options ?? 0) > 0);
    const words = String(hung?.fault?.trace).replace(/[|\s]+/g, ' ');
    expect(words).toMatch(/although cpu\d wrote at step \d+|lands before cpu\d's of step \d+/);
    const lacks = hung?.fault?.trace.flatMap((step) => step.lacks ?? []);
    expect(lacks).toContainEqual(expect.objectContaining({ order: hung?.order }));
  });

  test('its report is a page, Markdown and JUnit', async () => {
    const report = await verify('ticket', { memory: 'rc11', barriers: true });
    const parsed = JSON.parse(JSON.stringify(report));
    const markdown = await toMarkdown([parsed]);
    expect(markdown).toContain('| ticket | rc11 | 2x1 |');
    expect(markdown).toContain('| needed |');
    const page = await toHtml([parsed]);
    expect(page).toContain('Which orders are needed');
    const junit = await toJunit([parsed]);
    expect(junit).toContain('ticket under rc11 at 3x1');
    // Nothing is left to chance in it, so a second one adds nothing.
    expect(() => mergeReports([parsed, parsed])).toThrow('it would count twice');
  });
});

const SEQ_CST = 'memory_order_seq_cst';
const TTAS = `#include <stdatomic.h>
typedef struct { atomic_int taken; } lock_t;
static void lock_init(lock_t *lock)
{
	atomic_init(&lock->taken, 0);
}
static void lock_acquire(lock_t *lock)
{
	do {
		while (atomic_load_explicit(&lock->taken, memory_order_relaxed)) ;
	} while (atomic_exchange_explicit(&lock->taken, 1, memory_order_acquire));
}
int lock_is_held(lock_t *lock);
int lock_is_held(lock_t *lock) { return atomic_load(&lock->taken); }

static void lock_release(lock_t *lock)
{
	atomic_store_explicit(&lock->taken, 0, memory_order_release);
}
`;

describe('a lock of the user’s', () => {
  let folder = '';
  const here = process.cwd();
  beforeAll(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'dmtorture-verify-'));
    process.chdir(folder);
    const lock = (order: string) =>
      '#include <stdatomic.h>\n' +
      'typedef struct { atomic_int taken; } lock_t;\n' +
      'static void lock_init(lock_t *l) { atomic_init(&l->taken, 0); }\n' +
      'static void lock_acquire(lock_t *l)\n{\n' +
      `\twhile (${order})\n\t\t;\n}\n` +
      'static void lock_release(lock_t *l)\n{\n' +
      '\tatomic_store_explicit(&l->taken, 0, memory_order_release);\n}\n';
    const swap = 'atomic_exchange_explicit(&l->taken, 1, memory_order_acquire)';
    fs.writeFileSync('good.c', lock(swap));
    fs.writeFileSync('bad.c', lock('0 && l'));
    fs.writeFileSync('other.c', 'int lock_t;\n');
    const weak = lock(swap).replace('memory_order_release', 'memory_order_relaxed');
    fs.writeFileSync('weak.c', weak);
    fs.copyFileSync(path.join(here, 'native/locks/mcs.c'), 'mine.c');
  });
  afterAll(() => {
    process.chdir(here);
    fs.rmSync(folder, { recursive: true });
  });
  const options = { memory: 'sc', threads: 2, rounds: 1 } as const;

  test('in plain C11 is verified', async () => {
    const report = await verify('good.c', options);
    expect(report).toMatchObject({ verdict: 'clean', plan: { locks: ['good.c'] } });
    expect(report.rows).toMatchObject([
      { lock: 'good.c', memory: 'sc', threads: 2, rounds: 1, verdict: 'clean', sites: null },
    ]);
  });

  test('beside one of the list: a model that it has no rows of is not said of it', async () => {
    const { evidence, rows } = await verify(['ticket', 'good.c'], { threads: 2, rounds: 1 });
    const has = rows.some(({ lock, memory }) => lock === 'good.c' && memory === 'tso');
    const models = `sequential consistency, x86-TSO${has ? '' : ' (ticket)'}, RC11 without load`;
    expect(evidence).toContain(`exhaustive under ${models}`);
  });

  test('that excludes nobody has a fault, whose ticket replays', async () => {
    const report = await verify('bad.c', options);
    expect(report.verdict).toBe('fault');
    expect(report.faults.map(({ kind }) => kind)).toContain('data-race');
    const again = await replay(report.faults[0]?.ticket ?? '');
    expect(again.reproduced).toBe(true);
  });

  test('written on atom.h is verified: a file of native/locks as it is', async () => {
    const report = await verify(['mine.c'], options);
    expect(report).toMatchObject({
      verdict: 'clean',
      rows: [{ lock: 'mine.c', exhaustive: true }],
    });
  });

  test('with an order too weak has a fault, and the search ends soon after it', async () => {
    const report = await verify('weak.c', { memory: 'rc11', threads: 2, rounds: 2 });
    expect(report).toMatchObject({ verdict: 'fault', limit: null, rows: [{ limit: null }] });
    expect(report.faults[0]).toMatchObject({ kind: 'data-race', memory: 'rc11' });
    expect(report.rows[0]?.executions).toBeLessThan(100_000);
  });

  test('is counted in executions, which `states` limits', async () => {
    const good = await verify('good.c', options);
    expect(good.evidence).toMatch(/: 1 row, \d+ executions$/);
    const report = await verify('good.c', { ...options, memory: 'rc11', states: 10 });
    expect(report).toMatchObject({ verdict: 'unfinished', limit: 'executions' });
    expect(report.rows[0]?.executions).toBeLessThan(20);
  });

  test('has a row for each size where it was stopped, and says how it goes', async () => {
    const stop = new AbortController();
    const seen: number[] = [];
    const report = await verify('good.c', {
      memory: 'rc11',
      threads: [4, 2],
      workers: 1,
      signal: stop.signal,
      onProgress({ states, all }) {
        seen.push(all);
        if (states > 0) stop.abort();
      },
    });
    expect(seen).toContain(2);
    expect(report).toMatchObject({
      verdict: 'unfinished',
      limit: 'stopped',
      rows: [{ limit: 'stopped' }, { threads: 2, executions: 0, limit: 'stopped' }],
    });
  });

  test('is exhausted at the default sizes, with the sites that it came to', async () => {
    fs.writeFileSync('ttas.c', TTAS);
    const report = await verify('ttas.c', { memory: 'rc11' });
    expect(report).toMatchObject({ verdict: 'clean', limit: null, faults: [] });
    const seen = report.rows.map(({ exhaustive, sitesReached, sites }) => [
      exhaustive,
      sitesReached,
      sites,
    ]);
    // The one that is not reached is that of a function which nobody calls.
    expect(seen).toEqual(Array(3).fill([true, 3, 4]));
  });

  test('has each of its orders weakened: needed with a ticket that replays, or not', async () => {
    fs.writeFileSync('strong.c', TTAS.replaceAll(/memory_order_(relaxed|acquire)/g, SEQ_CST));
    const report = await verify('strong.c', { memory: 'rc11', barriers: true, workers: 2 });
    const seen = report.barriers.map(({ line, order, weaker, verdict, fault }) => [
      `${line}: ${order} -> ${weaker}`,
      verdict,
      fault?.kind ?? null,
    ]);
    expect(seen).toEqual([
      ['10: seq_cst -> acquire', 'not-needed', null],
      ['11: seq_cst -> acq_rel', 'not-needed', null],
      ['18: release -> relaxed', 'needed', 'data-race'],
    ]);
    const sites = report.barriers.map(({ site }) => site);
    expect(report.relaxed).toEqual([
      { lock: 'strong.c', orders: { [sites[0] ?? '']: 'relaxed', [sites[1] ?? '']: 'acquire' } },
    ]);
    const needed = report.barriers.filter(({ verdict }) => verdict === 'needed');
    for (const { ticket } of needed) {
      const again = await replay(ticket ?? '');
      expect([again.reproduced, again.fault?.kind]).toEqual([true, 'data-race']);
    }
    const same = await verify('strong.c', { memory: 'rc11', barriers: true, workers: 1 });
    expect(same.barriers.map(({ verdict }) => verdict)).toEqual(seen.map(([, verdict]) => verdict));
  }, 120_000);

  test('is verified under x86-TSO, where a lock that excludes nobody has a fault', async () => {
    const { verdict, rows } = await verify('good.c', { ...options, memory: 'tso' });
    expect(verdict).toBe('clean');
    expect(rows).toMatchObject([{ lock: 'good.c', memory: 'tso', verdict: 'clean' }]);
    expect((await verify('bad.c', { ...options, memory: 'tso' })).verdict).toBe('fault');
  });

  test('has no release sequences of C11', async () => {
    await expect(verify('good.c', { c11Sequences: true })).rejects.toThrow(
      '`c11Sequences` is for what `dmtorture list` has, and `good.c` is a file',
    );
  });

  test('has tickets without the path of the package where that is in the project', async () => {
    const { root } = path.parse(here);
    process.chdir(root);
    try {
      const file = path.relative(root, path.join(folder, 'bad.c'));
      const { faults } = await verify(file, options);
      const bytes = Buffer.from((faults[0]?.ticket ?? '').slice('dmo1.'.length), 'base64url');
      const inside = path.relative(root, path.join(here, 'include', 'dmtorture'));
      expect(bytes.includes(`-I${inside}`)).toBe(true);
      expect(bytes.includes(`-I${root}`)).toBe(false);
    } finally {
      process.chdir(folder);
    }
  });

  test('that defines too little is refused with what is missing', async () => {
    await expect(verify('other.c', options)).rejects.toThrow('`other.c` has no `lock_init`');
    await expect(verify('nowhere.c', options)).rejects.toThrow('`nowhere.c` cannot be read');
  });

  test('toBeVerified() passes, and fails with the diagram', async () => {
    const good = await matchers.toBeVerified.call({}, 'good.c', options);
    expect(good.pass).toBe(true);
    const bad = await matchers.toBeVerified.call({}, 'bad.c', options);
    expect(bad.pass).toBe(false);
    expect(bad.message()).toContain("expect('bad.c').toBeVerified(");
    expect(bad.message()).toContain('dmtorture replay dmo1.');
  });
});
