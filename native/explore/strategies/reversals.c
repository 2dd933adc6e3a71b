/* SPDX-License-Identifier: MIT */
/* Pairs of accesses that can come the other way round, and the sequences that have them so. */
#include <stdlib.h>

#include "dpor.h"

void reversals_add(struct dpor *dpor, uint32_t earlier, const struct access *later,
		   const clock_vector *clock)
{
	if (dpor->reversals == dpor->reversals_size) {
		uint32_t size = dpor->reversals_size ? 2 * dpor->reversals_size : 64;
		struct reversal *more = realloc(dpor->reversal, size * sizeof(*more));

		if (!more) {
			dpor->no_memory = true;
			return;
		}
		dpor->reversal = more;
		dpor->reversals_size = size;
	}
	dpor->reversal[dpor->reversals++] = (struct reversal){
		.earlier = earlier, .event = dpor->clocks->count, .later = *later, .clock = *clock};
}

/* Whether @x comes after one of the events that @without has: of each thread the first, 0: none. */
static bool comes_after(const struct event *x, const uint16_t *without, uint32_t threads)
{
	for (uint32_t t = 0; t < threads; t++)
		if (without[t] && x->clock[t] >= without[t])
			return true;
	return false;
}

/* What the later access of @reversal is at most, where the earlier one has not come. */
static struct access later_of(const struct dpor *dpor, const struct reversal *reversal)
{
	const struct clocks *c = dpor->clocks;
	struct access later = reversal->later;

	if (reversal->event == c->count)
		return later;
	/* What ended everything does not commute; what failed need not fail there. */
	if (access_stops(&c->event[reversal->event].access))
		return c->event[reversal->event].access;
	later.kind = dpor->node[reversal->event].about.kind;
	return later;
}

/*
 * What came after the earlier event of the last execution, and not because of it: first what the
 * later one needs, then that one, then the rest, as far as that is not other then. Returns how many
 * accesses that are.
 */
static uint32_t sequence_of(struct dpor *dpor, const struct reversal *reversal)
{
	const struct clocks *c = dpor->clocks;
	const struct event *e = &c->event[reversal->earlier];
	const struct access later = later_of(dpor, reversal);
	uint16_t without[CLOCK_WIDTH] = {0};
	uint32_t count = 0;

	without[e->access.cpu] = e->index;
	for (uint32_t i = reversal->earlier + 1; i < c->count; i++) {
		const struct event *x = &c->event[i];

		if (x->clock[e->access.cpu] < e->index &&
		    reversal->clock[x->access.cpu] >= x->index)
			dpor->sequence[count++] = x->access;
	}
	dpor->sequence[count++] = later;
	for (uint32_t i = reversal->earlier + 1; i < c->count; i++) {
		const struct event *x = &c->event[i];

		if (reversal->clock[x->access.cpu] >= x->index ||
		    comes_after(x, without, c->threads))
			continue;
		if (!accesses_depend(&later, &x->access))
			dpor->sequence[count++] = x->access;
		else if (!without[x->access.cpu])
			without[x->access.cpu] = x->index;
	}
	return count;
}

/* Have the execution that @reversal asks for be one of those to come, unless it was there. */
static void reverse(struct dpor *dpor, const struct reversal *reversal)
{
	struct node *node = &dpor->node[reversal->earlier];
	uint32_t seen = (node->sleep | node->done) & ~(1u << node->chosen), at;
	uint32_t count = sequence_of(dpor, reversal);
	int added;

	dpor->relied = true;
	for (; seen; seen &= seen - 1) {
		uint32_t q = (uint32_t)__builtin_ctz(seen);

		if (wakeup_begins(&node->next[q], dpor->sequence, count, &at) &&
		    (at < count || !(node->unsure >> q & 1)))
			return;
	}
	added = wakeups_insert(&dpor->wakeups, &node->left, dpor->sequence, count);
	if (added < 0)
		dpor->no_memory = true;
	else if (added < CLOCK_WIDTH)
		node->backtrack |= (uint16_t)(1u << added);
}

void reversals_make(struct dpor *dpor)
{
	for (uint32_t i = 0; i < dpor->reversals; i++)
		reverse(dpor, &dpor->reversal[i]);
	dpor->reversals = 0;
}

/* Whether what @access does, or its order, depends on more than what it touches. */
static bool is_involved(const struct access *access)
{
	return access_waits(access) || access->kind == ACCESS_ARRIVE;
}

/* Threads are numbered as they begin: in another order they would be others. */
static bool begins_behind_a_choice(const struct dpor *dpor, const struct fibers *f)
{
	uint32_t step = 0, last = 0;

	for (uint32_t late = f->born & ~f->first; late; late &= late - 1)
		if (f->birth[__builtin_ctz(late)].length > last)
			last = f->birth[__builtin_ctz(late)].length;
	for (uint32_t at = 0; at < last; at++) {
		uint32_t enabled;

		if (access_is_release(&f->trace[at]))
			continue;
		enabled = dpor->node[step++].enabled;
		if (enabled & (enabled - 1))
			return true;
	}
	return false;
}

bool reversals_are_simple(const struct dpor *dpor, const struct fibers *f)
{
	if ((f->ended && fibers_faulted(f)) || begins_behind_a_choice(dpor, f))
		return true;
	for (uint32_t step = 0; step < f->steps; step++)
		if (is_involved(&dpor->node[step].about))
			return true;
	for (uint32_t left = f->running; left; left &= left - 1)
		if (is_involved(&f->next[__builtin_ctz(left)]))
			return true;
	return false;
}
