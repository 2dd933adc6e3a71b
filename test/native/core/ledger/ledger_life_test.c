/* SPDX-License-Identifier: MIT */
/* Counts, teardown and what is left of an object when it is gone. */
#include "book.h"

static void get_from_zero(struct task *t, void *context)
{
	struct book *b = context;

	build(t, b->md);
	CHECK(ref_put(t, b->md, holders));
	ref_get(t, b->md, holders, FAULT_REFCOUNT_RESURRECT);
}

static void open_from_zero(struct task *t, void *context)
{
	struct book *b = context;

	build(t, b->md);
	CHECK(ref_put(t, b->md, holders));
	ref_get(t, b->md, holders, FAULT_OPEN_OF_FREEING);
}

static void put_below_zero(struct task *t, void *context)
{
	struct book *b = context;

	build(t, b->md);
	CHECK(ref_put(t, b->md, holders));
	ref_put(t, b->md, holders);
}

static void put_below_zero_locked(struct task *t, void *context)
{
	struct book *b = context;

	build(t, b->md);
	CHECK(ref_put(t, b->md, holders));
	ref_put_and_lock(t, b->md, holders, &b->lock);
}

static void counts(void)
{
	struct book *b = book_open(1);

	PLANT(get_from_zero, b, REFCOUNT_RESURRECT);
	stand_close(b->stand);
	b = book_open(1);
	PLANT(open_from_zero, b, OPEN_OF_FREEING);
	stand_close(b->stand);
	b = book_open(1);
	PLANT(put_below_zero, b, REFCOUNT_UNDERFLOW);
	stand_close(b->stand);
	b = book_open(1);
	PLANT(put_below_zero_locked, b, REFCOUNT_UNDERFLOW);
	stand_close(b->stand);
}

static void free_twice(struct task *t, void *context)
{
	struct book *b = context;

	build_and_free(t, b);
	ledger_free(t, b->slab, CLASS_MD, b->md, SITE("kfree(md)"));
}

static void free_recycled(struct task *t, void *context)
{
	struct book *b = context;

	build_and_free(t, b);
	ledger_alloc(t, b->slab, CLASS_MD, false);
	ledger_free(t, b->slab, CLASS_MD, b->md, SITE("kfree(md)"));
}

static void tear_twice(struct task *t, void *context)
{
	struct book *b = context;

	build(t, b->md);
	ledger_teardown(t, b->md, SITE("free_dev(md)"));
	ledger_teardown(t, b->md, SITE("free_dev(md)"));
}

static void tear_freed(struct task *t, void *context)
{
	build_and_free(t, context);
	ledger_teardown(t, ((struct book *)context)->md, SITE("free_dev(md)"));
}

static void double_free(void)
{
	static const body_fn cases[] = {free_twice, free_recycled, tear_twice, tear_freed};

	for (unsigned int i = 0; i < 4; i++) {
		struct book *b = book_open(1);

		PLANT(cases[i], b, DOUBLE_FREE);
		stand_close(b->stand);
	}
}

/* --- memory between lives --- */

/* A lost reference needs exactly this: the old holder count is still there. */
static void recycled_unscrubbed(void)
{
	struct book *b = book_open(1);
	struct task *t = &b->stand->task[0];
	struct mapped_device *again;

	build(t, b->md);
	set_field(t, b->md, event_nr, 77);
	ledger_free(t, b->slab, CLASS_MD, b->md, SITE("kfree(md)"));
	again = ledger_alloc(t, b->slab, CLASS_MD, false);
	CHECK_PTR(untagged(again), untagged(b->md));
	CHECK(again != b->md);
	CHECK_EQ(word_peek(field_word(again, FIELD_OFFSET(again, event_nr))), 77);
	ledger_free(t, b->slab, CLASS_MD, again, SITE("kfree(md)"));
	again = ledger_alloc(t, b->slab, CLASS_MD, true);
	CHECK_EQ(get_field(t, again, event_nr), 0);
	CAUGHT_NOTHING(b->stand);
	stand_close(b->stand);
}

/* Through all tags and around: none is 0 or -1, and two lives in a row never share one. */
static void tags_wrap(void)
{
	struct book *b = book_open(1);
	struct task *t = &b->stand->task[0];
	uint64_t before = 0, wraps = 0;

	for (unsigned int i = 0; i < 140000; i++) {
		uint64_t tag = tag_of(b->md);

		if (!CHECK(tag != 0 && tag != 0xffff && tag != before && is_object(b->md)))
			break;
		wraps += tag < before;
		before = tag;
		ledger_free(t, b->slab, CLASS_MD, b->md, SITE("kfree(md)"));
		b->md = ledger_alloc(t, b->slab, CLASS_MD, false);
	}
	CHECK_EQ(wraps, 2);
	CAUGHT_NOTHING(b->stand);
	stand_close(b->stand);
}

static const struct test tests[] = {
	{"resurrect, open of freeing, underflow", counts},
	{"double-free", double_free},
	{"recycled memory is not scrubbed", recycled_unscrubbed},
	{"tags wrap around", tags_wrap},
};

TESTS(tests)
