import fs from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import type { BenchAppReport } from '../../../lib/app/bench';
import { elements, parseXml, wrongInJunit } from '../../lib/junit';
import { run } from '../command';
import { apps } from './apps';

const { build, folder } = apps();

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
    const busy = ['--', 'taskset', '-c', '0', build('busy.c'), '3', '6000000'];
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

  test('each lock is told apart from that of the application, or is not', async () => {
    const slow = 'case "$DMTORTURE_PRELOAD" in mcs_park*) sleep 1 ;; esac';
    const args = ['--locks', 'mcs_park', '--runs', '6', '--', 'sh', '-c', slow];
    const { stdout } = await bench(...args);
    expect(stdout).toMatch(/^lock +n .* verdict$/m);
    expect(stdout).toMatch(/^mcs_park +6 .* slower$/m);
    expect(stdout).toMatch(/CPUs?; .*load \S+ before/);
    const { stdout: few } = await bench('--runs', '2', '--locks', 'futex3', '--', 'true');
    expect(few).toMatch(/^futex3 +2 .* not told apart$/m);
  });

  test('--svg draws it', async () => {
    const plots = path.join(folder(), 'plots');
    const args = ['--runs', '1', '--svg', plots, '--', build('busy.c')];
    expect((await bench(...args)).code).toBe(0);
    expect(fs.readdirSync(plots)).toEqual(['app.svg']);
  });

  test('Ctrl-C ends the application, too, and rounds that were whole are kept', async () => {
    const flag = path.join(folder(), 'second');
    // The third run waits for the signal, which a terminal sends to both.
    const waits = `echo . >> ${flag}; [ $(wc -l < ${flag}) -lt 4 ] || { kill -INT $PPID; kill -INT $$; }`;
    const args = ['--json', '--runs', '5', '--locks', 'futex3', '--', 'sh', '-c', waits];
    const { code, report } = await bench(...args);
    expect(code).toBe(130);
    expect(report()).toMatchObject({ verdict: 'unfinished', complete: false });
    expect(report().rows).toMatchObject([
      { n: 1, failed: false },
      { n: 1, failed: false },
    ]);
  });

  test('Ctrl-C in the first round leaves no figure, and the table says so', async () => {
    const stops = ['sh', '-c', 'kill -INT $PPID; kill -INT $$'];
    const { code, stdout } = await bench('--runs', '5', '--locks', 'futex3', '--', ...stops);
    expect(code).toBe(130);
    expect(stdout).toMatch(/^pthread_mutex +0 +- +- +- +- +not measured$/m);
    expect(stdout).toMatch(/^futex3 +0 +- +- +- +- +not measured$/m);
  });

  test('options are checked', async () => {
    expect((await bench('--runs', '0', '--', 'true')).stderr).toMatch(/--runs.* to be 1..1000/);
    const other = await bench('--threads', '2', '--', 'true');
    expect([other.code, other.stderr]).toEqual([
      2,
      expect.stringContaining('--threads is not an option of `bench app`'),
    ]);
    expect((await bench()).stderr).toMatch(/Expected an application after `--`/);
  });
});

describe('report of bench app', () => {
  const at = (name: string): string => path.join(folder(), name);
  /** Of an application that fails under `mcs_park`, and is refused under a lock that spins. */
  const save = async (name: string): Promise<string> => {
    const fails = 'case "$DMTORTURE_PRELOAD" in mcs_park*) exit 3 ;; esac; exec "$@"';
    const words = ['taskset', '-c', '0', 'sh', '-c', fails, 'sh', build('busy.c'), '3', '6000000'];
    const args = ['--json', '--locks', 'futex3_spin,mcs_park,ticket', '--runs', '6'];
    fs.writeFileSync(at(name), (await bench(...args, '--', ...words)).stdout);
    return at(name);
  };
  let first = '';
  let second = '';
  beforeAll(async () => {
    first = await save('first.json');
    second = await save('second.json');
  });
  const report = (...args: string[]) => run('report', '--allow-incomplete', ...args);

  test('has the table that the run printed, and figures with an interval alone are counted', async () => {
    const { code, stdout } = await report(first);
    expect(code).toBe(1);
    expect(stdout).toMatch(
      /^pthread_mutex +6 +\S+ m?s +\S+ m?s - \S+ m?s +1\.000 +1\.000 - 1\.000/m,
    );
    expect(stdout).toMatch(/^mcs_park +0 +- .*exit status 3/m);
    expect(stdout).toMatch(/an application under several locks\. 2 figures, each with its 95 %/);
    expect(stdout.replace(/\s+/g, ' ')).toMatch(/medians of runs in which the locks took turns/);
  });

  test('is a page with a picture and every figure, and Markdown', async () => {
    await report(first, '--html', at('app.html'), '--svg', at('plots'));
    const page = fs.readFileSync(at('app.html'), 'utf8');
    expect(page).toContain('The application under several locks');
    expect(page).toMatch(/<th scope="row">ticket<\/th>.*it spins, and threads \(2\) exceed CPUs/);
    const picture = fs.readFileSync(path.join(at('plots'), 'app.svg'), 'utf8');
    expect(picture).toContain('>futex3_spin<');
    expect(picture).not.toContain('>mcs_park<');
    const { stdout } = await report(first, '--markdown');
    expect(stdout).toMatch(/^\| lock \| n \| runMs \| ci95 \| vsPthread /m);
  });

  test('is a test for build servers: a lock under which it fails fails, one that is refused does not', async () => {
    await report(first, '--junit', at('app.xml'));
    const document = parseXml(fs.readFileSync(at('app.xml'), 'utf8'));
    expect(wrongInJunit(document)).toEqual([]);
    const cases = elements(document, 'testcase').map((one) => [
      one.attributes.name,
      one.children.map(({ name }) => name).join(),
    ]);
    expect(cases).toContainEqual(['the application under futex3_spin', '']);
    expect(cases).toContainEqual(['the application under mcs_park', 'failure']);
    expect(cases).toContainEqual(['the application under ticket', 'skipped']);
  });

  test('is merged row by row, and compared lock by lock', async () => {
    const { stdout } = await report(first, second, '--json');
    const merged = JSON.parse(stdout) as {
      verdict: string;
      rows: { lock: string; run: number }[];
    };
    expect(merged.verdict).toBe('fault');
    expect(merged.rows.map(({ lock, run: of }) => [lock, of])).toEqual(
      [0, 1].flatMap((of) =>
        ['pthread_mutex', 'futex3_spin', 'mcs_park', 'ticket'].map((lock) => [lock, of]),
      ),
    );
    const compared = await run('bench', '--compare', first, second);
    expect(compared.stdout).toMatch(/^the application under futex3_spin +pthread_mutex +6, 6 /m);
    expect(compared.stdout).toMatch(/ (faster|slower|same|not told apart)$/m);
    const document = JSON.parse(fs.readFileSync(second, 'utf8')) as { plan: object };
    const other = { ...document, plan: { ...document.plan, command: ['./other', '-x'] } };
    fs.writeFileSync(at('other.json'), JSON.stringify(other));
    const apart = await run('bench', '--compare', first, at('other.json'));
    expect(apart.stdout.replace(/\n/g, ' ')).toMatch(
      /another `command`: .* before, \.\/other -x now/,
    );
    expect(apart.stdout).toMatch(/ cannot be compared$/m);
    expect(compared.stdout).not.toContain('mcs_park');
  });
});
