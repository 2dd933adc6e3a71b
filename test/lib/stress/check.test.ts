import { describe, expect, test } from '@jest/globals';
import { explore, type FinalState, mergeReports, race, stress } from '../../../lib/index';

const creators = (check: (state: FinalState) => unknown) =>
  race('two creators', { cpu1: (d) => d.create(0), cpu2: (d) => d.create(0), check });

/** What the loser sees depends on luck alone, so both ends come up in that number of rounds. */
const ROUNDS = 4000;

describe('the check of a race, on real threads', () => {
  test('sees each different end, as it sees those of an exploration', async () => {
    const seen = new Map<string, FinalState>();
    const scenario = creators((state) => void seen.set(state.outcome, state));
    const report = await stress({ scenario, rounds: ROUNDS }).result;
    expect(report).toMatchObject({ verdict: 'clean', faults: [] });
    const onThreads = new Map(seen);
    seen.clear();
    await explore(scenario);
    expect(onThreads).toEqual(seen);
    expect([...onThreads.values()][0]).toMatchObject({
      devices: [{ minor: 0, references: 1, named: true, events: 0 }],
      moduleReferences: 1,
    });
  });

  test('what it refuses is a fault, with an event, a count, a sentence and a ticket', async () => {
    const scenario = creators(({ results }) => results[0]?.[0] === 0 || 'cpu1 has to win');
    const run = stress({ scenario, rounds: ROUNDS, tickets: true });
    const told: string[] = [];
    for await (const { kind, message } of run) told.push(`${kind}: ${message}`);
    const { verdict, faults, outcomes } = await run.result;
    const message = 'cpu1 has to win: create 0=-ENXIO | create 0=0, leaving device 0 (1 reference)';
    expect(told).toEqual([`check-failed: ${message}`]);
    expect(verdict).toBe('fault');
    const refused = outcomes.find(({ grade }) => grade === 'forbidden');
    expect(refused).toMatchObject({ refused: 'cpu1 has to win' });
    expect(outcomes.filter(({ grade }) => grade === 'acceptable')).toHaveLength(1);
    expect(faults).toMatchObject([
      {
        kind: 'check-failed',
        invariant: 'I11',
        count: refused?.count,
        first: { message, op: null },
        ticket: expect.stringMatching(/^dmt2\./),
      },
    ]);
  });

  test('it is asked of every slice, and reports with it merge', async () => {
    const scenario = creators(({ results }) => results[0]?.[0] === 0);
    const options = { scenario, rounds: ROUNDS, slices: 4, seed: 3 };
    const whole = await stress(options).result;
    expect(whole.outcomes.reduce((sum, { count }) => sum + count, 0)).toBe(ROUNDS);
    const shards = await Promise.all(
      [1, 2].map((index) => stress({ ...options, slices: 1, shard: `${index}/2` }).result),
    );
    const merged = mergeReports(shards);
    expect(merged).toMatchObject({ verdict: 'fault', rounds: ROUNDS });
    expect(new Set(merged.outcomes.map(({ results }) => results))).toEqual(
      new Set(whole.outcomes.map(({ results }) => results)),
    );
    expect(merged.outcomes.every(({ final }) => final !== undefined)).toBe(true);
  });

  test('in a child process it is asked here', async () => {
    let asked = 0;
    const scenario = creators(() => {
      asked += 1;
    });
    const report = await stress({ scenario, rounds: 200, isolate: true }).result;
    expect(report.verdict).toBe('clean');
    expect(asked).toBeGreaterThan(0);
  });

  test('ends that were not reached are not shown to it', async () => {
    const devices: number[] = [];
    const scenario = race('a lookup of what is half built', {
      cpu1: (d) => d.create(0),
      cpu2: (d) => d.find(0),
      check: (state) => void devices.push(state.devices.length),
    });
    const { faults, outcomes } = await stress({
      scenario,
      patches: 'all,-02',
      rounds: 20_000,
      maxFaults: 20,
    }).result;
    expect(faults.map(({ kind }) => kind)).toContain('use-uninitialized');
    expect(outcomes.filter(({ final }) => !final).every((o) => o.grade === 'forbidden')).toBe(true);
    expect(new Set(devices)).toEqual(new Set([1]));
  });

  test('one that returns something else rejects', async () => {
    const run = stress({ scenario: creators(() => 42), rounds: 50 });
    await expect(run.result).rejects.toMatchObject({ code: 'ERR_INVALID_ARG_TYPE' });
  });
});
