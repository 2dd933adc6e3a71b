import { describe, expect, test } from '@jest/globals';
import { bench } from '../../../lib/index';
import { compareBench, slowerThan } from '../../../lib/reports/comparison/compare';
import { trendOfBench } from '../../../lib/reports/comparison/trend';
import { comparePaired, driftOf, wordOf } from '../../../lib/reports/comparison/words';
import { type BenchDocument, checkDocument } from '../../../lib/reports/documents';

/** Numbers from 0 to 1, always the same. */
function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const normal = (random: () => number): number =>
  Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());

const ROUNDS = 20;

/** What a process does to all its windows, and to those of one lock; what a round does, and one window. */
const NOISE = { process: 0.3, lock: 0.01, round: 0.05, window: 0.02 };

/** One run: a lock that is `speed` times as fast as the reference, which stands in the same rounds. */
function simulateRun(random: () => number, locks: Record<string, number>): object[] {
  const mood = Math.exp(NOISE.process * normal(random));
  const rounds = Array.from({ length: ROUNDS }, () => Math.exp(NOISE.round * normal(random)));
  return Object.entries({ pthread_mutex: 1, ...locks }).map(([lock, speed]) => {
    const own = lock === 'pthread_mutex' ? 1 : Math.exp(NOISE.lock * normal(random));
    const windows = rounds.map(
      (round) => 1e7 * mood * own * round * speed * Math.exp(NOISE.window * normal(random)),
    );
    return rowOf(lock, windows);
  });
}

const WAITS = { p50: 10, p90: 20, p99: 30, p999: 40, max: 50 };

function rowOf(lock: string, windows: number[]): object {
  return {
    lock,
    threads: 2,
    holdNs: 0,
    outsideNs: 0,
    opsPerSecond: windows[0] ?? 0,
    ci95: null,
    handoffRatio: 0.5,
    jain: 1,
    waitNs: WAITS,
    waitNsCorrected: WAITS,
    cpuNsPerOp: 10,
    oversubscribed: false,
    pinned: true,
    windows,
  };
}

const MACHINE = {
  cpu: 'a processor',
  cores: 2,
  smt: false,
  numa: 1,
  governor: 'performance',
  kernel: 'Linux 6',
  compiler: 'gcc 12',
  flags: '-O2',
  libc: 'glibc 2.36',
  load: [0.1, 0.1],
  date: '2026-11-28T08:00:00.000Z',
};

/** A report of N runs, as `bench locks --runs` writes it. */
function reportOf(
  runs: readonly object[][],
  machine: object = {},
  plan: object = {},
): BenchDocument {
  const facts = (run: number) => ({
    ...MACHINE,
    date: new Date(Date.UTC(2026, 10, 28, 8, run)).toISOString(),
    ...machine,
  });
  const head = { environment: { node: 'v20', os: 'linux', arch: 'x64', cpus: 2 } };
  const verdict = 'clean' as const;
  return checkDocument(
    {
      tool: 'dmtorture',
      version: '0.3.0',
      kind: 'bench',
      verdict,
      complete: true,
      plan: { suite: 'locks', seed: 1, windowUs: 3000, pinned: true, ...plan },
      ...head,
      durationMs: 1,
      rows: runs.flatMap((rows, run) => rows.map((row) => ({ ...row, run }))),
      parts: runs.map((_, run) => ({
        seed: run,
        ...head,
        durationMs: 1,
        verdict,
        complete: true,
        machine: facts(run),
      })),
    },
    'report',
  ) as BenchDocument;
}

function simulate(random: () => number, locks: Record<string, number>, runs = 5): object[][] {
  return Array.from({ length: runs }, () => simulateRun(random, locks));
}

const told = (word: string): boolean => word === 'faster' || word === 'slower';

describe('a lock against itself', () => {
  test('five processes a side: told apart in at most 5 % of comparisons', () => {
    const random = randomFrom(1);
    let apart = 0;
    const times = 400;
    for (let i = 0; i < times; i += 1) {
      const sides = [0, 1].map(() => reportOf(simulate(random, { ticket: 1.2 })));
      const { rows } = compareBench(sides[0] as BenchDocument, sides[1] as BenchDocument);
      expect(rows).toHaveLength(1);
      apart += told(rows[0]?.word ?? '') ? 1 : 0;
    }
    expect(apart / times).toBeLessThanOrEqual(0.05);
  });

  test('six locks at once: any of them told apart in at most 5 % of comparisons', () => {
    const random = randomFrom(2);
    // No distance to keep from 1: what is left is the correction for many rows alone.
    const locks = { tas: 1, ttas: 1, ticket: 1, mcs: 1, clh: 1, futex3: 1 };
    let apart = 0;
    const times = 400;
    for (let i = 0; i < times; i += 1) {
      const sides = [0, 1].map(() => reportOf(simulate(random, locks)));
      const { rows } = compareBench(sides[0] as BenchDocument, sides[1] as BenchDocument);
      apart += rows.some(({ bounds }) => told(wordOf(bounds, 0))) ? 1 : 0;
    }
    expect(apart / times).toBeLessThanOrEqual(0.05 + 2 * Math.sqrt((0.05 * 0.95) / times));
  });

  test('window by window of one run: told apart in at most 5 %, of seventeen locks, too', () => {
    const random = randomFrom(3);
    for (const locks of [1, 17]) {
      let apart = 0;
      const times = 400;
      for (let i = 0; i < times; i += 1) {
        const rounds = Array.from({ length: ROUNDS }, () => Math.exp(0.3 * normal(random)));
        const side = (): number[] => rounds.map((round) => round * Math.exp(0.05 * normal(random)));
        const words = Array.from({ length: locks }, () => comparePaired(side(), side(), locks));
        apart += words.some(({ word }) => told(word)) ? 1 : 0;
      }
      expect(apart / times).toBeLessThanOrEqual(0.05);
    }
  });

  test('on this machine: windows of one lock, every other one against the rest', async () => {
    const report = await bench('locks', {
      threads: 1,
      locks: 'ttas',
      windows: 400,
      windowUs: 300,
      validateMs: 0,
      time: 0,
    }).result;
    const windows = report.rows[0]?.windows ?? [];
    expect(windows).toHaveLength(400);
    const groups = Array.from({ length: 10 }, (_, i) => windows.slice(i * 40, (i + 1) * 40));
    const apart = groups.filter((group) => {
      const sides = [0, 1].map((odd) => group.filter((_, i) => i % 2 === odd));
      return told(comparePaired(sides[0] ?? [], sides[1] ?? []).word);
    });
    expect(apart.length).toBeLessThanOrEqual(3);
  });
});

describe('two that differ', () => {
  const random = randomFrom(4);
  const [old, faster, slower] = [1.2, 1.5, 0.9].map((ticket) =>
    reportOf(simulate(random, { ticket, mcs: 0.5 })),
  ) as [BenchDocument, BenchDocument, BenchDocument];

  test('faster, slower, and what did not change', () => {
    const up = compareBench(old, faster).rows;
    expect(up.map(({ name, word }) => [name.split(',')[0], word])).toEqual([
      ['ticket', 'faster'],
      ['mcs', expect.stringMatching(/^(same|not told apart)$/)],
    ]);
    expect(up[0]?.ratio).toBeCloseTo(1.25, 1);
    expect(up[0]).toMatchObject({ runs: [5, 5], reference: 'pthread_mutex' });
    expect(compareBench(old, slower).rows[0]?.word).toBe('slower');
  });

  test('a threshold is missed where the whole interval is beyond it', () => {
    const down = compareBench(old, slower);
    expect(slowerThan(down, 0.1).map(({ name }) => name.split(',')[0])).toEqual(['ticket']);
    expect(slowerThan(down, 0.3)).toEqual([]);
    expect(slowerThan(compareBench(old, faster), 0)).toEqual([]);
  });

  test('a process in another mood makes no difference: it is divided by its reference', () => {
    const slow = reportOf(
      simulate(randomFrom(4), { ticket: 1.2, mcs: 0.5 }).map((rows) =>
        rows.map((row) => ({
          ...row,
          windows: (row as { windows: number[] }).windows.map((w) => w / 3),
        })),
      ),
    );
    for (const { word } of compareBench(old, slow).rows) expect(told(word)).toBe(false);
  });
});

describe('what cannot be compared', () => {
  const random = randomFrom(5);
  const old = reportOf(simulate(random, { ticket: 1.2 }));
  const runs = simulate(random, { ticket: 2.4 });

  test.each([
    ['cpu', 'another'],
    ['cores', 4],
    ['compiler', 'clang 14'],
    ['flags', '-O3'],
    ['libc', 'musl'],
  ])('another %s: the ratio is there, and no verdict', (name, value) => {
    const comparison = compareBench(old, reportOf(runs, { [name]: value }));
    expect(comparison.comparable).toBe(false);
    expect(comparison.reasons.join()).toContain(`${value} now`);
    expect(comparison.rows[0]).toMatchObject({ word: 'cannot be compared', bounds: null });
    expect(comparison.rows[0]?.ratio).toBeCloseTo(2, 0);
    expect(slowerThan(comparison, 0)).toEqual([]);
    const across = compareBench(old, reportOf(runs, { [name]: value }), { across: true });
    expect(across.rows[0]?.word).toBe('faster');
  });

  test('windows of another length, threads on any CPU', () => {
    for (const plan of [{ windowUs: 100 }, { pinned: false }]) {
      expect(compareBench(old, reportOf(runs, {}, plan)).comparable).toBe(false);
    }
  });

  test('a document that does not say what it was measured on', () => {
    const { comparable, reasons } = compareBench(old, reportOf(runs, { cpu: undefined }));
    expect([comparable, reasons]).toEqual([
      false,
      ['a document does not say what it was measured on'],
    ]);
  });

  test('another governor, or a load of over half a CPU: verdicts, with a note', () => {
    const other = compareBench(old, reportOf(runs, { governor: 'powersave', load: [0.9, 1] }));
    expect(other.comparable).toBe(true);
    expect(other.notes).toEqual([
      'another governor: performance before, powersave now',
      'a load of over half a CPU on the new side',
    ]);
    expect(other.rows[0]?.word).toBe('faster');
  });

  test('fewer than five runs a side', () => {
    const [row] = compareBench(old, reportOf(runs.slice(0, 4))).rows;
    expect(row).toMatchObject({ word: 'cannot be compared', runs: [5, 4] });
    expect(row?.why).toBe('it takes 5 runs a side, and there are 5 before, 4 now');
  });

  test('no reference in the same rounds', () => {
    const bare = runs.map((rows) => rows.slice(1));
    const [row] = compareBench(old, reportOf(bare)).rows;
    expect(row).toMatchObject({
      word: 'cannot be compared',
      why: 'no reference was measured in its rounds',
    });
  });

  test('more rows than five runs can tell apart: how many runs it takes', () => {
    const locks = { tas: 9, ttas: 9, ticket: 9, mcs: 9, clh: 9, futex3: 9, anderson: 9 };
    const slow = Object.fromEntries(Object.keys(locks).map((lock) => [lock, 1]));
    const { rows } = compareBench(
      reportOf(simulate(random, slow)),
      reportOf(simulate(random, locks)),
    );
    for (const row of rows) {
      expect(row).toMatchObject({
        word: 'not told apart',
        why: '7 verdicts at once take 6 runs a side',
      });
      expect(row.ci95?.[0]).toBeGreaterThan(8);
    }
  });

  test('rows of one side alone are named', () => {
    const other = reportOf(simulate(random, { mcs: 1 }));
    expect(compareBench(old, other)).toMatchObject({
      rows: [],
      gone: ['ticket, 2 threads, 0 ns held, 0 ns outside'],
      added: ['mcs, 2 threads, 0 ns held, 0 ns outside'],
    });
  });
});

describe('words', () => {
  test.each([
    [[1.03, 1.1], 'faster'],
    [[1.01, 1.1], 'not told apart'],
    [[0.99, 1.01], 'same'],
    [[0.9, 0.97], 'slower'],
    [[0.9, 0.99], 'not told apart'],
    [null, 'not told apart'],
  ] as const)('%j: %s', (interval, word) => {
    expect(wordOf(interval && [interval[0], interval[1]])).toBe(word);
  });

  test('drift: the last third of the windows against the first', () => {
    const steady = Array.from({ length: 30 }, (_, i) => 100 + (i % 5) / 10);
    expect(driftOf(steady)).toBeNull();
    expect(driftOf(steady.map((value, i) => (i >= 20 ? value * 1.1 : value)))).toBeCloseTo(1.1, 2);
    expect(driftOf(steady.map((value, i) => (i >= 20 ? value * 1.015 : value)))).toBeNull();
    // A jump to both sides in the last third moves the median, and its interval reaches back.
    const wild = steady.map((value, i) => (i >= 20 ? value * (i % 2 === 0 ? 1.5 : 0.7) : value));
    expect(driftOf(wild)).toBeNull();
    expect(driftOf([1, 2, 3])).toBeNull();
  });
});

describe('a trend over files', () => {
  const random = randomFrom(6);
  const file = (ticket: number, minute: number): BenchDocument =>
    reportOf(simulate(random, { ticket }, 1), {
      date: new Date(Date.UTC(2026, 10, 28, 9, minute)).toISOString(),
    });
  const files = (...speeds: number[]): BenchDocument[] => speeds.map(file);
  const steady = new Array<number>(12).fill(1.2);

  test('the newest run is marked where it and the one before lie outside the ten before', () => {
    const trendOf = (documents: BenchDocument[]): unknown =>
      trendOfBench(documents, []).rows.map(({ trend }) => trend);
    expect(trendOf(files(...steady.slice(0, 10), 2, 2))).toEqual(['faster']);
    expect(trendOf(files(...steady.slice(0, 10), 0.6, 0.6))).toEqual(['slower']);
    expect(trendOf(files(...steady.slice(0, 11), 2))).toEqual(['steady']);
    expect(trendOf(files(...steady.slice(0, 10), 2, 0.6))).toEqual(['steady']);
    expect(trendOf(files(...steady.slice(0, 9), 2, 2))).toEqual(['few']);
  });

  test('by date, in whichever order the files are named; others of another machine are left out', () => {
    const documents = files(...steady.slice(0, 10), 2, 2);
    const other = reportOf(simulate(random, { ticket: 9 }, 1), { cpu: 'another' });
    const { rows, leftOut } = trendOfBench(
      [...documents.toReversed(), other],
      [...documents.map((_, i) => `${i}.json`), 'other.json'],
    );
    expect(rows[0]?.trend).toBe('faster');
    expect(rows[0]?.speeds.at(-1)).toBeCloseTo(2, 0);
    expect(leftOut).toEqual(['other.json: another processor: another before, a processor now']);
  });
});
