/* SPDX-License-Identifier: MIT */
#include "bare.h"

#include <stdlib.h>

#include "clock.h"
#include "machine.h"
#include "switch.h"

#define STACK_BYTES (16u << 10)

struct bare_fiber {
	struct bare *bare;
	uint32_t index;
	uint32_t left; /* points still to come to */
	struct stack stack;
	struct stack_memory memory;
};

struct bare {
	struct stack engine;
	struct bare_fiber fiber[BARE_THREADS_MAX];
	uint32_t enabled; /* mask of those with points left */
	uint64_t random, points, switches;
};

/* Any of those that can go on. */
static uint32_t draw(struct bare *b)
{
	uint32_t enabled = b->enabled, skip;

	b->random ^= b->random << 13;
	b->random ^= b->random >> 7;
	b->random ^= b->random << 17;
	skip = (uint32_t)((b->random >> 32) * (uint64_t)__builtin_popcount(enabled) >> 32);
	while (skip--)
		enabled &= enabled - 1;
	return (uint32_t)__builtin_ctz(enabled);
}

static void fiber_main(void *argument)
{
	struct bare_fiber *self = argument;
	struct bare *b = self->bare;
	uint32_t next;

	stack_entered(&b->engine);
	while (self->left--) {
		b->points++;
		next = draw(b);
		if (next == self->index)
			continue;
		b->switches++;
		stack_switch(&self->stack, &b->fiber[next].stack);
	}
	b->enabled &= ~(1u << self->index);
	if (b->enabled)
		stack_switch(&self->stack, &b->fiber[draw(b)].stack);
	stack_switch(&self->stack, &b->engine);
	machine_bug("a bare fiber that had ended went on");
}

struct bare *bare_new(uint64_t seed)
{
	struct bare *b = calloc(1, sizeof(*b));

	if (!b)
		return NULL;
	b->random = seed * 2 + 1;
	for (uint32_t i = 0; i < BARE_THREADS_MAX; i++) {
		struct bare_fiber *fiber = &b->fiber[i];

		*fiber = (struct bare_fiber){.bare = b, .index = i};
		if (!stack_new(&fiber->stack, &fiber->memory, STACK_BYTES, 0, i)) {
			bare_free(b);
			return NULL;
		}
	}
	return b;
}

void bare_free(struct bare *b)
{
	for (uint32_t i = 0; b && i < BARE_THREADS_MAX; i++)
		stack_delete(&b->fiber[i].stack, &b->fiber[i].memory);
	free(b);
}

void bare_run(struct bare *b, uint32_t threads, uint32_t points, uint32_t executions,
	      struct bare_window *window)
{
	uint64_t began = monotonic_ns();

	b->points = b->switches = 0;
	for (uint32_t i = 0; i < executions; i++) {
		b->enabled = (1u << threads) - 1;
		for (uint32_t t = 0; t < threads; t++) {
			b->fiber[t].left = points / threads;
			stack_begin(&b->fiber[t].stack, fiber_main, &b->fiber[t]);
		}
		stack_switch(&b->engine, &b->fiber[draw(b)].stack);
	}
	*window = (struct bare_window){
		.elapsed_ns = monotonic_ns() - began, .points = b->points, .switches = b->switches};
}
