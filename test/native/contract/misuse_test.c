/* SPDX-License-Identifier: MIT */
/* Each misuse of sync.h and of heap.h is a fault that says what is wrong, on both machines. */
#include <stdio.h>
#include <string.h>

#include "check.h"
#include "misuse.h"

static void down_of_nothing(struct misused *m, struct task *t)
{
	semaphore_down(t, &m->semaphore);
}

static void up_of_nothing(struct misused *m, struct task *t)
{
	semaphore_up(t, &m->semaphore);
}

static void barrier_of_nobody(struct misused *m, struct task *t)
{
	barrier_wait(t, &m->barrier);
}

static void join_of_nothing(struct misused *m, struct task *t)
{
	thread_join(t, &m->ending);
}

static void end_of_nothing(struct misused *m, struct task *t)
{
	thread_ends(t, &m->ending);
}

static void ends_twice(struct misused *m, struct task *t)
{
	ending_init(t, &m->ending);
	thread_ends(t, &m->ending);
	thread_ends(t, &m->ending);
}

static void joins_twice(struct misused *m, struct task *t)
{
	ending_init(t, &m->ending);
	thread_ends(t, &m->ending);
	thread_join(t, &m->ending);
	thread_join(t, &m->ending);
}

static void end_without_begin(struct misused *m, struct task *t)
{
	once_end(t, &m->once);
}

static void wait_without_mutex(struct misused *m, struct task *t)
{
	condition_wait(t, &m->condition, &m->mutex);
}

static void sleep_without_enter(struct misused *m, struct task *t)
{
	condition_sleep(t, &m->condition);
}

static void unlock_of_another(struct misused *m, struct task *t)
{
	try_mutex_unlock(t, &m->tried);
}

static void lock_again(struct misused *m, struct task *t)
{
	try_mutex_lock(t, &m->tried);
	try_mutex_lock(t, &m->tried);
}

static void ends_with_it(struct misused *m, struct task *t)
{
	if (try_mutex_trylock(t, &m->tried))
		one_step(m, t);
}

static void waits_in_atomic(struct misused *m, struct task *t)
{
	semaphore_init(t, &m->semaphore, 1);
	spin_lock(t, &m->spin);
	semaphore_down(t, &m->semaphore);
}

/* Waits that nobody can end. */
static void down_for_ever(struct misused *m, struct task *t)
{
	semaphore_init(t, &m->semaphore, 0);
	semaphore_down(t, &m->semaphore);
}

static void waits_for_no_signal(struct misused *m, struct task *t)
{
	mutex_lock(t, &m->mutex);
	condition_wait(t, &m->condition, &m->mutex);
}

static void waits_at_the_barrier(struct misused *m, struct task *t)
{
	barrier_init(t, &m->barrier, 2);
	barrier_wait(t, &m->barrier);
}

static void once_in_once(struct misused *m, struct task *t)
{
	if (once_begin(t, &m->once))
		once_begin(t, &m->once);
}

static void joins_itself(struct misused *m, struct task *t)
{
	ending_init(t, &m->ending);
	thread_join(t, &m->ending);
	thread_ends(t, &m->ending);
}

/* --- the heap --- */

static void reads_what_is_freed(struct misused *m, struct task *t)
{
	struct node *n = heap_alloc(t, &m->nodes);

	heap_free(t, &m->nodes, n);
	heap_get(t, n, value);
}

static void writes_what_is_freed(struct misused *m, struct task *t)
{
	struct node *n = heap_alloc(t, &m->nodes);

	heap_free(t, &m->nodes, n);
	heap_set(t, n, value, 1);
}

/* Its memory is another object by then. */
static void adds_to_what_was_given_out_again(struct misused *m, struct task *t)
{
	struct node *n = heap_alloc(t, &m->nodes);

	heap_free(t, &m->nodes, n);
	heap_alloc(t, &m->nodes);
	heap_add(t, n, value, 1);
}

static void frees_twice(struct misused *m, struct task *t)
{
	struct node *n = heap_alloc(t, &m->nodes);

	heap_free(t, &m->nodes, n);
	heap_free(t, &m->nodes, n);
}

static void reads_null(struct misused *m, struct task *t)
{
	struct node *n = NULL;

	(void)m;
	heap_get(t, n, value);
}

static void frees_no_object(struct misused *m, struct task *t)
{
	heap_free(t, &m->nodes, &m->word);
}

static void allocates_of_none(struct misused *m, struct task *t)
{
	heap_alloc(t, &m->never_made);
}

static void frees_to_none(struct misused *m, struct task *t)
{
	heap_free(t, &m->never_made, heap_alloc(t, &m->nodes));
}

static void forgets_two(struct misused *m, struct task *t)
{
	heap_alloc(t, &m->nodes);
	heap_alloc(t, &m->nodes);
	heap_leaks(t, &m->nodes);
}

static const struct {
	const char *name;
	void (*run)(struct misused *m, struct task *t);
	uint32_t kind;
	const char *says; /* in the message; NULL: not looked at */
} misuses[] = {
	{"down of nothing", down_of_nothing, FAULT_LOCK_MISUSE, "a semaphore that was never made"},
	{"up of nothing", up_of_nothing, FAULT_LOCK_MISUSE, "a semaphore that was never made"},
	{"barrier of nobody", barrier_of_nobody, FAULT_LOCK_MISUSE, "a barrier that was never"},
	{"join of nothing", join_of_nothing, FAULT_LOCK_MISUSE, "an ending that was never made"},
	{"end of nothing", end_of_nothing, FAULT_LOCK_MISUSE, "an ending that was never made"},
	{"ends twice", ends_twice, FAULT_LOCK_MISUSE, "a thread ends twice"},
	{"joins twice", joins_twice, FAULT_LOCK_MISUSE, "a thread is joined twice"},
	{"end without begin", end_without_begin, FAULT_LOCK_MISUSE, "ends what nobody has begun"},
	{"wait without mutex", wait_without_mutex, FAULT_LOCK_MISUSE, "waits without the mutex"},
	{"sleep without enter", sleep_without_enter, FAULT_LOCK_MISUSE, "without condition_enter"},
	{"unlock of another", unlock_of_another, FAULT_LOCK_MISUSE, "which does not hold it"},
	{"lock again", lock_again, FAULT_LOCK_MISUSE, "takes a lock that it holds"},
	{"ends with it", ends_with_it, FAULT_LOCK_MISUSE, "ends with 1 locks held"},
	{"waits in atomic", waits_in_atomic, FAULT_SLEEP_IN_ATOMIC, "may sleep"},
	{"reads what is freed", reads_what_is_freed, FAULT_USE_AFTER_FREE, "the object is freed"},
	{"writes what is freed", writes_what_is_freed, FAULT_USE_AFTER_FREE, "is freed"},
	{"given out again", adds_to_what_was_given_out_again, FAULT_USE_AFTER_FREE,
	 "its memory is another object by now"},
	{"frees twice", frees_twice, FAULT_DOUBLE_FREE, "frees what is free already"},
	{"reads NULL", reads_null, FAULT_USE_AFTER_FREE, "NULL is used as an object"},
	{"frees no object", frees_no_object, FAULT_USE_AFTER_FREE, "never was one"},
	{"allocates of none", allocates_of_none, FAULT_CHECK_FAILED, "heap_init() has not made"},
	{"frees to none", frees_to_none, FAULT_CHECK_FAILED, "heap_init() has not made"},
	{"forgets two", forgets_two, FAULT_CHECK_FAILED, "2 objects were never freed"},
	{"down for ever", down_for_ever, FAULT_DEADLOCK, NULL},
	{"waits for no signal", waits_for_no_signal, FAULT_DEADLOCK, NULL},
	{"waits at the barrier", waits_at_the_barrier, FAULT_DEADLOCK, NULL},
	{"once in once", once_in_once, FAULT_DEADLOCK, NULL},
	{"joins itself", joins_itself, FAULT_DEADLOCK, NULL},
};

static void every_misuse_is_a_fault(void)
{
	for (size_t i = 0; i < sizeof(misuses) / sizeof(misuses[0]); i++) {
		struct met met = misuse_run(misuses[i].run);
		bool says = !misuses[i].says || strstr(met.message, misuses[i].says);

		if (!met.faulted || met.kind != misuses[i].kind || !says)
			printf("  %s: %s\n", misuses[i].name,
			       met.faulted ? met.message : "no fault");
		CHECK(met.faulted);
		CHECK_EQ(met.kind, misuses[i].kind);
		CHECK(says);
	}
}

static void proper_use(struct misused *m, struct task *t)
{
	semaphore_init(t, &m->semaphore, 1);
	barrier_init(t, &m->barrier, 1);
	ending_init(t, &m->ending);
	semaphore_down(t, &m->semaphore);
	CHECK(!semaphore_trydown(t, &m->semaphore));
	semaphore_up(t, &m->semaphore);
	CHECK(barrier_wait(t, &m->barrier));
	if (once_begin(t, &m->once))
		once_end(t, &m->once);
	CHECK(!once_begin(t, &m->once));
	CHECK(try_mutex_trylock(t, &m->tried));
	CHECK(try_mutex_held(t, &m->tried));
	CHECK(!try_mutex_trylock(t, &m->tried));
	try_mutex_unlock(t, &m->tried);
	condition_signal(t, &m->condition);
	condition_broadcast(t, &m->condition);
	thread_ends(t, &m->ending);
}

static void proper_use_of_the_heap(struct misused *m, struct task *t)
{
	struct node *n[9];

	for (uint32_t round = 0; round < 3; round++) {
		for (uint32_t i = 0; i < 8; i++) {
			n[i] = heap_alloc(t, &m->nodes);
			CHECK(n[i] != NULL);
			CHECK_EQ(heap_get(t, n[i], value), 0);
			heap_set(t, n[i], next, i ? n[i - 1] : NULL);
			CHECK_EQ(heap_add(t, n[i], value, i), 0);
		}
		CHECK_PTR(heap_alloc(t, &m->nodes), NULL);
		CHECK_PTR((void *)(uintptr_t)heap_get(t, n[7], next), n[6]);
		CHECK_EQ(heap_live(&m->nodes), 8);
		for (uint32_t i = 0; i < 8; i++)
			heap_free(t, &m->nodes, n[i]);
	}
	heap_leaks(t, &m->nodes);
}

static void heaps_that_cannot_be(void)
{
	static char memory[8192] __attribute__((aligned(HEAP_ALIGN)));
	static struct heap heap;

	CHECK_EQ(heap_bytes(0, 3, 8), 0);
	CHECK_EQ(heap_bytes(12, 3, 8), 0);
	CHECK_EQ(heap_bytes(HEAP_OBJECT_BYTES_MAX + 8, 3, 8), 0);
	CHECK_EQ(heap_bytes(16, 0, 8), 0);
	CHECK_EQ(heap_bytes(16, TASKS_MAX + 1, 8), 0);
	CHECK_EQ(heap_bytes(16, 3, 0), 0);
	CHECK_EQ(heap_bytes(16, 3, HEAP_OBJECTS_MAX + 1), 0);
	CHECK(heap_bytes(16, 3, 8) > 0 && heap_bytes(16, 3, 8) <= sizeof(memory));
	CHECK(!heap_init(&heap, 0, 3, 8, memory, sizeof(memory)));
	CHECK(!heap_init(&heap, 16, 3, 8, NULL, sizeof(memory)));
	CHECK(!heap_init(&heap, 16, 3, 8, memory + 8, sizeof(memory) - 8));
	CHECK(!heap_init(&heap, 16, 3, 8, memory, 0));
	CHECK(!heap_init(&heap, 16, 3, 8, memory, heap_bytes(16, 3, 8) - 1));
	CHECK(heap_init(&heap, 16, 3, 8, memory, heap_bytes(16, 3, 8)));
	CHECK_EQ(heap_live(&heap), 0);
}

static void proper_use_is_none(void)
{
	CHECK(!misuse_run(proper_use_of_the_heap).faulted);
	CHECK(!misuse_run(proper_use).faulted);
}

static const struct test tests[] = {
	{"every misuse is a fault", every_misuse_is_a_fault},
	{"proper use is none", proper_use_is_none},
	{"heaps that cannot be", heaps_that_cannot_be},
};

TESTS(tests)
