/* SPDX-License-Identifier: MIT */
/* The life of an object that a table knows and a count keeps, as in explorer.md. */
#include "programs.h"

#define FREEING 1
#define NOT_IN_TABLE 0
#define IN_TABLE 1

#define TABLE c->word[0]
#define COUNT c->word[1]
#define FLAGS c->word[2]
#define OBJECT c->word[3]

void object_before(struct classic *c, struct task *t)
{
	word_store(t, &TABLE, IN_TABLE);
	word_store(t, &COUNT, 1);
	word_store(t, &OBJECT, 1);
}

static uint64_t plus(uint64_t value, uint64_t by)
{
	return value + by;
}

/* atomic_dec_and_lock(), then FREEING, unpublish, unlock, free. */
static void put(struct classic *c, struct task *t)
{
	const struct site *site = SITE("atomic_dec_and_lock(&count)");
	uint64_t seen = LOAD(COUNT), found;

	while (seen != 1) {
		found = word_cas(t, &COUNT, seen, seen - 1, ORDER_SEQ_CST, site);
		if (found == seen)
			return;
		seen = found;
	}
	spin_lock(t, &c->lock[0]);
	if (word_update(t, &COUNT, plus, -(uint64_t)1, ORDER_SEQ_CST, site) != 1) {
		spin_unlock(t, &c->lock[0]);
		return;
	}
	STORE(FLAGS, FREEING);
	STORE(TABLE, NOT_IN_TABLE);
	spin_unlock(t, &c->lock[0]);
	point(t, POINT_FREE, &OBJECT, SITE("free(object)"));
	if (!word_peek(&OBJECT))
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
	if (!word_peek(&OBJECT))
		oops(t, USE_AFTER_FREE, SITE("use"), "freed");
	put(c, t);
}

void find_put(struct classic *c, struct task *t, uint32_t cpu)
{
	if (cpu == 0)
		find(c, t);
	else
		put(c, t);
}

void find_find_put(struct classic *c, struct task *t, uint32_t cpu)
{
	find(c, t);
	if (cpu == 0)
		find(c, t);
}

void find_findput(struct classic *c, struct task *t, uint32_t cpu)
{
	find(c, t);
	if (cpu == 1)
		put(c, t);
}

void two_finders_put(struct classic *c, struct task *t, uint32_t cpu)
{
	if (cpu < 2)
		find(c, t);
	else
		put(c, t);
}
