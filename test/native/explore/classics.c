/* SPDX-License-Identifier: MIT */
#include "classics.h"

#include <stdlib.h>

#define FREEING 1
#define NOT_IN_TABLE 0
#define IN_TABLE 1

static uint64_t load(struct task *t, struct word *w, const struct site *site)
{
	point(t, POINT_READ, w, site);
	return observe(t, word_load(w));
}

static void store(struct task *t, struct word *w, uint64_t value, const struct site *site)
{
	point(t, POINT_WRITE, w, site);
	word_store(t, w, value);
}

#define LOAD(w) load(t, &(w), SITE(#w))
#define STORE(w, v) store(t, &(w), (v), SITE(#w " = " #v))

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
	return word_load(&c->word[0]) == 2 ? NULL : SITE("two increments make 2");
}

/* --- store buffering: under sequential consistency never 0, 0 --- */

static void store_buffering(struct classic *c, struct task *t, uint32_t cpu)
{
	STORE(c->word[cpu], 1);
	word_store(t, &c->word[2 + cpu], LOAD(c->word[1 - cpu]));
}

static const struct site *check_not_both_zero(struct classic *c)
{
	return word_load(&c->word[2]) + word_load(&c->word[3]) ? NULL : SITE("never 0, 0");
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
	/* Whoever waits for the turn to change looks again. */
	STORE(c->word[2], other);
}

static const struct site *check_peterson(struct classic *c)
{
	return word_load(&c->word[3]) == 2 ? NULL : SITE("mutual exclusion");
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

/* --- find and put of explorer.md: word 0 the table, 1 the count, 2 the flag, 3 the memory --- */

#define TABLE c->word[0]
#define COUNT c->word[1]
#define FLAGS c->word[2]
#define OBJECT c->word[3]

static void object_before(struct classic *c, struct task *t)
{
	word_store(t, &TABLE, IN_TABLE);
	word_store(t, &COUNT, 1);
	word_store(t, &OBJECT, 1);
}

/* atomic_dec_and_lock(), then FREEING, unpublish, unlock, free. */
static void put(struct classic *c, struct task *t)
{
	const struct site *site = SITE("atomic_dec_and_lock(&count)");
	uint64_t seen = LOAD(COUNT), found;

	while (seen != 1) {
		point(t, POINT_RMW, &COUNT, site);
		found = observe(t, word_cas(t, &COUNT, seen, seen - 1));
		if (found == seen)
			return;
		point_wrote_nothing(t);
		seen = found;
	}
	spin_lock(t, &c->lock[0]);
	point(t, POINT_RMW, &COUNT, site);
	if (observe(t, word_add(t, &COUNT, -(uint64_t)1)) != 1) {
		spin_unlock(t, &c->lock[0]);
		return;
	}
	STORE(FLAGS, FREEING);
	STORE(TABLE, NOT_IN_TABLE);
	spin_unlock(t, &c->lock[0]);
	point(t, POINT_FREE, &OBJECT, SITE("free(object)"));
	if (!word_load(&OBJECT))
		oops(t, DOUBLE_FREE, SITE("free(object)"), "freed twice");
	word_store(t, &OBJECT, 0);
}

static void find(struct classic *c, struct task *t)
{
	spin_lock(t, &c->lock[0]);
	if (LOAD(TABLE) == NOT_IN_TABLE || (LOAD(FLAGS) & FREEING)) {
		spin_unlock(t, &c->lock[0]);
		return;
	}
	point(t, POINT_RMW, &COUNT, SITE("atomic_inc(&count)"));
	word_add(t, &COUNT, 1);
	spin_unlock(t, &c->lock[0]);
	point(t, POINT_READ, &OBJECT, SITE("use"));
	if (!word_load(&OBJECT))
		oops(t, USE_AFTER_FREE, SITE("use"), "freed");
	put(c, t);
}

static void find_put(struct classic *c, struct task *t, uint32_t cpu)
{
	if (cpu == 0)
		find(c, t);
	else
		put(c, t);
}

static void find_find_put(struct classic *c, struct task *t, uint32_t cpu)
{
	find(c, t);
	if (cpu == 0)
		find(c, t);
}

static void find_findput(struct classic *c, struct task *t, uint32_t cpu)
{
	find(c, t);
	if (cpu == 1)
		put(c, t);
}

static void two_finders_put(struct classic *c, struct task *t, uint32_t cpu)
{
	if (cpu < 2)
		find(c, t);
	else
		put(c, t);
}

/* --- readers and a writer --- */

static void readers_writer(struct classic *c, struct task *t, uint32_t cpu)
{
	if (cpu < 2) {
		down_read(t, &c->sem);
		word_store(t, &c->word[2 + cpu], LOAD(c->word[0]) == LOAD(c->word[1]));
		up_read(t, &c->sem);
		return;
	}
	down_write(t, &c->sem);
	STORE(c->word[0], 1);
	STORE(c->word[1], 1);
	up_write(t, &c->sem);
}

static const struct site *check_readers(struct classic *c)
{
	return word_load(&c->word[2]) && word_load(&c->word[3]) ? NULL : SITE("readers see pairs");
}

/* --- waits --- */

static void wait_for_it(struct classic *c, struct task *t, uint32_t cpu)
{
	if (cpu == 0) {
		STORE(c->word[0], 1);
		STORE(c->word[0], 0);
		STORE(c->word[0], 2);
		return;
	}
	if (await_change(t, &c->word[0], 0))
		word_store(t, &c->word[15], LOAD(c->word[0]));
}

static void wait_for_nobody(struct classic *c, struct task *t, uint32_t cpu)
{
	(void)cpu;
	word_store(t, &c->word[cpu], 1 + await_change(t, &c->word[8], 0));
}

static const struct site *check_gave_up(struct classic *c)
{
	return word_load(&c->word[0]) == 1 && word_load(&c->word[1]) == 1
		       ? NULL
		       : SITE("nobody changed it");
}

#define BIT(kind) (1u << FAULT_##kind)

const struct classic_row classics[] = {
	{"lost update", 2, NULL, lost_update, check_two, BIT(CHECK), 4, 0, 0},
	{"locked update", 2, NULL, locked_update, check_two, 0, 2, 0, 0},
	{"wrong lock", 2, NULL, wrong_lock, check_two, BIT(CHECK), 4, 0, 0},
	{"lock that does nothing", 2, NULL, locked_update, check_two, BIT(LOCK_MISUSE), 0,
	 SPIN_NONE, 0},
	{"store buffering", 2, NULL, store_buffering, check_not_both_zero, 0, 3, 0, 0},
	{"philosophers", 3, NULL, philosopher, NULL, BIT(DEADLOCK), 0, 0, 0},
	{"ordered philosophers", 3, NULL, ordered_philosopher, NULL, 0, 0, 0, 0},
	{"two stages", 2, NULL, two_stage, NULL, BIT(USE_UNINITIALIZED), 0, 0, 0},
	{"peterson", 2, NULL, peterson, check_peterson, 0, 0, 0, 0},
	{"reorder 3", 3, NULL, reorder, NULL, BIT(INIT_OVERWRITE), 0, 0, 0},
	{"reorder 5", 5, NULL, reorder, NULL, BIT(INIT_OVERWRITE), 0, 0, 0},
	{"find | put", 2, object_before, find_put, NULL, 0, 8, 0, 0},
	{"find | find, put", 2, object_before, find_findput, NULL, 0, 48, 0, 0},
	{"find | find | put", 3, object_before, two_finders_put, NULL, 0, 558, 0, 0},
	{"find, find | find", 2, object_before, find_find_put, NULL, 0, 0, 0, 0},
	{"readers and a writer", 3, NULL, readers_writer, check_readers, 0, 0, 0, 0},
	{"wait", 2, NULL, wait_for_it, NULL, 0, 0, 0, 0},
	{"wait for nobody", 2, NULL, wait_for_nobody, check_gave_up, 0, 0, 0, 0},
};
const uint32_t classic_count = sizeof(classics) / sizeof(classics[0]);

/* --- the model around them --- */

static struct machine *init(void *context, void *memory)
{
	static const struct recorder nobody;
	const struct classic_row *row = context;
	struct classic *c = memory;

	machine_init(&c->machine, &nobody);
	for (uint32_t i = 0; i < CLASSIC_LOCKS; i++)
		spinlock_init(&c->lock[i], row->spin_kind);
	rwsem_init(&c->sem);
	return &c->machine;
}

static void before(void *context, void *memory, struct task *t)
{
	const struct classic_row *row = context;

	if (row->before)
		row->before(memory, t);
}

static uint64_t thread(void *context, void *memory, struct task *t, uint32_t cpu)
{
	const struct classic_row *row = context;

	row->thread(memory, t, cpu);
	return 0;
}

static const struct site *check(void *context, void *memory, struct task *t)
{
	const struct classic_row *row = context;

	(void)t;
	return row->check ? row->check(memory) : NULL;
}

struct explore_model classic_model(const struct classic_row *row)
{
	return (struct explore_model){
		.threads = row->threads,
		.memory_bytes = sizeof(struct classic),
		.init = init,
		.before = before,
		.thread = thread,
		.check = check,
		.context = (void *)row,
	};
}

const struct classic_row *classic_named(const char *name)
{
	for (uint32_t i = 0; i < classic_count; i++)
		if (!strcmp(classics[i].name, name))
			return &classics[i];
	abort();
}
