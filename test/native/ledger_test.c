/* SPDX-License-Identifier: MIT */
/* Each fault of the ledger's own planted and caught; and what is right raises none. */
#include "ledger.h"
#include "stand.h"

#include <string.h>

struct book {
	struct stand *stand;
	struct slab *slab;
	struct mapped_device *md;
	struct spinlock lock;
};

/* A stand with one device, not built yet, allocated by cpu1. */
static struct book *book_open(unsigned int tasks)
{
	static struct book b;

	memset(&b, 0, sizeof(b));
	b.stand = stand_open(tasks);
	b.slab = &b.stand->slab;
	b.md = ledger_alloc(&b.stand->task[0], b.slab, CLASS_MD, false);
	spinlock_init(&b.lock, 0);
	return &b;
}

/* Run @body as cpu1 and check that it ends in @kind, as the only fault. */
static const struct caught *plant(body_fn body, struct book *b, enum fault_kind kind,
				  const char *file, int line)
{
	const struct caught *caught;

	check_true(!attempt(&b->stand->task[0], body, b), "it leaves", file, line);
	caught = catcher_one(&b->stand->catcher, kind, 0, file, line);
	check_true(caught && caught->line && caught->text[0], "it says where", file, line);
	return caught;
}
#define PLANT(body, b, kind) plant((body), (b), FAULT_##kind, __FILE__, __LINE__)

static void build(struct task *t, struct mapped_device *md)
{
	ledger_zero(t, md, sizeof(struct mapped_device), SITE("memset(md, 0)"));
	init_field(t, md, holders, 1);
	init_field(t, md, flags, 0);
	init_field(t, md, event_nr, 0);
	init_field(t, md, pending, 0);
}

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

static void free_then(struct task *t, struct book *b)
{
	build(t, b->md);
	ledger_free(t, b->slab, CLASS_MD, b->md, SITE("kfree(md)"));
}

static void read_freed(struct task *t, void *context)
{
	free_then(t, context);
	(void)get_field(t, ((struct book *)context)->md, disk);
}

static void write_freed(struct task *t, void *context)
{
	free_then(t, context);
	set_field(t, ((struct book *)context)->md, flags, 1);
}

static void init_freed(struct task *t, void *context)
{
	free_then(t, context);
	init_field(t, ((struct book *)context)->md, flags, 1);
}

static void get_freed(struct task *t, void *context)
{
	free_then(t, context);
	ref_get(t, ((struct book *)context)->md, holders, FAULT_REFCOUNT_RESURRECT);
}

static void put_freed(struct task *t, void *context)
{
	free_then(t, context);
	ref_put_and_lock(t, ((struct book *)context)->md, holders, &((struct book *)context)->lock);
}

static void guarded_freed(struct task *t, void *context)
{
	free_then(t, context);
	get_guarded(t, ((struct book *)context)->md, name);
}

static void zero_freed(struct task *t, void *context)
{
	free_then(t, context);
	ledger_zero(t, ((struct book *)context)->md, sizeof(struct mapped_device), SITE("memset"));
}

static void read_null(struct task *t, void *context)
{
	struct mapped_device *md = NULL;

	(void)context;
	(void)get_field(t, md, disk);
}

/* The memory is another, complete device by now: only the tag tells. */
static void read_recycled(struct task *t, void *context)
{
	struct book *b = context;
	struct mapped_device *other;

	free_then(t, b);
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

/* --- I3 --- */

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

	free_then(t, b);
	ledger_free(t, b->slab, CLASS_MD, b->md, SITE("kfree(md)"));
}

static void free_recycled(struct task *t, void *context)
{
	struct book *b = context;

	free_then(t, b);
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
	free_then(t, context);
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
	CHECK_EQ(word_load(field_word(again, FIELD_OFFSET(again, event_nr))), 77);
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
	{"correct use is clean", correct_use_is_clean},
	{"use-uninitialized", use_uninitialized},
	{"announce-before-init", announce_before_init},
	{"init-overwrite", init_overwrite},
	{"a builder's own writes are fine", own_writes_are_fine},
	{"placeholder-deref", placeholder_deref},
	{"use-after-free", use_after_free},
	{"resurrect, open of freeing, underflow", counts},
	{"double-free", double_free},
	{"recycled memory is not scrubbed", recycled_unscrubbed},
	{"tags wrap around", tags_wrap},
};

TESTS(tests)
