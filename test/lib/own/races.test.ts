import { describe, expect, test } from '@jest/globals';
import { COMPILERS, workshop } from './building';
import { searched } from './hosting';

const shop = workshop();

const HEAD = `#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
static union { uint8_t byte[16]; uint16_t half[8]; uint32_t word[4]; uint64_t wide[2]; } u;
static struct { int a, b, c; char text[20]; } s, copy;
static atomic_int flag, begun[2];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static _Atomic(int *) shared;
static int *plain;
static volatile int seen;
static int value;
static long sum;
`;

/** Two threads, each with a line of its own: 17 and 22. */
const between = (one: string, two: string): string => `${HEAD}static void *first(void *unused)
{ atomic_store_explicit(&begun[0], 1, memory_order_relaxed);
	${one}
	return unused;
}
static void *second(void *unused)
{ atomic_store_explicit(&begun[1], 1, memory_order_relaxed);
	${two}
	return unused;
}
int main(void)
{
	pthread_t a, b;
	plain = calloc(4, sizeof(*plain));
	pthread_create(&a, NULL, first, NULL);
	pthread_create(&b, NULL, second, NULL);
	pthread_join(a, NULL);
	pthread_join(b, NULL);
	return 0;
}
`;
const ONE = HEAD.split('\n').length + 2;
const TWO = ONE + 5;

const RACES: [one: string, two: string][] = [
  ['u.byte[3] = 1;', 'u.byte[3] = 2;'],
  ['u.word[0] = 1;', 'u.byte[3] = 2;'],
  ['u.byte[7] = 1;', 'sum = u.wide[0];'],
  ['s.b = 1;', 'copy = s;'],
  ['memcpy(&copy, &s, sizeof(s));', 's.text[19] = 1;'],
  ['memset(&s, 0, sizeof(s));', 'sum = s.c;'],
  ['sum = strlen(s.text);', 's.text[0] = 1;'],
  ['strcpy(s.text, "abc");', 'sum = s.text[3];'],
  ['sum = memcmp(&s, &copy, sizeof(s));', 's.c = 1;'],
  ['*(uint32_t *)(u.byte + 6) = 1;', 'u.byte[9] = 1;'],
  ['atomic_store(&flag, 1);', '*(int *)&flag = 2;'],
  ['sum = atomic_load(&flag);', '*(int *)&flag = 2;'],
  ['seen = 1;', 'seen = 2;'],
  [
    'free(plain);',
    'pthread_mutex_lock(&lock); sum = (long)plain; pthread_mutex_unlock(&lock); plain = NULL;',
  ],
  ['value = 1; pthread_mutex_lock(&lock); pthread_mutex_unlock(&lock);', 'value = 2;'],
];

const NO_RACES: [one: string, two: string][] = [
  ['u.byte[3] = 1;', 'u.byte[4] = 2;'],
  ['u.word[0] = 1;', 'u.word[1] = 2;'],
  ['*(uint16_t *)(u.byte + 7) = 1;', 'u.byte[6] = 1; u.byte[9] = 1;'],
  ['sum = u.wide[0];', 'value = u.wide[0];'],
  ['s.a = 1;', 'copy.a = s.b;'],
  ['strcpy(s.text, "abc");', 's.text[4] = 1;'],
  ['atomic_fetch_add(&flag, 1);', 'sum = atomic_load_explicit(&flag, memory_order_relaxed);'],
  [
    'pthread_mutex_lock(&lock); value++; pthread_mutex_unlock(&lock);',
    'pthread_mutex_lock(&lock); value++; pthread_mutex_unlock(&lock);',
  ],
  ['value = 1; atomic_store(&flag, 1);', 'if (atomic_load(&flag)) sum = value;'],
];

describe('two accesses that nothing orders', () => {
  test.each(RACES)('%s and %s race', async (one, two) => {
    const { faulted, races } = await searched(shop, 'race.c', between(one, two));
    expect(races).toContain(`${ONE}:${TWO}`);
    expect(faulted.filter((fault) => !fault.startsWith('data-race'))).toEqual([]);
  });

  test.each(NO_RACES)('%s and %s do not', async (one, two) => {
    const report = await searched(shop, 'ordered.c', between(one, two));
    expect(report).toMatchObject({ faulted: [], exhausted: true });
  });

  test.each(COMPILERS)('%s: the lost update of two increments is reached', async (cc) => {
    const text = `#include <assert.h>
#include <pthread.h>
static int value;
static void *work(void *unused)
{
	value++;
	return unused;
}
int main(void)
{
	pthread_t a, b;
	pthread_create(&a, NULL, work, NULL);
	pthread_create(&b, NULL, work, NULL);
	pthread_join(a, NULL);
	pthread_join(b, NULL);
	assert(value == 2);
	return 0;
}
`;
    const { faulted, races } = await searched(shop, 'lost.c', text, { cc });
    expect(faulted).toContain('check-failed:16');
    expect(races).toEqual(['6:6']);
  });
});

test('free() is a write of the block: it races, and comes first in another order', async () => {
  const text = between('plain[1] = 1;', 'free(plain);');
  const { faulted, races } = await searched(shop, 'freed.c', text, {}, ['--all-faults']);
  expect(races).toEqual([`${ONE}:${TWO}`]);
  expect(faulted).toContain(`use-after-free:${ONE}`);
});

test('free() is a step: dpor tries it before and after what it races with', async () => {
  const text = between('plain[1] = 1;', 'atomic_store(&flag, 1); free(plain);');
  const asked = ['--all-faults', '--strategy=dpor', '--heap=fresh'];
  const { heaps } = await searched(shop, 'step.c', text, {}, asked);
  const { executions = 0, blocked = 0, exhausted = false } = heaps[0] ?? {};
  expect([executions - blocked, exhausted]).toEqual([2, true]);
});

test.each(COMPILERS)('%s: memcpy() of what another thread writes is seen half done', async (cc) => {
  const text = `#include <assert.h>
#include <pthread.h>
#include <string.h>
static long pair[2], copy[2];
static const long new_pair[2] = {1, 1};
static void *writes(void *unused)
{
	memcpy(pair, new_pair, sizeof(pair));
	return unused;
}
int main(void)
{
	pthread_t t;
	pthread_create(&t, NULL, writes, NULL);
	memcpy(copy, pair, sizeof(copy));
	assert(copy[0] == copy[1]);
	pthread_join(t, NULL);
	return 0;
}
`;
  const { faulted, races } = await searched(shop, 'torn.c', text, { cc });
  expect(races).toEqual(['8:15']);
  expect(faulted).toContain('check-failed:16');
});

describe('what memory orders say', () => {
  const publish = (store: string, load: string): string =>
    between(
      `int *p = malloc(sizeof(*p)); *p = 1; atomic_store_explicit(&shared, p, ${store});`,
      `int *p = atomic_load_explicit(&shared, ${load}); if (p) sum = *p;`,
    );

  test('a pointer that is published without release races, and so does its malloc()', async () => {
    const order = ['memory_order_relaxed', 'memory_order_acquire'] as const;
    const { races, faults } = await searched(shop, 'relaxed.c', publish(...order));
    expect(races).toEqual([`${ONE}:${TWO}`]);
    expect(faults[0]?.message).toMatch(/^a read by thread 3 and, before it, a write by thread 2/);
  });

  test('not with release and acquire', async () => {
    const order = ['memory_order_release', 'memory_order_acquire'] as const;
    const report = await searched(shop, 'release.c', publish(...order));
    expect(report).toMatchObject({ faulted: [], exhausted: true });
  });

  test('nor where every atomic orders, as asked', async () => {
    const order = ['memory_order_relaxed', 'memory_order_relaxed'] as const;
    const report = await searched(shop, 'all.c', publish(...order), {}, ['--orders=all']);
    expect(report).toMatchObject({ faulted: [], exhausted: true });
  });

  test('a block that nobody wrote to is written by its malloc()', async () => {
    const { faults } = await searched(
      shop,
      'born.c',
      between(
        'atomic_store_explicit(&shared, calloc(1, 4), memory_order_relaxed);',
        'int *p = atomic_load(&shared); if (p) sum = *p;',
      ),
    );
    expect(faults[0]?.message).toBe(
      'a read by thread 3 and, before it, the allocation of these bytes by thread 2: 4 bytes, ' +
        'and nothing orders the two',
    );
  });

  test('a volatile access is plain, or a relaxed atomic where that is asked for', async () => {
    const text = between('seen = 1;', 'sum = seen;');
    expect((await searched(shop, 'volatile.c', text)).races).toEqual([`${ONE}:${TWO}`]);
    const marked = await searched(shop, 'volatile.c', text, {}, ['--volatile=marked']);
    expect(marked).toMatchObject({ faulted: [], exhausted: true });
    expect(marked.executions).toBeGreaterThan(1);
  });
});

test.each(COMPILERS)('%s: a marked volatile access is a step', async (cc) => {
  const text = between('seen = seen + 1;', 'int now = seen; assert(now == seen);').replace(
    '#include <pthread.h>',
    '#include <assert.h>\n#include <pthread.h>',
  );
  const { faulted } = await searched(shop, 'step.c', text, { cc }, ['--volatile=marked']);
  expect(faulted).toEqual([`check-failed:${TWO + 1}`]);
});

test('fences order what is beside marked volatile accesses', async () => {
  const text = between(
    'value = 1; atomic_thread_fence(memory_order_release); seen = 1;',
    'if (seen) { atomic_thread_fence(memory_order_acquire); sum = value; }',
  );
  const marked = await searched(shop, 'fences.c', text, {}, ['--volatile=marked']);
  expect(marked).toMatchObject({ faulted: [], exhausted: true });
});

describe('no race is lost', () => {
  /** 15 threads read all bytes, one by one; main() joins all except one, and writes. */
  const readers = (left: number): string => `#include <pthread.h>
static char bytes[8];
static void *reads(void *unused)
{
	for (int i = 0; i < 8; i++)
		if (bytes[i])
			return NULL;
	return unused;
}
int main(void)
{
	pthread_t t[15];
	for (int i = 0; i < 15; i++)
		pthread_create(&t[i], NULL, reads, NULL);
	for (int i = 0; i < 15; i++)
		if (i != ${left})
			pthread_join(t[i], NULL);
	bytes[7] = 1;
	return 0;
}
`;

  test.each([0, 7, 14])('of 15 readers the one that is not waited for (%s)', async (left) => {
    const { races } = await searched(shop, 'readers.c', readers(left), {}, [
      '--strategy=random',
      '--executions=1000',
    ]);
    expect(races).toEqual(['6:18']);
  });

  test('there is none where all are waited for', async () => {
    const report = await searched(shop, 'joined.c', readers(15));
    expect(report.faulted).toEqual([]);
  });
});

test('a loop over a plain word is found to wait for another thread', async () => {
  const text = `#include <pthread.h>
static int ready;
static void *sets(void *unused)
{
	ready = 1;
	return unused;
}
int main(void)
{
	pthread_t t;
	pthread_create(&t, NULL, sets, NULL);
	while (!ready)
		;
	pthread_join(t, NULL);
	return 0;
}
`;
  const report = await searched(shop, 'waits.c', text);
  expect(report).toMatchObject({ races: ['5:12'], exhausted: true });
});
