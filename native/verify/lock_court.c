/* SPDX-License-Identifier: MIT */
/* Threads that each take a lock a number of times, and count in a plain word that it guards. */
#include <stdio.h>

#include "court.h"

/* What the threads share. */
struct hall {
	struct machine machine;
	struct arrivals arrivals; /* those that came and have not got the lock, in order */
	struct word counter;	  /* plain: what the lock guards */
	struct word out_of_order;
	_Alignas(LINE_BYTES) struct node nodes[VERIFY_THREADS_MAX + 1];
	_Alignas(LINE_BYTES) char lock[COURT_LOCK_BYTES];
};

_Static_assert(VERIFY_THREADS_MAX <= ARRIVALS_MAX, "all threads may wait");

static void init(const struct court *court, void *memory)
{
	struct hall *hall = memory;

	court->subject.row->ops->make(hall->lock, hall->nodes, court->size.threads);
}

static void enter(const struct court *court, void *memory, struct party *party)
{
	struct hall *hall = memory;

	(void)court;
	locker_init(&party->locker, hall->nodes, party->locker.index, party->locker.ticks_per_us);
	party->locker.arrivals = &hall->arrivals;
}

/* The thread has the lock: it has to be the first of those that wait, and leaves their queue. */
static void serve(struct task *t, struct hall *hall, uint32_t cpu)
{
	struct word *order = hall->arrivals.order;
	uint64_t waiting = word_peek(&hall->arrivals.came);

	if (!waiting || word_peek(&order[0]) != cpu) {
		word_store(t, &hall->out_of_order, 1);
		return;
	}
	for (uint64_t i = 1; i < waiting; i++)
		word_store(t, &order[i - 1], word_peek(&order[i]));
	/* What stands behind the last is always the same, so that equal queues are equal memory. */
	word_store(t, &order[waiting - 1], 0);
	word_store(t, &hall->arrivals.came, waiting - 1);
}

static uint64_t thread(void *context, void *memory, struct task *t, uint32_t cpu)
{
	const struct court *court = context;
	const struct lock_row *row = court->subject.row;
	struct party *party = (struct party *)t;
	struct hall *hall = memory;

	for (uint32_t round = 0; round < court->size.rounds; round++) {
		uint64_t value;

		row->ops->acquire(hall->lock, &party->locker);
		point(t, POINT_READ_PLAIN, &hall->counter, SITE("counter"));
		value = observe(t, word_load(t, &hall->counter));
		if (row->fifo)
			serve(t, hall, cpu);
		point(t, POINT_WRITE_PLAIN, &hall->counter, SITE("counter = counter + 1"));
		word_store(t, &hall->counter, value + 1);
		row->ops->release(hall->lock, &party->locker);
		/* Of a round nothing is left but its number, and which node the thread has now. */
		fibers_new_round(t, round << 8 | (uint64_t)(party->locker.node - hall->nodes));
	}
	return 0;
}

static bool settled(void *context, const void *memory)
{
	const struct court *court = context;
	const struct hall *hall = memory;

	return word_peek(&hall->counter) == (uint64_t)court->size.threads * court->size.rounds &&
	       !word_peek(&hall->out_of_order);
}

static const struct site *check(void *context, void *memory, struct task *closer)
{
	const struct hall *hall = memory;

	(void)closer;
	if (word_peek(&hall->out_of_order))
		return SITE("order of service: the thread that came first is served first");
	if (!settled(context, memory))
		return SITE("mutual exclusion: the counter has one more for every round");
	return NULL;
}

static void title(const struct court *court, uint32_t cpu, char *text)
{
	uint32_t rounds = court->size.rounds;

	(void)cpu;
	snprintf(text, COURT_TITLE_MAX, "%s, %u round%s", court->subject.row->slug, rounds,
		 rounds == 1 ? "" : "s");
}

/* Pointers that locks keep lead to the lock or to a node. */
static bool value_of(const struct fibers *f, const struct access *a, uint64_t value, char *text)
{
	const struct hall *hall = (const struct hall *)f->hot.memory;
	uint64_t offset = value - (uintptr_t)hall;
	size_t nodes = offsetof(struct hall, nodes), lock = offsetof(struct hall, lock);
	uint64_t node;

	(void)a;
	if (offset == lock) {
		snprintf(text, TRACE_VALUE_MAX, "the lock");
		return true;
	}
	if (offset < nodes || offset >= lock)
		return false;
	node = (offset - nodes) / sizeof(struct node);
	if (node == f->cpus - 1)
		snprintf(text, TRACE_VALUE_MAX, "the lock's node");
	else
		snprintf(text, TRACE_VALUE_MAX, "node %llu", (unsigned long long)node + 1);
	return true;
}

const struct court_rules lock_rules = {
	.memory_bytes = sizeof(struct hall),
	.init = init,
	.enter = enter,
	.thread = thread,
	.check = check,
	.settled = settled,
	.title = title,
	.value = value_of,
};
