/* SPDX-License-Identifier: MIT */
#include "doubt.h"

#include <stdlib.h>
#include <string.h>

#define FACTS_FIRST 4096 /* a power of 2 */

struct doubt *doubt_new(void)
{
	struct doubt *d = calloc(1, sizeof(*d));

	if (!d)
		return NULL;
	d->capacity = FACTS_FIRST;
	d->fact = calloc(d->capacity, sizeof(*d->fact));
	if (!d->fact) {
		free(d);
		return NULL;
	}
	return d;
}

void doubt_free(struct doubt *d)
{
	if (d)
		free(d->fact);
	free(d);
}

void doubt_reset(struct doubt *d)
{
	memset(d->thread, 0, sizeof(d->thread));
}

static struct doubt_fact *place_of(struct doubt_fact *facts, size_t capacity, uint64_t key)
{
	size_t at = key & (capacity - 1);

	while (facts[at].key && facts[at].key != key)
		at = (at + 1) & (capacity - 1);
	return &facts[at];
}

/* Without memory the table stays as it is: then less is noticed. */
static void make_room(struct doubt *d)
{
	size_t capacity = d->capacity * 2;
	struct doubt_fact *bigger = calloc(capacity, sizeof(*bigger));

	if (!bigger)
		return;
	for (size_t i = 0; i < d->capacity; i++)
		if (d->fact[i].key)
			*place_of(bigger, capacity, d->fact[i].key) = d->fact[i];
	free(d->fact);
	d->fact = bigger;
	d->capacity = capacity;
}

/* Whether @result followed from @key each time. */
static bool is_constant(struct doubt *d, uint64_t key, uint64_t result)
{
	struct doubt_fact *fact;

	key += !key;
	if (d->count * 2 >= d->capacity)
		make_room(d);
	fact = place_of(d->fact, d->capacity, key);
	if (fact->key)
		return fact->result == result;
	if (d->count + 1 < d->capacity) {
		*fact = (struct doubt_fact){.key = key, .result = result};
		d->count++;
	}
	return true;
}

static bool may_read(unsigned int kind)
{
	return kind != POINT_WRITE && kind != POINT_WRITE_PLAIN && kind != POINT_FREE;
}

void doubt_step(struct doubt *d, const struct task *t, const struct access *access)
{
	struct doubt_thread *thread = &d->thread[t->common.cpu];
	uint64_t memory = fibers_hot(t)->memory_hash;

	/* A release belongs to the step that it is in. */
	if (access->kind == POINT_UNLOCK || access->kind == ACCESS_UNLOCK_SHARED)
		return;
	thread->everything = fibers_mix(thread->everything, memory);
	thread->step_key =
		fibers_mix(fibers_mix(2 * FIBERS_MAX + t->common.cpu, t->history), memory);
	thread->step_site = access->site;
	thread->may_read = may_read(access->kind);
	thread->observed = false;
}

static void check(struct doubt *d, const struct doubt_thread *thread, uint64_t key, uint64_t result)
{
	if (!is_constant(d, key, result) && !d->site)
		d->site = thread->silent ? thread->silent : thread->step_site;
}

/* A thread that waits meanwhile must do what it always does with this memory. */
static void check_pending(struct doubt *d, const struct fibers *f)
{
	for (uint32_t cpu = 0; cpu + 1 < f->cpus; cpu++) {
		const struct doubt_thread *thread = &d->thread[cpu];
		uint64_t known = fibers_mix(cpu + 1, fiber_task(&f->fiber[cpu])->history);

		if (thread->next)
			check(d, thread, fibers_mix(known, f->hot.memory_hash), thread->next);
	}
}

static void end_step(struct doubt *d, const struct task *t, uint64_t next)
{
	struct doubt_thread *thread = &d->thread[t->common.cpu];

	if (!thread->step_site)
		return;
	if (thread->may_read && !thread->observed)
		thread->silent = thread->step_site;
	check(d, thread, thread->step_key, fibers_mix(fibers_hot(t)->memory_hash, next));
	thread->step_site = NULL;
}

void doubt_next(struct doubt *d, const struct task *t, uint64_t next)
{
	end_step(d, t, next);
	d->thread[t->common.cpu].next = next + !next;
	check_pending(d, t->fibers);
}

void doubt_end(struct doubt *d, const struct task *t, uint64_t result)
{
	end_step(d, t, result);
	d->thread[t->common.cpu].next = 0;
	check_pending(d, t->fibers);
}
