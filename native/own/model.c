/* SPDX-License-Identifier: MIT */
/* The program as a model of explore.h: main() begins, the other threads are spawned. */
#include "gates.h"
#include "learn.h"
#include "own_tso.h"
#include "own_weak.h"
#include "process.h"
#include "state.h"

struct memory {
	struct machine machine;
	/* Lines of memory are put back: none has a part of the machine and a word. */
	_Alignas(FIBERS_LINE) struct word word[OWN_WORDS];
};

static struct fibers *fibers; /* of the search that goes on */

static struct machine *init(void *context, void *memory)
{
	static const struct recorder nobody;
	struct memory *m = memory;

	(void)context;
	own_begin_knowing();
	machine_init(&m->machine, &nobody);
	own_words_at(m->word);
	own.quiet_from = own.memory == EXPLORE_TSO ? OWN_QUIET_MAX : 0;
	return &m->machine;
}

static void put_back(void *context)
{
	(void)context;
	own_put_back();
}

static uint64_t thread(void *context, void *memory, struct task *t, uint32_t cpu)
{
	(void)context;
	(void)memory;
	fibers = t->fibers;
	own.thread[cpu].task = t;
	own.thread[cpu].weakly = false;
	t->fibers->carrier = own.memory ? &own_carrier : NULL;
	own_thread_run(cpu);
	return 0;
}

bool own_stack_of(uint32_t thread, uintptr_t *low, uintptr_t *end)
{
	const struct stack *stack = &fibers->fiber[thread].stack;

	if (!fibers || thread >= OWN_THREADS || own.loading)
		return false;
	*low = (uintptr_t)stack->low;
	*end = *low + stack->bytes;
	return true;
}

static bool stuck(void *context, const struct fibers *f, struct fiber_fault *fault)
{
	(void)context;
	return own_stuck(f->running, fault);
}

static void look(void *context, bool begins)
{
	(void)context;
	own.noting = begins;
	own.wipes |= begins;
}

const struct explore_model own_model = {
	.threads = OWN_THREADS,
	.begins = 1,
	.memory_bytes = sizeof(struct memory),
	.stack_bytes = OWN_STACK_BYTES,
	.stacks_at = (void *)OWN_STACKS_BASE,
	.passes = 1u << FAULT_DATA_RACE | 1u << FAULT_LEAK,
	.init = init,
	.thread = thread,
	.put_back = put_back,
	.stuck = stuck,
	.state = own_state,
	.look = look,
};
