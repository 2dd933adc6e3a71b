/* SPDX-License-Identifier: MIT */
/* The watchdog reports tasks that can never go on, and only those. */
#include "room.h"

static void cross_spins(struct task *t, void *context)
{
	struct room *r = context;
	unsigned int mine = t->common.cpu % 2;

	spin_lock(t, &r->spin[mine]);
	word_add(t, &r->word, 1);
	while (word_peek(&r->word) < 2)
		point(t, POINT_READ, &r->word, SITE("until both hold one"));
	spin_lock(t, &r->spin[1 - mine]);
}

static void cross_mutexes(struct task *t, void *context)
{
	struct room *r = context;
	unsigned int mine = t->common.cpu % 2;

	mutex_lock(t, &r->mutex[mine]);
	word_add(t, &r->word, 1);
	while (word_peek(&r->word) < 2)
		point(t, POINT_READ, &r->word, SITE("until both hold one"));
	mutex_lock(t, &r->mutex[1 - mine]);
}

/* cpu1 holds the rwsem for reading and wants the spinlock, cpu2 the other way around. */
static void cross_kinds(struct task *t, void *context)
{
	struct room *r = context;
	bool first = t->common.cpu == 0;

	if (first)
		down_read(t, &r->sem);
	else
		mutex_lock(t, &r->mutex[0]);
	word_add(t, &r->word, 1);
	while (word_peek(&r->word) < 2)
		point(t, POINT_READ, &r->word, SITE("until both hold one"));
	if (first)
		mutex_lock(t, &r->mutex[0]);
	else
		down_write(t, &r->sem);
}

/* At least one of the two reports it, and a report names both. */
static void expect_deadlock(body_fn body, const char *function)
{
	struct room *r = room_open(2);
	uint64_t began = now_ms();
	bool both = false;

	CHECK_EQ(stand_run(r->stand, body, r), 0);
	CHECK(now_ms() - began < 10000);
	CHECK(r->stand->catcher.count == 1 || r->stand->catcher.count == 2);
	for (unsigned int i = 0; i < r->stand->catcher.count && i < CAUGHT_MAX; i++) {
		const struct caught *c = &r->stand->catcher.caught[i];

		CHECK_EQ(c->kind, FAULT_DEADLOCK);
		CHECK_TEXT(c->func, function);
		both |= strstr(c->message, "cpu1 in ") && strstr(c->message, "cpu2 in ") &&
			strstr(c->message, function) && strstr(c->message, "&r->");
	}
	CHECK(both);
	stand_close(r->stand);
}

static void deadlocks_are_told(void)
{
	expect_deadlock(cross_spins, "cross_spins");
	expect_deadlock(cross_mutexes, "cross_mutexes");
	expect_deadlock(cross_kinds, "cross_kinds");
}

/* A reader that wants to write waits for itself. */
static void upgrade(struct task *t, void *context)
{
	struct room *r = context;

	down_read(t, &r->sem);
	down_write(t, &r->sem);
}

static void upgrade_is_told(void)
{
	struct room *r = room_open(1);

	CHECK_EQ(stand_run(r->stand, upgrade, r), 0);
	CAUGHT(r->stand, DEADLOCK, 0);
	stand_close(r->stand);
}

/* cpu1 awaits with the mutex that cpu2 needs before it could change anything. */
static void await_with_lock(struct task *t, void *context)
{
	struct room *r = context;

	if (t->common.cpu == 0) {
		mutex_lock(t, &r->mutex[0]);
		word_store(t, &r->other, 1);
		await_change(t, &r->word, 0);
		mutex_unlock(t, &r->mutex[0]);
		return;
	}
	while (!word_peek(&r->other))
		point(t, POINT_READ, &r->other, SITE("until cpu1 holds it"));
	mutex_lock(t, &r->mutex[0]);
	word_store(t, &r->word, 1);
	mutex_unlock(t, &r->mutex[0]);
}

static void await_with_lock_is_told(void)
{
	struct room *r = room_open(2);

	CHECK(stand_run(r->stand, await_with_lock, r) < 2);
	CHECK(r->stand->catcher.count >= 1);
	CHECK_EQ(r->stand->catcher.caught[0].kind, FAULT_DEADLOCK);
	stand_close(r->stand);
}

/* A holder that takes longer than the watchdog, but goes on, is not a deadlock. */
static void hold_long(struct task *t, void *context)
{
	struct room *r = context;

	if (t->common.cpu == 0) {
		spin_lock(t, &r->spin[0]);
		word_store(t, &r->word, 1);
		nap_ms(5 * (long)(WATCHDOG_NS / 1000000));
		spin_unlock(t, &r->spin[0]);
		return;
	}
	while (!word_peek(&r->word))
		point(t, POINT_READ, &r->word, SITE("until cpu1 holds it"));
	spin_lock(t, &r->spin[0]);
	spin_unlock(t, &r->spin[0]);
}

static void slow_is_no_deadlock(void)
{
	struct room *r = room_open(3);

	CHECK_EQ(stand_run(r->stand, hold_long, r), 3);
	CAUGHT_NOTHING(r->stand);
	stand_close(r->stand);
}

static const struct test tests[] = {
	{"deadlocks are reported, with the tasks and where they wait", deadlocks_are_told},
	{"a reader that wants to write", upgrade_is_told},
	{"awaiting with a lock held", await_with_lock_is_told},
	{"slow is not a deadlock", slow_is_no_deadlock},
};

TESTS(tests)
