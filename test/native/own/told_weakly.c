/* SPDX-License-Identifier: MIT */
/*
 * As told_apart.c, for own_traces under tso and rc11: what tells two states apart is a view, or a
 * clock, that a thread or a write has, the order of two fences, or what waits in a buffer.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>

uint64_t results[64];
const char counted[] = {0, 0, 0, 0, 0};
static atomic_int x, y, z, w;
static int plain;

/* What it has read is gone when it returns; what its thread knows by that is not. */
static __attribute__((noinline)) void look(atomic_int *at, memory_order order)
{
	atomic_load_explicit(at, order);
}

static void all(int count, void *(*const thread[])(void *))
{
	pthread_t id[4];

	for (int i = 0; i < count; i++)
		pthread_create(&id[i], NULL, thread[i], NULL);
	for (int i = 0; i < count; i++)
		pthread_join(id[i], NULL);
}

/* --- 0: what a thread must not read behind --- */

static void *writes_thrice(void *unused)
{
	atomic_store_explicit(&x, 1, memory_order_relaxed);
	atomic_store_explicit(&x, 2, memory_order_relaxed);
	atomic_store_explicit(&x, 1, memory_order_relaxed);
	atomic_store_explicit(&z, 1, memory_order_relaxed);
	return unused;
}

/* All three are there when it reads the first: which 1 that was is told apart by its view alone. */
static void *reads_twice(void *unused)
{
	if (!atomic_load_explicit(&z, memory_order_relaxed))
		return unused;
	results[0] = (uint64_t)atomic_load_explicit(&x, memory_order_relaxed);
	results[1] = (uint64_t)atomic_load_explicit(&x, memory_order_relaxed);
	atomic_store_explicit(&w, 1, memory_order_relaxed);
	return unused;
}

/* It may read all three until the end, so that none of them is gone before. */
static void *reads_behind_it(void *unused)
{
	if (atomic_load_explicit(&w, memory_order_relaxed))
		results[2] = (uint64_t)atomic_load_explicit(&x, memory_order_relaxed);
	return unused;
}

static void view_of_thread(void)
{
	static void *(*const threads[])(void *) = {writes_thrice, reads_twice, reads_behind_it};

	all(3, threads);
}

/* --- 1: what a write hands on --- */

static void *writes_x(void *unused)
{
	atomic_store_explicit(&x, 1, memory_order_relaxed);
	atomic_store_explicit(&z, 1, memory_order_relaxed);
	return unused;
}

static void *looks_and_hands_on(void *unused)
{
	if (atomic_load_explicit(&z, memory_order_relaxed)) {
		look(&x, memory_order_relaxed);
		atomic_store_explicit(&y, 1, memory_order_release);
	}
	return unused;
}

static void *takes_over(void *unused)
{
	if (atomic_load_explicit(&y, memory_order_acquire))
		results[0] = (uint64_t)atomic_load_explicit(&x, memory_order_relaxed);
	return unused;
}

static void view_of_write(void)
{
	static void *(*const threads[])(void *) = {writes_x, looks_and_hands_on, takes_over};

	results[0] = 7;
	all(3, threads);
}

/* --- 2: what races with those that a write is handed on to --- */

static void *writes_plainly(void *unused)
{
	atomic_fetch_or_explicit(&x, 1, memory_order_release);
	plain = 1;
	atomic_fetch_or_explicit(&x, 1, memory_order_release);
	atomic_store_explicit(&z, 1, memory_order_relaxed);
	return unused;
}

static void *hands_on_what_it_knew(void *unused)
{
	if (atomic_load_explicit(&z, memory_order_relaxed)) {
		look(&x, memory_order_acquire);
		atomic_fetch_or_explicit(&x, 1, memory_order_relaxed);
		atomic_store_explicit(&y, 1, memory_order_release);
		look(&x, memory_order_acquire);
		atomic_store_explicit(&w, 1, memory_order_relaxed);
	}
	return unused;
}

static void *reads_plainly(void *unused)
{
	if (atomic_load_explicit(&w, memory_order_relaxed) &&
	    atomic_load_explicit(&y, memory_order_acquire))
		results[0] = (uint64_t)plain;
	return unused;
}

static void clock_of_write(void)
{
	static void *(*const threads[])(void *) = {writes_plainly, hands_on_what_it_knew,
						   reads_plainly};

	all(3, threads);
}

/* --- 3: which of two fences came first --- */

static void *sees_x_first(void *unused)
{
	if (!atomic_load_explicit(&w, memory_order_relaxed))
		return unused;
	results[0] = (uint64_t)atomic_load_explicit(&x, memory_order_relaxed);
	atomic_thread_fence(memory_order_seq_cst);
	results[1] = (uint64_t)atomic_load_explicit(&y, memory_order_relaxed);
	return unused;
}

static void *sees_y_first(void *unused)
{
	if (!atomic_load_explicit(&z, memory_order_relaxed))
		return unused;
	results[2] = (uint64_t)atomic_load_explicit(&y, memory_order_relaxed);
	atomic_thread_fence(memory_order_seq_cst);
	results[3] = (uint64_t)atomic_load_explicit(&x, memory_order_relaxed);
	return unused;
}

static void *writes_x_and_z(void *unused)
{
	atomic_store_explicit(&x, 1, memory_order_relaxed);
	atomic_store_explicit(&z, 1, memory_order_relaxed);
	return unused;
}

static void *writes_y_and_w(void *unused)
{
	atomic_store_explicit(&y, 1, memory_order_relaxed);
	atomic_store_explicit(&w, 1, memory_order_relaxed);
	return unused;
}

static void order_of_fences(void)
{
	static void *(*const threads[])(void *) = {writes_x_and_z, writes_y_and_w, sees_x_first,
						   sees_y_first};

	all(4, threads);
}

/* --- 4: under x86-TSO, what a store that waits stores --- */

static __attribute__((noinline)) void adds_one(atomic_int *to, atomic_int *from)
{
	int value = atomic_load_explicit(from, memory_order_relaxed);

	atomic_store_explicit(to, value + 1, memory_order_relaxed);
}

static void *stores_what_it_forgets(void *unused)
{
	adds_one(&x, &z);
	results[0] = (uint64_t)atomic_load_explicit(&y, memory_order_relaxed);
	return unused;
}

static void *writes_z(void *unused)
{
	atomic_store_explicit(&z, 1, memory_order_relaxed);
	return unused;
}

/* Where neither saw the other's store, that of x waited until z was there. */
static void *reads_z_and_x(void *unused)
{
	atomic_store_explicit(&y, 1, memory_order_seq_cst);
	results[1] = (uint64_t)atomic_load_explicit(&z, memory_order_relaxed);
	results[2] = (uint64_t)atomic_load_explicit(&x, memory_order_relaxed);
	results[3] = (uint64_t)atomic_load_explicit(&x, memory_order_relaxed);
	return unused;
}

static void value_of_waiting(void)
{
	static void *(*const threads[])(void *) = {stores_what_it_forgets, writes_z, reads_z_and_x};

	all(3, threads);
}

int main(void)
{
	static void (*const programs[])(void) = {view_of_thread, view_of_write, clock_of_write,
						 order_of_fences, value_of_waiting};

	programs[atoi(getenv("PROGRAM"))]();
	return 0;
}
