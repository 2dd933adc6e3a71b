import { describe, expect, test } from '@jest/globals';
import { explore } from '../../../lib/explore/explore';
import { program } from '../../../lib/own/program';
import { optionsOf } from '../../../lib/story/weak';
import { COMPILERS, workshop } from './building';

const { write } = workshop();

// A work-stealing deque (Lê, Pop, Cohen, Zappa Nardelli, PPoPP 2013) whose fences only acquire: the
// last task is taken twice. It has too many schedules to run all of those that read the newest.
const DEQUE = `#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#define R memory_order_relaxed
#define A memory_order_acquire
static atomic_long top, bottom, task[4];
static atomic_int done[3];
static void push(long number)
{
	long at = atomic_load_explicit(&bottom, R);

	atomic_store_explicit(&task[at % 4], number, R);
	atomic_thread_fence(memory_order_release);
	atomic_store_explicit(&bottom, at + 1, R);
}
static int won(long *at)
{
	return atomic_compare_exchange_strong_explicit(&top, at, *at + 1, memory_order_seq_cst, R);
}
static long take(void)
{
	long last = atomic_load_explicit(&bottom, R) - 1, first, number = 0;

	atomic_store_explicit(&bottom, last, R);
	atomic_thread_fence(A);
	first = atomic_load_explicit(&top, R);
	if (first <= last)
		number = atomic_load_explicit(&task[last % 4], R);
	if (first == last && !won(&first))
		number = 0;
	if (first >= last)
		atomic_store_explicit(&bottom, last + 1, R);
	return number;
}
static long steal(void)
{
	long first = atomic_load_explicit(&top, A), last, number;

	atomic_thread_fence(A);
	last = atomic_load_explicit(&bottom, A);
	if (first >= last)
		return 0;
	number = atomic_load_explicit(&task[first % 4], R);
	return won(&first) ? number : 0;
}
static void work(long number)
{
	if (number)
		assert(!atomic_fetch_add_explicit(&done[number], 1, R));
}
static void *thief(void *unused)
{
	work(steal());
	work(steal());
	return unused;
}
int main(void)
{
	pthread_t other;

	pthread_create(&other, 0, thief, 0);
	push(1);
	push(2);
	work(take());
	work(take());
	pthread_join(other, 0);
}
`;

// Store buffering takes an option and at most one preemption; the game of z takes three of these.
const GAME = `#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#define R memory_order_relaxed
static atomic_int x, y, z;
static int one, two, met;
static void *player(void *unused)
{
	atomic_store_explicit(&x, 1, R);
	one = atomic_load_explicit(&y, R);
	if (!atomic_load(&z))
		atomic_store(&z, 1);
	if (atomic_load(&z) == 2)
		atomic_store(&z, 3);
	met = atomic_load(&z) == 4;
	return unused;
}
int main(void)
{
	pthread_t other;

	pthread_create(&other, 0, player, 0);
	atomic_store_explicit(&y, 1, R);
	two = atomic_load_explicit(&x, R);
	if (atomic_load(&z) == 1)
		atomic_store(&z, 2);
	if (atomic_load(&z) == 3)
		atomic_store(&z, 4);
	pthread_join(other, 0);
	assert((one || two) && !met);
}
`;

describe.each(COMPILERS)('with %s', (cc) => {
  test.each(['tso', 'rc11'] as const)(
    'a fault that does not need %s is shown without it, though that takes more preemptions',
    async (memory) => {
      const file = write(`game-${cc}.c`, GAME);
      const { faults } = await explore(program(file, { cc }), { memory });
      const [fault] = faults;
      expect(fault).toMatchObject({ kind: 'check-failed', preemptions: 3, minimal: true });
      expect(optionsOf(fault?.trace ?? [])).toBe(0);
    },
  );

  test.each(['tso', 'rc11'] as const)(
    'a fault under %s has few preemptions and few steps that only that model has',
    async (memory) => {
      const file = write(`deque-${cc}.c`, DEQUE);
      const { faults } = await explore(program(file, { cc }), { memory });
      const [fault] = faults;
      expect(fault?.kind).toBe('check-failed');
      expect(fault?.preemptions).toBe(1);
      expect(optionsOf(fault?.trace ?? [])).toBe(1);
    },
  );
});
