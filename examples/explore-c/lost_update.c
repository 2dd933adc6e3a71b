/* SPDX-License-Identifier: MIT */
/*
 * Two threads add 1 to a counter: without a lock an addition can be lost, with one none can. Ends
 * with 0 when the explorer finds the first and proves the second. With a ticket as its argument it
 * replays that.
 */
#include "show.h"

struct shared {
	struct machine machine;
	struct spinlock lock;
	struct word counter;
};

static struct machine *init(void *context, void *memory)
{
	static const struct recorder nobody;
	struct shared *shared = memory;

	(void)context;
	machine_init(&shared->machine, &nobody);
	spinlock_init(&shared->lock, SPIN_TTAS);
	return &shared->machine;
}

static void add(struct shared *shared, struct task *t)
{
	uint64_t value;

	value = word_read(t, &shared->counter, ORDER_RELAXED, SITE("value = counter"));
	word_write(t, &shared->counter, value + 1, ORDER_RELAXED, SITE("counter = value + 1"));
}

static uint64_t without_lock(void *context, void *memory, struct task *t, uint32_t cpu)
{
	(void)context;
	(void)cpu;
	add(memory, t);
	return 0;
}

static uint64_t with_lock(void *context, void *memory, struct task *t, uint32_t cpu)
{
	struct shared *shared = memory;

	(void)context;
	(void)cpu;
	spin_lock(t, &shared->lock);
	add(shared, t);
	spin_unlock(t, &shared->lock);
	return 0;
}

static const struct site *check(void *context, void *memory, struct task *closer)
{
	struct shared *shared = memory;

	(void)context;
	(void)closer;
	return word_peek(&shared->counter) == 2 ? NULL : SITE("an addition was lost");
}

static struct explore_model model_of(uint64_t (*thread)(void *context, void *memory, struct task *t,
							uint32_t cpu))
{
	return (struct explore_model){.threads = 2,
				      .memory_bytes = sizeof(struct shared),
				      .init = init,
				      .thread = thread,
				      .check = check};
}

int main(int argc, char **argv)
{
	const struct explore_model wrong = model_of(without_lock), right = model_of(with_lock);
	bool lost;

	if (argc > 1)
		return show_ticket(&wrong, "without-lock", argv[1]);
	lost = !show_all(&wrong, "without-lock");
	return show_all(&right, "with-lock") && lost ? 0 : 1;
}
