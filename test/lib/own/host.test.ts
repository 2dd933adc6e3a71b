import { once } from 'node:events';
import fs from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { workshop } from './building';
import { type Found, host, replayArgs, search, start } from './host-lines';

const { build, write } = workshop();

const HEAD = `
#include <assert.h>
#include <dmtorture.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
static atomic_int x, y;
static int plain;
`;

/** A program of two threads, `one` and `two`, and what main() does before and after. */
function pair(one: string, two: string, after = '', before = ''): string {
  return `${HEAD}
static void *first(void *unused) { ${one} return unused; }
static void *second(void *unused) { ${two} return unused; }
int main(void)
{
	pthread_t a, b;
	${before}
	pthread_create(&a, NULL, first, NULL);
	pthread_create(&b, NULL, second, NULL);
	pthread_join(a, NULL);
	pthread_join(b, NULL);
	${after}
	return 0;
}
`;
}

const LOST = '{ int v = atomic_load(&x); atomic_store(&x, v + 1); }';
const ADD = 'atomic_fetch_add(&x, 1);';

let programs = 0;
async function object(text: string, allow: string[] = []): Promise<string> {
  const built = await build(write(`program-${++programs}.c`, text), { allow });
  return built.object;
}

describe('the command line', () => {
  test('names the option, what it takes, and what it got', () => {
    const says = (...args: string[]): unknown => {
      const { status, last, stderr } = host('search', 'nothing.so', ...args);
      expect([status, last.type]).toEqual([2, 'refused']);
      expect(stderr).toContain(last.message);
      return last.message;
    };
    expect(says('--seed=-1')).toBe('Expected `--seed` to be 0..9007199254740991, got `-1`');
    expect(says('--steps=4097')).toBe('Expected `--steps` to be 1..4096, got `4097`');
    expect(says('--steps=')).toBe('Expected `--steps` to be 1..4096, got ``');
    expect(says('--depth= 3')).toBe('Expected `--depth` to be 1..64, got ` 3`');
    expect(says('--part=2/2')).toBe(
      'Expected `--part` to be i/n, part i (from 0) of n (up to 1000) parts, got `2/2`',
    );
    expect(says('--heap=new')).toBe('Expected `--heap` to be one of fresh, reuse, both, got `new`');
    expect(says('--know=point:xyz')).toMatch(/^Expected `--know` to be facts such as point:12ab/);
    expect(says('--pass=data-race,flood')).toMatch(
      /^Expected `--pass` to be one of .*got `flood`$/,
    );
    expect(says('--leaks=1')).toBe('Expected `--leaks` to be without a value, got `1`');
    expect(says('--schedule=1:2')).toBe('Unknown option `--schedule` of `search`');
    expect(says('--strategy=dpor', '--depth=3')).toMatch(/`--depth`, got `dpor`$/);
    expect(says('--strategy=dpor', '--preemptions=3')).toMatch(/`--preemptions`, got `dpor`$/);
    expect(says('--part=0/2')).toMatch(/`--part`, got `portfolio`$/);
    expect(says('--strategy=stateful', '--part=0/2')).toMatch(/`--part`, got `stateful`$/);
    expect(host('replay', 'x.so', '--heap=both').last.message).toMatch(/a schedule has one heap/);
    expect(host('search').last.message).toMatch(/^Expected `search OBJECT` or `replay OBJECT`/);
  });

  test('an object that cannot be loaded is refused with the reason', () => {
    expect(host('search', '/nothing.so').last.message).toMatch(/No such file/);
    expect(host('search', process.execPath).last.message).toMatch(/not linked for/);
    expect(host('search', __filename).last.message).toMatch(/not a shared object/);
  });
});

describe('a search', () => {
  test('comes to an end, and says of each heap what it ran', async () => {
    const program = await object(pair(ADD, ADD, 'assert(x == 2);'));
    const found = search(program, '--heap=fresh');
    expect(found).toMatchObject({ error: 0, exhausted: true, limit: 'none', threads: 3 });
    expect(found.heaps).toEqual([
      { heap: 'fresh', executions: 2, blocked: 0, exhausted: true, limit: 'none' },
    ]);
    // Nothing is freed: another heap would be the same.
    expect(search(program)).toMatchObject({ freed: false, exhausted: true, heaps: found.heaps });
  });

  test('searches a program that frees with either heap', async () => {
    const take = 'free(malloc(8));';
    const found = search(await object(pair(take + ADD, ADD + take)));
    expect(found).toMatchObject({ freed: true, exhausted: true });
    expect(found.heaps.map(({ heap }) => heap)).toEqual(['fresh', 'reuse']);
  });

  test('finds the fault with the fewest preemptions, which a replay meets again', async () => {
    const program = await object(pair(LOST, LOST, 'printf("x is %d", x); assert(x == 2);'));
    const { faults, ...found } = search(program);
    const [fault] = faults as [Found];
    expect(found).toMatchObject({ exhausted: false, limit: 'fault' });
    expect(faults).toHaveLength(1);
    expect(fault).toMatchObject({ kind: 'check-failed', preemptions: 1, minimal: true, cpu: 0 });
    const { last } = host('replay', program, ...replayArgs(fault));
    expect(last).toMatchObject({ type: 'replayed', reproduced: true, met: true, kind: fault.kind });
    expect(last).toMatchObject({ at: fault.at, message: fault.message, steps: fault.steps });
    expect(last).toMatchObject({ events: fault.events, preemptions: 1 });
    expect((last.prints as { text: string }[]).map(({ text }) => text)).toEqual(['x is 1']);
    const lines = last.lines as { kind: string; wrote: string | null; fromCpu: number }[];
    expect(lines.filter(({ kind }) => kind === 'write').map(({ wrote }) => wrote)).toEqual([
      '1',
      '1',
    ]);
    expect(lines[lines.length - 1]).toMatchObject({ kind: 'read', read: '1', faulted: true });
  });

  test('a schedule that no longer fits is said to, and the events say where', async () => {
    const bug = await object(pair(LOST, LOST, 'assert(x == 2);'));
    const [fault] = search(bug).faults as [Found];
    const changed = await object(pair(ADD, ADD, 'assert(x == 2);'));
    const { last } = host('replay', changed, ...replayArgs(fault), '--schedule=7:2');
    expect(last).toMatchObject({ reproduced: false, met: false, kind: null });
    expect(last.events).not.toEqual(fault.events);
  });

  test('learns which plain accesses are points, and a race does not end it', async () => {
    const program = await object(
      pair('plain = 1; plain = 2;', 'if (plain == 1) atomic_store(&y, 1);', 'assert(y == 0);'),
    );
    const { lines } = host('search', program);
    const found = lines[lines.length - 1] as unknown as { faults: Found[]; knowledge: string[] };
    expect(lines.some(({ type }) => type === 'learned')).toBe(true);
    expect(found.knowledge).toEqual(
      expect.arrayContaining([expect.stringMatching(/^point:[\da-f]+$/)]),
    );
    const kinds = found.faults.map(({ kind }) => kind);
    expect(kinds).toContain('data-race');
    expect(kinds).toContain('check-failed');
    for (const fault of found.faults) {
      const { last } = host('replay', program, ...replayArgs(fault));
      expect(last).toMatchObject({ met: true, kind: fault.kind, at: fault.at, other: fault.other });
      expect(last.events).toEqual(fault.events);
    }
    // What it knows from the beginning, it does not learn.
    const again = host('search', program, `--know=${found.knowledge.join(',')}`);
    expect(again.lines.some(({ type }) => type === 'learned')).toBe(false);
    expect(again.last.knowledge).toEqual(found.knowledge);
  });

  test('where there is nothing but a race, all orders are run', async () => {
    const found = search(await object(pair('plain = 1;', 'plain = 2;')));
    expect(found).toMatchObject({ exhausted: true, limit: 'none' });
    expect(found.faults).toMatchObject([{ kind: 'data-race', preemptions: 0, minimal: true }]);
  });

  test('--pass and --all-faults go on after a fault', async () => {
    const program = await object(
      pair(LOST, LOST, 'assert(x == 2);', 'if (atomic_load(&y)) abort();'),
    );
    expect(search(program, '--pass=check-failed')).toMatchObject({ exhausted: true });
    expect(search(program, '--all-faults')).toMatchObject({ exhausted: true });
    expect(search(program)).toMatchObject({ exhausted: false, limit: 'fault' });
  });

  test('a deadlock says what each thread waits for', async () => {
    const locks = (one: string, two: string): string =>
      `pthread_mutex_lock(&${one}); pthread_mutex_lock(&${two});
       pthread_mutex_unlock(&${two}); pthread_mutex_unlock(&${one});`;
    const text = pair(locks('m', 'n'), locks('n', 'm')).replace(
      'static int plain;',
      'static pthread_mutex_t m = PTHREAD_MUTEX_INITIALIZER, n = PTHREAD_MUTEX_INITIALIZER;',
    );
    const [fault] = search(await object(text)).faults as [Found];
    expect(fault).toMatchObject({ kind: 'deadlock', preemptions: 1, minimal: true });
    expect(fault.message).toContain('thread 2 waits for a mutex that thread 3 holds');
    expect(fault.waits.map(({ cpu }) => cpu)).toEqual([0, 1, 2]);
  });

  test('a deadlock says of the holder of a lock that it has ended', async () => {
    const text = pair('pthread_mutex_lock(&m);', 'pthread_mutex_lock(&m);').replace(
      'static int plain;',
      'static pthread_mutex_t m = PTHREAD_MUTEX_INITIALIZER;',
    );
    const [fault] = search(await object(text)).faults as [Found];
    expect(fault.message).toMatch(
      /thread (2|3) waits for a mutex that thread (2|3), which has ended, holds/,
    );
  });

  test.each([
    [5, 'thread 5 waits for a mutex that thread 6 holds, and 1 more thread waits'],
    [6, 'thread 5 waits for a mutex that thread 6 holds, and 2 more threads wait'],
  ])(
    'a deadlock of %d threads and main() counts those for whom there is no room',
    async (n, end) => {
      const text = pair('', '').replace(
        /int main.*$/s,
        `static pthread_mutex_t f[${n}];
       static void *eat(void *at) {
         long i = (long)at;
         pthread_mutex_lock(&f[i]); pthread_mutex_lock(&f[(i + 1) % ${n}]);
         pthread_mutex_unlock(&f[(i + 1) % ${n}]); pthread_mutex_unlock(&f[i]); return NULL; }
       int main(void) {
         pthread_t t[${n}];
         for (long i = 0; i < ${n}; i++) pthread_create(&t[i], NULL, eat, (void *)i);
         for (int i = 0; i < ${n}; i++) pthread_join(t[i], NULL); }`,
      );
      const [fault] = search(await object(text)).faults as [Found];
      expect(fault.kind).toBe('deadlock');
      expect(fault.message).toMatch(
        /^thread 1 waits for thread 2 to end, thread 2 waits for a mutex/,
      );
      expect(fault.message).toMatch(new RegExp(`${end}$`));
    },
  );

  test('outcomes are counted, and those that need a preemption are told apart', async () => {
    const found = search(await object(pair(LOST, LOST, 'record("x", x);')));
    const outcomes = [...found.outcomes].sort((a, b) => Number(a.results.x) - Number(b.results.x));
    expect(outcomes).toMatchObject([
      { results: { x: 1 }, serial: false, faulted: false },
      { results: { x: 2 }, serial: true, faulted: false },
    ]);
    expect(found).toMatchObject({ serialWhole: true, outcomesLost: 0 });
  });

  test('parts of dfs are together what it runs without parts', async () => {
    const program = await object(pair(LOST + LOST, LOST + LOST));
    const run = (...args: string[]): number => {
      const [heap] = search(program, '--strategy=dfs', '--heap=fresh', ...args).heaps;
      return (heap?.executions ?? 0) - (heap?.blocked ?? 0);
    };
    const parts = [0, 1, 2].map((part) => run(`--part=${part}/3`));
    expect(parts.filter((each) => each > 0).length).toBeGreaterThan(1);
    expect(parts.reduce((sum, each) => sum + each)).toBe(run());
  });

  test('estimates the number of orders from random descents', async () => {
    const program = await object(pair(ADD + ADD + ADD, ADD + ADD + ADD));
    const found = search(program, '--strategy=dfs', '--heap=fresh');
    const { log10, descents } = found.estimate as { log10: number; descents: number };
    expect(descents).toBe(32);
    const orders = found.heaps[0]?.executions ?? 0;
    expect(orders).toBeGreaterThan(19);
    expect(10 ** log10 / orders).toBeGreaterThan(0.5);
    expect(10 ** log10 / orders).toBeLessThan(2);
  });

  test('is the same again with the same seed', async () => {
    const program = await object(pair(LOST + LOST, LOST, 'assert(x == 3);'));
    const run = (): object => ({ ...search(program, '--seed=7'), elapsedNs: 0 });
    expect(run()).toEqual(run());
  });

  test('a limit of executions is kept, and named', async () => {
    const program = await object(pair(LOST.repeat(6), LOST.repeat(6)));
    const found = search(program, '--executions=500', '--heap=fresh');
    expect(found).toMatchObject({ exhausted: false, limit: 'executions', executions: 500 });
  });
});

describe('nothing to explore', () => {
  test('a program without threads is an error, not clean', async () => {
    const found = search(await object(`${HEAD} int main(void) { return x; }`));
    expect(found).toMatchObject({ exhausted: false, faults: [] });
    expect(found.error).toBeLessThan(0);
    expect(found.refused).toBe(
      'The program starts no thread: there is nothing to interleave; start one in main(), by ' +
        'pthread_create() or std::thread',
    );
  });

  test('a program that is not the same twice is an error that names the first event', async () => {
    const used = `#include <sys/stat.h>
      static int odd(void) { int old = umask(0); umask(old ^ 1); return old & 1; }`;
    const text = pair(`${ADD} if (odd()) ${ADD}`, ADD + ADD).replace('static int plain;', used);
    const found = search(await object(text, ['umask']));
    expect(found).toMatchObject({ exhausted: false, faults: [] });
    expect(found.error).toBeLessThan(0);
    expect(found.differs).toMatch(/^(step|after step) \d+/);
  });
});

describe('a program that takes the host along', () => {
  const when = (bad: string): string => pair(ADD + ADD, `if (atomic_load(&x) == 1) { ${bad} }`);

  test('a null pointer is a fault, and the search has gone on', async () => {
    const found = search(await object(when('*(volatile int *)8 = 1;')), '--all-faults');
    expect(found).toMatchObject({ exhausted: true });
    expect(found.faults).toMatchObject([{ kind: 'crash', preemptions: 1, minimal: true }]);
  });

  test('a smashed host leaves the fault with its schedule', async () => {
    const smash = 'for (char *at = (char *)&environ - 4096;; at++) *(volatile char *)at = 90;';
    const program = await object(`extern char **environ;${when(smash)}`);
    const [fault] = search(program).faults as [Found];
    expect(fault).toMatchObject({ kind: 'crash', preemptions: 1, schedule: [[1, 2]] });
    expect(fault.message).not.toBe('');
    const { status, last } = host('replay', program, ...replayArgs(fault));
    expect([status, last.type, last.kind]).toEqual([0, 'replayed', 'crash']);
  });

  test('a child that is killed is a crash with its schedule, and its replay has lines', async () => {
    const text = when('raise(9);').replace('#include <assert.h>', '#include <signal.h>');
    const program = await object(text, ['raise']);
    const { lines, last } = host('search', program);
    expect(lines.filter(({ type }) => type === 'died')).toMatchObject([
      { signal: 9, status: 0, schedule: [[1, 2]], steps: 2, heap: 'fresh' },
    ]);
    const [fault] = last.faults as [Found];
    expect(fault).toMatchObject({ kind: 'crash', preemptions: 1, schedule: [[1, 2]], cpu: 2 });
    expect(fault.message).toBe('the program ended the process that runs it: Killed');
    const replay = host('replay', program, ...replayArgs(fault)).last;
    expect(replay).toMatchObject({ reproduced: true, met: true, kind: 'crash', cpu: 2, steps: 2 });
    expect(replay.lines).toMatchObject([
      { step: 1, cpu: 1, kind: 'update' },
      { step: 2, cpu: 2, kind: 'read', faulted: true },
    ]);
  });

  test('a constructor that crashes is a fault before main()', async () => {
    const text = `${when('')} __attribute__((constructor)) static void c(void) { *(volatile int *)8 = 1; }`;
    const program = await object(text);
    const [fault] = search(program).faults as [Found];
    expect(fault).toMatchObject({ kind: 'crash', steps: 0, schedule: [] });
    expect(fault.message).toMatch(/^before main\(\): /);
    const { last } = host('replay', program, ...replayArgs(fault));
    expect(last).toMatchObject({ met: true, kind: 'crash', message: fault.message });
  });

  test('an endless loop is a hang', async () => {
    const [fault] = search(await object(when('for (;;);'))).faults as [Found];
    expect(fault).toMatchObject({ kind: 'hang', schedule: [[1, 2]], cpu: 2 });
    expect(fault.at).not.toBeNull();
  });

  test('a constructor that does not end is a hang', async () => {
    const text = `${when('')} __attribute__((constructor)) static void c(void) { for (;;); }`;
    const { last, status, ms } = host('search', await object(text), '--time-ms=60000');
    expect(last.faults).toMatchObject([{ kind: 'hang', steps: 0 }]);
    // host() kills what takes two minutes, which has no status; how late a busy machine is says nothing.
    expect(status).toBe(0);
    expect(ms).toBeGreaterThanOrEqual(1000);
  });

  test('the time is kept, and what was found by then is reported', async () => {
    const program = await object(pair(LOST.repeat(10), LOST.repeat(10)));
    const { last, status, ms } = host('search', program, '--time-ms=600');
    expect(last).toMatchObject({ exhausted: false, limit: 'time', error: 0 });
    expect(last.executions).toBeGreaterThan(0);
    expect(status).toBe(0);
    expect(ms).toBeGreaterThanOrEqual(600);
  });

  test('samples that take half of the time leave the other half where nothing is freed', async () => {
    const long = `for (int k = 0; k < 1000; k++) { int far = 0; while (far < 50000) far++; ${ADD} }`;
    const program = await object(pair(long, long));
    const { last, ms } = host(
      'search',
      program,
      '--heap=both',
      '--time-ms=3000',
      '--strategy=portfolio',
    );
    expect(last).toMatchObject({ exhausted: false, limit: 'time', freed: false });
    expect(ms).toBeGreaterThanOrEqual(3000);
  });

  test('nothing that the program writes comes between the lines', async () => {
    const text = pair('write(1, "one\\n", 4); write(2, "two\\n", 4);', ADD);
    const { stderr, last } = host('search', await object(text, ['write']));
    expect([stderr, last.type]).toEqual(['', 'finished']);
  });
});

test('a host whose parent is gone does not stay', async () => {
  const program = await object(pair(LOST.repeat(10), LOST.repeat(10)));
  const child = start('search', program, '--time-ms=60000');
  await once(child.stdout as NodeJS.EventEmitter, 'data');
  const children = `/proc/${child.pid}/task/${child.pid}/children`;
  const [worker] = fs.readFileSync(children, 'utf8').trim().split(' ');
  const isThere = (): boolean =>
    fs.existsSync(`/proc/${worker}/stat`) &&
    !/\) Z /.test(fs.readFileSync(`/proc/${worker}/stat`, 'utf8'));
  expect(isThere()).toBe(true);
  child.kill('SIGKILL');
  const until = Date.now() + 60_000;
  while (isThere() && Date.now() < until) await new Promise((done) => setTimeout(done, 20));
  expect(isThere()).toBe(false);
});
