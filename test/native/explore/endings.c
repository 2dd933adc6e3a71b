/* SPDX-License-Identifier: MIT */
/* Faults that come with the taking of a lock or with an await, and end the execution there. */
#include "programs.h"

/*
 * The second thread faults as soon as it has the lock, if the first had it before; otherwise it
 * meets another fault. What the first does under the lock comes between its lock and its end, and
 * the second could not have come before that: only before the lock.
 */
void fault_with_lock(struct classic *c, struct task *t, uint32_t cpu)
{
	spin_lock(t, &c->lock[0]);
	if (cpu == 0) {
		LOAD(c->word[1]);
		word_store(t, &c->word[0], 1);
		spin_unlock(t, &c->lock[0]);
		return;
	}
	if (observe(t, word_load(t, &c->word[0])))
		oops(t, USE_AFTER_FREE, SITE("word[0] is set"), "the first was here");
	spin_unlock(t, &c->lock[0]);
	LOAD(c->word[2]);
	oops(t, DOUBLE_FREE, SITE("word[0] was not set"), "the first was not here");
}

/* The same with an await, which can be passed at 1 and at 2. */
void fault_with_await(struct classic *c, struct task *t, uint32_t cpu)
{
	if (cpu == 0) {
		STORE(c->word[0], 1);
		STORE(c->word[0], 0);
		STORE(c->word[0], 2);
		return;
	}
	await_change(t, &c->word[0], 0);
	if (observe(t, word_load(t, &c->word[0])) == 2)
		oops(t, USE_AFTER_FREE, SITE("passed at 2"), "late");
	LOAD(c->word[2]);
	oops(t, DOUBLE_FREE, SITE("passed at 1"), "early");
}

/* Always a fault, but there are three ways for what comes before it. */
void fault_whoever_is_first(struct classic *c, struct task *t, uint32_t cpu)
{
	if (cpu == 0) {
		STORE(c->word[0], 1);
		spin_lock(t, &c->lock[0]);
		LOAD(c->word[1]);
		spin_unlock(t, &c->lock[0]);
		return;
	}
	spin_lock(t, &c->lock[0]);
	oops(t, USE_AFTER_FREE, SITE("always"), "whatever came before");
}

/* Two places for one kind of fault, told apart only by what the thread saw. */
void two_places(struct classic *c, struct task *t, uint32_t cpu)
{
	uint64_t seen;

	if (cpu == 0) {
		spin_lock(t, &c->lock[0]);
		STORE(c->word[0], 1);
		STORE(c->word[0], 2);
		spin_unlock(t, &c->lock[0]);
		return;
	}
	seen = LOAD(c->word[0]);
	spin_lock(t, &c->lock[0]);
	LOAD(c->word[1]);
	if (seen == 1)
		oops(t, USE_AFTER_FREE, SITE("saw 1"), "one");
	if (seen == 2)
		oops(t, USE_AFTER_FREE, SITE("saw 2"), "two");
	spin_unlock(t, &c->lock[0]);
}
