import { expect, test } from '@jest/globals';
import { explore, formatTrace, program } from '../../../lib';
import { workshop } from './building';

const shop = workshop();

/** A thread waits once, with an `if`; `wait` is how. main() changes nothing, and never signals. */
const waiting = (wait: string): string => `#include <assert.h>
#include <pthread.h>
#include <time.h>
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static int ready;
static void *thread(void *unused)
{
	struct timespec until = {0};
	(void)until;
	pthread_mutex_lock(&lock);
	if (!ready)
		${wait};
	assert(ready);
	pthread_mutex_unlock(&lock);
	return unused;
}
int main(void)
{
	pthread_t other;
	pthread_create(&other, 0, thread, 0);
	pthread_mutex_lock(&lock);
	pthread_mutex_unlock(&lock);
	pthread_join(other, 0);
	return 0;
}
`;

test.each([
  ['pthread_cond_wait(&changed, &lock)', '(it wakes without a signal)'],
  ['pthread_cond_timedwait(&changed, &lock, &until)', '(its time is up)'],
])('the diagram says why %s came back: %s', async (wait, note) => {
  const file = shop.write('wait.c', waiting(wait));
  const { faults } = await explore(program(file), { spurious: 1 });
  const fault = faults.find(({ kind }) => kind === 'check-failed');
  expect(fault && formatTrace(fault)).toContain(note);
});

/** Both threads may wait when main() signals once; the one that is woken finds nothing to take. */
const taking = `#include <assert.h>
#include <pthread.h>
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t filled = PTHREAD_COND_INITIALIZER;
static int items;
static void *take(void *unused)
{
	pthread_mutex_lock(&lock);
	if (items == 0)
		pthread_cond_wait(&filled, &lock);
	assert(items > 0);
	items--;
	pthread_mutex_unlock(&lock);
	pthread_mutex_lock(&lock);
	if (items == 0)
		pthread_cond_wait(&filled, &lock);
	pthread_mutex_unlock(&lock);
	return unused;
}
int main(void)
{
	pthread_t one, other;
	pthread_create(&one, 0, take, 0);
	pthread_create(&other, 0, take, 0);
	pthread_mutex_lock(&lock);
	items++;
	pthread_cond_signal(&filled);
	pthread_mutex_unlock(&lock);
	pthread_join(one, 0);
	pthread_join(other, 0);
}
`;

test('the signal that woke a thread is named, not the thread that began to wait after it', async () => {
  const { faults } = await explore(program(shop.write('take.c', taking)), { seed: 1 });
  const fault = faults.find(({ kind }) => kind === 'check-failed');
  const steps = fault?.trace ?? [];
  const last = (value: string): number =>
    steps.findLast(({ wrote }) => wrote === value)?.step ?? Number.NaN;
  const signal = last('nobody waits');
  const woken = steps.filter(({ read }) => read === 'a signal');
  expect(woken.map(({ from }) => from)).toEqual([{ step: signal, cpu: 1 }]);
  expect(last('1 thread waits')).toBeGreaterThan(signal);
});
