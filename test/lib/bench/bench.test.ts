import { describe, expect, test } from '@jest/globals';
import {
  type BenchCallRow,
  type BenchLockRow,
  type BenchOptions,
  type BenchReport,
  type BenchSuite,
  bench,
  scenarios,
  tables,
} from '../../../lib/index';
import { patches } from '../../../lib/tables/patches';

/** A benchmark that says nothing of the machine, in a moment. */
const SMALL: BenchOptions = { windows: 3, windowUs: 300, time: 0, seed: 1 };
const SHORT: BenchOptions = { ...SMALL, crowdedWindowUs: 2000, crowdedWindows: 1 };

/** The median is within its interval, and the interval within the windows, where there are six. */
function expectFigure(median: number, ci95: [number, number] | null, windows: number[]): void {
  const sorted = [...windows].sort((a, b) => a - b);
  expect(sorted[0]).toBeLessThanOrEqual(median);
  expect(median).toBeLessThanOrEqual(sorted.at(-1) ?? 0);
  expect(ci95 === null).toBe(windows.length < 6);
  const [low, high] = ci95 ?? [median, median];
  if (ci95 === null) return;
  expect(low).toBeLessThanOrEqual(median);
  expect(median).toBeLessThanOrEqual(high);
  expect(windows).toContain(low);
  expect(windows).toContain(high);
}

function expectHead(report: BenchReport, suite: BenchSuite): void {
  expect(report).toMatchObject({
    tool: 'dmtorture',
    kind: 'bench',
    suite,
    verdict: 'clean',
    complete: true,
    plan: { suite, seed: 1, patches: { mask: patches.parse('all').mask }, windows: 3 },
  });
  expect(report.environment.cpus).toBeGreaterThan(0);
  expect(report.durationMs).toBeGreaterThan(0);
  expect(JSON.parse(JSON.stringify(report))).toEqual(report);
}

describe('locks', () => {
  const options: BenchOptions = { ...SHORT, threads: [1, 2], holdNs: [0, 50], outsideNs: 100 };

  test('a row for each lock in each cell, with all the contract has', async () => {
    const locks = ['ttas', 'mcs', 'pthread_mutex'] as const;
    const report = await bench('locks', { ...options, locks }).result;
    expectHead(report, 'locks');
    expect(report.plan).toMatchObject({ locks, pinned: true });
    expect(report.plan.cells).toEqual([
      { threads: 1, holdNs: 0, outsideNs: 100 },
      { threads: 1, holdNs: 50, outsideNs: 100 },
      { threads: 2, holdNs: 0, outsideNs: 100 },
      { threads: 2, holdNs: 50, outsideNs: 100 },
    ]);
    expect(report.rows).toHaveLength(12);
    for (const row of report.rows) expectLockRow(row, report.environment.cpus);
    expect(report.machine?.cpus).toBeGreaterThan(0);
    expect(report.machine?.transferNs).toBeGreaterThanOrEqual(0);
  });

  function expectLockRow(row: BenchLockRow, cpus: number): void {
    const sum = (counts: number[]): number => counts.reduce((total, one) => total + one, 0);
    expectFigure(row.opsPerSecond, row.ci95, row.windows);
    expect(row.handoffRatio).toBeGreaterThanOrEqual(0);
    expect(row.handoffRatio).toBeLessThanOrEqual(1);
    expect(row.jain).toBeGreaterThanOrEqual(1 / row.threads - 1e-9);
    expect(row.jain).toBeLessThanOrEqual(1 + 1e-9);
    for (const wait of [row.waitNs, row.waitNsCorrected]) {
      const order = [wait.p50, wait.p90, wait.p99, wait.p999, wait.max];
      expect([...order].sort((a, b) => a - b)).toEqual(order);
    }
    expect(row.waitNsCorrected.p999).toBeGreaterThanOrEqual(row.waitNs.p999 * 0.99);
    expect(row.cpuNsPerOp).toBeGreaterThan(0);
    expect(row.oversubscribed).toBe(row.threads > cpus);
    expect(row.acquired).toHaveLength(row.threads);
    expect(row.handoffs).toHaveLength(row.threads ** 2);
    expect(sum(row.runLengths)).toBe(sum(row.handoffs));
    expect(sum(row.waits.map(([, count]) => count))).toBeGreaterThan(0);
    expect(row.n).toBe(row.windows.length);
    const squares = sum(row.acquired.map((one) => one * one));
    expect(row.jain).toBeCloseTo(sum(row.acquired) ** 2 / (row.threads * squares), 9);
    const [lowest, highest] = row.jainWindows;
    expect(lowest).toBeLessThanOrEqual(highest);
    if (row.lock === 'pthread_mutex') expect(row.vsMutex).toBe(1);
  }

  test('every lock excludes before it is measured, and `broken` is caught', async () => {
    const report = await bench('locks', { ...SHORT, threads: 1, locks: 'all' }).result;
    const named = tables.locks.filter(({ control }) => !control).map(({ name }) => name);
    expect(report.rows.map(({ lock }) => lock)).toEqual(named);
    const made = report.rows.filter(({ nodes }) => nodes === 'made up').map(({ lock }) => lock);
    expect(made).toEqual(['cna', 'cohort']);
    expect(report.validated.map(({ lock }) => lock).sort()).toEqual([...named, 'broken'].sort());
    for (const { lock, control, excludes, lost, intruders } of report.validated) {
      expect([lock, excludes]).toEqual([lock, !control]);
      expect(lost + intruders > 0).toBe(control);
    }
    expect(report.verdict).toBe('clean');
  });

  test('the control is measured where it is asked for', async () => {
    const { rows } = await bench('locks', { ...SHORT, threads: 1, locks: 'broken' }).result;
    expect(rows.map(({ lock }) => lock)).toEqual(['broken']);
  });

  test('more threads than CPUs: locks that wait in order are named', async () => {
    const threads = 32;
    const report = await bench('locks', { ...SHORT, threads, locks: ['ticket', 'futex3'] }).result;
    expect(report.rows.map((row) => [row.oversubscribed, row.misleading])).toEqual([
      [true, true],
      [true, false],
    ]);
    expect(report.warnings.find((text) => text.startsWith('ticket:'))).toMatch(
      /more threads than CPUs/,
    );
  });

  test('a stall shows in the corrected percentile, and not in the raw one', async () => {
    const { rows } = await bench('locks', {
      threads: 2,
      outsideNs: 200,
      locks: ['futex3', 'pthread_mutex'],
      windows: 1,
      windowUs: 500_000,
      stallMs: 100,
      validateMs: 0,
    }).result;
    expect(rows).toHaveLength(2);
    for (const { waitNs, waitNsCorrected } of rows) {
      // A waiter that gets to the lock late waits for the rest of the stall only.
      expect(waitNs.max).toBeGreaterThan(20e6);
      expect(waitNs.p999).toBeLessThan(waitNs.max / 10);
      expect(waitNsCorrected.p999).toBeGreaterThan(waitNs.max / 2);
    }
  });
});

describe('other suites', () => {
  test('minors: the IDR against the bare walk, and the protocol with and without 04', async () => {
    const report = await bench('minors', { ...SHORT, threads: [1, 2], populations: [1, 500] })
      .result;
    expectHead(report, 'minors');
    const tableRows = report.rows.filter(({ minorLock }) => minorLock === undefined);
    expect(new Set(tableRows.map(({ n }) => n))).toEqual(new Set([1, 500]));
    expect(new Set(tableRows.map(({ op }) => op))).toEqual(
      new Set(['find', 'replace', 'remove', 'alloc', 'remove+add']),
    );
    expect(new Set(tableRows.map(({ order }) => order))).toEqual(
      new Set(['sequential', 'random', 'chain']),
    );
    const protocol = report.rows.filter(({ minorLock }) => minorLock !== undefined);
    expect(new Set(protocol.map(({ minorLock }) => minorLock)).size).toBeGreaterThan(1);
    expect(protocol.filter(({ faults }) => faults !== 0)).toEqual([]);
    for (const row of report.rows) {
      expectFigure(row.nsPerOp, row.ci95, row.windows);
      expect(row.vsBare).toBeGreaterThan(0);
      expect(row.bareWindows).toHaveLength(row.windows.length);
    }
  });

  test('refcount: every way against a bare pair of additions', async () => {
    const report = await bench('refcount', { ...SHORT, threads: [1, 2] }).result;
    expectHead(report, 'refcount');
    const combinations = report.rows.map(({ threads, shared }) => `${threads} ${shared}`);
    expect(new Set(combinations)).toEqual(new Set(['1 true', '2 true', '2 false']));
    for (const row of report.rows) {
      expectFigure(row.nsPerPair, row.ci95, row.windows);
      if (row.variant === 'xadd') expect(row.vsXadd).toBe(1);
    }
  });

  test('calls: each against the least that Node-API allows', async () => {
    const report = await bench('calls', SMALL).result;
    expectHead(report, 'calls');
    const kinds = report.rows.map(({ call }) => call.split(':')[0]);
    expect(new Set(kinds)).toEqual(
      new Set(['empty', 'u32 -> u32', 'find', 'open, close', 'batch']),
    );
    for (const row of report.rows) expectCallRow(row);
  });

  function expectCallRow(row: BenchCallRow): void {
    expectFigure(row.ns, row.ci95, row.windows);
    expect(row.rawWindows).toHaveLength(row.windows.length);
    expect(row.vsRaw).toBeGreaterThan(0);
    expect(row.per).toBe(row.call.startsWith('batch') ? 'element' : 'call');
  }

  test('explore: schedules per second beside bare fibers', async () => {
    const names = ['create-find', 'remove-find-open'];
    const strategies = ['random', 'dpor', 'stateful'] as const;
    const report = await bench('explore', {
      ...{ windows: 3, time: 0, seed: 1, executions: 300 },
      scenarios: names,
      strategies,
    }).result;
    expectHead(report, 'explore');
    expect(report.rows.map(({ scenario, strategy }) => [scenario, strategy])).toEqual(
      names.flatMap((name) => strategies.map((strategy) => [name, strategy])),
    );
    for (const row of report.rows) {
      expectFigure(row.schedulesPerSecond, row.ci95, row.windows);
      expect(row.threads).toBe(scenarios.find(({ name }) => name === row.scenario)?.cpus.length);
      expect(row.pointsPerSchedule).toBeGreaterThan(row.threads);
      expect(row.vsBare).toBeGreaterThan(0);
      expect(row.statesPerSecond > 0).toBe(row.strategy === 'stateful');
    }
    // Complete where they can be, and reported so; a walk has no end.
    const ended = report.rows.filter(({ exhaustedMs }) => exhaustedMs > 0);
    expect(ended.map(({ strategy }) => strategy)).toContain('stateful');
    expect(ended.map(({ strategy }) => strategy)).not.toContain('random');
  });
});

describe('a time limit', () => {
  test('leaves cells out, never windows', async () => {
    const report = await bench('locks', {
      threads: [1, 200],
      locks: ['ttas', 'futex3'],
      windows: 6,
      crowdedWindowUs: 60_000_000,
      time: '30s',
    }).result;
    expect(report).toMatchObject({
      ...{ complete: false, verdict: 'unfinished', limit: 'time', cellsLeftOut: 1 },
      rows: [
        { lock: 'ttas', threads: 1, n: 6, ci95: [expect.any(Number), expect.any(Number)] },
        { lock: 'futex3', threads: 1, n: 6, ci95: [expect.any(Number), expect.any(Number)] },
      ],
    });
    expect(report.warnings.join()).toContain('the time limit of 30s had no room for 1 more cell');
  });

  test('cuts a cell that takes longer than was expected, and says so', async () => {
    const options = { windows: 100_000, time: '300ms', scenarios: 'create-find' } as const;
    const explored = await bench('explore', { ...options, executions: 200 }).result;
    expect(explored).toMatchObject({ complete: false, verdict: 'unfinished', limit: 'time' });
    expect(explored.rows.length).toBeGreaterThan(0);
    for (const { windows } of explored.rows) expect(windows.length).toBeLessThan(100_000);
  });

  test('that leaves room for everything leaves nothing out', async () => {
    const report = await bench('locks', { ...SHORT, threads: 1, locks: 'ttas', time: '1m' }).result;
    expect(report).toMatchObject({ complete: true, limit: null, cellsLeftOut: 0 });
  });
});

describe('what it was measured on', () => {
  test.each(['locks', 'calls'] as const)('is in the report of %s', async (suite) => {
    const few = suite === 'locks' ? { ...SHORT, threads: 1, locks: 'ttas' as const } : SMALL;
    const { machine, rows, warnings } = await bench(suite, few).result;
    for (const name of ['cpu', 'kernel', 'compiler', 'flags', 'libc', 'governor'] as const)
      expect(machine[name]).toMatch(/^\S/);
    expect(machine.flags).toContain('-O2');
    expect(machine.cores).toBeGreaterThanOrEqual(machine.cpus);
    expect(machine.load).toHaveLength(2);
    expect(Date.parse(machine.date)).toBeGreaterThan(Date.parse('2026-01-01'));
    // Three windows: no interval, and the report says so.
    expect(rows.map(({ ci95 }) => ci95)).toEqual(rows.map(() => null));
    expect(warnings.join()).toContain('fewer than 6 windows');
  });
});

describe('quick', () => {
  test('leaves out the cells with more threads than CPUs', async () => {
    const { plan } = await bench('refcount', { ...SHORT, threads: [1, 64], quick: true }).result;
    expect(plan.cells).toEqual([{ threads: 1, holdNs: 0, outsideNs: 0 }]);
  });

  test('is refused where nothing would be left', () => {
    expect(() => bench('locks', { threads: 200, quick: true })).toThrow(
      expect.objectContaining({ code: 'ERR_INCOMPATIBLE_OPTIONS', option: 'quick' }),
    );
  });
});
