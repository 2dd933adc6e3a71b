import fs from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { describe, expect, test } from '@jest/globals';

interface Judged {
  no: number;
  verdict: string;
  worst?: { figure: number; ci95: [number, number]; name: string };
}
interface Targets {
  judge(results: object): Judged[];
  reportLines(judged: Judged[]): string[];
  newestFile(group: string, folder: string): string | undefined;
  targets: { no: number }[];
}

const load = createRequire(__filename);
const folder = path.join(__dirname, '..', '..', 'benchmarks');
const targets = load(path.join(folder, 'targets.cjs')) as Targets;
const trials = load(path.join(folder, 'trials.json')) as Record<string, { group: string }>;

const judged = (no: number, results: object): Judged => {
  const found = targets.judge(results).find((one) => one.no === no);
  if (!found) throw new Error(`no target ${no}`);
  return found;
};

/** A lock row: windows of operations per second around `speed`. */
function lockRow(lock: string, speed: number, more: object = {}): object {
  const windows = [0.99, 1, 1.01, 1, 0.995, 1.005, 1].map((factor) => factor * speed);
  const ci95 = [0.99 * speed, 1.01 * speed];
  return { lock, threads: 1, holdNs: 0, outsideNs: 0, opsPerSecond: speed, ci95, windows, ...more };
}

const storm = (median: number, ci95: [number, number], samples = 31): object => ({
  ledger: { rows: [{ threads: 1, median, ci95, samples }] },
});

describe('a verdict', () => {
  test.each([
    [storm(0.9, [0.86, 0.95]), 'met'],
    [storm(0.86, [0.84, 0.9]), 'inconclusive'],
    [storm(0.8, [0.75, 0.84]), 'missed'],
    [storm(0.5, [0.5, 0.5], 5), 'inconclusive'],
    [{}, 'not measured'],
  ])('of a target of at least 0.85: %j is %s', (results, verdict) => {
    expect(judged(12, results).verdict).toBe(verdict);
  });

  test('is none where others took the time', () => {
    const results = storm(0.5, [0.4, 0.6]) as { ledger: object };
    const noisy = { ledger: { ...results.ledger, noise: { noisy: true } } };
    expect(judged(12, noisy).verdict).toBe('inconclusive');
  });
});

test('the case that is named is one that the verdict is about', () => {
  const rows = [
    { threads: 1, median: 0.88, ci95: [0.851, 0.9], samples: 61 },
    { threads: 2, median: 0.92, ci95: [0.81, 1.03], samples: 61 },
  ];
  const { verdict, worst } = judged(12, { ledger: { rows } });
  expect({ verdict, name: worst?.name }).toEqual({
    verdict: 'inconclusive',
    name: 'ledger, 2 threads',
  });
});

describe('ratios', () => {
  test('are of times, window by window, to the best of those beside it', () => {
    const rows = [
      lockRow('tas', 100),
      lockRow('ck_fas', 80),
      lockRow('ck_cas', 90),
      lockRow('ck_fas', 500, { threads: 2 }),
    ];
    const { worst, verdict } = judged(1, { uncontended: { rows } });
    expect(worst).toMatchObject({ name: 'tas / ck_cas', figure: expect.closeTo(0.9, 3) });
    expect(verdict).toBe('met');
    const slow = [lockRow('tas', 100), lockRow('clh', 85), lockRow('ck_cas', 90)];
    const missed = judged(1, { uncontended: { rows: slow } });
    expect(missed).toMatchObject({ verdict: 'missed', worst: { name: 'clh / ck_cas' } });
  });

  test('of tables are of nanoseconds', () => {
    const row = (op: string, ns: number): object => ({
      ...{ op, n: 1000, order: 'chain', threads: 1, nsPerOp: ns, ci95: [ns, ns] },
      ...{ vsBare: 1, vsBareCi95: [1, 1], windows: Array(9).fill(ns) },
    });
    const results = (array: number): object => ({
      tables: { rows: [row('find', 1), row('find (array)', array)] },
    });
    expect(judged(7, results(0.5))).toMatchObject({ verdict: 'met', worst: { figure: 2 } });
    expect(judged(7, results(0.25)).verdict).toBe('missed');
  });
});

describe('the best of several', () => {
  const crowd = (name: string, figure: number, jain: number): object =>
    lockRow(name, 1, {
      ...{ threads: 8, vsMutex: figure, vsMutexCi95: [figure - 0.01, figure + 0.01], jain },
    });
  const verdictOf = (...rows: object[]): string => judged(5, { saturated: { rows } }).verdict;

  test('counts if it has what it has to have besides', () => {
    const fair = { saturated: { rows: [crowd('futex3', 1.9, 0.98), crowd('mcs_park', 0.1, 1)] } };
    expect(judged(5, fair)).toMatchObject({ verdict: 'met', worst: { name: 'futex3, 8 threads' } });
    expect(verdictOf(crowd('futex3', 1.9, 0.7))).toBe('missed');
    expect(verdictOf(crowd('futex3', 1.1, 0.99))).toBe('missed');
  });

  test('is a share of what all CPUs could do, by one thread in a cell like it', () => {
    const cell = { holdNs: 100, outsideNs: 200, jain: 0.99 };
    const share = (together: number, cpus?: number): Judged =>
      judged(5, {
        crowded: {
          cpus,
          rows: [
            lockRow('futex3', 100, cell),
            lockRow('futex3', 1, { ...cell, holdNs: 0 }),
            lockRow('futex3', together, { ...cell, threads: 8 }),
          ],
        },
      });
    expect(share(198, 2)).toMatchObject({ verdict: 'met', worst: { figure: 0.99 } });
    expect(share(150, 2)).toMatchObject({ verdict: 'missed', worst: { figure: 0.75 } });
    expect(share(198).verdict).toBe('not measured');
  });
});

test('there is a line for each target, 1 to 17', () => {
  expect(targets.targets.map(({ no }) => no)).toEqual(Array.from({ length: 17 }, (_, i) => i + 1));
  const lines = targets.reportLines(targets.judge(storm(0.9, [0.86, 0.95])));
  expect(lines).toHaveLength(17);
  expect(lines[11]).toMatch(/^12 {2}met +0\.9 \[0\.86, 0\.95\] >= 0\.85 +a storm/);
  expect(lines[0]).toMatch(/^ 1 {2}not measured/);
});

test('every trial that a target names is one, and every group has a result file', () => {
  const text = fs.readFileSync(path.join(folder, 'targets.json'), 'utf8');
  const named = [...text.matchAll(/"trial": "(\w+)"/g)].map(([, name = '']) => name);
  for (const name of named) expect(Object.keys(trials)).toContain(name);
  for (const { group } of Object.values(trials)) {
    expect(targets.newestFile(group, path.join(folder, 'results'))).toBeDefined();
  }
});

test('the newest file of a group is that of the last day', () => {
  const results = fs.mkdtempSync(path.join(os.tmpdir(), 'dmtorture-results-'));
  for (const name of ['2026-01-02-locks', '2026-01-10-locks', '2026-02-01-calls']) {
    fs.writeFileSync(path.join(results, `${name}.json`), '{}');
  }
  expect(targets.newestFile('locks', results)).toBe(path.join(results, '2026-01-10-locks.json'));
  expect(targets.newestFile('minors', results)).toBeUndefined();
  fs.rmSync(results, { recursive: true });
});
