/* SPDX-License-Identifier: MIT */
#include "classics.h"

#include <stdlib.h>

#include "programs.h"

/* --- lost update --- */

static void lost_update(struct classic *c, struct task *t, uint32_t cpu)
{
	(void)cpu;
	STORE(c->word[0], LOAD(c->word[0]) + 1);
}

static void locked_update(struct classic *c, struct task *t, uint32_t cpu)
{
	spin_lock(t, &c->lock[0]);
	lost_update(c, t, cpu);
	spin_unlock(t, &c->lock[0]);
}

/* Each takes a lock, but not the same one. */
static void wrong_lock(struct classic *c, struct task *t, uint32_t cpu)
{
	spin_lock(t, &c->lock[cpu]);
	lost_update(c, t, cpu);
	spin_unlock(t, &c->lock[cpu]);
}

static const struct site *check_two(struct classic *c)
{
	return word_peek(&c->word[0]) == 2 ? NULL : SITE("two increments make 2");
}

static uint64_t the_sum(const struct classic *c)
{
	return word_peek(&c->word[0]);
}

/* --- store buffering: under sequential consistency never 0, 0 --- */

static void store_buffering(struct classic *c, struct task *t, uint32_t cpu)
{
	STORE(c->word[cpu], 1);
	word_store(t, &c->word[2 + cpu], LOAD(c->word[1 - cpu]));
}

static const struct site *check_not_both_zero(struct classic *c)
{
	return word_peek(&c->word[2]) + word_peek(&c->word[3]) ? NULL : SITE("never 0, 0");
}

static uint64_t who_saw_what(const struct classic *c)
{
	return word_peek(&c->word[2]) | word_peek(&c->word[3]) << 1;
}

/* --- two locks, taken in one order and in the other --- */

static void abba(struct classic *c, struct task *t, uint32_t cpu)
{
	if (cpu == 0) {
		spin_lock(t, &c->lock[0]);
		spin_lock(t, &c->lock[1]);
	} else {
		spin_lock(t, &c->lock[1]);
		spin_lock(t, &c->lock[0]);
	}
	spin_unlock(t, &c->lock[0]);
	spin_unlock(t, &c->lock[1]);
}

/* --- over before it begins --- */

static void take_the_lock(struct classic *c, struct task *t)
{
	spin_lock(t, &c->lock[0]);
}

static void wait_in_vain(struct classic *c, struct task *t, uint32_t cpu)
{
	(void)cpu;
	spin_lock(t, &c->lock[0]);
}

/* A fault that no point comes before. */
static void release_what_is_free(struct classic *c, struct task *t, uint32_t cpu)
{
	(void)cpu;
	spin_unlock(t, &c->lock[0]);
}

/* --- dining philosophers --- */

static void philosopher(struct classic *c, struct task *t, uint32_t cpu)
{
	struct spinlock *left = &c->lock[cpu], *right = &c->lock[(cpu + 1) % 3];

	spin_lock(t, left);
	spin_lock(t, right);
	word_add(t, &c->word[cpu], 1);
	spin_unlock(t, right);
	spin_unlock(t, left);
}

static void ordered_philosopher(struct classic *c, struct task *t, uint32_t cpu)
{
	uint32_t one = cpu, other = (cpu + 1) % 3;
	struct spinlock *low = &c->lock[one < other ? one : other];
	struct spinlock *high = &c->lock[one < other ? other : one];

	spin_lock(t, low);
	spin_lock(t, high);
	word_add(t, &c->word[cpu], 1);
	spin_unlock(t, high);
	spin_unlock(t, low);
}

/* --- two-stage locking (CHESS's example): data in two stages under two locks --- */

static void two_stage(struct classic *c, struct task *t, uint32_t cpu)
{
	if (cpu == 0) {
		spin_lock(t, &c->lock[0]);
		STORE(c->word[0], 1);
		spin_unlock(t, &c->lock[0]);
		spin_lock(t, &c->lock[1]);
		STORE(c->word[1], LOAD(c->word[0]) + 1);
		spin_unlock(t, &c->lock[1]);
		return;
	}
	spin_lock(t, &c->lock[0]);
	if (!LOAD(c->word[0])) {
		spin_unlock(t, &c->lock[0]);
		return;
	}
	spin_unlock(t, &c->lock[0]);
	spin_lock(t, &c->lock[1]);
	if (LOAD(c->word[1]) != 2)
		machine_report(t, FAULT_USE_UNINITIALIZED, SITE("second stage"), "not yet there");
	spin_unlock(t, &c->lock[1]);
}

/* --- Peterson's lock, spinning by await --- */

static void peterson(struct classic *c, struct task *t, uint32_t cpu)
{
	uint32_t other = 1 - cpu;

	STORE(c->word[cpu], 1);
	STORE(c->word[2], other);
	while (LOAD(c->word[other]) && LOAD(c->word[2]) == other)
		await_change(t, &c->word[2], other);
	STORE(c->word[3], LOAD(c->word[3]) + 1);
	STORE(c->word[cpu], 0);
	/* A thread that waits for the turn to change looks again. */
	STORE(c->word[2], other);
}

static const struct site *check_peterson(struct classic *c)
{
	return word_peek(&c->word[3]) == 2 ? NULL : SITE("mutual exclusion");
}

/* --- reorder-k: k threads set two words, one looks for them half set --- */

static void reorder(struct classic *c, struct task *t, uint32_t cpu)
{
	uint64_t a, b;

	if (cpu) {
		STORE(c->word[0], 1);
		STORE(c->word[1], 1);
		return;
	}
	a = LOAD(c->word[0]);
	b = LOAD(c->word[1]);
	if (!(a == 0 && b == 0) && !(a == 1 && b == 1))
		machine_report(t, FAULT_INIT_OVERWRITE, SITE("both or none"), "half set");
}

/* --- one looks for the last zero from the end; each other makes a word one more than the last ---
 */

#define LAST 4

static void last_zero(struct classic *c, struct task *t, uint32_t cpu)
{
	uint32_t at = LAST;

	if (cpu)
		STORE(c->word[cpu], LOAD(c->word[cpu - 1]) + 1);
	else
		while (LOAD(c->word[at]))
			at--;
}

#define BIT(kind) (1u << FAULT_##kind)

const struct classic_row classics[] = {
	{.name = "lost update",
	 .threads = 2,
	 .thread = lost_update,
	 .check = check_two,
	 .faults = BIT(CHECK),
	 .traces = 4,
	 .outcome = the_sum,
	 .outcomes = 1u << 1 | 1u << 2},
	{.name = "locked update",
	 .threads = 2,
	 .thread = locked_update,
	 .check = check_two,
	 .traces = 2,
	 .outcome = the_sum,
	 .outcomes = 1u << 2},
	{.name = "wrong lock",
	 .threads = 2,
	 .thread = wrong_lock,
	 .check = check_two,
	 .faults = BIT(CHECK),
	 .traces = 4,
	 .outcome = the_sum,
	 .outcomes = 1u << 1 | 1u << 2},
	{.name = "lock that does nothing",
	 .threads = 2,
	 .thread = locked_update,
	 .check = check_two,
	 .faults = BIT(LOCK_MISUSE),
	 .spin_kind = SPIN_BROKEN},
	/* Every outcome but 0, 0. */
	{.name = "store buffering",
	 .threads = 2,
	 .thread = store_buffering,
	 .check = check_not_both_zero,
	 .traces = 3,
	 .outcome = who_saw_what,
	 .outcomes = 1u << 1 | 1u << 2 | 1u << 3},
	{.name = "abba", .threads = 2, .thread = abba, .faults = BIT(DEADLOCK)},
	{.name = "held for ever",
	 .threads = 2,
	 .before = take_the_lock,
	 .thread = wait_in_vain,
	 .faults = BIT(DEADLOCK)},
	{.name = "over at once",
	 .threads = 2,
	 .thread = release_what_is_free,
	 .faults = BIT(LOCK_MISUSE)},
	{.name = "philosophers", .threads = 3, .thread = philosopher, .faults = BIT(DEADLOCK)},
	{.name = "ordered philosophers", .threads = 3, .thread = ordered_philosopher},
	{.name = "two stages", .threads = 2, .thread = two_stage, .faults = BIT(USE_UNINITIALIZED)},
	{.name = "peterson", .threads = 2, .thread = peterson, .check = check_peterson},
	{.name = "reorder 3", .threads = 3, .thread = reorder, .faults = BIT(INIT_OVERWRITE)},
	{.name = "reorder 5", .threads = 5, .thread = reorder, .faults = BIT(INIT_OVERWRITE)},
	{.name = "last zero", .threads = LAST + 1, .thread = last_zero, .traces = 28},
	{.name = "find | put",
	 .threads = 2,
	 .before = object_before,
	 .thread = find_put,
	 .traces = 8},
	{.name = "find | find, put",
	 .threads = 2,
	 .before = object_before,
	 .thread = find_findput,
	 .traces = 48},
	{.name = "find | find | put",
	 .threads = 3,
	 .before = object_before,
	 .thread = two_finders_put,
	 .traces = 558},
	{.name = "find, find | find",
	 .threads = 2,
	 .before = object_before,
	 .thread = find_find_put},
	{.name = "readers and a writer",
	 .threads = 3,
	 .thread = readers_writer,
	 .check = check_readers},
	{.name = "two readers inside", .threads = 2, .thread = two_readers_inside},
	{.name = "a reader takes it twice",
	 .threads = 2,
	 .thread = reads_twice,
	 .faults = BIT(DEADLOCK),
	 .traces = 3},
	{.name = "writers queue", .threads = 3, .thread = writers_queue, .traces = 6},
	{.name = "a writer between readers",
	 .threads = 3,
	 .thread = writer_between,
	 .faults = BIT(DEADLOCK)},
	{.name = "writers and a stop", .threads = 3, .thread = writers_and_a_stop},
	{.name = "readers overlap",
	 .threads = 2,
	 .thread = readers_overlap,
	 .outcome = who_saw_what,
	 .outcomes = 0xf},
	{.name = "wait",
	 .threads = 2,
	 .thread = wait_for_it,
	 .outcome = what_was_seen,
	 .outcomes = 1u << 0 | 1u << 1 | 1u << 2},
	{.name = "wait for nobody",
	 .threads = 2,
	 .thread = wait_for_nobody,
	 .check = check_gave_up},
	{.name = "handshake", .threads = 2, .thread = handshake},
	{.name = "wait with the lock",
	 .threads = 2,
	 .thread = wait_with_the_lock,
	 .faults = BIT(DEADLOCK)},
	{.name = "a fault with the lock",
	 .threads = 2,
	 .thread = fault_with_lock,
	 .faults = BIT(USE_AFTER_FREE) | BIT(DOUBLE_FREE),
	 .traces = 4},
	{.name = "a fault with the await",
	 .threads = 2,
	 .thread = fault_with_await,
	 .faults = BIT(USE_AFTER_FREE) | BIT(DOUBLE_FREE)},
	{.name = "a fault in either order",
	 .threads = 2,
	 .thread = fault_whoever_is_first,
	 .faults = BIT(USE_AFTER_FREE),
	 .traces = 3},
	{.name = "two places", .threads = 2, .thread = two_places, .faults = BIT(USE_AFTER_FREE)},
};
const uint32_t classic_count = sizeof(classics) / sizeof(classics[0]);

/* --- the model around them --- */

static struct machine *init(void *context, void *memory)
{
	static const struct recorder nobody;
	const struct classic_row *row = ((struct classic_run *)context)->row;
	struct classic *c = memory;

	machine_init(&c->machine, &nobody);
	for (uint32_t i = 0; i < CLASSIC_LOCKS; i++)
		spinlock_init(&c->lock[i], row->spin_kind);
	rwsem_init(&c->sem);
	return &c->machine;
}

static void before(void *context, void *memory, struct task *t)
{
	const struct classic_row *row = ((struct classic_run *)context)->row;

	if (row->before)
		row->before(memory, t);
}

static uint64_t thread(void *context, void *memory, struct task *t, uint32_t cpu)
{
	const struct classic_row *row = ((struct classic_run *)context)->row;

	row->thread(memory, t, cpu);
	return 0;
}

static const struct site *check(void *context, void *memory, struct task *t)
{
	const struct classic_row *row = ((struct classic_run *)context)->row;

	(void)t;
	return row->check ? row->check(memory) : NULL;
}

static void outcome(void *context, struct fibers *f, bool faulted)
{
	struct classic_run *run = context;

	if (run->row->outcome && !(faulted && (f->fault_kinds & ~BIT(CHECK))))
		run->outcomes |= UINT64_C(1) << run->row->outcome((const void *)f->hot.memory) % 64;
}

struct explore_model classic_model(struct classic_run *run, const struct classic_row *row)
{
	*run = (struct classic_run){.row = row};
	return (struct explore_model){
		.threads = row->threads,
		.memory_bytes = sizeof(struct classic),
		.init = init,
		.before = before,
		.thread = thread,
		.check = check,
		.outcome = outcome,
		.context = run,
	};
}

const struct classic_row *classic_named(const char *name)
{
	for (uint32_t i = 0; i < classic_count; i++)
		if (!strcmp(classics[i].name, name))
			return &classics[i];
	abort();
}
