/* SPDX-License-Identifier: MIT */
/* The edge cases of protocol.md section 6, one test each. */
#include "tree.h"

#include <errno.h>
#include <limits.h>

static void replace_in_empty(void)
{
	struct tree tree;
	void *old = things;

	tree_open(&tree);
	CHECK_EQ(idr_replace(tree.t, &tree.idr, things, 0, &old), -ENOENT);
	CHECK_EQ(idr_replace(tree.t, &tree.idr, things, 1, &old), -EINVAL);
	CHECK_EQ(idr_replace(tree.t, &tree.idr, things, INT_MAX, &old), -EINVAL);
	CHECK_EQ(idr_replace(tree.t, &tree.idr, things, -1, &old), -EINVAL);
	CHECK_PTR(old, things);
	CHECK_PTR(idr_find(&tree.idr, 0), NULL);
	tree_close(&tree);
}

static void replace_free_id(void)
{
	struct tree tree;
	void *old = NULL;

	tree_open(&tree);
	take(&tree, 5, &things[0]);
	CHECK_EQ(idr_replace(tree.t, &tree.idr, &things[1], 6, &old), -ENOENT);
	CHECK_EQ(idr_replace(tree.t, &tree.idr, &things[1], 63, &old), -ENOENT);
	CHECK_EQ(idr_replace(tree.t, &tree.idr, &things[1], 64, &old), -EINVAL);
	take(&tree, 5000, &things[2]);
	CHECK_EQ(idr_replace(tree.t, &tree.idr, &things[1], 64, &old), -ENOENT);
	CHECK_EQ(idr_replace(tree.t, &tree.idr, &things[1], 262143, &old), -ENOENT);
	CHECK_EQ(idr_replace(tree.t, &tree.idr, &things[1], 262144, &old), -EINVAL);
	CHECK_EQ(idr_replace(tree.t, &tree.idr, &things[1], 5, &old), 0);
	CHECK_PTR(old, &things[0]);
	CHECK_EQ(idr_replace(tree.t, &tree.idr, &things[3], 5, NULL), 0);
	CHECK_PTR(idr_find(&tree.idr, 5), &things[3]);
	tree_close(&tree);
}

static void null_is_a_value(void)
{
	struct tree tree;
	void *old = things;

	tree_open(&tree);
	take(&tree, 0, NULL);
	CHECK_PTR(idr_find(&tree.idr, 0), NULL);
	CHECK(!idr_is_empty(&tree.idr));
	CHECK_EQ(idr_replace(tree.t, &tree.idr, &things[0], 0, &old), 0);
	CHECK_PTR(old, NULL);
	CHECK_EQ(idr_replace(tree.t, &tree.idr, NULL, 0, &old), 0);
	CHECK_PTR(old, &things[0]);
	take(&tree, 1, &things[1]);
	old = things;
	CHECK_EQ(idr_remove(tree.t, &tree.idr, 0, &old), 0);
	CHECK_PTR(old, NULL);
	tree_close(&tree);
}

static void without_preload(void)
{
	struct tree tree;
	int id = -7;

	tree_open(&tree);
	CHECK_EQ(idr_get_new(tree.t, &tree.idr, things, &id), -EAGAIN);
	CHECK_EQ(id, -7);
	CHECK(idr_is_empty(&tree.idr));
	take(&tree, 0, things);
	CHECK_EQ(idr_get_new(tree.t, &tree.idr, things, &id), 0);
	CHECK_EQ(id, 1);
	tree_close(&tree);
}

static void one_preload_is_twelve_layers(void)
{
	struct tree tree;

	tree_open(&tree);
	CHECK_EQ(IDR_FREE_MAX, 12);
	CHECK_EQ(idr_pre_get(tree.t, &tree.idr, 0), 1);
	CHECK_EQ(slab_live(&tree.stand->slab, CLASS_LAYER), 12);
	CHECK_EQ(idr_pre_get(tree.t, &tree.idr, 0), 1);
	CHECK_EQ(slab_live(&tree.stand->slab, CLASS_LAYER), 12);
	tree_close(&tree);
}

/* 1, 4, 2, 2 layers; then a level and a whole way, 4, and 3 are left. */
static void fifth_sparse_minor(void)
{
	static const int sparse[][5] = {{0, 65536, 131072, 196608, 262144},
					{0, 100, 5000, 300000, 600000},
					{0, 100000, 200000, 30000, 400000}};
	int id;

	for (unsigned int set = 0; set < 3; set++) {
		struct tree tree;

		tree_open(&tree);
		CHECK_EQ(idr_pre_get(tree.t, &tree.idr, 0), 1);
		for (unsigned int i = 0; i < 4; i++)
			CHECK_EQ(idr_get_new_above(tree.t, &tree.idr, things, sparse[set][i], &id),
				 0);
		CHECK_EQ(idr_get_new_above(tree.t, &tree.idr, things, sparse[set][4], &id),
			 -EAGAIN);
		for (unsigned int i = 0; i < 4; i++)
			CHECK_PTR(idr_find(&tree.idr, sparse[set][i]), things);
		CHECK_PTR(idr_find(&tree.idr, sparse[set][4]), NULL);
		take(&tree, sparse[set][4], things);
		tree_close(&tree);
	}
}

static void removed_is_next(void)
{
	struct tree tree;
	int id;

	tree_open(&tree);
	for (int i = 0; i < 200; i++)
		take(&tree, i, things);
	for (int i = 199; i >= 0; i -= 7) {
		CHECK_EQ(idr_remove(tree.t, &tree.idr, i, NULL), 0);
		CHECK_EQ(idr_get_new(tree.t, &tree.idr, things, &id), 0);
		CHECK_EQ(id, i);
	}
	tree_close(&tree);
}

static void negative_start(void)
{
	struct tree tree;
	int id;

	tree_open(&tree);
	CHECK_EQ(idr_get_new_above(tree.t, &tree.idr, things, -1, &id), -ENOSPC);
	CHECK_EQ(idr_pre_get(tree.t, &tree.idr, 0), 1);
	CHECK_EQ(idr_get_new_above(tree.t, &tree.idr, things, -1, &id), -ENOSPC);
	CHECK_EQ(idr_get_new_above(tree.t, &tree.idr, things, INT_MIN, &id), -ENOSPC);
	tree_close(&tree);
}

static void highest_ids(void)
{
	static const int ids[] = {1 << 30, (1 << 30) - 1, (1 << 30) + 1, INT_MAX - 1, INT_MAX};
	struct tree tree;
	int id;

	tree_open(&tree);
	for (unsigned int i = 0; i < 5; i++)
		take(&tree, ids[i], &things[i]);
	for (unsigned int i = 0; i < 5; i++)
		CHECK_PTR(idr_find(&tree.idr, ids[i]), &things[i]);
	CHECK_PTR(idr_find(&tree.idr, 0x3ffffffe), NULL);
	CHECK_EQ(idr_get_new_above(tree.t, &tree.idr, things, INT_MAX, &id), -ENOSPC);
	CHECK_EQ(idr_get_new_above(tree.t, &tree.idr, things, INT_MAX - 1, &id), -ENOSPC);
	CHECK_EQ(idr_remove(tree.t, &tree.idr, INT_MAX, NULL), 0);
	CHECK_PTR(idr_find(&tree.idr, INT_MAX), NULL);
	CHECK_EQ(idr_get_new_above(tree.t, &tree.idr, &things[7], INT_MAX - 1, &id), 0);
	CHECK_EQ(id, INT_MAX);
	CHECK_PTR(idr_find(&tree.idr, INT_MAX), &things[7]);
	tree_close(&tree);
}

static void remove_missing(void)
{
	struct tree tree;
	void *old = things;

	tree_open(&tree);
	CHECK_EQ(idr_remove(tree.t, &tree.idr, 0, &old), -ENOENT);
	CHECK_EQ(idr_remove(tree.t, &tree.idr, -1, &old), -ENOENT);
	take(&tree, 3, &things[3]);
	CHECK_EQ(idr_remove(tree.t, &tree.idr, 2, &old), -ENOENT);
	CHECK_EQ(idr_remove(tree.t, &tree.idr, 64, &old), -ENOENT);
	CHECK_EQ(idr_remove(tree.t, &tree.idr, INT_MAX, &old), -ENOENT);
	CHECK_PTR(old, things);
	CHECK_EQ(idr_remove(tree.t, &tree.idr, 3, &old), 0);
	CHECK_PTR(old, &things[3]);
	CHECK_EQ(idr_remove(tree.t, &tree.idr, 3, &old), -ENOENT);
	CHECK(idr_is_empty(&tree.idr));
	tree_close(&tree);
}

static void destroy_twice(void)
{
	struct tree tree;
	int id;

	tree_open(&tree);
	idr_destroy(tree.t, &tree.idr);
	take(&tree, 70000, things);
	take(&tree, 0, things);
	idr_destroy(tree.t, &tree.idr);
	CHECK_EQ(slab_live(&tree.stand->slab, CLASS_LAYER), 0);
	idr_destroy(tree.t, &tree.idr);
	CHECK(idr_is_empty(&tree.idr));
	CHECK_PTR(idr_find(&tree.idr, 70000), NULL);
	CHECK_EQ(idr_get_new(tree.t, &tree.idr, things, &id), -EAGAIN);
	take(&tree, 0, things);
	tree_close(&tree);
}

/* Without patch 01 the put side removes and adds under its lock, where it cannot preload. */
static void remove_feeds_the_next_add(void)
{
	static const int ids[] = {0, 63, 64, 4096, 300000, 1 << 30, INT_MAX};
	struct tree tree;
	int id;

	tree_open(&tree);
	for (unsigned int i = 0; i < 7; i++)
		take(&tree, ids[i], &things[i]);
	while (word_peek(&tree.idr.free_count)) {
		id = (int)word_peek(&tree.idr.free_count);
		CHECK_EQ(idr_get_new_above(tree.t, &tree.idr, things, 100000 * id, &id), 0);
	}
	for (int i = 6; i >= 0; i--) {
		CHECK_EQ(idr_remove(tree.t, &tree.idr, ids[i], NULL), 0);
		CHECK_EQ(idr_get_new_above(tree.t, &tree.idr, &things[i], ids[i], &id), 0);
		CHECK_EQ(id, ids[i]);
		CHECK_EQ(word_peek(&tree.idr.free_count), 0);
	}
	tree_close(&tree);
}

static void injected_failure(void)
{
	struct tree tree;

	tree_open(&tree);
	CHECK_EQ(idr_pre_get(tree.t, &tree.idr, 1000), 0);
	CHECK_EQ(slab_live(&tree.stand->slab, CLASS_LAYER), 0);
	for (unsigned int i = 0; i < 200 && !idr_pre_get(tree.t, &tree.idr, 500); i++)
		CHECK(slab_live(&tree.stand->slab, CLASS_LAYER) < 12);
	CHECK_EQ(slab_live(&tree.stand->slab, CLASS_LAYER), 12);
	tree_close(&tree);
}

static void without_memory(void)
{
	size_t chunk = 4096;
	struct stand *s = stand_open_sized(1, chunk + 64, chunk);
	struct task *t = &s->task[0];
	struct idr idr;
	int id;

	idr_init(&idr, &s->slab);
	CHECK_EQ(idr_pre_get(t, &idr, 0), 0);
	CHECK_EQ(idr_get_new(t, &idr, things, &id), 0);
	CHECK_EQ(idr_alloc(t, &idr, things, INT_MAX, 0), -ENOMEM);
	CHECK_PTR(idr_find(&idr, 0), things);
	idr_destroy(t, &idr);
	CHECK_EQ(slab_live(&s->slab, CLASS_LAYER), 0);
	stand_close(s);
}

static void preload_in_atomic(struct task *t, void *context)
{
	struct tree *tree = context;
	struct spinlock lock;

	spinlock_init(&lock, 0);
	spin_lock(t, &lock);
	idr_pre_get(t, &tree->idr, 0);
}

static void preload_may_sleep(void)
{
	struct tree tree;

	tree_open(&tree);
	CHECK(!attempt(tree.t, preload_in_atomic, &tree));
	CAUGHT(tree.stand, SLEEP_IN_ATOMIC, 0);
	stand_close(tree.stand);
}

static const struct test tests[] = {
	{"replace in an empty tree", replace_in_empty},
	{"replace of a free id", replace_free_id},
	{"NULL is a value", null_is_a_value},
	{"get_new without a preload", without_preload},
	{"one preload is twelve layers", one_preload_is_twelve_layers},
	{"the fifth sparse minor after one preload", fifth_sparse_minor},
	{"an id just removed is handed out next", removed_is_next},
	{"a negative start", negative_start},
	{"ids at and above 2^30, and INT_MAX", highest_ids},
	{"remove of a missing id", remove_missing},
	{"destroy twice", destroy_twice},
	{"a remove feeds the add that follows", remove_feeds_the_next_add},
	{"layer allocations that fail", injected_failure},
	{"no memory left", without_memory},
	{"a preload may sleep", preload_may_sleep},
};

TESTS(tests)
