import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { matchers } from '../../../lib/jest';
import { run, runJson, start } from '../command';

const LOCKS = ['bench', 'locks', '--threads', '1', '--locks', 'ttas,pthread_mutex'];
const SMALL = [...LOCKS, '--windows', '6', '--window', '200us', '--validate', '0ms'];

interface Report {
  rows: { lock: string; run: number; windows: number[] }[];
  parts: { seed: number; machine: object }[];
}

let folder = '';
let report: Report;

/** The file of a report whose every row but that of the mutex is `factor` times as fast. */
function fileOf(name: string, factor: number, more: object = {}): string {
  const rows = report.rows.map((row) => ({
    ...row,
    windows: row.windows.map((_, i) => (row.lock === 'pthread_mutex' ? 1e7 : 2e7 * factor) + i),
  }));
  const file = path.join(folder, name);
  fs.writeFileSync(file, JSON.stringify({ ...report, rows, ...more }));
  return file;
}

beforeAll(async () => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'compare-'));
  const { code, json } = await runJson(...SMALL, '--runs', '5', '--seed', '9');
  expect(code).toBe(0);
  report = json as Report;
});

afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

describe('bench --runs', () => {
  test('each is a process of its own, with its windows, its seed and its machine', () => {
    expect(report.rows.map(({ lock, run: of, windows }) => [lock, of, windows.length])).toEqual(
      [0, 1, 2, 3, 4].flatMap((of) => [
        ['ttas', of, 6],
        ['pthread_mutex', of, 6],
      ]),
    );
    expect(report.parts.map(({ seed }) => seed)).toEqual([9, 10, 11, 12, 13]);
    for (const { machine } of report.parts) {
      const facts = ['date', 'cpu', 'cores', 'smt', 'numa', 'governor', 'kernel', 'compiler'];
      expect(machine).toEqual(
        expect.objectContaining(
          Object.fromEntries(
            [...facts, 'flags', 'libc', 'load'].map((name) => [name, expect.anything()]),
          ),
        ),
      );
    }
  });

  describe('Ctrl-C in the first run', () => {
    const LONG = ['--windows', '1000', '--validate', '0ms', '--runs', '5', '--json'];
    const stopAfter = async (delayMs: number, window: string) => {
      const { child, said, ended } = start([...LOCKS, ...LONG, '--window', window]);
      await said('5 runs, each a process');
      setTimeout(() => child.kill('SIGINT'), delayMs);
      return ended;
    };

    test('gives the report of what it measured', async () => {
      let [delayMs, stdout, code]: [number, string, number | null] = [500, '', null];
      // How long a process takes to begin depends on the machine.
      for (; stdout === '' && delayMs < 30_000; delayMs *= 2) {
        ({ code, stdout } = await stopAfter(delayMs, '5ms'));
      }
      expect(code).toBe(130);
      const { rows, ...head } = JSON.parse(stdout) as Report;
      expect(head).toMatchObject({ kind: 'bench', verdict: 'unfinished', complete: false });
      // It may come after the first window of the first lock.
      const locks = ['ttas', 'pthread_mutex'].slice(0, rows.length);
      expect(rows.map(({ lock }) => lock)).toEqual(locks);
      expect(rows[0]?.windows.length).toBeGreaterThan(0);
    }, 120_000);

    test('is a sentence where nothing was measured', async () => {
      const { code, stdout, stderr } = await stopAfter(0, '1s');
      expect([code, stdout]).toEqual([130, '']);
      expect(stderr).toMatch(/^error: interrupted before anything was measured$/m);
    });
  });

  test('a number out of range', async () => {
    const { code, stderr } = await run(...SMALL, '--runs', '0');
    expect([code, stderr]).toEqual([2, expect.stringContaining('--runs to be 1..100, got `0`')]);
  });
});

describe('bench --compare', () => {
  test('two files: the ratio, its interval, the verdict; exit 4 beyond the threshold alone', async () => {
    const [old, now] = [fileOf('old.json', 1), fileOf('slow.json', 0.9)];
    const { code, stdout } = await run('bench', '--compare', old, now);
    expect(code).toBe(0);
    expect(stdout).toMatch(/ttas.* 5, 5 +2\.00x +1\.80x +0\.900 +0\.900 - 0\.900 +slower/);
    expect(stdout.replace(/\n/g, ' ')).toContain(
      'compared: 1 slower; the verdict is wrong in at most 5 %; each figure',
    );
    const kept = await run('bench', '--compare', old, now, '--threshold', '15%');
    expect(kept.code).toBe(0);
    const missed = await run('bench', '--compare', old, now, '--threshold', '5%');
    expect(missed.code).toBe(4);
    expect(missed.stderr).toMatch(
      /threshold missed: ttas, .* is slower by 10\.0 % at least, and 5 % are allowed/,
    );
  });

  test('nothing is said of verdicts where there is none, and of many rows some are named', async () => {
    const cells = [1, 2, 3, 4, 5, 6, 7].map((holdNs) =>
      report.rows.map((row) => ({ ...row, holdNs, outsideNs: 3 })),
    );
    const files = [fileOf('old.json', 1), fileOf('others.json', 1)];
    fs.writeFileSync(files[1] as string, JSON.stringify({ ...report, rows: cells.flat() }));
    const { code, stdout } = await run('bench', '--compare', ...files);
    expect(code).toBe(0);
    expect(stdout.replace(/\n/g, ' ')).toMatch(
      /only in the new: (ttas, 1 thread, \d ns held, 3 ns outside; ){5}and 2 more compared: no row is in both $/,
    );
  });

  test('an option of a measurement is refused where nothing is measured', async () => {
    const files = [fileOf('old.json', 1), fileOf('same.json', 1)];
    const { code, stderr } = await run('bench', '--windows', '9', '--compare', ...files);
    expect(code).toBe(2);
    expect(stderr).toContain('--windows is for a measurement: --compare without a suite has none');
  });

  test('--json: the new report, with the comparison', async () => {
    const files = [fileOf('old.json', 1), fileOf('same.json', 1)];
    const { json } = await runJson('bench', '--compare', ...files);
    expect(json).toMatchObject({
      kind: 'bench',
      comparison: {
        comparable: true,
        verdicts: 1,
        rows: [{ word: 'same', ratio: 1, runs: [5, 5], reference: 'pthread_mutex' }],
      },
    });
  });

  test('another machine: the ratio, a line, no verdict, exit 0; --across gives one', async () => {
    const parts = report.parts.map((part) => ({
      ...part,
      machine: { ...part.machine, compiler: 'gcc 1.0' },
    }));
    const files = [fileOf('old.json', 1), fileOf('other.json', 0.5, { parts })];
    const { code, stdout } = await run('bench', '--compare', ...files, '--threshold', '5%');
    expect(code).toBe(0);
    expect(stdout).toMatch(/1 row: another compiler: .* before, gcc 1\.0 now/);
    expect(stdout).toMatch(/ 0\.500 .*cannot be compared/);
    const across = await run('bench', '--compare', ...files, '--across', '--threshold', '5%');
    expect(across.code).toBe(4);
  });

  test('a run against a file: five processes, without being asked for', async () => {
    const { code, json } = await runJson(...SMALL, '--compare', fileOf('old.json', 1));
    expect(code).toBe(0);
    expect(json).toMatchObject({ comparison: { rows: [{ runs: [5, 5] }] } });
  });

  test('more files: a trend', async () => {
    const files = Array.from({ length: 12 }, (_, i) => {
      const date = new Date(Date.UTC(2030, 0, i + 1)).toISOString();
      const parts = report.parts.map((part) => ({ ...part, machine: { ...part.machine, date } }));
      return fileOf(`${i}.json`, i >= 10 ? 0.5 : 1, { parts });
    });
    const { code, stdout } = await run('bench', '--compare', ...files);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^ttas.* 12 .*the newest two are slower than the ten\s+before/m);
  });

  test('what cannot be: one file alone, no suite, a file of another kind', async () => {
    const old = fileOf('old.json', 1);
    const other = path.join(folder, 'none.json');
    fs.writeFileSync(other, '{}');
    for (const [args, says] of [
      [['bench', '--compare', old], '--compare without a suite takes two files or more'],
      [['bench'], 'Expected a suite: locks,'],
      [['bench', '--compare', old, other], other],
      [[...SMALL, '--threshold', '5%'], "--threshold '5%'"],
    ] as const) {
      const { code, stderr } = await run(...args);
      expect([code, stderr]).toEqual([2, expect.stringContaining(says)]);
    }
  });
});

describe('toBeAsFastAs()', () => {
  const read = (file: string): unknown => JSON.parse(fs.readFileSync(file, 'utf8'));
  const ask = (now: unknown, old: unknown, options = {}, isNot = false) => {
    const { pass, message } = matchers.toBeAsFastAs.call({ isNot }, now, old, options);
    return [pass, message()];
  };

  test('as fast, slower, and within which share', () => {
    const [old, slow] = [read(fileOf('old.json', 1)), read(fileOf('slow.json', 0.9))];
    expect(ask(old, old)).toEqual([true, expect.stringContaining('no row is slower by more')]);
    expect(ask(slow, old)).toEqual([
      false,
      expect.stringContaining('1 of 1 rows are slower by more than 0.05, for sure'),
    ]);
    expect(ask(slow, old, { within: 0.15 })[0]).toBe(true);
  });

  test('what cannot be compared fails whichever way it is asked, and says so', () => {
    const old = read(fileOf('old.json', 1)) as Report;
    const one = { ...old, rows: old.rows.filter(({ run: of }) => of === 0) };
    const bare = { ...old, rows: old.rows.filter(({ lock }) => lock !== 'pthread_mutex') };
    const parts = old.parts.map((part) => ({ ...part, machine: { ...part.machine, cores: 99 } }));
    for (const now of [one, bare, { ...old, parts }]) {
      const says = expect.stringContaining('cannot be compared: ');
      expect(ask(now, old)).toEqual([false, says]);
      expect(ask(now, old, {}, true)).toEqual([true, says]);
    }
  });

  test('wrong arguments', () => {
    const old = read(fileOf('old.json', 1));
    expect(() => ask(old, 7)).toThrow('Expected `baseline` to be a report of `bench`');
    expect(() => ask(old, old, { within: 1 })).toThrow(
      'Expected `within` to be 0 up to 1, got `1`',
    );
  });
});
