/* SPDX-License-Identifier: MIT */
/* The faults that only the device mapper, the block layer and the module can raise, planted. */
#include "dm_refs.h"
#include "stage.h"

#include <errno.h>
#include <string.h>

#define ANY DM_ANY_MINOR

/* Run @body on a world with device 0 under @patches, and check that it ends in @kind. */
static const struct caught *plant(uint64_t patches, void (*body)(struct task *t, struct stage *s),
				  enum fault_kind kind, const char *file, int line)
{
	struct stage *s = stage_open(patches);
	static struct caught result;
	const struct caught *caught;

	check_equal(stage_run(s, OP_CREATE, 0), 0, "create 0", file, line);
	check_true(!stage_do(s, body), "it leaves", file, line);
	caught = catcher_one(&s->catcher, kind, 0, file, line);
	if (caught)
		result = *caught;
	stage_close(s);
	return caught ? &result : NULL;
}
#define PLANT(patches, body, kind) plant((patches), (body), FAULT_##kind, __FILE__, __LINE__)

/* The same body where it is right. */
#define CLEAN(patches, body)                                                                       \
	do {                                                                                       \
		struct stage *s_ = stage_open(patches);                                            \
		CHECK_EQ(stage_run(s_, OP_CREATE, 0), 0);                                          \
		CHECK(stage_do(s_, (body)));                                                       \
		stage_check(s_);                                                                   \
		CAUGHT_NOTHING(s_);                                                                \
		stage_close(s_);                                                                   \
	} while (0)

static void mark_and_put(struct task *t, struct stage *s)
{
	struct mapped_device *md;

	CHECK_EQ(dm_raw_get(t, &s->world->dm, 0, &md), 0);
	or_field(t, md, flags, DMF_FREEING);
	dm_put(t, &s->world->dm, md);
}

static void put_on_freeing(void)
{
	PLANT(PATCHES_ALL, mark_and_put, PUT_ON_FREEING);
	PLANT(PATCH_ROW(05), mark_and_put, PUT_ON_FREEING);
	CLEAN(PATCHES_WITHOUT(05), mark_and_put);
}

static void remove_with_element_out(struct task *t, struct stage *s)
{
	struct pool *pool = get_field(t, stage_md(s, 0), io_pool);

	inc_field(t, pool, out);
	player_run(&s->player[0], OP_REMOVE, 0);
}

static void pool_outstanding(void)
{
	PLANT(PATCHES_ALL, remove_with_element_out, POOL_OUTSTANDING);
	PLANT(0, remove_with_element_out, POOL_OUTSTANDING);
}

/* Somebody dropped the last reference, and the teardown has not come to the disk yet. */
static void open_after_last_put(struct task *t, struct stage *s)
{
	struct gendisk *disk;

	CHECK(ref_put(t, stage_md(s, 0), holders));
	or_field(t, stage_md(s, 0), flags, DMF_FREEING);
	CHECK_EQ(blkdev_open(t, &s->world->block, 0, &disk), -ENXIO);
	/* As it was, so that the stage can be cleared. */
	set_field_once(t, stage_md(s, 0), flags, 0);
	set_field_once(t, stage_md(s, 0), holders, 1);
}

static void open_of_freeing(void)
{
	PLANT(0, open_after_last_put, OPEN_OF_FREEING);
	PLANT(PATCHES_WITHOUT(05), open_after_last_put, OPEN_OF_FREEING);
	CLEAN(PATCHES_ALL, open_after_last_put);
}

static void get_after_last_put(struct task *t, struct stage *s)
{
	struct mapped_device *md = stage_md(s, 0);

	CHECK(ref_put(t, md, holders));
	dm_get(t, &s->world->dm, md);
}

static void put_too_often(struct task *t, struct stage *s)
{
	struct mapped_device *md = stage_md(s, 0);

	CHECK(ref_put(t, md, holders));
	dm_put(t, &s->world->dm, md);
}

static void count_faults(void)
{
	PLANT(0, get_after_last_put, REFCOUNT_RESURRECT);
	PLANT(0, put_too_often, REFCOUNT_UNDERFLOW);
	PLANT(PATCHES_ALL, put_too_often, REFCOUNT_UNDERFLOW);
}

static void put_after_free(struct task *t, struct stage *s)
{
	struct mapped_device *md = stage_md(s, 0);

	CHECK_EQ(player_run(&s->player[0], OP_REMOVE, 0), 0);
	dm_put(t, &s->world->dm, md);
}

static void second_teardown(struct task *t, struct stage *s)
{
	ledger_teardown(t, stage_md(s, 0), SITE("a first one"));
	player_run(&s->player[0], OP_REMOVE, 0);
}

static void freed_devices(void)
{
	PLANT(0, put_after_free, USE_AFTER_FREE);
	PLANT(PATCHES_ALL, put_after_free, USE_AFTER_FREE);
	PLANT(PATCHES_ALL, second_teardown, DOUBLE_FREE);
}

/* What a lookup without patch 02's check would do with the mark. */
static void use_mark(struct task *t, struct stage *s)
{
	dm_get(t, &s->world->dm, MINOR_ALLOCED);
}

static void placeholder(void)
{
	PLANT(PATCHES_ALL, use_mark, PLACEHOLDER_DEREF);
}

/* Half-built devices in the IDR: what a lookup finds at A2 before patch 02. */
static void find_half_built(struct task *t, struct stage *s)
{
	struct dm *dm = &s->world->dm;
	struct mapped_device *md = ledger_alloc(t, dm->slab, CLASS_MD, false), *found;
	int id;

	idr_pre_get(t, &dm->minor_idr, 0);
	CHECK_EQ(idr_get_new(t, &dm->minor_idr, md, &id), 0);
	CHECK_EQ(id, 1);
	dm_raw_get(t, dm, 1, &found);
}

static void query_announced(struct task *t, struct stage *s)
{
	t->common.in_uevent = true;
	find_half_built(t, s);
}

static void half_built(void)
{
	PLANT(0, find_half_built, USE_UNINITIALIZED);
	PLANT(0, query_announced, ANNOUNCE_BEFORE_INIT);
}

static void add_twice(struct task *t, struct stage *s)
{
	struct gendisk *twin = alloc_disk(t, &s->world->block);

	set_field(t, twin, first_minor, 0);
	add_disk(t, &s->world->block, twin);
}

static void duplicate_minor(void)
{
	PLANT(PATCHES_ALL, add_twice, DUPLICATE_MINOR);
}

/* --- the module --- */

static void unload_under_devices(struct task *t, struct stage *s)
{
	CHECK_EQ(dm_unload(t, &s->world->dm), -EBUSY);
}

/* Unloading removes every device first; only what somebody still refers to is left. */
static void unload_removes(struct task *t, struct stage *s)
{
	CHECK_EQ(dm_unload(t, &s->world->dm), 0);
	CHECK_EQ(slab_live(&s->world->slab, CLASS_MD), 0);
}

static void unload_under_a_reference(struct task *t, struct stage *s)
{
	CHECK_EQ(player_run(&s->player[0], OP_GET, 0), 0);
	CHECK_EQ(dm_unload(t, &s->world->dm), -EBUSY);
}

static void run_when_gone(struct task *t, struct stage *s)
{
	struct mapped_device *md;

	player_run(&s->player[0], OP_REMOVE, 0);
	CHECK_EQ(dm_unload(t, &s->world->dm), 0);
	dm_create(t, &s->world->dm, 1, FAILS_NOTHING, &md);
}

static void put_module_too_often(struct task *t, struct stage *s)
{
	player_run(&s->player[0], OP_REMOVE, 0);
	module_put(t, &s->world->dm.module);
}

static void module_counts(struct task *t, struct stage *s)
{
	struct module *m = &s->world->dm.module;

	CHECK_EQ(player_run(&s->player[0], OP_REMOVE, 0), 0);
	CHECK_EQ(module_load(t, m), -EBUSY);
	CHECK(try_module_get(t, m));
	CHECK_EQ(module_stop(t, m), -EBUSY);
	module_put(t, m);
	CHECK_EQ(module_stop(t, m), 0);
	CHECK(!try_module_get(t, m));
	CHECK_EQ(module_stop(t, m), -ENOENT);
	module_text(t, m, SITE("dm_exit() still runs"));
	module_unloaded(t, m);
	CHECK(!try_module_get(t, m));
	CHECK_EQ(module_load(t, m), 0);
	CHECK(try_module_get(t, m));
	module_put(t, m);
}

static void module_faults(void)
{
	PLANT(0, unload_under_a_reference, MODULE_UNLOADED_IN_USE);
	PLANT(PATCHES_WITHOUT(07), unload_under_a_reference, MODULE_UNLOADED_IN_USE);
	CLEAN(PATCHES_ALL, unload_under_a_reference);
	CLEAN(PATCHES_ALL, unload_under_devices);
	CLEAN(0, unload_removes);
	CLEAN(PATCHES_WITHOUT(07), unload_removes);
	PLANT(PATCHES_ALL, run_when_gone, MODULE_UNLOADED_IN_USE);
	PLANT(PATCHES_ALL, put_module_too_often, REFCOUNT_UNDERFLOW);
	CLEAN(PATCHES_ALL, module_counts);
}

/* --- found at the end of a world --- */

static void keep_reference(struct task *t, struct stage *s)
{
	struct mapped_device *md;

	CHECK_EQ(dm_raw_get(t, &s->world->dm, 0, &md), 0);
}

static void keep_minor(struct task *t, struct stage *s)
{
	struct idr *idr = &s->world->dm.minor_idr;
	int id;

	idr_pre_get(t, idr, 0);
	CHECK_EQ(idr_get_new(t, idr, MINOR_ALLOCED, &id), 0);
}

static void keep_lock(struct task *t, struct stage *s)
{
	mutex_lock(t, &s->world->block.lock);
}

static void leaks(void)
{
	static const struct {
		void (*body)(struct task *t, struct stage *s);
		enum fault_kind kind;
	} cases[] = {
		{keep_reference, FAULT_REFERENCE_LEAK},
		{keep_minor, FAULT_MINOR_LEAK},
	};

	for (unsigned int i = 0; i < 2; i++) {
		struct stage *s = stage_open(PATCHES_ALL);

		CHECK_EQ(stage_run(s, OP_CREATE, 0), 0);
		CHECK(stage_do(s, cases[i].body));
		CAUGHT_NOTHING(s);
		stage_check(s);
		catcher_one(&s->catcher, cases[i].kind, 0, __FILE__, __LINE__);
		stage_close(s);
	}
}

static void lock_kept(void)
{
	struct stage *s = stage_open(PATCHES_ALL);

	CHECK(stage_do(s, keep_lock));
	task_done(&s->player[0].task);
	CAUGHT(s, LOCK_MISUSE, 0);
	stage_close(s);
}

static void create_in_atomic(struct task *t, struct stage *s)
{
	struct mapped_device *md;

	spin_lock(t, &s->world->dm.minor_spin);
	dm_create(t, &s->world->dm, 1, FAILS_NOTHING, &md);
}

static void contexts(void)
{
	PLANT(PATCHES_ALL, create_in_atomic, SLEEP_IN_ATOMIC);
}

static const struct test tests[] = {
	{"put-on-freeing", put_on_freeing},
	{"pool-outstanding", pool_outstanding},
	{"open-of-freeing", open_of_freeing},
	{"refcount-resurrect and refcount-underflow", count_faults},
	{"use-after-free and double-free", freed_devices},
	{"placeholder-deref", placeholder},
	{"use-uninitialized and announce-before-init", half_built},
	{"duplicate-minor", duplicate_minor},
	{"module-unloaded-in-use, and the module's count", module_faults},
	{"reference-leak and minor-leak", leaks},
	{"lock-misuse at the end", lock_kept},
	{"sleep-in-atomic", contexts},
};

TESTS(tests)
