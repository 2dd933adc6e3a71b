import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { verdictsOf, winnerLine } from '../../../lib/cli/bench/winner';
import { statusLine } from '../../../lib/cli/terminal/status';
import { openTerminal } from '../../../lib/cli/terminal/terminal';
import type { BenchReport } from '../../../lib/index';
import { run, runJson, start } from '../command';

const SMALL = ['--windows', '3', '--window', '300us', '--time', '0'];
const TWO_LOCKS = ['bench', 'locks', ...SMALL, '--locks', 'ttas,futex3', '--validate', '5ms'];

describe('bench locks', () => {
  test('--json: one document, its rows and its plan', async () => {
    const args = [...TWO_LOCKS, '--threads', '1,2', '--hold', '0,100ns', '--outside', '1us'];
    const { code, json } = await runJson(...args, '--no-pin', '--seed', '7');
    const report = json as BenchReport<'locks'>;
    expect(code).toBe(0);
    expect(report).toMatchObject({
      kind: 'bench',
      suite: 'locks',
      verdict: 'clean',
      complete: true,
      plan: { suite: 'locks', seed: 7, windows: 3, windowUs: 300, pinned: false, validateMs: 5 },
    });
    const cells = report.rows.map((row) => [row.threads, row.holdNs, row.outsideNs, row.lock]);
    expect(cells).toEqual(
      [1, 2].flatMap((threads) =>
        [0, 100].flatMap((hold) => [
          [threads, hold, 1000, 'ttas'],
          [threads, hold, 1000, 'futex3'],
        ]),
      ),
    );
    for (const { pinned, windows } of report.rows) {
      expect([pinned, windows.length]).toEqual([false, 3]);
    }
  });

  test('for people: cells, the fastest with its interval, warnings, the last line', async () => {
    const { code, stdout, stderr } = await run(...TWO_LOCKS, '--threads', '2', '--seed', '5');
    expect(code).toBe(0);
    expect(stderr).toMatch(
      /^bench locks, 1 cell, 2 locks, 3 windows a row, seed 5\nall cells take about [\d.]+ m?s\n/,
    );
    expect(stdout).toMatch(/^2 threads, 0 ns held, 0 ns outside$/m);
    expect(stdout).toMatch(/^lock +n +ops\/s +95 % +pthread_mutex +handoffs +Jain /m);
    expect(stdout).toMatch(/^ttas +3 +[\d.]+[kM]? +- +- +\d+ % +[01]\.\d{3} /m);
    expect(stdout).toMatch(/^fastest {2}not said: fewer than 6 windows have no interval$/m);
    expect(stdout.replace(/\n/g, ' ')).toMatch(
      / CPUs?; .+governor .+(gcc|clang) .+load .+dmtorture \d/,
    );
    expect(stdout).toMatch(/^warning 2 of 2 rows have fewer than 6 windows: /m);
    expect(stdout.trimEnd().split('\n').at(-1)).toMatch(
      /^measured( on a noisy machine)?: 2 rows in .*, 2 of 2 locks exclude; the control `broken` failed, as it must; bench locks, .* seed 5$/,
    );
  });

  test('one lock excludes, and of none there is nothing to say', async () => {
    const last = async (suite: string, lock: string): Promise<string> =>
      (await run('bench', suite, ...SMALL, '--threads', '1', '--locks', lock)).stdout;
    expect(await last('locks', 'mcs')).toMatch(/, 1 of 1 lock excludes; the control `broken` /);
    expect(await last('rwlocks', 'broken_rwlock')).toMatch(/ m?s, the control `broken_rwlock` /);
  });

  test('more threads than CPUs: locks that wait in order are warned about', async () => {
    const crowd = [
      '--threads',
      '40',
      '--crowded-window',
      '2ms',
      '--crowded-windows',
      '1',
      '--locks',
      'ticket',
    ];
    const { stdout } = await run('bench', 'locks', ...SMALL, ...crowd);
    expect(stdout).toMatch(/^40 threads, .*, more threads than CPUs$/m);
    expect(stdout).toMatch(/^warning ticket: with more threads than CPUs, /m);
  });

  test('--quiet: what is wrong, and the last line', async () => {
    const { stdout, stderr } = await run(...TWO_LOCKS, '--threads', '1', '--quiet');
    expect(stderr).toBe('');
    expect(stdout).toMatch(/^(warning .*\n)+\nmeasured( on a noisy machine)?: 2 rows .*\n$/);
  });

  test('a time limit leaves cells out: exit 4, and what is missing is said', async () => {
    const crowd = ['--threads', '1,200', '--crowded-window', '60s', '--time', '30s'];
    const { code, stdout, stderr } = await run(
      ...['bench', 'locks', '--windows', '3', '--window', '300us', '--locks', 'ttas,futex3'],
      ...crowd,
    );
    expect(code).toBe(4);
    expect(stderr).toMatch(/^all cells take about .*, more than --time 30s: the last ones/m);
    expect(stdout).toContain('the time limit of 30s had no room for 1 more cell');
    expect(stdout).toMatch(/^unfinished: 2 rows in .*, cut by the time limit/m);
    expect(stdout).not.toContain('200 threads');
  });

  test('Ctrl-C: what is measured, exit code 130', async () => {
    const many = ['--windows', '100000', '--time', '0', '--validate', '0', '--threads', '1'];
    let [code, stdout]: [number | null, string] = [null, ''];
    // On a busy machine the first windows take their time.
    for (let patience = 2500; stdout === '' && patience < 50_000; patience *= 2) {
      const { child, ended, said } = start(['bench', 'locks', '--json', ...many]);
      await said('bench locks');
      await new Promise((resolve) => setTimeout(resolve, patience));
      child.kill('SIGINT');
      ({ code, stdout } = await ended);
    }
    expect(code).toBe(130);
    const report = JSON.parse(stdout) as BenchReport<'locks'>;
    expect(report).toMatchObject({ complete: false, verdict: 'unfinished' });
    expect(report.rows.length).toBeGreaterThan(0);
    for (const { windows } of report.rows) expect(windows.length).toBeGreaterThan(0);
  });
});

describe('other suites, for people', () => {
  test('minors: tables, then the protocol by what _minor_lock is', async () => {
    const args = ['bench', 'minors', ...SMALL, '--populations', '500', '--threads', '1'];
    const { code, stdout } = await run(...args);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^operation +order +ids +n +ns +95 % +bare walk/m);
    expect(stdout).toMatch(/^find +random +500 +3 +[\d.]+ +- +[\d.]+x/m);
    expect(stdout).toMatch(/^protocol create, open, close, remove, 1 thread$/m);
    expect(stdout).toMatch(/^mutex +3 +[\d.]+ .* 1\.00x/m);
    expect(stdout).toMatch(/^measured/m);
  });

  test('minors: eras against the first of them, with verdicts', async () => {
    const sets = ['--patches', 'none;2.6.9;today', '--threads', '1', '--window', '200us'];
    const { code, stdout } = await run('bench', 'minors', ...sets, '--windows', '12');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^protocol dm_get_md, dm_put, 1 thread$/m);
    expect(stdout).toMatch(/^patches +_minor_lock +n +ns +95 % +ops\/s +\/ none +95 % +verdict$/m);
    expect(stdout).toMatch(/^none +mutex +12 .* 1\.00x +1\.00 - 1\.00 *$/m);
    expect(stdout).toMatch(/^today, RCU +ttas +12 .* (faster|slower|same|not told apart)$/m);
    expect(stdout).toMatch(/^warning no figures: 2\.6\.9, protocol dm_get_md.* with -ENXIO$/m);
    expect(stdout).toMatch(/bench minors, 1 cell, 3 eras, 12 windows a row/);
  });

  test('reader-writer locks, by the share of readers', async () => {
    const options = ['--threads', '2', '--readers', '50', '--locks', 'qrwlock,pthread_rwlock'];
    const { stdout, code } = await run('bench', 'rwlocks', ...SMALL, ...options);
    expect(stdout).toMatch(/^2 threads, 50 % readers, 0 ns held, 0 ns outside$/m);
    expect(stdout).toMatch(/^pthread_rwlock +3 .* 1\.00x /m);
    expect(stdout).toMatch(/^verified +qrwlock: sc, tso, rc11 at 1\+1x1, /m);
    expect(stdout).toContain('the control `broken_rwlock` failed, as it must');
    expect(code).toBe(0);
  });

  test('refcount has a cell for each number of threads and of objects', async () => {
    const lists = ['--threads', '1,2', '--objects', '1,64'];
    const { stdout, stderr } = await run('bench', 'refcount', ...SMALL, ...lists);
    expect(`${stdout}${stderr}`).toMatch(/^bench refcount, 4 cells, /m);
    expect(stdout.match(/^\d threads?, .+$/gm)).toHaveLength(4);
  });

  test('refcount, calls, explore', async () => {
    const refcount = await run('bench', 'refcount', ...SMALL, '--threads', '2');
    expect(refcount.stdout).toMatch(/^2 threads, a count for each$/m);
    expect(refcount.stdout).toMatch(/^dm_get, dm_put +3 +[\d.]+ /m);
    const calls = await run('bench', 'calls', ...SMALL);
    expect(calls.stdout).toMatch(/^u32 -> u32: NumberIdr\.find\(\) +3 +[\d.]+ +call /m);
    const few = ['--windows', '2', '--executions', '100', '--scenarios', 'create-find'];
    const explored = await run('bench', 'explore', ...few, '--strategies', 'random,stateful');
    expect(explored.stdout).toMatch(/^create-find \(2\) +random +2 +[\d.]+[kM]? .* -$/m);
    expect(explored.stdout).toMatch(/^create-find \(2\) +stateful .* [\d.]+ ms$/m);
    expect([refcount.code, calls.code, explored.code]).toEqual([0, 0, 0]);
  });
});

describe('--svg', () => {
  let folder = '';
  beforeAll(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'dmtorture-bench-'));
  });
  afterAll(() => fs.rmSync(folder, { recursive: true }));

  test('a file for each plot, in a folder that is made', async () => {
    const plots = path.join(folder, 'a', 'plots');
    const { code, stderr } = await run(...TWO_LOCKS, '--threads', '1,2', '--svg', plots);
    expect(code).toBe(0);
    const files = fs.readdirSync(plots);
    expect(files).toContain('throughput-vs-threads.svg');
    for (const file of files) {
      expect(fs.readFileSync(path.join(plots, file), 'utf8')).toMatch(/^<svg [\s\S]*<\/svg>\s*$/);
      expect(stderr).toContain(`wrote ${path.join(plots, file)}`);
    }
  });

  test('a folder that cannot be is a sentence, and the report is there all the same', async () => {
    const file = path.join(folder, 'file');
    fs.writeFileSync(file, '');
    const { code, stdout, stderr } = await run(...TWO_LOCKS, '--threads', '1', '--svg', file);
    expect(code).toBe(3);
    expect(stdout).toMatch(/^measured/m);
    expect(stderr).toMatch(/^error: .*cannot be written/m);
  });
});

describe('a wrong command line', () => {
  test.each<[args: string[], ...says: string[]]>([
    [[], 'Expected a suite: locks, rwlocks, minors, refcount, calls, explore'],
    [['lock'], '<suite>', 'did you mean `locks`?'],
    [['locks', '--threads', '0'], '--threads', '1..256 (threads), got `0`'],
    [['locks', '--threads', '1,two'], '--threads', 'numbers, joined by commas, got `two`'],
    [['locks', '--hold', '5 minutes'], '--hold', '`100ns`', 'got `5 minutes`'],
    [['locks', '--hold', '1s'], '--hold', '0..10000000 (nanoseconds), got `1s`'],
    [['locks', '--hold', '100'], '--hold', 'its unit', 'got `100`; did you mean `100ns`?'],
    [['locks', '--outside', '-1'], '--outside', 'got `-1`'],
    [['locks', '--locks', 'mcs,tickt'], '--locks', 'did you mean `ticket`?'],
    [['locks', '--windows', 'some'], '--windows', '1..100000 (windows), got `some`'],
    [['locks', '--window', '1us'], '--window', '100..60000000 (microseconds), got `1us`'],
    [['locks', '--time', 'long'], '--time', 'a time with its unit', 'got `long`'],
    [['locks', '--populations', '5'], '--populations', 'for minors, and not for `locks`'],
    [['calls', '--pin'], '--pin', 'for locks, rwlocks, minors, refcount, and not for `calls`'],
    [['explore', '--strategies', 'random,dpro'], '--strategies', 'did you mean `dpor`?'],
    [['locks', '--seed', 'x'], '--seed', 'got `x`'],
    [['locks', '--lock', 'mcs'], "unknown option '--lock'. Did you mean '--locks'?"],
    [['locks', 'minors'], "unexpected argument 'minors'"],
  ])('bench %j', async (args, ...says) => {
    const { code, stdout, stderr } = await run('bench', ...args);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/^error: .*\n$/);
    for (const text of says) expect(stderr).toContain(text);
  });

  test('every option of the contract is in the help, and examples are', async () => {
    const { stdout } = await run('bench', '--help');
    const names = ['threads', 'hold', 'outside', 'locks', 'windows', 'svg', 'time', 'pin', 'json'];
    for (const name of names) expect(stdout).toMatch(new RegExp(`^ {2}--${name}[ \\n]`, 'm'));
    expect(stdout).toContain('Examples:\n  dmtorture bench locks ');
  });
});

describe('the line on the fastest', () => {
  const terminal = { ...openTerminal() };
  const ROUNDS = [0.9, 0.95, 1, 1, 1.05, 1.1, 0.92, 1.08];
  const entrant = (name: string, figure: number, ci95: [number, number], rounds = ROUNDS) => ({
    name,
    figure,
    ci95,
    windows: rounds.map((share) => figure * share),
  });

  const higher = (verdicts: number) => ({ more: 'higher' as const, unit: 'ops/s', verdicts });

  test('names whom it does not beat by 2 % in the rounds, and nobody else', () => {
    const entrants = [
      entrant('a', 10, [9, 11]),
      entrant('b', 20, [18, 22]),
      // Its interval does not reach into the best; in its rounds it was faster now and then.
      entrant('c', 17, [16, 17.9], [1.4, 0.8, 1.3, 0.9, 1.2, 0.7, 1.3, 0.9]),
      // Its interval does, and it lost every round.
      entrant('d', 18, [16, 19]),
    ];
    expect(winnerLine(entrants, higher(entrants.length - 1), terminal)).toMatch(
      /^fastest {2}\S*b\S* 20 \[18 - 22\] ops\/s; not told apart from c\n$/,
    );
    expect(winnerLine(entrants, { ...higher(3), more: 'lower', unit: 'ns' }, terminal)).toMatch(
      /^fastest {2}\S*a\S* 10\.0 \[9\.00 - 11\.0\] ns\n$/,
    );
  });

  test('tells nobody apart where the verdicts are more than the rounds allow', () => {
    const few = ROUNDS.slice(0, 6);
    const entrants = ['a', 'b', 'c'].map((name, i) => entrant(name, 10 + i, [9, 13], few));
    expect(winnerLine(entrants, higher(entrants.length - 1), terminal)).toMatch(
      /not told apart from b, a\n$/,
    );
    expect(winnerLine(entrants.slice(1), higher(1), terminal)).not.toContain('apart');
  });

  test('verdicts of all cells share the 5 %', () => {
    const rows = ['one', 'one', 'one', 'two', 'two'].map((cell) => ({ cell }));
    expect(verdictsOf(rows, ({ cell }) => cell)).toBe(3);
    const entrants = ['a', 'b'].map((name, i) =>
      entrant(name, 10 + i, [9, 13], ROUNDS.slice(0, 6)),
    );
    expect(winnerLine(entrants, higher(1), terminal)).not.toContain('apart');
    expect(winnerLine(entrants, higher(2), terminal)).toContain('not told apart from a');
  });

  test('nobody is the fastest where one of them has too few windows', () => {
    const entrants = [entrant('a', 10, [9, 11]), { ...entrant('b', 20, [18, 22]), ci95: null }];
    expect(winnerLine(entrants, higher(entrants.length - 1), terminal)).toBe(
      'fastest  not said: fewer than 6 windows have no interval\n',
    );
  });

  test('one alone wins nothing', () => {
    expect(winnerLine([entrant('a', 1, [1, 1])], higher(0), terminal)).toBe('');
  });
});

test('a status line without a rate has none', () => {
  const facts = { elapsedMs: 12_000, etaMs: 5000, ops: 17, unit: 'rows', seed: 1, label: 'part 2' };
  expect(statusLine(facts, 100)).toBe('part 2 | 12s | ETA 5.0s | 17 rows | seed 1');
});
