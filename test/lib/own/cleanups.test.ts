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
