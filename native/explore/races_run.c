/* SPDX-License-Identifier: MIT */
/* The race detector from one execution to the next. */
#include "arrays.h"
#include "fresh.h"
#include "races.h"

#include <stdio.h>
#include <stdlib.h>

#include "histories.h"

/* An execution that begins before this time ends before there are no more. */
#define TIME_LAST (TIME_MAX - TRACE_MAX)
_Static_assert(TIME_LAST > TIME_MAX / 2, "times begin again seldom");

struct races *RACES(new)(struct fibers *f, size_t memory_bytes)
{
	size_t places = memory_bytes / sizeof(struct word) + 1;
	struct races *r = aligned_alloc(_Alignof(struct races), sizeof(*r));

	if (!r)
		return NULL;
	*r = (struct races){.fibers = f, .threads = f->cpus - 1};
	if (array_bytes(places + 1, 1, sizeof(*r->place), 1, &r->block_bytes))
		r->block = fresh_new(r->block_bytes);
	r->touched = array_new(places, 1, sizeof(*r->touched));
	if (!r->block || !r->touched) {
		RACES(free)(r);
		return NULL;
	}
	r->place = (struct history *)(((uintptr_t)r->block + sizeof(*r->place) - 1) /
				      sizeof(*r->place) * sizeof(*r->place));
	for (uint32_t cpu = 0; cpu < r->threads; cpu++) {
		struct watcher *thread = &r->thread[cpu];

		thread->listener = RACES(accesses);
		thread->base = (uintptr_t)r->place -
			       (uintptr_t)f->hot.memory * (sizeof(*r->place) / sizeof(struct word));
		thread->own[cpu] = -1;
		thread->races = r;
		fibers_listen(f, cpu, &thread->listener);
	}
	go_on_from(r, (times){0});
	return r;
}

void RACES(free)(struct races *r)
{
	if (!r)
		return;
	free(r->touched);
	fresh_delete(r->block, r->block_bytes);
	free(r);
}

static __cold void forget_all(struct races *r)
{
	for (uint32_t i = 0; i < r->touched_count; i++)
		r->place[r->touched[i]] = (struct history){0};
	r->touched_count = 0;
}

void RACES(reset)(struct races *r)
{
	times known = all_known(r);

	if (unlikely(times_any_later(known, (times){0} + TIME_LAST))) {
		forget_all(r);
		known = (times){0};
	}
	go_on_from(r, known);
}

void RACES(text)(const struct races *r, uint32_t fault, char *text, size_t size)
{
	const struct site *other = r->other[fault].site;

	snprintf(text, size, "nothing orders it after %s: %s of cpu%u", other->func, other->text,
		 r->other[fault].cpu + 1u);
}
