import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { describe, expect, test } from '@jest/globals';
import { type BenchOptions, type BenchProgress, type BenchRow, bench } from '../../../lib/index';
import { nextMessage, untilExit } from '../worker-events';

/** Hours, if nobody stops it; the first rows come at once. */
const ENDLESS: BenchOptions = {
  threads: [1, 2],
  locks: ['ttas', 'futex3'],
  windows: 2,
  windowUs: 500,
  crowdedWindowUs: 500,
  holdNs: Array.from({ length: 1000 }, (_, i) => i),
  time: 0,
  validateMs: 1,
};

describe('a run', () => {
  test('gives each row as it is measured; leaving the loop stops it', async () => {
    const run = bench('locks', ENDLESS);
    const rows: BenchRow[] = [];
    for await (const row of run) {
      rows.push(row);
      if (rows.length === 6) break;
    }
    const report = await run.result;
    expect(report).toMatchObject({ complete: false, verdict: 'unfinished' });
    expect(report.rows.slice(0, 6)).toEqual(rows);
    expect(report.rows.length).toBeLessThan(1000);
  });

  test('is iterated to its end', async () => {
    const run = bench('locks', { ...ENDLESS, holdNs: [0, 10] });
    const names: string[] = [];
    for await (const { lock, threads, holdNs } of run) names.push(`${lock} ${threads} ${holdNs}`);
    expect(new Set(names).size).toBe(8);
    expect((await run.result).rows).toHaveLength(8);
  });

  test.each([
    ['locks', ENDLESS],
    ['minors', { threads: 2, windows: 100_000, populations: 1000, time: 0 }],
    ['refcount', { threads: [1, 2], windows: 100_000, time: 0 }],
    ['calls', { windows: 100_000, windowUs: 1000, time: 0 }],
    ['explore', { windows: 100_000, executions: 200, time: 0 }],
  ] as const)('an abort of %s keeps what is measured', async (suite, options) => {
    // On a busy machine the first windows take their time.
    for (let patience = 700, rows = 0; rows === 0; patience *= 2) {
      expect(patience).toBeLessThan(50_000);
      const controller = new AbortController();
      const run = bench(suite, { ...options, signal: controller.signal });
      let told = 0;
      run.on('row', () => {
        told += 1;
      });
      await new Promise((resolve) => setTimeout(resolve, patience));
      controller.abort();
      const report = await run.result;
      const ended = { complete: false, limit: 'stopped', verdict: 'unfinished' };
      expect(report).toMatchObject({ ...ended, suite });
      expect(told).toBe(report.rows.length);
      for (const { windows } of report.rows) expect(windows.length).toBeGreaterThan(0);
      rows = report.rows.length;
    }
  });

  test('an abort before the start rejects with its reason', async () => {
    const signal = AbortSignal.abort(new Error('mine'));
    for (const suite of ['locks', 'calls', 'explore'] as const) {
      await expect(bench(suite, { signal }).result).rejects.toThrow('mine');
    }
    await expect(async () => {
      for await (const _ of bench('locks', { signal }));
    }).rejects.toThrow('mine');
  });

  test('await using stops it and waits', async () => {
    const rows: BenchRow[] = [];
    let report: Promise<{ complete: boolean }> | undefined;
    {
      await using run = bench('locks', ENDLESS);
      report = run.result;
      for await (const row of run) {
        rows.push(row);
        break;
      }
    }
    expect(rows).toHaveLength(1);
    expect(await report).toMatchObject({ complete: false });
  });

  test('reports how far it is, and its end', async () => {
    const run = bench('refcount', { threads: [1, 2], windows: 10, windowUs: 3000, time: 0 });
    const heard: BenchProgress[] = [];
    run.on('progress', (progress) => heard.push(progress));
    const finished = new Promise((resolve) => run.once('finished', resolve));
    const report = await run.result;
    expect(await finished).toBe(report);
    expect(heard.length).toBeGreaterThan(0);
    for (const { elapsedMs, etaMs = 0, parts, partsDone, rows } of heard) {
      expect(elapsedMs).toBeGreaterThanOrEqual(0);
      expect(etaMs).toBeGreaterThanOrEqual(0);
      expect(partsDone).toBeLessThanOrEqual(parts);
      expect(rows).toBeLessThanOrEqual(report.rows.length);
    }
    const last = heard.at(-1);
    expect(last?.partsDone).toBeGreaterThan(0);
  });

  test('what a listener throws is what the result rejects with', async () => {
    const run = bench('locks', ENDLESS);
    run.on('row', () => {
      throw new Error('mine');
    });
    await expect(run.result).rejects.toThrow('mine');
  });

  test('two at a time do not mix', async () => {
    const [locks, refcount] = await Promise.all([
      bench('locks', { ...ENDLESS, holdNs: 0 }).result,
      bench('refcount', { threads: 1, windows: 2, windowUs: 500, time: 0 }).result,
    ]);
    expect(locks.rows.every((row) => 'lock' in row)).toBe(true);
    expect(refcount.rows.every((row) => 'variant' in row)).toBe(true);
  });
});

interface Look {
  threads: { allowed: string; policy: number; nice: number }[];
  allowed: string;
  priority: number;
}

test('leaves no thread, no pinning and no priority behind, and never had one of those', () => {
  const script = path.join(__dirname, '../children', 'bench-footprint.cjs');
  const child = spawnSync(process.execPath, [script], { encoding: 'utf8', timeout: 110_000 });
  expect(child.stderr).toBe('');
  const { before, during, after } = JSON.parse(child.stdout) as {
    before: Look;
    during: Look[];
    after: Look;
  };
  const told = process.platform === 'linux';
  // It did look while threads were there, and while those were pinned.
  const most = Math.max(...during.map(({ threads }) => threads.length));
  expect(most > before.threads.length + 3).toBe(told);
  const pinned = during.flatMap(({ threads }) =>
    threads.filter(({ allowed }) => allowed !== before.allowed),
  );
  expect(pinned.length > 0).toBe(/[3-9a-f]/.test(before.allowed));
  for (const { threads, allowed, priority } of [...during, after]) {
    expect([allowed, priority]).toEqual([before.allowed, before.priority]);
    for (const { policy, nice } of threads) expect([policy, nice]).toEqual([0, before.priority]);
  }
  expect(after.threads).toHaveLength(before.threads.length);
  expect(after.threads.map(({ allowed }) => allowed)).toEqual(
    before.threads.map(({ allowed }) => allowed),
  );
});

describe('a process that ends in mid-benchmark', () => {
  const dist = path.join(__dirname, '../../../dist/index.js');
  const MANY = `
    const { bench } = require(${JSON.stringify(dist)});
    bench('locks', { threads: 4, windows: 100000, time: 0 });
    bench('refcount', { windows: 100000, time: 0 });
    bench('explore', { windows: 100000, time: 0 });`;

  test.each([
    ['process.exit', `${MANY} setTimeout(() => process.exit(7), 200);`, 7],
    ['process.exit at once', `${MANY} process.exit(7);`, 7],
    ['an uncaught error', `${MANY} setTimeout(() => { throw new Error('mine'); }, 200);`, 1],
  ])('by %s leaves with its own code', (_, code, status) => {
    const child = spawnSync(process.execPath, ['-e', code], { encoding: 'utf8', timeout: 110_000 });
    expect(child).toMatchObject({ status });
  });
});

describe('workers', () => {
  const WORKER = `
    const { parentPort, workerData } = require('node:worker_threads');
    const { bench } = require(workerData.dist);
    const { suite, options } = workerData;
    const run = bench(suite, options);
    run.once('progress', () => parentPort.postMessage('running'));
    run.result.then(({ rows }) => parentPort.postMessage(rows.length));`;
  const dist = path.join(__dirname, '../../../dist/index.js');
  const inWorker = (suite: string, options: BenchOptions): Worker =>
    new Worker(WORKER, { eval: true, workerData: { dist, suite, options } });

  test('are terminated in mid-benchmark', async () => {
    const endless = { windows: 100_000, time: 0 };
    for (const suite of ['locks', 'refcount', 'explore', 'calls']) {
      const threads = suite === 'explore' || suite === 'calls' ? {} : { threads: 2 };
      const workers = [0, 1, 2].map(() => inWorker(suite, { ...endless, ...threads }));
      expect(await Promise.all(workers.map(nextMessage))).toEqual(Array(3).fill('running'));
      expect(await Promise.all(workers.map((worker) => worker.terminate()))).toEqual([1, 1, 1]);
    }
  });

  test('measure to the end', async () => {
    const options = { threads: 1, windows: 2, windowUs: 500, time: 0 };
    const { code, messages } = await untilExit(inWorker('refcount', options));
    expect(code).toBe(0);
    expect(messages).toEqual(['running', expect.any(Number)]);
    expect(messages[1]).toBeGreaterThan(5);
  });
});
