import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { explore } from '../../../lib/explore/explore';
import type { ExploreOptions } from '../../../lib/explore/plan';
import type { ExploreReport } from '../../../lib/explore/report';
import { type ExploreSweepReport, exploreAll } from '../../../lib/explore/sweep';
import { race } from '../../../lib/programs/program';
import { scenarios } from '../../../lib/programs/scenarios';
import { mergeReports } from '../../../lib/reports/merge';

let folder: string;
beforeAll(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'dmtorture-explore-'));
});
afterAll(() => fs.rmSync(folder, { recursive: true }));

const four = ['1/4', '2/4', '3/4', '4/4'];

async function inShards(name: string, options: ExploreOptions): Promise<ExploreReport[]> {
  const reports: ExploreReport[] = [];
  for (const shard of four) reports.push(await explore(name, { ...options, shard }));
  return reports;
}

/** What was found, in an order of its own. */
function answer({ outcomes, faults, traces, exhaustive, verdict }: ExploreReport): object {
  const byText = (a: { text: string }, b: { text: string }): number => (a.text < b.text ? -1 : 1);
  return {
    traces,
    exhaustive,
    verdict,
    outcomes: outcomes.map((one) => ({ text: one.results, ...one })).sort(byText),
    faults: faults
      .map(({ kind, ticket, trace, preemptions, steps, minimal, message, site }) => {
        const fault = { kind, ticket, trace: String(trace), preemptions, steps, minimal, message };
        return { text: kind, ...fault, site };
      })
      .sort(byText),
  };
}

describe.each([
  ['create-find', 'all', 0],
  ['remove-open', 'all,-05', 2],
  ['create-create', 'all,-01', 2],
  ['remove-find-open', 'all,-06', 1],
  ['open-open-remove', 'all', 0],
])('shards of %s, patches %s', (name, patches, kinds) => {
  test('of an optimal search are the whole: traces, outcomes with their counts, faults', async () => {
    const options = { patches, strategy: 'dpor', allFaults: true } as const;
    const whole = await explore(name, options);
    const shards = await inShards(name, options);
    const merged = mergeReports(shards);
    expect(answer(merged)).toEqual(answer(whole));
    expect(merged).toMatchObject({ exhaustive: true, complete: true });
    expect(merged.faults).toHaveLength(kinds);
    expect(merged.plan).toEqual(whole.plan);
    expect(merged.evidence).toBe(
      `exhaustive under sequential consistency: ${whole.traces.toLocaleString('en-US')} traces in 4 shards`,
    );
    expect(shards.filter(({ traces }) => traces > 0).length).toBeGreaterThan(1);
    const [a, b, c, d] = shards as [ExploreReport, ExploreReport, ExploreReport, ExploreReport];
    const left = mergeReports([mergeReports([a, b]), mergeReports([c, d])]);
    const right = mergeReports([mergeReports([mergeReports([d, c]), b]), a]);
    expect(JSON.stringify(left)).toBe(JSON.stringify(right));
    expect(mergeReports([b, c, d])).toMatchObject({ exhaustive: false, complete: false });
  });
});

test('shards by preemptions see the same outcomes and faults', async () => {
  const options = { patches: 'all,-02', strategy: 'dfs', preemptions: 2, allFaults: true } as const;
  const whole = await explore('create-find', options);
  const merged = mergeReports(await inShards('create-find', options));
  const seen = ({ outcomes, faults }: ExploreReport): Set<string> =>
    new Set([
      ...outcomes.map(({ results, grade }) => results + grade),
      ...faults.map((f) => f.ticket),
    ]);
  expect(seen(merged)).toEqual(seen(whole));
  expect(whole.faults.length).toBeGreaterThan(0);
  expect(merged).toMatchObject({ strategy: 'dfs', limit: whole.limit, exhaustive: false });
});

test('shards that sample have executions and seeds of their own', async () => {
  const options = {
    patches: 'all,-05',
    strategy: 'random',
    executions: 1002,
    allFaults: true,
    seed: 4,
  } as const;
  const shards = await inShards('remove-open', options);
  expect(shards.map(({ executions }) => executions)).toEqual([251, 251, 250, 250]);
  const merged = mergeReports(shards);
  expect(merged).toMatchObject({ executions: 1002, exhaustive: false, plan: { seed: 4 } });
  const own = await explore('remove-open', { ...options, executions: 251, seed: 5 });
  expect(answer(shards[1] as ExploreReport)).toEqual(answer(own));
});

test('a race with a check is split, too', async () => {
  const mine = race('one event', {
    before: (d) => d.create(0),
    cpu1: (d) => d.event(0),
    cpu2: (d) => d.remove(0),
    check: ({ devices }) => devices.length > 0,
  });
  const options = { strategy: 'dpor', allFaults: true } as const;
  const whole = await explore(mine, options);
  const shards: ExploreReport[] = [];
  for (const shard of four) shards.push(await explore(mine, { ...options, shard }));
  expect(whole.faults.map(({ kind }) => kind)).toContain('check-failed');
  expect(answer(mergeReports(shards))).toEqual(answer(whole));
});

describe('every scenario', () => {
  const options = { patches: 'all,-05', allFaults: true } as const;

  test('in shards is one run: scenario by scenario, fault by fault', async () => {
    const whole = await exploreAll(options);
    const shards: ExploreSweepReport[] = [];
    for (const shard of four) shards.push(await exploreAll({ ...options, shard }));
    expect(shards.map((shard) => shard.scenarios.length)).toEqual([5, 4, 4, 4]);
    const merged = mergeReports(shards);
    const timeless = (report: ExploreSweepReport): unknown =>
      JSON.parse(
        JSON.stringify(report, (key, value) =>
          ['durationMs', 'executionsPerSecond', 'parts'].includes(key) ? undefined : value,
        ),
      );
    expect(timeless(merged)).toEqual(timeless(whole));
    expect(merged).toMatchObject({ complete: true, exhaustive: true, verdict: 'fault' });
    expect(String(merged.faults[0]?.trace)).toBe(String(whole.faults[0]?.trace));
    expect(mergeReports(shards.slice(1))).toMatchObject({ complete: false, exhaustive: false });
    const [a, b, c, d] = shards as [
      ExploreSweepReport,
      ExploreSweepReport,
      ExploreSweepReport,
      ExploreSweepReport,
    ];
    const left = mergeReports([mergeReports([a, b]), mergeReports([c, d])]);
    const right = mergeReports([mergeReports([mergeReports([d, c]), b]), a]);
    expect(JSON.stringify(left)).toBe(JSON.stringify(right));
  });

  test('with a journal is gone on with', async () => {
    const journal = path.join(folder, 'sweep.ndjson');
    const one = await exploreAll({ ...options, journal });
    const lines = fs.readFileSync(journal, 'utf8').trimEnd().split('\n');
    expect(lines).toHaveLength(1 + scenarios.length);
    fs.writeFileSync(journal, `${lines.slice(0, 8).join('\n')}\n`);
    const again = await exploreAll({ ...options, journal, resume: true });
    const kinds = (report: ExploreSweepReport): string[] =>
      report.faults.map(({ scenario, kind, ticket }) => `${scenario} ${kind} ${ticket}`);
    expect(kinds(again)).toEqual(kinds(one));
    expect(again.executions).toBe(one.executions);
    expect(again.scenarios.slice(0, 7)).toEqual(one.scenarios.slice(0, 7));
    expect(String(again.faults[0]?.trace)).toBe(String(one.faults[0]?.trace));
  });
});

describe('a journal of one scenario', () => {
  const options = { patches: 'all,-05', allFaults: true } as const;

  test('has slices, which come to the whole', async () => {
    const journal = path.join(folder, 'one.ndjson');
    const whole = await explore('remove-open', { ...options, strategy: 'dpor' });
    const sliced = await explore('remove-open', { ...options, journal });
    expect(answer(sliced)).toEqual(answer(whole));
    expect(sliced.plan).toMatchObject({ slices: 16, strategy: 'dpor' });
    const lines = fs.readFileSync(journal, 'utf8').trimEnd().split('\n');
    expect(lines).toHaveLength(17);
    fs.writeFileSync(journal, `${lines.slice(0, 5).join('\n')}\n`);
    const again = await explore('remove-open', { ...options, journal, resume: true });
    expect(answer(again)).toEqual(answer(whole));
    expect(again.executions).toBe(sliced.executions);
  });

  test('ends with the first fault, where no more is wanted', async () => {
    const found = await explore('remove-open', { patches: 'all,-05', slices: 8 });
    expect(found).toMatchObject({
      verdict: 'fault',
      complete: true,
      exhaustive: false,
      limit: null,
    });
    expect(found.faults).toHaveLength(1);
  });
});

describe('is refused:', () => {
  test.each<[ExploreOptions, string]>([
    [{ shard: '1/2', strategy: 'stateful' }, 'got `stateful`: it remembers what it has seen'],
    [{ shard: '1/2', strategy: 'portfolio' }, 'got `portfolio`: it remembers what it has seen'],
    [{ slices: 2, strategy: 'random' }, '`random` has no end that could be split'],
    [{ shard: '1/4', strategy: 'pct', executions: 3 }, 'Expected `executions` to be 4 at least'],
    [{ shard: '0/4' }, 'Expected `shard` to be i/n with 1 <= i <= n <= 4096, got `0/4`'],
    [{ resume: true }, '`resume` goes on with a journal'],
  ])('%j', async (options, message) => {
    await expect(explore('create-find', options)).rejects.toThrow(message);
  });

  test('slices of every scenario', async () => {
    await expect(exploreAll({ slices: 2 })).rejects.toThrow('`slices` is for one scenario');
  });
});
