/* SPDX-License-Identifier: MIT */
#include "court.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COURT_LOCK_BYTES 4096

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

/* A thread's own memory. */
struct party {
	struct task task;
	struct locker locker;
};

static struct machine *init(void *context, void *memory)
{
	static const struct recorder nobody;
	const struct court *court = context;
	struct hall *hall = memory;

	machine_init(&hall->machine, &nobody);
	court->row->ops->make(hall->lock, hall->nodes, court->size.threads);
	return &hall->machine;
}

static void enter(void *context, void *memory, struct task *local, uint32_t cpu)
{
	const struct court *court = context;
	struct party *party = (struct party *)local;
	struct hall *hall = memory;

	task_init(&party->task, &hall->machine, cpu);
	if (cpu == court->size.threads)
		return;
	locker_init(&party->locker, hall->nodes, cpu, 1000);
	party->locker.task = &party->task;
	party->locker.arrivals = &hall->arrivals;
	party->locker.reached = court->reached;
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
	struct party *party = (struct party *)t;
	struct hall *hall = memory;

	for (uint32_t round = 0; round < court->size.rounds; round++) {
		uint64_t value;

		court->row->ops->acquire(hall->lock, &party->locker);
		point(t, POINT_READ_PLAIN, &hall->counter, SITE("counter"));
		value = observe(t, word_load(t, &hall->counter));
		if (court->row->fifo)
			serve(t, hall, cpu);
		point(t, POINT_WRITE_PLAIN, &hall->counter, SITE("counter = counter + 1"));
		word_store(t, &hall->counter, value + 1);
		court->row->ops->release(hall->lock, &party->locker);
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

static const char *title(void *context, uint32_t cpu)
{
	const struct court *court = context;

	(void)cpu;
	return court->title;
}

void court_init(struct court *court, const struct lock_row *row, struct verify_size size)
{
	if (lock_bytes(row->ops, size.threads) > COURT_LOCK_BYTES)
		machine_bug("a lock has more bytes than a court has room for");
	*court = (struct court){.row = row, .size = size};
	snprintf(court->title, sizeof(court->title), "%s, %u round%s", row->slug, size.rounds,
		 size.rounds == 1 ? "" : "s");
	court->model = (struct explore_model){
		.threads = size.threads,
		.memory_bytes = sizeof(struct hall),
		.local_bytes = sizeof(struct party),
		.init = init,
		.enter = enter,
		.thread = thread,
		.check = check,
		.settled = settled,
		.check_is_pure = true,
		.title = title,
		.context = court,
	};
}

static char *title_of(const struct explore_model *model, uint32_t cpu)
{
	return strdup(title(model->context, cpu));
}

/* Pointers that locks keep lead to the lock or to a node. */
static bool name_value(const struct fibers *f, const struct access *a, uint64_t value, char *text)
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

int court_tell(const struct court *court, const struct explore_plan *plan,
	       const struct schedule *schedule, struct wanted_fault wanted, struct trace *trace)
{
	static const struct teller teller = {.title = title_of, .value = name_value};

	return explore_tell_as(&court->model, plan, schedule, &teller, wanted, trace);
}
