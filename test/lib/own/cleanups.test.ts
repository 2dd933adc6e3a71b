import { expect, test } from '@jest/globals';
import { COMPILERS, workshop } from './building';
import { search } from './searching';

const shop = workshop();

const HANDLERS = `#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
static atomic_int shared;
static _Thread_local int calls;
static void inner(void *times) { calls = calls * 10 + 1; *(int *)times += 1; shared++; }
static void outer(void *times) { calls = calls * 10 + 2; *(int *)times += 1; }
static void never(void *unused) { (void)unused; assert(0); }
static void last(void *times) { assert(calls == 12); assert(*(int *)times == 2); shared++; }
static void deep(void *times)
{
	pthread_cleanup_push(never, NULL);
	pthread_cleanup_pop(0);
	pthread_cleanup_push(inner, times);
	if (times)
		pthread_exit(times);
	pthread_cleanup_pop(0);
}
static void *body(void *times)
{
	deep(NULL);
	pthread_cleanup_push(last, times);
	pthread_cleanup_push(outer, times);
	deep(times);
	pthread_cleanup_pop(0);
	pthread_cleanup_pop(0);
	return NULL;
}
int main(void)
{
	int times[2] = {0};
	pthread_t one, two;
	void *result;
	pthread_create(&one, NULL, body, &times[0]);
	pthread_create(&two, NULL, body, &times[1]);
	pthread_join(one, &result);
	assert(result == &times[0]);
	pthread_join(two, &result);
	assert(result == &times[1] && shared == 4);
}
`;

const STATES = `#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
static atomic_int shared;
static void *body(void *unused)
{
	int was = -1;
	assert(!pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &was) && was == PTHREAD_CANCEL_ENABLE);
	shared++;
	assert(!pthread_setcancelstate(PTHREAD_CANCEL_ENABLE, &was) && was == PTHREAD_CANCEL_DISABLE);
	assert(!pthread_setcanceltype(PTHREAD_CANCEL_ASYNCHRONOUS, &was));
	assert(was == PTHREAD_CANCEL_DEFERRED && pthread_setcanceltype(7, NULL));
	pthread_testcancel();
	return unused;
}
int main(void)
{
	pthread_t other;
	pthread_create(&other, NULL, body, NULL);
	body(NULL);
	pthread_join(other, NULL);
	assert(shared == 2);
}
`;

const EXIT_IN_CXX = `#include <atomic>
#include <mutex>
#include <pthread.h>
static std::mutex mutex;
std::atomic<int> gone;
struct Local { ~Local() { gone++; } };
extern "C" void deep(void *times)
{
	Local local;
	std::lock_guard<std::mutex> guard(mutex);
	if (times)
		pthread_exit(times);
}
extern "C" int gone_by_now() { return gone; }
`;

const HANDLER_IN_C = `#include <assert.h>
#include <pthread.h>
void deep(void *times);
int gone_by_now(void);
static void outer(void *times) { assert(gone_by_now()); *(int *)times += 1; }
static void *body(void *times)
{
	pthread_cleanup_push(outer, times);
	deep(times);
	pthread_cleanup_pop(0);
	return NULL;
}
int main(void)
{
	int times[2] = {0};
	pthread_t one, two;
	pthread_create(&one, NULL, body, &times[0]);
	pthread_create(&two, NULL, body, &times[1]);
	pthread_join(one, NULL);
	pthread_join(two, NULL);
	assert(gone_by_now() == 2 && times[0] == 1 && times[1] == 1);
}
`;

// Of its state only the runtime knows at the end which order there was.
const RARELY = `#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#define N 4 /* one order of 576, which no random walk meets */
static atomic_int came, left;
static int first[N], then[N];
static void *come(void *number)
{
	int i = *(int *)number;
	first[i] = came++;
	then[i] = left++;
	return NULL;
}
static void choose(void)
{
	int rare = 1;
	for (int i = 0; i < N; i++)
		rare &= first[i] == N - 1 - i && then[i] == i;
	if (rare)
		pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, NULL);
	for (int i = 0; i < N; i++)
		first[i] = then[i] = 0;
}
int main(void)
{
	int number[N] = {0, 1, 2, 3}, was;
	pthread_t other[N];
	for (int i = 0; i < N; i++)
		pthread_create(&other[i], NULL, come, &number[i]);
	for (int i = 0; i < N; i++)
		pthread_join(other[i], NULL);
	choose();
	came = 0;
	left = 0;
	pthread_setcancelstate(PTHREAD_CANCEL_ENABLE, &was);
	assert(was == PTHREAD_CANCEL_ENABLE);
}
`;

test.each(COMPILERS)(
  'pthread_exit() calls cleanup handlers, the inner one first (%s)',
  async (cc) => {
    const found = search(
      await shop.build(shop.write('handlers.c', HANDLERS), { cc }),
      '--strategy=dpor',
    );
    expect(found.faults).toEqual([]);
    expect(found.exhausted).toBe(true);
  },
);

test('a handler in C is called after the objects of the C++ above it are destroyed', async () => {
  const sources = [shop.write('handler.c', HANDLER_IN_C), shop.write('exit.cpp', EXIT_IN_CXX)];
  const found = search(await shop.build(sources), '--strategy=dpor');
  expect(found.faults).toEqual([]);
  expect(found.exhausted).toBe(true);
});

test('whether a thread may be cancelled is kept for each', async () => {
  const found = search(await shop.build(shop.write('states.c', STATES)), '--strategy=dpor');
  expect(found.faults).toEqual([]);
  expect(found.exhausted).toBe(true);
});

test.each(['dpor', 'stateful'])(
  'whether a thread may be cancelled is a part of the state (%s)',
  async (strategy) => {
    const found = search(
      await shop.build(shop.write('rarely.c', RARELY)),
      `--strategy=${strategy}`,
      '--heap=fresh',
    );
    expect(found.executions).toBeGreaterThan(64);
    expect(found.faults.map(({ kind }) => kind)).toEqual(['check-failed']);
  },
);
