/* SPDX-License-Identifier: MIT */
/*
 * Every row of the table of locks keeps the spinlock's contract: excludes, names its holder, and
 * where a plan can have it, reports misuse and deadlocks, and lets a task that waits for it leave
 * an abandoned world.
 */
#include "locks.h"

#include <string.h>

/* Few, since locks that serve in order hand over once a time slice where there are too few CPUs. */
#define ROUNDS 400
#define WATCHDOG_NS UINT64_C(60000000)

static unsigned int kind;

static struct locks *open_kind(unsigned int tasks)
{
	struct locks *l = locks_open(tasks, kind);

	l->stand->machine.watchdog_ns = WATCHDOG_NS;
	return l;
}

static void for_each(void (*check)(void), unsigned int kinds)
{
	for (kind = 0; kind < kinds; kind++)
		if (kind != LOCK_ID_broken)
			check();
}

static void count_both(struct task *t, void *context)
{
	struct locks *l = context;

	for (unsigned int i = 0; i < ROUNDS; i++) {
		spin_lock(t, &l->spin);
		CHECK(spin_held(t, &l->spin) && !spin_held(t, &l->other));
		l->plain++;
		spin_lock(t, &l->other);
		l->twin++;
		spin_unlock(t, &l->other);
		spin_unlock(t, &l->spin);
		CHECK(!spin_held(t, &l->spin));
	}
}

static void kind_excludes(void)
{
	struct locks *l = open_kind(2);

	l->stand->machine.watchdog_ns *= 1000;
	CHECK_EQ(stand_run(l->stand, count_both, l), 2);
	CHECK_EQ(l->plain, 2 * ROUNDS);
	CHECK_EQ(l->twin, 2 * ROUNDS);
	CAUGHT_NOTHING(l->stand);
	stand_close(l->stand);
}

static void all_exclude(void)
{
	for_each(kind_excludes, LOCK_COUNT);
}

/* --- misuse --- */

static void lock_twice(struct task *t, void *context)
{
	struct locks *l = context;

	spin_lock(t, &l->spin);
	spin_lock(t, &l->spin);
}

static void unlock_free(struct task *t, void *context)
{
	spin_unlock(t, &((struct locks *)context)->spin);
}

static void unlock_others(struct task *t, void *context)
{
	struct locks *l = context;

	spin_lock(&l->stand->task[1], &l->spin);
	CHECK(spin_held(&l->stand->task[1], &l->spin) && !spin_held(t, &l->spin));
	spin_unlock(t, &l->spin);
}

static void kind_tells_misuse(void)
{
	static const body_fn misuse[] = {lock_twice, unlock_free, unlock_others};

	for (unsigned int i = 0; i < sizeof(misuse) / sizeof(misuse[0]); i++) {
		struct locks *l = open_kind(2);

		CHECK(!attempt(&l->stand->task[0], misuse[i], l));
		CAUGHT(l->stand, LOCK_MISUSE, 0);
		stand_close(l->stand);
	}
}

static void all_tell_misuse(void)
{
	for_each(kind_tells_misuse, PLAN_LOCKS);
}

/* --- waits that do not end by themselves --- */

/* cpu1 meets a fault with the lock held; the others wait for the lock, and have to leave. */
static void fail_with_lock(struct task *t, void *context)
{
	struct locks *l = context;

	if (t->common.cpu == 0) {
		spin_lock(t, &l->spin);
		word_store(t, &l->inside, 1);
		nap_ms(5);
		oops(t, CHECK_FAILED, SITE("planted"), "with the lock held");
	}
	while (!word_peek(&l->inside))
		point(t, POINT_READ, &l->inside, SITE("until cpu1 holds it"));
	spin_lock(t, &l->spin);
	spin_unlock(t, &l->spin);
}

static void kind_lets_leave(void)
{
	struct locks *l = open_kind(3);

	l->stand->machine.watchdog_ns *= 1000;
	CHECK_EQ(stand_run(l->stand, fail_with_lock, l), 0);
	CAUGHT(l->stand, CHECK_FAILED, 0);
	stand_close(l->stand);
}

static void all_let_leave(void)
{
	for_each(kind_lets_leave, PLAN_LOCKS);
}

static void cross(struct task *t, void *context)
{
	struct locks *l = context;
	bool first = t->common.cpu == 0;

	spin_lock(t, first ? &l->spin : &l->other);
	word_add(t, &l->inside, 1);
	while (word_peek(&l->inside) < 2)
		point(t, POINT_READ, &l->inside, SITE("until both hold one"));
	spin_lock(t, first ? &l->other : &l->spin);
}

/* At least one of the two reports it. */
static void kind_tells_deadlock(void)
{
	struct locks *l = open_kind(2);
	struct catcher *catcher = &l->stand->catcher;

	CHECK_EQ(stand_run(l->stand, cross, l), 0);
	CHECK(catcher->count == 1 || catcher->count == 2);
	for (unsigned int i = 0; i < catcher->count && i < CAUGHT_MAX; i++) {
		CHECK_EQ(catcher->caught[i].kind, FAULT_DEADLOCK);
		CHECK_TEXT(catcher->caught[i].func, "cross");
	}
	stand_close(l->stand);
}

static void all_tell_deadlock(void)
{
	for_each(kind_tells_deadlock, PLAN_LOCKS);
}

/* --- a lock that was made and excludes nobody --- */

static void let_pass(struct made_lock *made, struct task *t)
{
	(void)made;
	(void)t;
}

static void enter_until_caught(struct task *t, void *context)
{
	struct locks *l = context;

	for (unsigned int i = 0; i < 10000 * ROUNDS; i++) {
		spin_lock(t, &l->spin);
		word_add(t, &l->inside, 1);
		note(t, NOW_IN_IDR);
		spin_unlock(t, &l->spin);
	}
}

static void bad_make_is_caught(void)
{
	static struct made_lock bad = {.acquire = let_pass, .release = let_pass};
	struct locks *l = locks_open(4, 0);

	l->spin.kind = SPIN_MADE;
	l->spin.made = &bad;
	for (unsigned int i = 0; i < 4; i++)
		l->stand->task[i].perturb = PERTURB_YIELD;
	CHECK_EQ(stand_run(l->stand, enter_until_caught, l), 0);
	CHECK(l->stand->catcher.count >= 1);
	for (unsigned int i = 0; i < l->stand->catcher.count && i < CAUGHT_MAX; i++)
		CHECK_EQ(l->stand->catcher.caught[i].kind, FAULT_LOCK_MISUSE);
	stand_close(l->stand);
}

static const struct test tests[] = {
	{"every lock excludes", all_exclude},
	{"every lock reports misuse", all_tell_misuse},
	{"a task that waits for it leaves an abandoned world", all_let_leave},
	{"every lock reports a deadlock", all_tell_deadlock},
	{"one that was made and excludes nobody is caught", bad_make_is_caught},
};

TESTS(tests)
