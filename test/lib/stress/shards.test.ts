import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { mergeReports } from '../../../lib/reports/merge';
import { unitSeed } from '../../../lib/run/shard';
import { makePlan, type StressOptions } from '../../../lib/stress/plan';
import type { StressReport } from '../../../lib/stress/report';
import { stress } from '../../../lib/stress/stress';
import { unitInput } from '../../../lib/stress/units';
import { tables } from '../../../lib/tables/tables';

const run = (options: StressOptions): Promise<StressReport> => stress(options).result;
const race = { scenario: 'remove-open', patches: 'all,-05' } as const;
const opsOf = ({ ops }: StressReport): number =>
  Object.values(ops).reduce((sum, { count }) => sum + count, 0);

let folder: string;
beforeAll(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'dmtorture-slices-'));
});
afterAll(() => fs.rmSync(folder, { recursive: true }));

describe('shards of stress', () => {
  test('four of them come to the whole: its rounds, its plan, one seed each', async () => {
    const shards: StressReport[] = [];
    for (const shard of ['1/4', '2/4', '3/4', '4/4']) {
      shards.push(await run({ ...race, rounds: 4002, shard, seed: 9 }));
    }
    expect(shards.map(({ rounds }) => rounds)).toEqual([1001, 1001, 1000, 1000]);
    const whole = await run({ ...race, rounds: 4002, seed: 9 });
    const merged = mergeReports(shards);
    expect(merged).toMatchObject({ complete: true, verdict: 'fault', rounds: whole.rounds });
    expect(merged.plan).toEqual(whole.plan);
    expect(merged.parts?.map(({ shard }) => shard?.index)).toEqual([1, 2, 3, 4]);
    expect(merged.ops.remove?.count).toBe(whole.ops.remove?.count);
    expect(mergeReports(shards.slice(1))).toMatchObject({ complete: false });
    const [one] = shards;
    expect(() => mergeReports([whole, one as StressReport])).toThrow(
      'of differently split runs: `shard`: the whole in the one, shard 1/4 in the other',
    );
  });

  test('each unit has a seed of its own, the first that of the run', () => {
    const seeds = ['1/3', '2/3', '3/3'].flatMap((shard) => {
      const plan = makePlan({ ...race, rounds: 60, shard, slices: 4, seed: 5 });
      return plan.units.own.map((unit) => unitSeed(plan.report.seed, unit));
    });
    expect(seeds.sort((a, b) => a - b)).toEqual(Array.from({ length: 12 }, (_, i) => 5 + i));
    const last = makePlan({ ...race, seed: Number.MAX_SAFE_INTEGER, slices: 3 });
    expect(last.units.own.map((unit) => unitSeed(last.report.seed, unit))).toEqual([
      Number.MAX_SAFE_INTEGER,
      0,
      1,
    ]);
  });

  test('limits by count are of the whole, limits in time of each shard', () => {
    const inputs = ['1/2', '2/2'].map((shard) => {
      const plan = makePlan({ ops: 101, duration: 900, shard, slices: 3, seed: 1 });
      return plan.units.own.map((unit) => unitInput(plan, unit, 0).numbers);
    });
    const at = (name: string): number => tables.params.findIndex((row) => row.name === name);
    const ops = inputs.flat().map((numbers) => numbers[at('ops')] ?? 0);
    expect(ops.sort((a, b) => a - b)).toEqual([16, 17, 17, 17, 17, 17]);
    for (const shard of inputs) {
      expect(shard.map((numbers) => numbers[at('durationMs')])).toEqual([300, 300, 300]);
    }
  });

  test('agree on a seed that nobody gave', () => {
    const seeds = ['1/2', '2/2'].map((shard) => makePlan({ shard }).report.seed);
    expect(seeds).toEqual([1, 1]);
  });

  test.each([
    [{ ...race, rounds: 3, shard: '1/4' }, 'Expected `rounds` to be 4 at least'],
    [{ ops: 7, shard: '1/4', slices: 2 }, 'Expected `ops` to be 8 at least'],
    [{ duration: 1, slices: 2 }, 'Expected `duration` to be 2 at least'],
    [{ duration: 0, journal: 'x' }, 'A journal and slices are of a run that ends'],
    [{ duration: 0, slices: 2 }, 'A journal and slices are of a run that ends'],
    [{ shard: '5/4' }, 'Expected `shard` to be i/n with 1 <= i <= n <= 4096, got `5/4`'],
  ])('%j is refused', (options, message) => {
    expect(() => stress(options as StressOptions)).toThrow(message);
  });
});

describe('slices of stress', () => {
  test('come to the whole', async () => {
    const started = stress({ ...race, rounds: 3000, slices: 5, seed: 3 });
    const times: number[] = [];
    started.on('fault', ({ atMs }) => times.push(atMs));
    const report = await started.result;
    expect(report).toMatchObject({
      rounds: 3000,
      complete: true,
      plan: { slices: 5, rounds: 3000 },
    });
    expect(report.outcomes.reduce((sum, { count }) => sum + count, 0)).toBe(3000);
    for (const { first } of report.faults) {
      expect(times).toContain(first.atMs);
      expect(first.atMs).toBeLessThanOrEqual(report.durationMs);
    }
  });

  test('are on one clock: faults of late slices are late', async () => {
    // Sleeps in atomic context in every round, also where threads never run at the same time.
    const always = { scenario: 'create-create', patches: 'all,-03' } as const;
    const started = stress({ ...always, duration: 1000, slices: 5, seed: 3 });
    const times: number[] = [];
    started.on('fault', ({ atMs }) => times.push(atMs));
    const report = await started.result;
    expect(Math.max(...times)).toBeGreaterThan(1000 / 2);
    expect(Math.max(...times)).toBeLessThanOrEqual(report.durationMs);
  });

  test('end with the first fault, where that is wanted', async () => {
    const some = { ...race, rounds: 40_000, slices: 20, seed: 1 };
    const report = await run({ ...some, stopOnFault: true });
    expect(report).toMatchObject({ verdict: 'fault', complete: true });
    expect(report.rounds).toBeLessThan(40_000);
    const counted = await run({ ...some, maxFaults: 3 });
    expect(counted.faults.reduce((sum, { count }) => sum + count, 0)).toBeGreaterThanOrEqual(3);
    expect(counted.rounds).toBeLessThan(40_000);
  });

  test('stopped from outside report what there is', async () => {
    const started = stress({ ...race, rounds: 10 ** 9, slices: 10 ** 6, seed: 1 });
    await new Promise((resolve) => started.once('fault', resolve));
    started.stop();
    const report = await started.result;
    expect(report).toMatchObject({ complete: false, verdict: 'fault' });
    expect(report.rounds).toBeGreaterThan(0);
  });
});

describe('a journal of stress', () => {
  const rounds = 2000;
  const options = { ...race, rounds, slices: 8, seed: 7 };

  /** The slices of a journal. */
  function slices(file: string): { seed: number; rounds: number; ops: number }[] {
    const lines = fs.readFileSync(file, 'utf8').trimEnd().split('\n').slice(1);
    return lines.map((line) => {
      const { seed, report } = JSON.parse(line).record.content;
      return { seed, rounds: report.rounds, ops: opsOf(report) };
    });
  }

  test('is what the report is made of', async () => {
    const file = path.join(folder, 'whole.ndjson');
    const report = await run({ ...options, journal: file });
    const done = slices(file);
    expect(done.map(({ seed }) => seed)).toEqual([7, 8, 9, 10, 11, 12, 13, 14]);
    expect(done.every((slice) => slice.rounds === rounds / 8)).toBe(true);
    expect(opsOf(report)).toBe(done.reduce((sum, { ops }) => sum + ops, 0));
    const again = await run({ ...options, journal: file, resume: true });
    expect(again).toEqual(report);
    expect(slices(file)).toEqual(done);
  });

  test('is gone on with, without what is done; the seed is that of the journal', async () => {
    const file = path.join(folder, 'half.ndjson');
    const first = stress({ ...options, journal: file });
    await new Promise((resolve) => first.once('fault', resolve));
    first.stop();
    const part = await first.result;
    expect(part.complete).toBe(false);
    const before = slices(file);
    expect(before.length).toBeLessThan(8);
    const { seed, ...unseeded } = options;
    const report = await run({ ...unseeded, journal: file, resume: true });
    expect(report).toMatchObject({ rounds, complete: true, plan: { seed } });
    const after = slices(file);
    expect(after.slice(0, before.length)).toEqual(before);
    expect(new Set(after.map((slice) => slice.seed)).size).toBe(8);
    expect(opsOf(report)).toBe(after.reduce((sum, { ops }) => sum + ops, 0));
  });

  test('of another run is refused, and stays as it is', async () => {
    const file = path.join(folder, 'other.ndjson');
    await run({ ...options, journal: file });
    const before = fs.readFileSync(file, 'utf8');
    const resumed = { ...options, journal: file, resume: true };
    await expect(run({ ...resumed, patches: 'all' })).rejects.toThrow(
      'the journal of another run: `patches` is `all,-05` in the journal, `all` now',
    );
    await expect(run({ ...resumed, shard: '1/2' })).rejects.toThrow(
      '`shard` is not there in the journal, `1/2` now',
    );
    await expect(run({ ...options, journal: file })).rejects.toThrow(/there is such a file/);
    expect(fs.readFileSync(file, 'utf8')).toBe(before);
  });

  test('has a slice a minute, or a hundred, where nobody says', () => {
    const slicesOf = (given: StressOptions): number =>
      makePlan({ ...given, journal: 'x' }).units.own.length;
    expect(slicesOf({ duration: '24h' as string })).toBe(1440);
    expect(slicesOf({ duration: '10s' })).toBe(1);
    expect(slicesOf({ ...race, rounds: 1_000_000 })).toBe(100);
    expect(slicesOf({ ...race, rounds: 30 })).toBe(30);
    expect(slicesOf({ ...race, rounds: 30, shard: '1/4' })).toBe(7);
  });
});
