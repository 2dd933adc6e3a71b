import { describe, expect, test } from '@jest/globals';
import {
  DmTortureError,
  type ExploreReport,
  explore,
  race,
  type StrategyName,
  scenarios,
  tables,
} from '../../../lib/index';
import { patches } from '../../../lib/tables/patches';

const refused = (code: string, option?: string): unknown =>
  expect.objectContaining({ code, ...(option && { option }) });

describe('with every patch', () => {
  const small = scenarios.filter(({ cpus }) => cpus.length < 4);

  test.each(small.map(({ name }) => name))('%s is clean, exhaustively', async (name) => {
    const report = await explore(name);
    expect(report).toMatchObject({
      tool: 'dmtorture',
      kind: 'explore',
      verdict: 'clean',
      complete: true,
      scenario: name,
      strategy: 'portfolio',
      exhaustive: true,
      limit: null,
      faults: [],
      plan: { seed: 1, patches: { mask: patches.parse('all').mask }, scenario: name },
    });
    expect(report.evidence).toMatch(/^exhaustive under sequential consistency: [\d,]+ states$/);
    expect(report.outcomes.map(({ grade }) => grade)).not.toContain('forbidden');
    expect(report.outcomes.length).toBeGreaterThan(0);
  });

  test('an execution with a fault does not spoil the same results without one', async () => {
    const leak = await explore('create-find', {
      patches: 'series',
      strategy: 'dpor',
      allFaults: true,
    });
    const unseen = leak.outcomes.filter(({ results }) => results.includes('-ENXIO'));
    const [found] = leak.faults;
    expect(new Set(unseen.map(({ grade }) => grade))).toEqual(new Set(['acceptable', 'forbidden']));
    expect(unseen.find(({ grade }) => grade === 'forbidden')?.count).toBe(found?.count);
  });
});

/** What explorer.md says of each patch left out. */
const LEFT_OUT: [patches: string, scenario: string, kinds: string[], how: string, least: number][] =
  [
    ['all,-01', 'create-create', ['minor-stolen', 'duplicate-minor'], 'race', 1],
    ['all,-02', 'create-find', ['use-uninitialized'], 'race', 1],
    ['all,-03', 'create-find', ['sleep-in-atomic'], 'always', 0],
    ['all,-04', 'remove-find', ['refcount-resurrect'], 'race', 1],
    ['all,-05', 'remove-open', ['open-of-freeing', 'use-after-free'], 'race', 1],
    ['all,-06', 'remove-get', ['use-after-free', 'refcount-resurrect'], 'race', 1],
    ['all,-06', 'clash-find', ['use-after-free'], 'race', 2],
    ['all,-06', 'remove-find-open', ['use-after-free'], 'race', 2],
    ['all,-07', 'get-unload', ['module-unloaded-in-use'], 'race', 1],
    ['all,-08', 'create-uevent', ['announce-before-init', 'init-overwrite'], 'race', 1],
  ];

describe('with one patch left out', () => {
  test.each(LEFT_OUT)('%s: %s shows %s', async (patches, scenario, kinds, how, least) => {
    const report = await explore(scenario, { patches });
    expect(report).toMatchObject({ verdict: 'fault', complete: true, limit: null });
    expect(report.faults).toHaveLength(1);
    const [fault] = report.faults;
    expect(kinds).toContain(fault?.kind);
    expect(fault).toMatchObject({ how, preemptions: least, minimal: true });
    expect(fault?.preventedBy).toContain(patches.slice(-2));
    expect(fault?.ticket).toMatch(/^dmt2\.[\w-]+$/);
    expect(fault?.message).not.toBe('');
    expect(fault?.trace.filter(({ faulted }) => faulted)).toHaveLength(1);
  });

  test('a fault before the threads start is certain', async () => {
    const report = await explore('remove-find', { patches: 'all,-03' });
    expect(report).toMatchObject({ verdict: 'fault', exhaustive: true });
    expect(report.evidence).toMatch(/^certain/);
    expect(report.faults[0]).toMatchObject({ kind: 'sleep-in-atomic', cpu: null, minimal: true });
  });

  test('merged is caught where the kernel was fixed later', async () => {
    const kinds = async (name: string, patches: string): Promise<string[]> =>
      (await explore(name, { patches, allFaults: true })).faults.map(({ kind }) => kind);
    expect(await kinds('remove-get', 'merged')).toContain('use-after-free');
    expect(await kinds('create-find', 'series')).toEqual(['reference-leak']);
  });
});

describe('strategies', () => {
  const kindsOf = ({ faults }: ExploreReport): string[] => faults.map(({ kind }) => kind).sort();

  test.each(['dpor', 'stateful', 'portfolio'] as StrategyName[])(
    '%s is complete, and agrees',
    async (strategy) => {
      const report = await explore('create-get', { patches: 'none', strategy, allFaults: true });
      expect(report).toMatchObject({ exhaustive: true, limit: null, strategy });
      expect(kindsOf(report)).toEqual(['use-uninitialized']);
    },
  );

  test.each(['pct', 'random', 'sticky'] as StrategyName[])(
    '%s says how far it got',
    async (strategy) => {
      const options = { patches: 'all,-08', strategy, executions: 500, allFaults: true, seed: 3 };
      const report = await explore('create-uevent', options);
      expect(report).toMatchObject({ exhaustive: false, executions: 500, limit: null });
      expect(report.complete).toBe(true);
      expect(report.evidence).toMatch(/^not exhaustive: .*500 executions/);
      const again = await explore('create-uevent', options);
      expect(again.faults).toEqual(report.faults);
    },
  );

  test('pct reports its probability', async () => {
    const { evidence } = await explore('create-find', {
      strategy: 'pct',
      depth: 2,
      executions: 200,
    });
    expect(evidence).toMatch(/2 orderings is missed with p <= 0\.\d+/);
  });

  test('dfs stops at its bound', async () => {
    const report = await explore('remove-find-open', {
      patches: 'all,-06',
      strategy: 'dfs',
      preemptions: 1,
    });
    expect(report).toMatchObject({
      verdict: 'unfinished',
      exhaustive: false,
      complete: false,
      limit: 'preemptions',
    });
  });

  test('every name of the tables is one', async () => {
    for (const { name } of tables.strategies) {
      const { strategy } = await explore('create-find', { strategy: name, executions: 10 });
      expect(strategy).toBe(name);
    }
  });
});

describe('targets and options', () => {
  test('a text and a race are explored as a scenario is', async () => {
    const text = await explore('cpu1: create 0 ; cpu2: get 0, put 0', { patches: 'all,-02' });
    const stale = race('a race', { cpu1: (d) => d.create(0), cpu2: (d) => d.get(0).put() });
    const built = await explore(stale, { patches: 'all,-02' });
    expect(built.faults).toEqual(text.faults);
    expect([text.scenario, built.scenario]).toEqual([text.plan.scenario, 'a race']);
  });

  test('data races come with the other access, and replay', async () => {
    const { faults } = await explore('create-find', {
      patches: 'all,-02',
      races: true,
      allFaults: true,
    });
    expect(faults.map(({ kind }) => kind)).toContain('data-race');
    expect(faults.find(({ kind }) => kind === 'data-race')?.message).toMatch(/nothing orders it/);
    expect((await explore('create-find', { races: true })).faults).toEqual([]);
  });

  test.each([
    ['create-fnd', {}, 'ERR_OUT_OF_RANGE', 'scenario'],
    ['storm', {}, 'ERR_OUT_OF_RANGE', 'scenario'],
    [5, {}, 'ERR_INVALID_ARG_TYPE', 'scenario'],
    ['cpu1: creat 0 ; cpu2: find 0', {}, 'ERR_OUT_OF_RANGE', 'cpu1'],
    ['create-find', { patches: 'all,-99' }, 'ERR_OUT_OF_RANGE', 'patches'],
    ['create-find', { strategy: 'dporr' }, 'ERR_OUT_OF_RANGE', 'strategy'],
    ['create-find', { depth: 0 }, 'ERR_OUT_OF_RANGE', 'depth'],
    ['create-find', { time: 'soon' }, 'ERR_OUT_OF_RANGE', 'time'],
    ['create-find', { signal: 1 }, 'ERR_INVALID_ARG_TYPE', 'signal'],
    ['create-find', { onProgress: 1 }, 'ERR_INVALID_ARG_TYPE', 'onProgress'],
    ['create-find', { stratgy: 'dpor' }, 'ERR_INVALID_ARG_TYPE', 'stratgy'],
    ['create-find', { races: true, strategy: 'stateful' }, 'ERR_INCOMPATIBLE_OPTIONS', 'races'],
    ['create-find', { depth: 3, strategy: 'dfs' }, 'ERR_INCOMPATIBLE_OPTIONS', 'depth'],
    ['create-find', { preemptions: 1, strategy: 'pct' }, 'ERR_INCOMPATIBLE_OPTIONS', 'preemptions'],
    ['create-find', { depth: 3, strategy: 'dpor' }, 'ERR_INCOMPATIBLE_OPTIONS', 'depth'],
    ['create-find', { preemptions: 4096 }, 'ERR_INCOMPATIBLE_OPTIONS', 'preemptions'],
    ['create-find', { states: 9, strategy: 'dfs' }, 'ERR_INCOMPATIBLE_OPTIONS', 'states'],
    ['create-find', { states: 9, races: true }, 'ERR_INCOMPATIBLE_OPTIONS', 'states'],
    ['create-find', { timeMs: 1 }, 'ERR_INVALID_ARG_TYPE', 'timeMs'],
    ['create-find', { patches: 5 }, 'ERR_INVALID_ARG_TYPE', 'patches'],
  ])('%j with %j rejects', async (target, options, code, option) => {
    const call = explore(target as string, options as object);
    await expect(call).rejects.toThrow(DmTortureError);
    await expect(call).rejects.toEqual(refused(code, option));
  });

  test.each([
    ['cpu1: create 0', 'scenario'],
    ['cpu1: ; cpu2:', 'cpu1'],
    ['cpu1: create 0 ; cpu2:', 'cpu2'],
  ])('nothing to interleave in `%s` is an error, never clean', async (text, option) => {
    await expect(explore(text)).rejects.toEqual(refused('ERR_OUT_OF_RANGE', option));
  });
});

describe('a long exploration', () => {
  const LONG = { strategy: 'random', executions: 1e12 } as const;

  test('ends with its time', async () => {
    const report = await explore('remove-find-open', { ...LONG, time: '50ms' });
    expect(report).toMatchObject({ verdict: 'clean', limit: null, exhaustive: false });
    expect(report.durationMs).toBeLessThan(5000);
  });

  test('is aborted with a partial report, after progress; several at once', async () => {
    const reports = [1, 2, 3].map(async (seed) => {
      const abort = new AbortController();
      const onProgress = ({ executions }: { executions: number }): void => {
        if (executions > 0) abort.abort();
      };
      return explore('remove-find-open', { ...LONG, seed, signal: abort.signal, onProgress });
    });
    for (const report of await Promise.all(reports)) {
      expect(report).toMatchObject({ verdict: 'unfinished', complete: false, limit: 'stopped' });
      expect(report.executions).toBeGreaterThan(0);
    }
  });

  test('never starts where the signal was aborted before', async () => {
    const reason = new Error('mine');
    const signal = AbortSignal.abort(reason);
    await expect(explore('create-find', { signal })).rejects.toBe(reason);
  });

  test("ends with a listener's error", async () => {
    const onProgress = (): void => {
      throw new Error('mine');
    };
    await expect(explore('remove-find-open', { ...LONG, onProgress })).rejects.toThrow('mine');
  });

  test('leaves the event loop alone', async () => {
    let turns = 0;
    const timer = setInterval(() => {
      turns += 1;
    }, 5);
    await explore('remove-find-open', { ...LONG, time: '200ms' });
    clearInterval(timer);
    expect(turns).toBeGreaterThan(10);
  });
});
