/* SPDX-License-Identifier: MIT */
#include "court.h"

#include <stdio.h>
#include <string.h>

static const struct court_rules *rules_of(enum verify_kind kind)
{
	static const struct court_rules *const rules[VERIFY_KINDS] = {
		[VERIFY_LOCK] = &lock_rules,
		[VERIFY_RWLOCK] = &rwlock_rules,
		[VERIFY_REFCOUNT] = &refcount_rules,
	};

	return rules[kind];
}

static const char *title(void *context, uint32_t cpu)
{
	const struct court *court = context;

	return cpu < court->size.threads ? court->title[cpu] : "";
}

static struct machine *init(void *context, void *memory)
{
	static const struct recorder nobody;
	const struct court *court = context;

	machine_init(memory, &nobody);
	rules_of(court->subject.kind)->init(court, memory);
	return memory;
}

static void enter(void *context, void *memory, struct task *local, uint32_t cpu)
{
	const struct court *court = context;
	const struct court_rules *rules = rules_of(court->subject.kind);
	struct party *party = (struct party *)local;

	task_init(&party->task, memory, cpu);
	if (cpu == court->size.threads)
		return;
	party->locker = (struct locker){.index = cpu, .ticks_per_us = 1000};
	if (rules->enter)
		rules->enter(court, memory, party);
	party->locker.task = &party->task;
	party->locker.reached = court->reached;
}

/* The lock has room in a court, also among the most threads. */
static void check_room(const struct subject *subject, uint32_t threads)
{
	if (subject->row && lock_bytes(subject->row->ops, threads) > COURT_LOCK_BYTES)
		machine_bug("a lock has more bytes than a court has room for");
}

void court_init(struct court *court, const struct subject *subject, struct verify_size size,
		uint32_t way)
{
	const struct court_rules *rules = rules_of(subject->kind);

	check_room(subject, size.threads);
	*court = (struct court){.subject = *subject, .size = size, .way = way};
	for (uint32_t cpu = 0; cpu < size.threads; cpu++)
		rules->title(court, cpu, court->title[cpu]);
	court->model = (struct explore_model){
		.threads = size.threads,
		.memory_bytes = rules->memory_bytes,
		.local_bytes = sizeof(struct party),
		.init = init,
		.enter = enter,
		.thread = rules->thread,
		.check = rules->check,
		.settled = rules->settled,
		.check_is_pure = true,
		.title = title,
		.context = court,
	};
}

void court_of_readers(struct court *court, const struct subject *subject, bool *shared)
{
	/* Readers that take nothing do not hold up a writer either. */
	struct verify_size size = {.threads = 2, .rounds = 1};

	size.writers = subject->row->optimistic;
	size.threads += size.writers;
	court_init(court, subject, size, 0);
	court->shared = shared;
}

static char *title_of(const struct explore_model *model, uint32_t cpu)
{
	return strdup(title(model->context, cpu));
}

int court_tell(const struct court *court, const struct explore_plan *plan,
	       const struct schedule *schedule, struct wanted_fault wanted, struct trace *trace)
{
	const struct teller teller = {.title = title_of,
				      .value = rules_of(court->subject.kind)->value};

	return explore_tell_as(&court->model, plan, schedule, &teller, wanted, trace);
}
