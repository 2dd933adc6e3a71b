import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { makeWorkFolder } from '../../../lib/base/work-folder';
import { main, start } from '../command';

let folder: string;
beforeAll(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'dmtorture-stress-cli-'));
  fs.writeFileSync(path.join(folder, 'status.c'), 'int main(void) { return STATUS; }\n');
  fs.writeFileSync(
    path.join(folder, 'outcome.c'),
    '#include <dmtorture.h>\nint main(void) { record("r1", 1); return 0; }\n',
  );
});
afterAll(() => fs.rmSync(folder, { recursive: true }));

function stress(...args: string[]): ReturnType<typeof start>['ended'] {
  const env = { XDG_CACHE_HOME: path.join(folder, 'cache') };
  return start(['stress', ...args], env, main, folder).ended;
}

describe('stress of own C', () => {
  test('clean: exit 0, with rounds and without operations', async () => {
    const args = ['status.c', '--flag', '-DSTATUS=0', '--rounds', '4', '--seed', '7', '--json'];
    const { code, stdout } = await stress(...args);
    expect(code).toBe(0);
    const report = JSON.parse(stdout);
    expect(report).toMatchObject({
      kind: 'stress',
      verdict: 'clean',
      rounds: 4,
      outcomes: [],
      plan: { seed: 7, files: ['status.c'], flags: ['-DSTATUS=0'] },
      subject: { kind: 'own', files: [{ name: 'status.c' }] },
    });
    expect(report).not.toHaveProperty('ops');
  });

  test('what a run left that was killed goes in the next, and what others use stays', async () => {
    const TMPDIR = fs.mkdtempSync(path.join(folder, 'left-'));
    const env = { XDG_CACHE_HOME: path.join(folder, 'cache'), TMPDIR };
    const args = ['stress', 'status.c', '--flag', '-DSTATUS=0'];
    const { child, said, ended } = start([...args, '--ndjson'], env, main, folder);
    await said('"progress"');
    child.kill('SIGKILL');
    await ended;
    expect(fs.readdirSync(TMPDIR)).toHaveLength(1);
    const mine = makeWorkFolder(TMPDIR, 'dmtorture-stress-');
    // As of one in another container, of whose processes nothing is known here.
    const elsewhere = mine.replace(/-[0-9a-f]{16}-/, '-0123456789abcdef-');
    fs.mkdirSync(elsewhere);
    fs.utimesSync(elsewhere, 1, 1);
    const { code } = await start([...args, '--rounds', '1'], env, main, folder).ended;
    expect(code).toBe(0);
    const kept = [mine, elsewhere].map((name) => path.basename(name));
    expect(fs.readdirSync(TMPDIR).sort()).toEqual(kept.sort());
  });

  test('a level among the flags is said once', async () => {
    const args = ['status.c', '--flag', '-DSTATUS=0', '--flag', '-O', '--rounds', '1', '--json'];
    const { stdout } = await stress(...args);
    expect(JSON.parse(stdout)).toMatchObject({ subject: { flags: ['-O1', '-DSTATUS=0'] } });
  });

  test('a fault: exit 1, what happened, and the command that runs its round again', async () => {
    const args = ['status.c', '--flag', '-DSTATUS=3', '--rounds', '2', '--seed', '9'];
    const { code, stdout } = await stress(...args, '--no-tickets');
    expect(code).toBe(1);
    expect(stdout).toContain('BUG: check-failed\n');
    expect(stdout).toContain('message       exit status 3\n');
    expect(stdout).toMatch(/met {11}in 2 of 2 rounds; first in round 1, after /);
    const again = /reproduce {5}npx dmtorture (.*)\n/.exec(stdout)?.[1];
    expect(again).toBe('stress status.c --flag -DSTATUS=3 --seed 9 --stop-on-fault');
    const { code: second } = await stress(...(again ?? '').split(' ').slice(1), '--no-tickets');
    expect(second).toBe(1);
  });

  test('outcomes have grades, and one that is forbidden is a fault', async () => {
    const free = await stress('outcome.c', '--rounds', '2');
    expect(free.code).toBe(0);
    expect(free.stdout).toMatch(/r1=1 +2 {2}interesting/);
    const allowed = await stress('outcome.c', '--rounds', '2', '--allow-outcome', 'r1=1');
    expect(allowed.stdout).toMatch(/r1=1 +2 {2}acceptable/);
    const forbid = ['--forbid-outcome', 'r1=1', '--no-tickets'];
    const forbidden = await stress('outcome.c', '--rounds', '2', ...forbid);
    expect(forbidden.code).toBe(1);
    expect(forbidden.stdout).toContain('message       the outcome r1=1 is forbidden\n');
    const failing = ['--fail-on', 'interesting'];
    expect((await stress('outcome.c', '--rounds', '2', ...failing)).code).toBe(4);
  });

  test('one JSON line per event', async () => {
    const args = ['status.c', '--flag', '-DSTATUS=1', '--rounds', '1', '--no-tickets', '--ndjson'];
    const events = (await stress(...args)).stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(events.map(({ event }) => event)).toEqual(
      expect.arrayContaining(['start', 'fault', 'report']),
    );
  });

  test.each([
    [['none.c'], 'Expected <files> to be sources that can be read, got `none.c`: no such file'],
    [['status.c', 'x'], "unexpected argument 'x'. See 'dmtorture stress --help'."],
    [
      ['status.c', '--ops', '3'],
      '--ops is for the device mapper, and status.c is a file of your own',
    ],
    [['status.c', '--patches', 'none'], '--patches is for the device mapper'],
    [['--cc', 'gcc'], '--cc is for C and C++ of your own: name a file, such as queue.c'],
    [['status.c', '--sanitizer', 'tread'], 'did you mean `thread`?'],
    [['status.c', '--round-limit', '5'], 'did you mean `5s` or `5ms`?'],
    [['status.c', '--allow-outcome', 'r1'], 'Expected --allow-outcome to be outcomes such as'],
    [['status.c', '--expect', 'data-race'], 'stress does not look for data-race: explore does'],
  ])('a wrong command line is exit 2: %j', async (args, message) => {
    const { code, stdout, stderr } = await stress(...args);
    expect(stderr).toContain(message);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  });

  test('what does not compile is exit 2, with what the compiler says', async () => {
    const { code, stdout, stderr } = await stress('status.c');
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^status\.c:1:25: error: .*STATUS/);
  });

  test('what the environment says of the device mapper does not matter', async () => {
    const env = { XDG_CACHE_HOME: path.join(folder, 'cache'), DMTORTURE_PATCHES: 'none' };
    const args = ['stress', 'outcome.c', '--rounds', '1'];
    expect((await start(args, env, main, folder).ended).code).toBe(0);
  });
});
