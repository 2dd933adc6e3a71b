import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { main, start } from '../command';

const RACE = `#include <pthread.h>

static int count;
#ifdef LOCKED
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
#define ADD pthread_mutex_lock(&lock), count++, pthread_mutex_unlock(&lock)
#else
#define ADD count++
#endif

static void *add(void *unused)
{
  ADD;
  return unused;
}

int main(void)
{
  pthread_t thread;

  pthread_create(&thread, NULL, add, NULL);
  ADD;
  pthread_join(thread, NULL);
  return 0;
}
`;

let folder = '';
beforeAll(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'dmtorture-cli-'));
  fs.writeFileSync(path.join(folder, 'race.c'), RACE);
});
afterAll(() => fs.rmSync(folder, { recursive: true }));

const dm = (...args: string[]) =>
  start(args, { XDG_CACHE_HOME: path.join(folder, 'cache') }, main, folder).ended;

describe('explore race.c', () => {
  test('shows the fault with its lines, its ticket, the verdict and what comes next', async () => {
    const { code, stdout, stderr } = await dm('explore', 'race.c');
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /^explore race\.c, strategy portfolio, heap both, seed 1\nfault data-race, race\.c:\d+\n/,
    );
    expect(stdout).toMatch(
      /^BUG: data-race in (add \/ main|main \/ add)\n {2}what {10}two threads touch/,
    );
    expect(stdout).toMatch(/\n {2}where {9}race\.c:(13|22), in (add|main)\(\)\n/);
    expect(stdout).toMatch(/\n {2}memory {8}count\n/);
    expect(stdout).toMatch(/\nstep \| thread 1: main\(\) +\| thread 2: add\(\)\n/);
    expect(stdout).toMatch(/race\.c:(13|22): ADD; \[count: 0 -> 1\]/);
    expect(stdout).toMatch(/\n {2}what helps {4}one mutex around both accesses/);
    expect(stdout).toMatch(/\n {2}replay {8}npx dmtorture replay dmo1\.[\w-]+\n/);
    expect(stdout).toMatch(
      /\nFAULT: data-race at race\.c:\d+; .*sequentially consistent, 2 threads, /,
    );
    expect(stdout).toMatch(/\nnext: mend it and run this again, until it is clean; --all-faults/);
    const [, ticket = ''] = /replay (dmo1\.\S+)/.exec(stdout) ?? [];
    const again = await dm('replay', ticket);
    expect(again).toMatchObject({
      code: 1,
      stdout: expect.stringContaining('reproduced: data-race; race.c'),
    });
    const steps = await dm('replay', ticket, '--step');
    expect(steps.stdout).toMatch(/step 1 of \d+, thread \d: race\.c:\d+ in \w+: ADD; \[count/);
  });

  test('a level among the flags is said once, by replay as by explore', async () => {
    const { stdout } = await dm('explore', 'race.c', '--flag', '-O0', '--flag', '-DN=2');
    const [, ticket = ''] = /replay (dmo1\.\S+)/.exec(stdout) ?? [];
    const again = await dm('replay', ticket);
    expect(stdout).toMatch(/ -O0\n/);
    expect(again.stdout).toMatch(/^reproduced: data-race; race\.c, \S+ \S+ -O0 -DN=2, seed 0$/m);
  });

  test('is clean with a flag that mends it, and says what that rests on', async () => {
    const { code, stdout } = await dm(
      'explore',
      'race.c',
      '--flag',
      '-DLOCKED',
      '--strategy',
      'dpor',
    );
    expect(code).toBe(0);
    expect(stdout).toMatch(/^clean: 2 of 2 traces, sequentially consistent, 2 threads, /);
  });

  test('--json, --expect and --fail-on are as of scenarios', async () => {
    const { stdout } = await dm('explore', 'race.c', '--json');
    expect(JSON.parse(stdout)).toMatchObject({ kind: 'explore', subject: { kind: 'own' } });
    expect((await dm('explore', 'race.c', '--expect', 'data-race', '--quiet')).code).toBe(0);
    expect((await dm('explore', 'race.c', '--fail-on', 'deadlock', '--quiet')).code).toBe(0);
  });
});

test.each([
  [
    ['race.c', '--patches', 'all'],
    /--patches is not for race\.c: patches are of the device mapper/,
  ],
  [['race.c', '--lock', 'ttas'], /--lock is not for race\.c/],
  [['race.c', '--run-on'], /--run-on is not for race\.c/],
  [['remove-open', '--heap', 'both'], /--heap is for C and C\+\+ of your own: name a file/],
  [['remove-open', '--flag', '-DN'], /--flag is for C and C\+\+ of your own/],
  [['race.c', 'remove-open'], /'remove-open' is not the name of a C or C\+\+ source/],
  [['bq.txt'], /'bq.txt' is not the name of a C or C\+\+ source, which ends in \.c, .* or \.C\./],
  [['remove-open', 'create-find'], /unexpected argument 'create-find'/],
  [['race.c', '--heap', 'old'], /Expected --heap to be `fresh`, `reuse`, `both`, got `old`/],
  [['race.c', '--spurious', 'x'], /Expected --spurious to be a number of wake-ups, got `x`/],
  [['race.c', '--cc', 'no-such-cc'], /no-such-cc/],
  [['nowhere.c'], /nowhere\.c/],
])('explore %j is refused with a sentence', async (args, message) => {
  const { code, stdout, stderr } = await dm('explore', ...args);
  expect(stderr).toMatch(message);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
});

/** Each execution takes a while, and to look at all that have fewer preemptions takes many. */
const SLOW = `#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
static atomic_int a, b;
static void *add(void *u)
{
  for (int i = 0; i < 40; i++) {
    int seen = a;
    b++;
    a = seen + 1;
    for (int spent = 0; spent < 1000; spent++) ;
  }
  return u;
}
int main(void)
{
  pthread_t t[4];
  for (int i = 0; i < 4; i++) pthread_create(&t[i], 0, add, 0);
  for (int i = 0; i < 4; i++) pthread_join(t[i], 0);
  assert(a == 160);
}
`;

/** Begins to look for its fault. */
function startSlow(...more: string[]): ReturnType<typeof start> {
  fs.writeFileSync(path.join(folder, 'slow.c'), SLOW);
  const env = { XDG_CACHE_HOME: path.join(folder, 'cache') };
  return start(['explore', 'slow.c', '--seed', '1', ...more], env, main, folder);
}

test('progress says that a fault is found, and Ctrl-C ends the search for a shorter schedule', async () => {
  const { child, ended, said } = startSlow();
  await said('1 fault found; its schedule is made shorter, and Ctrl-C shows it as it is');
  child.kill('SIGINT');
  const { code, stdout } = await ended;
  expect(code).toBe(1);
  expect(stdout).toMatch(/schedule {6}\d+ steps, \d+ preemptions?, perhaps not the fewest/);
  expect(stdout).toContain("it was stopped from outside while a fault's schedule was made shorter");
});

test('events say how many faults are found, and that a schedule is made shorter', async () => {
  const { child, ended, said } = startSlow('--ndjson');
  await said('"shortens":true');
  child.kill('SIGINT');
  const { stdout } = await ended;
  const events = stdout
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));
  const seen = events.filter(({ event }) => event === 'progress');
  expect(seen.filter(({ faults }) => faults === 0).map(({ shortens }) => shortens)).not.toContain(
    true,
  );
  expect(seen).toContainEqual(expect.objectContaining({ faults: 1, shortens: true }));
});
