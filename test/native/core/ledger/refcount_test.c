/* SPDX-License-Identifier: MIT */
/* atomic_dec_and_lock() under contention: one last, the lock held, no count lost. */
#include "ledger.h"
#include "stand.h"

#define ROUNDS 3000  /* at most: see stand_late() */
#define REFERENCES 5 /* that each task drops a round */

struct object {
	struct stand *stand;
	struct pool *pool; /* any counted object */
	struct spinlock lock;
	struct word arrived, turn, ends;
	struct word lasts;
	unsigned int rounds;
	uint64_t plain; /* written by the last of each round, under the lock */
};

/* All tasks meet; the last to come runs nothing, it only opens the gate. */
static void meet(struct task *t, struct object *o)
{
	uint64_t turn = word_peek(&o->turn);

	if (word_add(t, &o->arrived, 1) + 1 == o->stand->tasks) {
		word_store(t, &o->arrived, 0);
		word_store(t, &o->turn, turn + 1);
		return;
	}
	while (word_peek(&o->turn) == turn)
		note(t, REFERENCE_TAKEN);
}

static void drop_all(struct task *t, void *context)
{
	struct object *o = context;

	while (!word_peek(&o->ends)) {
		if (t->common.cpu == 0)
			set_field(t, o->pool, out, (long)o->stand->tasks * REFERENCES);
		meet(t, o);
		for (unsigned int i = 0; i < REFERENCES; i++) {
			if (!ref_put_and_lock(t, o->pool, out, &o->lock)) {
				CHECK(!spin_held(t, &o->lock));
				continue;
			}
			CHECK(spin_held(t, &o->lock));
			CHECK_EQ(get_field_once(t, o->pool, out), 0);
			word_add(t, &o->lasts, 1);
			o->plain++;
			spin_unlock(t, &o->lock);
		}
		/* Before all meet: then they agree on whether there is another round. */
		if (t->common.cpu == 0 && (++o->rounds == ROUNDS || stand_late(o->stand)))
			word_store(t, &o->ends, 1);
		meet(t, o);
	}
}

/* Nobody reaches zero here, whatever the order: each gets before it puts. */
static void get_and_drop(struct task *t, void *context)
{
	struct object *o = context;

	for (unsigned int i = 0; i < ROUNDS * 4 && (i == 0 || !stand_late(o->stand)); i++) {
		ref_get(t, o->pool, out, FAULT_REFCOUNT_RESURRECT);
		note(t, REFERENCE_TAKEN);
		if (!CHECK(!ref_put_and_lock(t, o->pool, out, &o->lock)))
			spin_unlock(t, &o->lock);
	}
}

static void object_open(struct object *o, unsigned int tasks)
{
	o->stand = stand_open(tasks);
	o->pool = ledger_alloc(&o->stand->task[0], &o->stand->slab, CLASS_POOL, true);
	o->plain = o->rounds = 0;
	spinlock_init(&o->lock, 0);
	word_store(NULL, &o->arrived, 0);
	word_store(NULL, &o->turn, 0);
	word_store(NULL, &o->ends, 0);
	word_store(NULL, &o->lasts, 0);
	for (unsigned int i = 0; i < tasks; i++)
		o->stand->task[i].perturb = PERTURB_YIELD;
}

static void one_last(void)
{
	for (unsigned int tasks = 2; tasks <= 4; tasks += 2) {
		struct object o;

		object_open(&o, tasks);
		CHECK_EQ(stand_run(o.stand, drop_all, &o), tasks);
		CHECK_EQ(word_peek(&o.lasts), o.rounds);
		CHECK_EQ(o.plain, o.rounds);
		CAUGHT_NOTHING(o.stand);
		stand_close(o.stand);
	}
}

static void none_lost(void)
{
	struct object o;

	object_open(&o, 4);
	set_guarded(&o.stand->task[0], o.pool, out, 1);
	CHECK_EQ(stand_run(o.stand, get_and_drop, &o), 4);
	CHECK_EQ(get_guarded(&o.stand->task[0], o.pool, out), 1);
	CAUGHT_NOTHING(o.stand);
	stand_close(o.stand);
}

static const struct test tests[] = {
	{"exactly one is last, with the lock held", one_last},
	{"no count is lost", none_lost},
};

TESTS(tests)
