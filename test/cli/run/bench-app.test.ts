import { describe, expect, test } from '@jest/globals';
import type { BenchAppReport } from '../../../lib/app/bench';
import { run } from '../command';
import { apps } from './apps';

const { build } = apps();

const bench = async (...args: string[]) => {
  const ended = await run('bench', 'app', ...args);
  return { ...ended, report: () => JSON.parse(ended.stdout) as BenchAppReport };
};

describe('bench app', () => {
  test('locks take turns, and each round is compared with pthread_mutex', async () => {
    const busy = build('busy.c');
    const args = ['--json', '--locks', 'futex3_spin,mcs_park', '--runs', '6'];
    const { code, report } = await bench(...args, '--', busy, '2', '20000');
    expect(code).toBe(0);
    const { rows, plan } = report();
    expect(plan).toMatchObject({ suite: 'app', command: [busy, '2', '20000'], runs: 6 });
    expect(rows.map(({ lock, n }) => [lock, n])).toEqual([
      ['pthread_mutex', 6],
      ['futex3_spin', 6],
      ['mcs_park', 6],
    ]);
    expect(rows[0]).toMatchObject({ vsPthread: 1, vsPthreadCi95: [1, 1] });
    for (const { ci95, runMs, windows } of rows) {
      expect(ci95?.[0]).toBeLessThanOrEqual(runMs);
      expect(windows).toHaveLength(6);
    }
  });

  test('a lock that spins is left out where threads exceed CPUs, and the row says so', async () => {
    const busy = ['--', 'taskset', '-c', '0', build('busy.c'), '3', '300000'];
    const { code, report } = await bench('--json', '--locks', 'ticket', '--runs', '1', ...busy);
    expect(code).toBe(0);
    expect(report().rows[1]).toMatchObject({ lock: 'ticket', n: 0, windows: [] });
    expect(report().warnings).toContainEqual(
      'ticket was left out: it spins, and threads (2) exceed CPUs (1); --force keeps it',
    );
  });

  test('fewer than six runs have no interval, and the table says so', async () => {
    const { stdout } = await bench('--runs', '2', '--', build('busy.c'), '1', '10');
    expect(stdout).toMatch(/^pthread_mutex +2 +\S+ ms +- +1\.000 +-/m);
  });

  test('an application that fails by itself is refused', async () => {
    const { code, stderr } = await bench('--runs', '2', '--', 'sh', '-c', 'exit 3');
    expect(code).toBe(2);
    expect(stderr).toMatch(/it fails with the locks that it has: exit status 3/);
  });

  test('options are checked', async () => {
    expect((await bench('--runs', '0', '--', 'true')).stderr).toMatch(/--runs.* to be 1..1000/);
    expect((await bench()).stderr).toMatch(/Expected an application after `--`/);
  });
});
