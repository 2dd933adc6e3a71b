import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from '@jest/globals';
import type { RunAppReport } from '../../../lib/app/report';
import { checkDocument } from '../../../lib/reports/documents';
import { run, start } from '../command';
import { apps } from './apps';

const { build, folder } = apps();

const report = (stderr: string): RunAppReport =>
  JSON.parse(stderr.slice(stderr.indexOf('{'))) as RunAppReport;

describe('run', () => {
  test('standard output is the application’s alone, and the report is on standard error', async () => {
    const busy = build('busy.c', ['-rdynamic', '-s']);
    const { code, stdout, stderr } = await run('run', '--lock', 'futex3', '--', busy, '1', '5000');
    expect(code).toBe(0);
    expect(stdout).toBe('started\nright\n');
    expect(stderr).toMatch(/^takes_the_mutex \(busy\+0x[0-9a-f]+\) +5k +0 /m);
    expect(stderr).toMatch(/^futex3: exit status 0, 1 process, taken 5k times, /m);
  });

  test('--json counts every acquisition, and times one hold of about 64', async () => {
    const busy = build('busy.c', ['-rdynamic', '-s']);
    const ended = await run('run', '--json', '--lock', 'mcs_park', '--', busy, '2', '64000');
    const { acquisitions, sites, processes, plan } = report(ended.stderr);
    expect(acquisitions).toBe(128_000);
    expect(sites).toMatchObject([
      { function: 'takes_the_mutex', acquisitions: 128_000, holds: expect.any(Number) },
    ]);
    expect(Math.abs((sites[0]?.holds ?? 0) / 2000 - 1)).toBeLessThan(0.1);
    expect(processes).toMatchObject([{ command: [busy, '2', '64000'], acquisitions }]);
    expect(plan).toMatchObject({ lock: 'mcs_park', command: [busy, '2', '64000'], force: false });
  });

  test('--json has arguments as they were given', async () => {
    const words = ['sh', '-c', ':', 'two\nlines\ttab'];
    const { stderr } = await run('run', '--json', '--lock', 'futex3', '--', ...words);
    expect(report(stderr).plan.command).toEqual(words);
  });

  test('every place of a loop has holds that are timed, however many locks it takes', async () => {
    const { stderr } = await run('run', '--json', '--lock', 'futex3', '--', build('loops.c'));
    const { sites } = report(stderr);
    const holds = sites.filter(({ acquisitions }) => acquisitions === 10_000);
    expect(holds).toHaveLength(2 + 4 + 8);
    for (const site of holds) expect(Math.abs(site.holds / (10_000 / 64) - 1)).toBeLessThan(0.5);
  });

  test('the table says what is timed under which lock', async () => {
    const of = async (lock: string) =>
      (await run('run', '--lock', lock, '--', build('busy.c'))).stderr.replace(/\s+/g, ' ');
    expect(await of('futex3')).toContain('of the holds of a thread one in 64, drawn at random');
    expect(await of('pthread_mutex')).toContain('all waits are timed, and no hold; locks with a');
  });

  test('a process that executes another program is one process', async () => {
    const forks = build('busy.c');
    const text = `#define main busy\n#include "busy.c"\n#undef main\nint main(void) { takes_the_mutex(); execl("${forks}", "busy", "1", "10", (char *)0); return 1; }\n`;
    const { stderr } = await run('run', '--lock', 'futex3', '--', build('turns.c', [], text));
    expect(stderr).toMatch(/^futex3: exit status 0, 1 process, taken 11 times, /m);
  });

  test('a function without a name is module and offset, which addr2line takes', async () => {
    const busy = build('busy.c', []);
    const bare = path.join(folder(), 'bare');
    execFileSync('strip', ['-o', bare, busy]);
    const { stderr } = await run('run', '--json', '--lock', 'futex3', '--', bare, '1', '10');
    const [site] = report(stderr).sites;
    expect(site).toMatchObject({ function: null, module: fs.realpathSync(bare), acquisitions: 10 });
    expect(site?.place).toBe(`bare+${site?.offset}`);
    const named = execFileSync('addr2line', ['-f', '-e', busy, String(site?.offset)]).toString();
    expect(named).toMatch(/^takes_the_mutex\n/);
  });

  test('--output writes the report to a file', async () => {
    const file = path.join(folder(), 'report.json');
    const { code } = await run('run', '--lock', 'futex3', '--output', file, '--', build('busy.c'));
    expect(code).toBe(0);
    const document = JSON.parse(fs.readFileSync(file, 'utf8')) as { kind: string };
    expect(document).toMatchObject({ kind: 'run', status: 0, acquisitions: 1000 });
    expect(checkDocument(document, file)).toMatchObject({ kind: 'run' });
  });

  test('the status is the application’s, and a signal’s is 128 more', async () => {
    const of = async (...command: string[]): Promise<number | null> =>
      (await run('run', '--quiet', '--lock', 'futex3', '--', ...command)).code;
    expect(await of('sh', '-c', 'exit 7')).toBe(7);
    expect(await of('sh', '-c', 'kill -9 $$')).toBe(137);
  });

  test('SIGTERM is passed on', async () => {
    const { child, said, ended } = start([
      'run',
      '--lock',
      'futex3',
      '--',
      build('busy.c'),
      '1',
      '0',
    ]);
    await said('started');
    child.kill('SIGTERM');
    expect((await ended).code).toBe(42);
  });

  test('kill -9 loses no count', async () => {
    const began = path.join(folder(), 'began');
    const begins = `until grep -q started ${began} 2>/dev/null; do sleep 0.01; done; sleep 0.3`;
    const script = `${build('busy.c')} 1 0 >${began} & ${begins}; kill -9 $!; wait $!`;
    const { stderr } = await run('run', '--json', '--lock', 'futex3', '--', 'sh', '-c', script);
    expect(report(stderr).acquisitions).toBeGreaterThan(10_000);
    expect(report(stderr).processes).toHaveLength(1);
  });

  test('children that are executed, and those of a fork, count for themselves', async () => {
    const forks = build('forks.c');
    const { code, stderr } = await run(
      'run',
      '--json',
      '--lock',
      'futex3_spin',
      '--',
      forks,
      'writes',
    );
    expect(code).toBe(0);
    const { processes, libc } = report(stderr);
    expect(new Set(processes.map(({ pid }) => pid)).size).toBeGreaterThanOrEqual(6);
    expect(libc.shared).toBe(2400);
  });

  test('kinds that stay with the C library are counted', async () => {
    const { stderr } = await run('run', '--json', '--lock', 'futex3', '--', build('mutexes.c'));
    const { libc } = report(stderr);
    expect(libc.robust).toBeGreaterThan(4 * 4 * 1200);
    expect(libc.priority).toBeGreaterThan(3 * 4 * 1200);
    expect(libc.shared).toBeGreaterThan(4 * 4 * 1200);
  });

  test('a lock that spins is refused where threads exceed CPUs, and --force keeps it', async () => {
    const busy = build('busy.c');
    const one = (...flags: string[]) =>
      run('run', ...flags, '--lock', 'ticket', '--', 'taskset', '-c', '0', busy, '3', '300000');
    const { code, stderr } = await one();
    expect(code).toBe(125);
    expect(stderr).toMatch(/`ticket` spins, and 2 threads took locks on 1 CPU/);
    const forced = await one('--force');
    expect(forced).toMatchObject({ code: 0, stdout: 'started\nright\n' });
  });

  test('what cannot be run, or not be reached, is 125 and a sentence', async () => {
    const still = build('still.c', ['-static'], 'int main(void) { return 0; }\n');
    const of = async (command: string) => run('run', '--lock', 'futex3', '--', command);
    expect(await of('./nowhere')).toMatchObject({ code: 125, stdout: '' });
    const refused = await of(still);
    expect(refused.code).toBe(125);
    expect(refused.stderr).toMatch(
      /still`: it is statically linked, so that nothing can be preloaded/,
    );
  });

  test('wrong options are 2', async () => {
    const none = await run('run', '--', 'true');
    expect(none).toMatchObject({ code: 2 });
    expect(none.stderr).toMatch(/Expected --lock to name a lock, got none/);
    const clh = await run('run', '--lock', 'clh', '--', 'true');
    expect(clh.code).toBe(2);
    expect(clh.stderr).toMatch(/got `clh`; this one does not fit into a mutex/);
  });
});

describe('libraries of an application', () => {
  const library = (name: string, times: number): string =>
    build('modules.c', ['-shared', '-fPIC', `-DLIBRARY=${times}`, '-o', path.join(folder(), name)]);
  const modules = (): string =>
    build('modules.c', ['-Wl,-rpath,$ORIGIN', '-Wl,--enable-new-dtags']);

  test('are found by the path of the program, and each is counted for itself', async () => {
    library('libfirst.so', 100);
    library('libsecond.so', 200);
    const { code, stderr } = await run('run', '--json', '--lock', 'futex3', '--', modules());
    expect(code).toBe(0);
    const counted = report(stderr).sites.map(({ module, acquisitions }) => [
      path.basename(String(module)),
      acquisitions,
    ]);
    expect(counted).toEqual([
      ['libsecond.so', 200],
      ['libfirst.so', 100],
    ]);
    expect(report(stderr).warnings).toEqual([]);
  });

  test('that bypass the lock by RTLD_DEEPBIND are named in a warning', async () => {
    library('libfirst.so', 100);
    library('libsecond.so', 200);
    const { stderr } = await run('run', '--json', '--lock', 'futex3', '--', modules(), 'deepbind');
    expect(report(stderr).warnings).toMatchObject([
      expect.stringMatching(/opened with RTLD_DEEPBIND: its own calls bypass futex3/),
    ]);
  });
});
