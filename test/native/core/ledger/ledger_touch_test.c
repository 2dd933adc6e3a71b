/* SPDX-License-Identifier: MIT */
/* Faults of bad touches planted and caught; and what is right raises none. */
#include "book.h"

#include <string.h>

static void correct_use(struct task *t, void *context)
{
	struct book *b = context;
	struct mapped_device *md = b->md;
	struct pool *pool = ledger_alloc(t, b->slab, CLASS_POOL, true);

	build(t, md);
	CHECK_EQ(get_field(t, md, holders), 1);
	set_field(t, md, event_nr, 4);
	set_field_once(t, md, event_nr, 5);
	CHECK_EQ(get_field_once(t, md, event_nr), 5);
	CHECK_EQ(or_field(t, md, flags, DMF_FREEING), 0);
	CHECK_EQ(or_field(t, md, flags, 2), DMF_FREEING);
	CHECK_EQ(inc_field(t, md, pending), 0);
	CHECK_EQ(get_guarded(t, md, pending), 1);
	set_guarded(t, md, pending, 0);
	ref_get(t, md, holders, FAULT_REFCOUNT_RESURRECT);
	CHECK(!ref_put(t, md, holders));
	ref_get(t, md, holders, FAULT_REFCOUNT_RESURRECT);
	CHECK(!ref_put_and_lock(t, md, holders, &b->lock));
	CHECK(!spin_held(t, &b->lock));
	CHECK(ref_put_and_lock(t, md, holders, &b->lock));
	CHECK(spin_held(t, &b->lock));
	spin_unlock(t, &b->lock);
	CHECK_EQ(get_field(t, pool, out), 0);
	ledger_teardown(t, md, SITE("free_dev(md)"));
	CHECK_EQ(get_field(t, md, holders), 0);
	ledger_free(t, b->slab, CLASS_POOL, pool, SITE("kfree(pool)"));
	ledger_free(t, b->slab, CLASS_MD, md, SITE("kfree(md)"));
}

static void correct_use_is_clean(void)
{
	struct book *b = book_open(1);

	CHECK(attempt(&b->stand->task[0], correct_use, b));
	task_done(&b->stand->task[0]);
	CAUGHT_NOTHING(b->stand);
	CHECK_EQ(slab_live(b->slab, CLASS_MD) + slab_live(b->slab, CLASS_POOL), 0);
	stand_close(b->stand);
}

/* --- I1 --- */

static void read_unbuilt(struct task *t, void *context)
{
	(void)get_field(t, ((struct book *)context)->md, disk);
}

static void read_after_zero(struct task *t, void *context)
{
	struct book *b = context;

	build(t, b->md);
	CHECK_EQ(get_field(t, b->md, holders), 1);
	get_field_once(t, b->md, eventq);
}

static void put_unbuilt(struct task *t, void *context)
{
	ref_put(t, ((struct book *)context)->md, holders);
}

static void use_uninitialized(void)
{
	static const body_fn cases[] = {read_unbuilt, read_after_zero, put_unbuilt};

	for (unsigned int i = 0; i < 3; i++) {
		struct book *b = book_open(1);

		PLANT(cases[i], b, USE_UNINITIALIZED);
		stand_close(b->stand);
	}
}

static void announce_before_init(void)
{
	struct book *b = book_open(1);

	b->stand->task[0].common.in_uevent = true;
	PLANT(read_unbuilt, b, ANNOUNCE_BEFORE_INIT);
	stand_close(b->stand);
}

/* What cpu2 did to the unbuilt device, cpu1 wipes. */
static void zero_over(struct task *t, void *context)
{
	struct book *b = context;

	ref_get(&b->stand->task[1], b->md, holders, FAULT_REFCOUNT_RESURRECT);
	build(t, b->md);
}

static void init_over(struct task *t, void *context)
{
	struct book *b = context;

	build(t, b->md);
	inc_field(&b->stand->task[1], b->md, wait);
	init_field(t, b->md, name, 1);
	CAUGHT_NOTHING(b->stand);
	init_field(t, b->md, wait, 0);
}

static void init_overwrite(void)
{
	struct book *b = book_open(2);

	PLANT(zero_over, b, INIT_OVERWRITE);
	stand_close(b->stand);
	b = book_open(2);
	PLANT(init_over, b, INIT_OVERWRITE);
	stand_close(b->stand);
}

/* A builder may write its own field as often as it likes. */
static void init_twice(struct task *t, void *context)
{
	struct book *b = context;

	inc_field(t, b->md, pending);
	init_field(t, b->md, pending, 3);
	init_field(t, b->md, pending, 4);
	CHECK_EQ(get_field(t, b->md, pending), 4);
}

static void own_writes_are_fine(void)
{
	struct book *b = book_open(1);

	CHECK(attempt(&b->stand->task[0], init_twice, b));
	CAUGHT_NOTHING(b->stand);
	stand_close(b->stand);
}

static void read_placeholder(struct task *t, void *context)
{
	struct mapped_device *md = MINOR_ALLOCED;

	(void)context;
	(void)get_field(t, md, disk);
}

static void write_placeholder(struct task *t, void *context)
{
	struct mapped_device *md = MINOR_ALLOCED;

	(void)context;
	ref_get(t, md, holders, FAULT_REFCOUNT_RESURRECT);
}

static void free_placeholder(struct task *t, void *context)
{
	ledger_free(t, ((struct book *)context)->slab, CLASS_MD, MINOR_ALLOCED, SITE("kfree(md)"));
}

static void tear_placeholder(struct task *t, void *context)
{
	(void)context;
	ledger_teardown(t, MINOR_ALLOCED, SITE("free_dev(md)"));
}

static void placeholder_deref(void)
{
	static const body_fn cases[] = {read_placeholder, write_placeholder, free_placeholder,
					tear_placeholder};

	for (unsigned int i = 0; i < 4; i++) {
		struct book *b = book_open(1);

		PLANT(cases[i], b, PLACEHOLDER_DEREF);
		stand_close(b->stand);
	}
}

/* --- I2 --- */

static void read_freed(struct task *t, void *context)
{
	build_and_free(t, context);
	(void)get_field(t, ((struct book *)context)->md, disk);
}

static void write_freed(struct task *t, void *context)
{
	build_and_free(t, context);
	set_field(t, ((struct book *)context)->md, flags, 1);
}

static void init_freed(struct task *t, void *context)
{
	build_and_free(t, context);
	init_field(t, ((struct book *)context)->md, flags, 1);
}

static void get_freed(struct task *t, void *context)
{
	build_and_free(t, context);
	ref_get(t, ((struct book *)context)->md, holders, FAULT_REFCOUNT_RESURRECT);
}

static void put_freed(struct task *t, void *context)
{
	build_and_free(t, context);
	ref_put_and_lock(t, ((struct book *)context)->md, holders, &((struct book *)context)->lock);
}

static void guarded_freed(struct task *t, void *context)
{
	build_and_free(t, context);
	get_guarded(t, ((struct book *)context)->md, name);
}

static void zero_freed(struct task *t, void *context)
{
	build_and_free(t, context);
	ledger_zero(t, ((struct book *)context)->md, sizeof(struct mapped_device), SITE("memset"));
}

static void read_null(struct task *t, void *context)
{
	struct mapped_device *md = NULL;

	(void)context;
	(void)get_field(t, md, disk);
}

/* The memory is another, complete device by now: only the tag shows it. */
static void read_recycled(struct task *t, void *context)
{
	struct book *b = context;
	struct mapped_device *other;

	build_and_free(t, b);
	other = ledger_alloc(t, b->slab, CLASS_MD, false);
	CHECK_PTR(untagged(other), untagged(b->md));
	build(t, other);
	CHECK_EQ(get_field(t, other, holders), 1);
	get_field(t, b->md, holders);
}

static void use_after_free(void)
{
	static const body_fn cases[] = {read_freed,    write_freed, init_freed,
					get_freed,     put_freed,   zero_freed,
					guarded_freed, read_null,   read_recycled};

	for (unsigned int i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct book *b = book_open(1);
		const struct caught *caught = PLANT(cases[i], b, USE_AFTER_FREE);

		CHECK(caught &&
		      (cases[i] == read_recycled) == !!strstr(caught->message, "another object"));
		stand_close(b->stand);
	}
}

static const struct test tests[] = {
	{"correct use is clean", correct_use_is_clean},
	{"use-uninitialized", use_uninitialized},
	{"announce-before-init", announce_before_init},
	{"init-overwrite", init_overwrite},
	{"a builder's own writes are fine", own_writes_are_fine},
	{"placeholder-deref", placeholder_deref},
	{"use-after-free", use_after_free},
};

TESTS(tests)
