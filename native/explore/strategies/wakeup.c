/* SPDX-License-Identifier: MIT */
#include "wakeup.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_SIZE 256

void wakeups_free(struct wakeups *all)
{
	free(all->step);
	*all = (struct wakeups){0};
}

static void give_back(struct wakeups *all, uint32_t step)
{
	all->step[step].brother = all->unused;
	all->unused = step;
}

void wakeups_drop(struct wakeups *all, uint32_t list)
{
	while (list) {
		struct wakeup *first = &all->step[list];
		uint32_t child = first->child, next = first->brother, last = child;

		/* Its children come before its brothers: so nothing is kept of the way back. */
		while (last && all->step[last].brother)
			last = all->step[last].brother;
		if (last)
			all->step[last].brother = next;
		give_back(all, list);
		list = child ? child : next;
	}
}

uint32_t wakeups_take(struct wakeups *all, uint32_t *list, uint32_t *cpu)
{
	uint32_t first = *list, child = all->step[first].child;

	*cpu = all->step[first].access.cpu;
	*list = all->step[first].brother;
	give_back(all, first);
	return child;
}

/* Have room for @count more. Returns 0 or -ENOMEM. */
static int make_room(struct wakeups *all, uint32_t count)
{
	uint32_t size = all->size ? all->size : FIRST_SIZE;
	struct wakeup *more;

	if (all->used + count < all->size)
		return 0;
	while (size <= all->used + count)
		size *= 2;
	more = realloc(all->step, size * sizeof(*more));
	if (!more)
		return -ENOMEM;
	all->step = more;
	all->size = size;
	return 0;
}

static uint32_t new_step(struct wakeups *all, const struct access *access)
{
	uint32_t step = all->unused;

	if (step)
		all->unused = all->step[step].brother;
	else
		step = ++all->used;
	all->step[step] = (struct wakeup){.access = *access};
	return step;
}

bool wakeup_begins(const struct access *first, const struct access *sequence, uint32_t count,
		   uint32_t *at)
{
	uint32_t i = 0;

	while (i < count && sequence[i].cpu != first->cpu)
		if (accesses_depend(first, &sequence[i++]))
			return false;
	*at = i;
	return true;
}

int wakeups_insert(struct wakeups *all, uint32_t *list, struct access *sequence, uint32_t count)
{
	uint32_t *end = list, at;
	int r = make_room(all, count);

	if (r)
		return r;
	while (*end) {
		struct wakeup *step = &all->step[*end];

		if (!wakeup_begins(&step->access, sequence, count, &at)) {
			end = &step->brother;
			continue;
		}
		if (at < count)
			memmove(&sequence[at], &sequence[at + 1],
				(--count - at) * sizeof(*sequence));
		/* What follows a leaf finds everything. */
		if (!step->child || !count)
			return CLOCK_WIDTH;
		list = NULL;
		end = &step->child;
	}
	r = list && count ? (int)sequence[0].cpu : CLOCK_WIDTH;
	for (uint32_t i = 0; i < count; i++) {
		*end = new_step(all, &sequence[i]);
		end = &all->step[*end].child;
	}
	return r;
}
