import fs from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { type DmTortureError, oops, replay, toMarkdown } from '../../../../lib/index';
import { checkDocument } from '../../../../lib/reports/documents';
import { mergeReports } from '../../../../lib/reports/merge';
import { findOopsHost } from '../../../../lib/stress/oops/host';
import { runOops } from '../../../../lib/stress/oops/oops';
import { makeOopsPlan, type OopsOptions } from '../../../../lib/stress/oops/plan';
import type { OopsReport } from '../../../../lib/stress/oops/report';
import { plant } from './planted';

type Death = OopsReport['death'];

const TOUCHES = ['freed', 'bug', 'wild', 'freed-twice'];
const ABORTS = ['bug', 'freed-twice'];
const GONE = [
  'use-after-free',
  'refcount-resurrect',
  'open-of-freeing',
  'put-on-freeing',
  'double-free',
];

interface Dies {
  patch: string;
  scenario: string;
  /** What it may die of within ten seconds: whatever comes first. */
  by: string[];
  kinds: string[];
  /** What a process may show before, and live. */
  survives?: string[];
}

const DEATHS: Dies[] = [
  { patch: '02', scenario: 'create-find', by: ['wild'], kinds: ['use-uninitialized'] },
  { patch: '04', scenario: 'remove-get', by: TOUCHES, kinds: GONE },
  { patch: '05', scenario: 'remove-open', by: TOUCHES, kinds: [...GONE, 'pool-outstanding'] },
  { patch: '06', scenario: 'remove-get', by: TOUCHES, kinds: GONE },
  {
    ...{ patch: '07', scenario: 'get-unload', by: ['unloaded'] },
    kinds: ['module-unloaded-in-use'],
    // The module is gone before the put, which finds that and gives nothing back.
    survives: ['reference-leak'],
  },
];

/** A death in freed memory, which a test of the kernel's own may forestall. */
async function freedDeath(scenario: string, patches: string): Promise<NonNullable<Death>> {
  for (let seed = 1; seed < 20; seed += 1) {
    const { death } = await oops(scenario, { patches, seed });
    if (death?.by === 'freed') return death;
  }
  throw new Error('nothing died in freed memory');
}

const planted: string[] = [];

function plantedHost(...mistake: Parameters<typeof plant>): string {
  const host = plant(...mistake);
  planted.push(host);
  return host;
}

afterAll(() => {
  for (const host of planted) fs.rmSync(path.dirname(host), { recursive: true });
});

const rejection = (promise: Promise<unknown>): Promise<DmTortureError> =>
  promise.then(
    () => Promise.reject(new Error('it did not reject')),
    (error: unknown) => error as DmTortureError,
  );

describe('real memory', () => {
  test.each(DEATHS)(
    'without $patch it dies in $scenario, and the model has that fault',
    async ({ patch, scenario, by, kinds, survives = [] }) => {
      const report = await oops(scenario, { patches: `all,-${patch}`, time: '10s', seed: 5 });
      const { death, faults, verdict, complete, survived } = report;
      expect([verdict, complete]).toEqual(['fault', true]);
      expect(survived.filter(({ kind }) => !survives.includes(kind))).toEqual([]);
      expect(by).toContain(death?.by);
      expect(death?.signal).toBe(ABORTS.includes(death?.by ?? '') ? 'SIGABRT' : 'SIGSEGV');
      expect(death?.atMs).toBeLessThan(10_000);
      expect(death?.trace.length).toBeGreaterThan(0);
      expect(death?.trace.every(({ function: name }) => /^[a-z_]+$/.test(name))).toBe(true);
      const [fault] = faults;
      expect(kinds).toContain(fault?.kind);
      expect(fault?.preventedBy).toContain(patch);
      const again = await replay(fault?.ticket ?? '');
      expect([again.reproduced, again.fault?.kind]).toEqual([true, fault?.kind]);
    },
  );

  test('a touch of freed memory says what it was of, and which thread freed it', async () => {
    const death = await freedDeath('remove-get', 'all,-06');
    expect(death.freed).toMatchObject({ object: 'md', cpu: 1, function: 'free_dev' });
    const callers = death.freed?.trace.map(({ function: name }) => name);
    expect(callers).toEqual(expect.arrayContaining(['free_dev', 'dm_put_last', 'remove_device']));
    expect(death).toMatchObject({ cpu: 2, object: 'md', file: expect.stringMatching(/\.[ch]$/) });
    expect(death.says).toMatch(/freed memory.* bytes into a freed md\)$/);
  });

  test("a BUG() of the kernel's own is an abort", async () => {
    const { death, faults } = await oops('hold-busy', { patches: 'today,-R13', seed: 1 });
    expect(death).toMatchObject({ by: 'bug', signal: 'SIGABRT', freed: null, pointer: null });
    expect(death?.code).toMatch(/BUG_ON/);
    expect(faults[0]).toMatchObject({ kind: 'get-on-freeing', samePlace: true });
  });

  test('an error that is taken for a pointer leads nowhere', async () => {
    const { death } = await oops('disk-error', { patches: '6.9' });
    expect(death).toMatchObject({ by: 'wild', pointer: 'f'.repeat(16), object: 'disk' });
    expect(death?.says).toMatch(/000000000000000f/);
  });

  test('with all patches it lives, and says that this proves nothing', async () => {
    for (const scenario of ['remove-open', 'remove-get', 'get-unload', 'create-find'] as const) {
      const report = await oops(scenario, { time: '1500ms' });
      expect(report).toMatchObject({ verdict: 'clean', complete: true, death: null, faults: [] });
      expect(report.rounds).toBeGreaterThan(100);
      expect(await toMarkdown(report)).toMatch(/did not die within .*, which proves nothing/);
    }
  });

  test('what is a fault of the model alone is counted, and kills nobody', async () => {
    const report = await oops('create-find', { patches: 'all,-03', time: '300ms' });
    expect(report).toMatchObject({ verdict: 'fault', death: null });
    expect(report.survived.map(({ kind }) => kind)).toEqual(['sleep-in-atomic']);
    expect(await toMarkdown(report)).toMatch(/no machine dies of: sleep-in-atomic/);
    expect(await toMarkdown(report)).not.toMatch(/a machine hangs/);
  });

  test('a deadlock kills nobody, and the report says that a machine hangs there', async () => {
    // The removal waits for itself, whatever the other thread does.
    const report = await oops('own-queue', { patches: '3.13', time: '300ms' });
    expect(report).toMatchObject({ verdict: 'fault', death: null });
    expect(report.survived.map(({ kind }) => kind)).toEqual(['deadlock']);
    expect(await toMarkdown(report)).toMatch(
      /dies of: deadlock .*\. In a deadlock a machine hangs/,
    );
  });
});

describe('the host', () => {
  const run = (file: string, scenario: string, options: OopsOptions) =>
    runOops(makeOopsPlan(scenario, options), file);

  test('nobody dies of freed memory that stays within reach: the free has to take it away', async () => {
    const host = plantedHost(
      'native/core/ledger/real/pages.c',
      'object_bytes(class), PROT_NONE);',
      'object_bytes(class), PROT_READ | PROT_WRITE);',
    );
    const report = await run(host, 'remove-get', { patches: 'all,-06', time: '2s', seed: 5 });
    // A test of the kernel's own may still notice.
    expect([...ABORTS, undefined]).toContain(report.death?.by);
  }, 120_000);

  test('a second free is an abort that says which thread freed it first', async () => {
    const free = 'ledger_free(t, dm->slab, CLASS_POOL, pool, site);';
    const host = plantedHost('native/core/dm/dm_end.c', free, `${free}${free}`);
    const { death } = await run(host, 'remove-get', { time: '10s' });
    expect(death).toMatchObject({ by: 'freed-twice', signal: 'SIGABRT' });
    expect(death?.freed).toMatchObject({ object: 'pool', function: 'destroy_pool' });
  }, 120_000);

  test('it is stopped by a signal, with the rounds up to then', async () => {
    const controller = new AbortController();
    const onProgress = (): void => controller.abort();
    const { signal } = controller;
    const report = await oops('remove-open', { time: 0, signal, onProgress });
    expect(report).toMatchObject({ verdict: 'unfinished', complete: false, death: null });
  });

  test('elsewhere than on Linux there is none, and the message says so', () => {
    expect(() => findOopsHost('darwin')).toThrow(/needs Linux.*this is darwin/);
  });

  test('what is not a plan is refused by name', async () => {
    expect(await rejection(oops('remove-opne'))).toMatchObject({ option: 'scenario' });
    expect(await rejection(oops('remove-open', { time: 'soon' }))).toMatchObject({
      option: 'time',
    });
    expect(await rejection(oops('remove-open', { patches: '99' as 'all' }))).toMatchObject({
      option: 'patches',
    });
    const perturb = 'much' as 'none';
    expect(await rejection(oops('remove-open', { perturb }))).toMatchObject({ option: 'perturb' });
    expect((await rejection(oops('remove-open', { rounds: 1 } as OopsOptions))).message).toMatch(
      /Unknown option `rounds`/,
    );
  });
});

describe('its report', () => {
  test('merges: the run that died soonest, and the rounds of all', async () => {
    const died = await oops('remove-open', { patches: 'all,-05', seed: 1 });
    const other = { ...died, plan: { ...died.plan, seed: 2 }, death: null, faults: [], rounds: 7 };
    const merged = mergeReports([other, died]);
    expect(merged).toMatchObject({ verdict: 'fault', rounds: died.rounds + 7 });
    expect(merged.death?.atMs).toBe(died.death?.atMs);
    expect(merged.parts).toHaveLength(2);
  });

  test('is checked when it is read', async () => {
    const report = await oops('remove-open', { patches: 'all,-05', seed: 1 });
    const text = JSON.stringify(report);
    expect(checkDocument(JSON.parse(text), 'r.json')).toMatchObject({ kind: 'oops' });
    const spoiled = { ...report, death: { ...report.death, trace: 'none' } };
    expect(() => checkDocument(spoiled, 'r.json')).toThrow('death.trace');
  });
});
