import { once } from 'node:events';
import { describe, expect, test } from '@jest/globals';
import {
  type FaultReport,
  patches,
  race,
  type StressReport,
  scenarios,
  stress,
} from '../../../lib/index';
import { compileFormula } from '../../../lib/tables/formula';

/** Long enough for a race to show many times over; runs end at the first fault. */
const LONG = '20s';

describe('faults', () => {
  test('a patch left out lets its fault through, and the report says so', async () => {
    const report = await stress({
      patches: 'all,-05',
      scenario: 'remove-open',
      duration: LONG,
      stopOnFault: true,
      seed: 1,
    }).result;
    expect(report.verdict).toBe('fault');
    expect(report.complete).toBe(true);
    expect(['open-of-freeing', 'use-after-free']).toContain(report.faults[0]?.kind);
    expect(report.faults[0]).toMatchObject({
      invariant: expect.stringMatching(/^I[24]$/),
      preventedBy: ['05'],
      first: { op: 'open', minor: 0, message: expect.any(String), site: expect.any(String) },
    });
  });

  test('without any patch a storm faults', async () => {
    const report = await stress({ patches: 'none', duration: LONG, stopOnFault: true }).result;
    expect(report.verdict).toBe('fault');
  });

  test('with every patch a storm is clean', async () => {
    const report = await stress({ patches: 'all', duration: 300 }).result;
    expect(report).toMatchObject({ verdict: 'clean', complete: true, faults: [] });
  });

  test('a storm that ends in its first epoch counts it: its world is emptied, too', async () => {
    expect((await stress({ ops: 100, threads: 2 }).result).rounds).toBe(1);
  });

  test.each(scenarios.map(({ name }) => name))('with every patch %s is clean', async (scenario) => {
    const report = await stress({ scenario, rounds: 500 }).result;
    expect(report).toMatchObject({ verdict: 'clean', faults: [] });
    expect(report.rounds).toBeGreaterThan(0);
  });

  const sets = ['none', 'series', 'merged', ...patches.list().map(({ no }) => `all,-${no}`)];

  test.each(scenarios)('$name shows only faults that it expects', async (scenario) => {
    const formulas = new Map(Object.entries(scenario.expects));
    for (const set of sets) {
      const { plan, faults } = await stress({ scenario, patches: set, duration: 40 }).result;
      const surprises = faults.filter(
        ({ kind }) => !compileFormula(formulas.get(kind) ?? 'false')(plan.patches.mask),
      );
      expect([set, surprises]).toEqual([set, []]);
    }
  });

  test('a race of your own', async () => {
    const stale = race('open during the last put', {
      before: (d) => d.create(5),
      cpu1: (d) => d.remove(5),
      cpu2: (d) => d.open(5).io().close(),
    });
    const options = { scenario: stale, duration: LONG, stopOnFault: true };
    const bad = await stress({ ...options, patches: 'all,-05' }).result;
    expect(bad.faults[0]).toMatchObject({ preventedBy: ['05'], first: { minor: 5 } });
    const good = await stress({ scenario: stale, rounds: 500 }).result;
    expect(good).toMatchObject({ verdict: 'clean', plan: { scenario: stale.name } });
  });

  test('an event and an iteration report the same', async () => {
    const run = stress({
      patches: 'none',
      scenario: 'remove-open',
      duration: LONG,
      maxFaults: 5,
    });
    const heard: FaultReport[] = [];
    const read: FaultReport[] = [];
    run.on('fault', (fault) => heard.push(fault));
    for await (const fault of run) read.push(fault);
    expect(read.length).toBeGreaterThan(0);
    expect(read).toEqual(heard);
    const told = read.reduce((sum, { count }) => sum + count, 0);
    const reported = (await run.result).faults.reduce((sum, { count }) => sum + count, 0);
    expect(told).toBe(reported);
  });

  test('maxFaults ends the run', async () => {
    const report = await stress({ patches: 'none', duration: LONG, maxFaults: 3 }).result;
    expect(report.faults.reduce((sum, { count }) => sum + count, 0)).toBeGreaterThanOrEqual(3);
    expect(report.durationMs).toBeLessThan(15_000);
  });
});

describe('the report', () => {
  test('of a storm', async () => {
    const report = await stress({ duration: 200, seed: 42, threads: 2 }).result;
    expect(report).toMatchObject({
      tool: 'dmtorture',
      version: expect.stringMatching(/^\d+\.\d+\.\d+/),
      kind: 'stress',
      plan: {
        seed: 42,
        threads: 2,
        scenario: 'storm',
        patches: { mask: patches.parse('all').mask },
      },
      environment: { node: process.version, arch: process.arch, cpus: expect.any(Number) },
      outcomes: [],
    });
    expect(report.durationMs).toBeGreaterThanOrEqual(200);
    expect(report.opsPerSecond).toBeGreaterThan(0);
    const { create } = report.ops;
    const failed = Object.values(create?.errors ?? {}).reduce((sum, n) => sum + n, 0);
    expect(create?.count).toBe((create?.ok ?? 0) + failed);
    const { p50, p90, p99, p999, max } = create?.latencyNs ?? {};
    expect([p50, p90, p99, p999, max]).toEqual([p50, p90, p99, p999, max].sort(byNumber));
    expect(JSON.parse(JSON.stringify(report))).toEqual(report);
  });

  test('of a scenario has its outcomes', async () => {
    const { outcomes, ops } = await stress({ scenario: 'create-find', rounds: 2000 }).result;
    const results = outcomes.map((outcome) => outcome.results);
    expect(results).toContain('create 0=0 | find 0=-ENXIO');
    expect(outcomes.map(({ grade }) => grade)).not.toContain('forbidden');
    expect(Object.keys(ops).sort()).toEqual(expect.arrayContaining(['create', 'find']));
    expect(ops.open).toBeUndefined();
  });

  test('has no latency where none was measured', async () => {
    const { ops } = await stress({ ops: 2000, latency: false }).result;
    expect(ops.create).toBeDefined();
    expect(ops.create?.latencyNs).toBeUndefined();
  });

  test('operations limit a storm', async () => {
    const { ops, plan, complete } = await stress({ ops: 20_000, threads: 2 }).result;
    const total = Object.values(ops).reduce((sum, { count }) => sum + count, 0);
    expect(total).toBeGreaterThanOrEqual(20_000);
    expect(total).toBeLessThan(25_000);
    expect(plan.durationMs).toBe(0);
    expect(complete).toBe(true);
  });

  test('a long tick delays neither the end nor an abort', async () => {
    const began = performance.now();
    await stress({ duration: 100, tickMs: 60_000, threads: 2 }).result;
    const abort = new AbortController();
    setTimeout(() => abort.abort(), 50);
    await stress({ duration: 60_000, tickMs: 60_000, threads: 2, signal: abort.signal }).result;
    expect(performance.now() - began).toBeLessThan(50_000);
  });

  test('a mix is kept to', async () => {
    const { ops } = await stress({ mix: { create: 1, remove: 1 }, ops: 2000 }).result;
    expect(Object.keys(ops).sort()).toEqual(['create', 'remove']);
  });
});

describe('while it runs', () => {
  test('progress is reported', async () => {
    const run = stress({ duration: 1000, tickMs: 10 });
    const seen: number[] = [];
    run.on('progress', (progress) => {
      seen.push(progress.ops);
      expect(progress.elapsedMs).toBeGreaterThan(0);
      expect(progress.etaMs).toBeLessThan(1000);
    });
    await run.result;
    expect(seen.length).toBeGreaterThan(3);
    expect(seen).toEqual([...seen].sort(byNumber));
  });

  test('the event loop turns', async () => {
    const run = stress({ duration: 1000, threads: 2 });
    let turns = 0;
    const timer = setInterval(() => {
      turns += 1;
    }, 5);
    await run.result;
    clearInterval(timer);
    expect(turns).toBeGreaterThan(10);
  });

  test('several run at once, each by its own patches', async () => {
    const durations: Record<string, number | string> = { all: 400, none: LONG };
    const reports = await Promise.all(
      ['all', 'none', 'all', 'none'].map(
        (patches) =>
          stress({ patches, threads: 2, duration: durations[patches], maxFaults: 50 }).result,
      ),
    );
    expect(reports.map(({ verdict }) => verdict)).toEqual(['clean', 'fault', 'clean', 'fault']);
  });
});

describe('stopping', () => {
  test('abort gives a partial report', async () => {
    const controller = new AbortController();
    const run = stress({ duration: '1h', signal: controller.signal });
    await once(run, 'progress');
    controller.abort();
    expect(await run.result).toMatchObject({ complete: false, verdict: 'unfinished' });
  });

  test('abort before the start rejects with the reason', async () => {
    const reason = new Error('not today');
    const run = stress({ signal: AbortSignal.abort(reason) });
    await expect(run.result).rejects.toBe(reason);
  });

  test('an iteration of a run that cannot start throws the same', async () => {
    const reason = new Error('not today');
    await expect(readAll(stress({ signal: AbortSignal.abort(reason) }))).rejects.toBe(reason);
  });

  test('break stops the threads', async () => {
    const run = stress({ patches: 'none', duration: '1h' });
    for await (const fault of run) {
      expect(fault.kind).toBeDefined();
      break;
    }
    expect(await run.result).toMatchObject({ complete: false, verdict: 'fault' });
  });

  test('a throw out of the loop stops the threads', async () => {
    const run = stress({ patches: 'none', duration: '1h' });
    await expect(
      (async () => {
        for await (const fault of run) throw new Error(fault.kind);
      })(),
    ).rejects.toThrow(Error);
    expect((await run.result).complete).toBe(false);
  });

  test('asyncDispose stops the threads and waits', async () => {
    const run = stress({ duration: '1h' });
    let report: StressReport | undefined;
    run.on('finished', (finished) => {
      report = finished;
    });
    await run[Symbol.asyncDispose]();
    expect(report?.complete).toBe(false);
    await run[Symbol.asyncDispose]();
  });

  test('stop can be called at any time', async () => {
    const run = stress({ duration: 50 });
    run.stop();
    run.stop();
    await run.result;
    run.stop();
  });
});

function byNumber(a = 0, b = 0): number {
  return a - b;
}

async function readAll(run: AsyncIterable<FaultReport>): Promise<FaultReport[]> {
  const faults: FaultReport[] = [];
  for await (const fault of run) faults.push(fault);
  return faults;
}
