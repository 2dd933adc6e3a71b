import { describe, expect, test } from '@jest/globals';
import { workshop } from './building';
import { host, searched } from './hosting';

const shop = workshop();

const HEAD = `#define _GNU_SOURCE
#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>
static atomic_long seen;
static void *other(void *unused)
{
	atomic_fetch_add(&seen, 1);
	return unused;
}
static void body(void)
{
`;
const TAIL = `
}
int main(void)
{
	pthread_t t;
	pthread_create(&t, NULL, other, NULL);
	body();
	pthread_join(t, NULL);
	return 0;
}
`;
const LINE = HEAD.split('\n').length;

const SAME: [what: string, body: string][] = [
  [
    'random numbers',
    `srand(7); int a = rand(); srand(7); assert(a == rand()); assert(rand() != rand());
	unsigned state = 3; assert(rand_r(&state) != rand_r(&state)); assert(random() >= 0);
	seen = a;`,
  ],
  ['random numbers that nobody seeded', 'seen = rand(); seen = random();'],
  [
    'clocks move, and never back',
    `struct timespec a, b; struct timeval c; clock_gettime(CLOCK_MONOTONIC, &a);
	atomic_fetch_add(&seen, 1); clock_gettime(CLOCK_MONOTONIC, &b);
	assert(b.tv_sec > a.tv_sec || (b.tv_sec == a.tv_sec && b.tv_nsec > a.tv_nsec));
	for (int i = 0; i < 3000; i++) { a = b; clock_gettime(CLOCK_MONOTONIC, &b);
		assert(b.tv_sec > a.tv_sec || (b.tv_sec == a.tv_sec && b.tv_nsec > a.tv_nsec)); }
	assert(!gettimeofday(&c, NULL) && c.tv_sec >= time(NULL) - 5 && clock() >= 0);`,
  ],
  [
    'a sleep takes its time',
    `struct timespec a, b; clock_gettime(CLOCK_MONOTONIC, &a); usleep(5000);
	clock_gettime(CLOCK_MONOTONIC, &b);
	assert((b.tv_sec - a.tv_sec) * 1000000000L + b.tv_nsec - a.tv_nsec >= 5000000);`,
  ],
  [
    'a thread that waits for a time gets there',
    `struct timespec a, b; clock_gettime(CLOCK_MONOTONIC, &a); int turns = 0;
	do { clock_gettime(CLOCK_MONOTONIC, &b); turns++; } while (b.tv_sec < a.tv_sec + 5);
	assert(turns > 100 && turns < 1000);`,
  ],
  [
    'numbers of the process',
    'assert(getpid() == getpid() && getpid() > 1 && gettid() >= getpid());',
  ],
  ['errno', 'errno = 5; atomic_fetch_add(&seen, 1); assert(errno == 5);'],
  [
    'lengths of output',
    `assert(printf("%d %s", 12, "ab") == 5 && fprintf(stderr, "x") == 1 && putchar('c') == 'c');
	char text[4]; assert(snprintf(text, sizeof(text), "%d", 12345) == 5 && !strcmp(text, "123"));
	char *made; assert(asprintf(&made, "%d", 42) == 2 && !strcmp(made, "42")); free(made);
	assert(fwrite("ab", 1, 2, stdout) == 2 && !fflush(stdout) && puts("x") >= 0); perror("p");`,
  ],
];

describe('what a program asks of its process is the same in every execution', () => {
  test.each(SAME)('%s', async (_, body) => {
    const report = await searched(shop, 'same.c', `${HEAD}${body}${TAIL}`);
    expect(report).toMatchObject({ faulted: [], exhausted: true, differs: '', status: 0 });
    expect(report.executions).toBeGreaterThan(1);
  });
});

const FAULTS: [fault: string, body: string, message: RegExp][] = [
  [
    'check-failed',
    'assert(seen == 7);',
    /^assert\(seen == 7\) fails in thread 1, faulty.c:\d+, (void )?body/,
  ],
  ['abort', 'abort();', /^thread 1 calls abort\(\)$/],
  ['crash', '*(volatile int *)8 = 1;', /^a null pointer is used: address 0x8$/],
  ['crash', 'volatile int zero = 0; seen = 1 / zero;', /^a division by zero$/],
];

describe('what ends a program is a fault, at its line', () => {
  test.each(FAULTS)('%s: %s', async (kind, body, message) => {
    const { faulted, faults } = await searched(shop, 'faulty.c', `${HEAD}${body}${TAIL}`);
    expect(faulted).toEqual([`${kind}:${LINE}`]);
    expect(faults[0]?.message).toMatch(message);
  });

  test('exit() is none: what comes behind it does not run', async () => {
    const report = await searched(shop, 'exits.c', `${HEAD}exit(3); abort();${TAIL}`);
    expect(report).toMatchObject({ faulted: [], exhausted: true });
  });
});

test('a loop without other threads that only touches memory is a hang', async () => {
  const text = `static int flag;
int main(void)
{
	while (!flag)
		;
	return 0;
}
`;
  // 100 million take long where others work on the machine.
  const { faulted, faults } = await searched(shop, 'alone.c', text, {}, ['--time-ms=200000']);
  expect(faulted).toEqual(['hang:4']);
  expect(faults[0]?.message).toMatch(/^main\(\) has touched memory 100 million times/);
});

test('output is kept for a replay, with its thread, and dropped while exploring', async () => {
  const body = 'printf("n = %d\\n", 3); fputs("seen", stderr); puts("!");';
  const { object } = await shop.build(shop.write('prints.c', `${HEAD}${body}${TAIL}`));
  const { prints } = host(['replay', object, '--schedule=']);
  expect(prints.map(({ cpu, text }) => `${cpu}: ${text}`).join('|')).toMatch(
    /^0: n = 3\n\|0: seen\|0: !\|?(0: )?\n$/,
  );
});

test('a story says how many threads the end of the program cut off', async () => {
  const text = (end: string): string =>
    `${HEAD}seen = 1;${TAIL}`.replace('pthread_join(t, NULL);', end);
  const notes = async (end: string): Promise<string[]> => {
    const { object } = await shop.build(shop.write('cut.c', text(end)));
    return host(['replay', object, '--schedule=']).prints.map(({ text: note }) => note);
  };
  expect(await notes('pthread_detach(t);')).toEqual(['1 thread was still running']);
  expect(await notes('pthread_create(&t, NULL, other, NULL);')).toEqual([
    '2 threads were still running',
  ]);
  expect(await notes('pthread_join(t, NULL);')).toEqual([]);
});

test('a story says that nobody heard a signal', async () => {
  const body = `static pthread_cond_t c = PTHREAD_COND_INITIALIZER; pthread_cond_signal(&c);`;
  const { object } = await shop.build(shop.write('unheard.c', `${HEAD}${body}${TAIL}`));
  const { prints } = host(['replay', object, '--schedule=']);
  expect(prints.map(({ text }) => text)).toEqual(['nobody waits: the signal is lost']);
});

test('main() waits for threads where that is asked for', async () => {
  const text = `#include <pthread.h>
#include <stdatomic.h>
static atomic_int steps;
static void *two(void *unused)
{
	atomic_fetch_add(&steps, 1);
	atomic_fetch_add(&steps, 1);
	return unused;
}
int main(void)
{
	pthread_t t;
	pthread_create(&t, NULL, two, NULL);
	pthread_detach(t);
	atomic_fetch_add(&steps, 1);
	return 0;
}
`;
  const { object } = await shop.build(shop.write('late.c', text));
  const traces = (main: string): unknown =>
    host(['search', object, '--strategy=dpor', '--heap=fresh', `--main=${main}`]).heaps[0];
  // Of three additions in three orders; the end of main() comes behind as many of them as it likes.
  expect(traces('waits')).toMatchObject({ executions: 3, blocked: 0, exhausted: true });
  expect(traces('ends')).toMatchObject({ executions: 6, blocked: 0, exhausted: true });
});
