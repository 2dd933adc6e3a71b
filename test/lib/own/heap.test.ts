import { describe, expect, test } from '@jest/globals';
import { COMPILERS, workshop } from './building';
import { searched } from './hosting';

const shop = workshop();

const HEAD = `#include <malloc.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>
static void *keep;
static atomic_int begun;
static void use(char *p)
{
`;
const TAIL = `
}
static void *work(void *unused)
{ begun++;
	use(malloc(10));
	return unused;
}
int main(void)
{
	pthread_t t;
	pthread_create(&t, NULL, work, NULL);
	begun++;
	pthread_join(t, NULL);
	return 0;
}
`;
/** The line of what stands between the two. */
const LINE = HEAD.split('\n').length;

type Case = [kind: string, wrong: string, right: string];

const CASES: Case[] = [
  ['out-of-bounds', 'p[10] = 1;', 'p[9] = 1;'],
  ['out-of-bounds', 'p[-1] = 1;', 'p[0] = 1;'],
  ['out-of-bounds', 'keep = (void *)(intptr_t)p[10];', 'keep = (void *)(intptr_t)p[9];'],
  ['out-of-bounds', '*(int64_t *)(p + 8) = 1;', '*(int16_t *)(p + 8) = 1;'],
  ['out-of-bounds', 'memset(p, 0, 11);', 'memset(p, 0, 10);'],
  ['out-of-bounds', 'strcpy(p, "0123456789");', 'strcpy(p, "012345678");'],
  ['out-of-bounds', 'memset(p, 1, 10); keep = p + strlen(p);', 'p[9] = 0; keep = p + strlen(p);'],
  ['out-of-bounds', 'keep = p + memcmp(p, "0123456789a", 11);', 'memcmp(p, "0123456789", 10);'],
  ['out-of-bounds', 'snprintf(p, 11, "%s", "0123456789");', 'snprintf(p, 10, "%s", "0123456789");'],
  [
    'out-of-bounds',
    'memset(p, 1, 10); printf("%d %s", 1, p);',
    'memset(p, 1, 10); printf("%.10s", p);',
  ],
  [
    'use-after-free',
    'free(p); printf("%5.1f%%%-*d %s", 1.5, 3, 4, p);',
    'printf("%p%ld%.*s", p, 1L, 3, "ab");',
  ],
  ['out-of-bounds', 'p = calloc(3, 3); p[9] = 1;', 'p = calloc(3, 3); p[8] = 1;'],
  ['out-of-bounds', 'p = realloc(p, 5); p[5] = 1;', 'p = realloc(p, 5); p[4] = 1;'],
  ['out-of-bounds', 'p = aligned_alloc(64, 64); p[64] = 1;', 'aligned_alloc(64, 64);'],
  ['out-of-bounds', 'p = strndup("abc", 2); p[3] = 1;', 'p = strndup("abc", 2); p[2] = 1;'],
  ['out-of-bounds', 'p = malloc(0); p[0] = 1;', 'p = malloc(0); free(p);'],
  ['use-after-free', 'free(p); p[3] = 1;', 'p[3] = 1; free(p);'],
  ['use-after-free', 'free(p); keep = p + strlen(p);', 'p[1] = 0; keep = p + strlen(p); free(p);'],
  ['use-after-free', 'keep = realloc(p, 20); p[0] = 1;', 'p = realloc(p, 20); p[0] = 1;'],
  ['double-free', 'free(p); free(p);', 'free(p); free(NULL);'],
  ['double-free', 'free(p); p = realloc(p, 4);', 'p = realloc(p, 4); free(p);'],
  ['bad-free', 'free(p + 1);', 'free(p);'],
  ['bad-free', 'char c; free(&c);', 'char c = 0; keep = p + c;'],
  ['bad-free', 'free(&keep);', 'free(keep);'],
];

describe('a fault of the heap is found at its line, and its twin is clean', () => {
  test.each(CASES)('%s: %s', async (kind, wrong) => {
    const { faulted } = await searched(shop, 'wrong.c', `${HEAD}${wrong}${TAIL}`);
    expect(faulted).toEqual([`${kind}:${LINE}`]);
  });

  test.each(COMPILERS)('%s: all twins', async (cc) => {
    const twins = CASES.map(([, , right]) => `{ char *p = malloc(10); ${right} }`).join('\n');
    const report = await searched(shop, 'twins.c', `${HEAD}${twins}${TAIL}`, { cc });
    expect(report).toMatchObject({ faulted: [], exhausted: true });
  });
});

test('a block that was freed names its malloc(), its free(), and how far into it', async () => {
  const { faults } = await searched(shop, 'named.c', `${HEAD}free(p); p[3] = 1;${TAIL}`);
  expect(faults).toMatchObject([
    {
      message: 'thread 2 writes 1 byte, 3 bytes into a block of 10 that thread 2 has freed',
      place: { region: 'heap', offset: 3, size: 10, block: 1 },
      other: expect.anything(),
    },
  ]);
});

describe('leaks', () => {
  const chain = 'void **a = malloc(8), **b = malloc(8); *a = b; *b = NULL;';

  test('a block that nothing leads to at the end', async () => {
    const lost = await searched(shop, 'lost.c', `${HEAD}p[0] = 1;${TAIL}`, {}, ['--leaks']);
    expect(lost.faulted).toEqual([`leak:${LINE + 4}`]);
  });

  test('not one that data, another block, a key or a thread leads to', async () => {
    const reached = `${chain} keep = a; free(p);`;
    // Of a thread that has not ended; what another one leaves there is lost.
    const text = `${HEAD}${reached}${TAIL}`.replace(
      'pthread_t t;',
      `pthread_t t; pthread_key_t k; pthread_key_create(&k, NULL);
	pthread_setspecific(k, malloc(7)); static __thread void *mine; mine = malloc(6);`,
    );
    const report = await searched(shop, 'kept.c', text, {}, ['--leaks']);
    expect(report).toMatchObject({ faulted: [], exhausted: true });
  });

  test('nobody looks for them unasked', async () => {
    const report = await searched(shop, 'unasked.c', `${HEAD}${chain}${TAIL}`);
    expect(report.faulted).toEqual([]);
  });
});

describe('memory that is given again', () => {
  const text = `#include <assert.h>
#include <pthread.h>
#include <stdlib.h>
static void *work(void *unused)
{
	void *first = malloc(24);
	free(first);
	void *second = malloc(24);
	assert(first != second);
	free(second);
	return unused;
}
int main(void)
{
	pthread_t t;
	pthread_create(&t, NULL, work, NULL);
	pthread_join(t, NULL);
	return 0;
}
`;

  test('only where it is asked for', async () => {
    expect((await searched(shop, 'fresh.c', text, {}, ['--heap=fresh'])).faulted).toEqual([]);
    const reuse = await searched(shop, 'reuse.c', text, {}, ['--heap=reuse']);
    expect(reuse.faulted).toEqual(['check-failed:9']);
  });
});

test('what constructors allocated is there in every execution, as they left it', async () => {
  const text = `#include <assert.h>
#include <pthread.h>
#include <stdlib.h>
static int *made, *freed;
__attribute__((constructor)) static void make(void)
{
	made = malloc(sizeof(*made));
	*made = 1;
	freed = malloc(sizeof(*freed));
	free(freed);
}
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static void *work(void *unused)
{
	pthread_mutex_lock(&lock);
	*made *= 3;
	pthread_mutex_unlock(&lock);
	return unused;
}
int main(void)
{
	pthread_t t;
	assert(*made == 1);
	pthread_create(&t, NULL, work, NULL);
	work(NULL);
	pthread_join(t, NULL);
	assert(*made == 9);
	free(made);
	return 0;
}
`;
  const report = await searched(shop, 'constructed.c', text);
  expect(report).toMatchObject({ faulted: [], exhausted: true });
  expect(report.executions).toBeGreaterThan(1);
});

test('addresses depend on the thread and not on the order', async () => {
  const text = `#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
static atomic_int steps;
static void *seen[2];
static void *work(void *arg)
{
	atomic_fetch_add(&steps, 1);
	seen[(long)arg] = malloc(32);
	atomic_fetch_add(&steps, 1);
	return NULL;
}
static void *expected = (void *)0;
int main(void)
{
	pthread_t t[2];
	for (long i = 0; i < 2; i++)
		pthread_create(&t[i], NULL, work, (void *)i);
	for (long i = 0; i < 2; i++)
		pthread_join(t[i], NULL);
	assert((char *)seen[1] - (char *)seen[0] > 1 << 20);
	return 0;
}
`;
  const report = await searched(shop, 'addresses.c', text);
  expect(report).toMatchObject({ faulted: [], exhausted: true, differs: '' });
});
