/* SPDX-License-Identifier: MIT */
/*
 * A queue with a condition variable: a producer puts two items, two consumers take one each. A
 * consumer that waits with `if` finds the queue empty in some interleavings: another consumer came
 * between the signal and the return of condition_wait(). With `while` none does. Ends with 0 when
 * the explorer finds the first and proves the second. With a ticket as its argument it replays
 * that.
 */
#include "heap.h"
#include "show.h"
#include "sync.h"

#define THREADS 3
#define ITEMS 2

struct item {
	struct word next, value;
};

struct queue {
	struct machine machine;
	struct mutex lock;
	struct condition filled;
	struct word first; /* of the items, guarded by lock */
	struct heap items;
	/* heap_bytes() of it at the end: see main(). */
	char memory[] __attribute__((aligned(HEAP_ALIGN)));
};

/* The closer, which calls `check`, is a task, too. */
#define TASKS (THREADS + 1)

static size_t items_bytes(void)
{
	return heap_bytes(sizeof(struct item), TASKS, ITEMS);
}

static struct machine *init(void *context, void *memory)
{
	static const struct recorder nobody;
	struct queue *q = memory;

	(void)context;
	machine_init(&q->machine, &nobody);
	mutex_init(&q->lock);
	condition_init(NULL, &q->filled);
	if (!heap_init(&q->items, sizeof(struct item), TASKS, ITEMS, q->memory, items_bytes()))
		return NULL;
	return &q->machine;
}

static void put(struct queue *q, struct task *t, uint64_t value)
{
	struct item *item = heap_alloc(t, &q->items);

	explore_assert(t, item != NULL, "no memory for an item");
	heap_set(t, item, value, value);
	mutex_lock(t, &q->lock);
	heap_set(t, item, next, word_load(t, &q->first));
	word_store(t, &q->first, (uintptr_t)item);
	condition_signal(t, &q->filled);
	mutex_unlock(t, &q->lock);
}

static bool is_empty(struct queue *q, struct task *t)
{
	return observe(t, !word_load(t, &q->first));
}

/* Context: holds the lock. */
static uint64_t take_first(struct queue *q, struct task *t)
{
	struct item *item = (struct item *)(uintptr_t)observe(t, word_load(t, &q->first));
	uint64_t value;

	explore_assert(t, item != NULL, "takes from an empty queue");
	word_store(t, &q->first, heap_get(t, item, next));
	value = heap_get(t, item, value);
	heap_free(t, &q->items, item);
	return value;
}

static uint64_t take_with_if(struct queue *q, struct task *t)
{
	uint64_t value;

	mutex_lock(t, &q->lock);
	if (is_empty(q, t))
		condition_wait(t, &q->filled, &q->lock);
	value = take_first(q, t);
	mutex_unlock(t, &q->lock);
	return value;
}

static uint64_t take_with_while(struct queue *q, struct task *t)
{
	uint64_t value;

	mutex_lock(t, &q->lock);
	while (is_empty(q, t))
		condition_wait(t, &q->filled, &q->lock);
	value = take_first(q, t);
	mutex_unlock(t, &q->lock);
	return value;
}

static void produce(struct queue *q, struct task *t)
{
	for (uint64_t i = 1; i <= ITEMS; i++)
		put(q, t, i);
}

static uint64_t wrong_thread(void *context, void *memory, struct task *t, uint32_t cpu)
{
	(void)context;
	if (cpu)
		return take_with_if(memory, t);
	produce(memory, t);
	return 0;
}

static uint64_t right_thread(void *context, void *memory, struct task *t, uint32_t cpu)
{
	(void)context;
	if (cpu)
		return take_with_while(memory, t);
	produce(memory, t);
	return 0;
}

static const char *title(void *context, uint32_t cpu)
{
	(void)context;
	return cpu ? "consumer" : "producer";
}

/* The consumer that took an item freed it. */
static const struct site *check(void *context, void *memory, struct task *closer)
{
	struct queue *q = memory;

	(void)context;
	heap_leaks(closer, &q->items);
	return NULL;
}

int main(int argc, char **argv)
{
	struct explore_model wrong = {.threads = THREADS,
				      .memory_bytes = sizeof(struct queue) + items_bytes(),
				      .init = init,
				      .thread = wrong_thread,
				      .check = check,
				      .title = title};
	struct explore_model right = wrong;
	bool found;

	right.thread = right_thread;
	if (argc > 1)
		return show_ticket(&wrong, "wait-with-if", argv[1]);
	found = !show_all(&wrong, "wait-with-if");
	return show_all(&right, "wait-with-while") && found ? 0 : 1;
}
