/* SPDX-License-Identifier: MIT */
/* Today's interface of the IDR: what users know by now. */
#include "layers.h"
#include "tree.h"

#include <errno.h>
#include <limits.h>

static void alloc_range(void)
{
	struct tree tree;

	tree_open(&tree);
	CHECK_EQ(idr_alloc(tree.t, &tree.idr, things, 0, 0), 0);
	CHECK_EQ(idr_alloc(tree.t, &tree.idr, things, 0, 2), 1);
	CHECK_EQ(idr_alloc(tree.t, &tree.idr, things, 0, 2), -ENOSPC);
	CHECK_EQ(idr_alloc(tree.t, &tree.idr, things, 5, 5), -ENOSPC);
	CHECK_EQ(idr_alloc(tree.t, &tree.idr, things, 6, 5), -ENOSPC);
	CHECK_EQ(idr_alloc(tree.t, &tree.idr, things, -1, 5), -EINVAL);
	CHECK_EQ(idr_alloc(tree.t, &tree.idr, things, 1000, 1001), 1000);
	CHECK_EQ(idr_alloc(tree.t, &tree.idr, things, 1000, 1001), -ENOSPC);
	CHECK_EQ(idr_alloc(tree.t, &tree.idr, things, INT_MAX, 0), INT_MAX);
	CHECK_EQ(idr_alloc(tree.t, &tree.idr, things, INT_MAX, -3), -ENOSPC);
	CHECK_EQ(idr_alloc(tree.t, &tree.idr, things, 0, 0), 2);
	tree_close(&tree);
}

static void alloc_cyclic(void)
{
	struct tree tree;

	tree_open(&tree);
	for (int i = 0; i < 4; i++)
		CHECK_EQ(idr_alloc_cyclic(tree.t, &tree.idr, things, 0, 4), i);
	CHECK_EQ(idr_alloc_cyclic(tree.t, &tree.idr, things, 0, 4), -ENOSPC);
	CHECK_EQ(idr_remove(tree.t, &tree.idr, 0, NULL), 0);
	CHECK_EQ(idr_remove(tree.t, &tree.idr, 2, NULL), 0);
	CHECK_EQ(idr_alloc_cyclic(tree.t, &tree.idr, things, 0, 4), 0);
	CHECK_EQ(idr_alloc_cyclic(tree.t, &tree.idr, things, 0, 4), 2);
	CHECK_EQ(idr_alloc_cyclic(tree.t, &tree.idr, things, INT_MAX, 0), INT_MAX);
	CHECK_EQ(idr_alloc_cyclic(tree.t, &tree.idr, things, 0, 0), 4);
	CHECK_EQ(idr_alloc_cyclic(tree.t, &tree.idr, things, -1, 0), -EINVAL);
	CHECK_EQ(idr_remove(tree.t, &tree.idr, 0, NULL), 0);
	CHECK_EQ(idr_alloc_cyclic(tree.t, &tree.idr, things, 0, 0), 5);
	tree_close(&tree);
}

/* Whole branches full and open again: what the maps above the leaves' parents are for. */
static void branches_fill_up(void)
{
	enum { BRANCH = IDR_SIZE * IDR_SIZE, IDS = 3 * BRANCH };
	static const int holes[] = {0, 63, 64, BRANCH - 1, BRANCH, BRANCH + 1, 2 * BRANCH};
	struct tree tree;

	tree_open(&tree);
	for (int i = 0; i < IDS; i++)
		CHECK_EQ(idr_alloc(tree.t, &tree.idr, things, 0, 0), i);
	check_layer(idr_layer(word_peek(&tree.idr.top)), 2);
	for (unsigned int i = 0; i < sizeof(holes) / sizeof(holes[0]); i++) {
		CHECK_EQ(idr_remove(tree.t, &tree.idr, holes[i], NULL), 0);
		CHECK_EQ(idr_remove(tree.t, &tree.idr, holes[i], NULL), -ENOENT);
		CHECK_PTR(idr_find(&tree.idr, holes[i]), NULL);
	}
	check_layer(idr_layer(word_peek(&tree.idr.top)), 2);
	for (unsigned int i = 0; i < sizeof(holes) / sizeof(holes[0]); i++)
		CHECK_EQ(idr_alloc(tree.t, &tree.idr, things, 0, 0), holes[i]);
	CHECK_EQ(idr_alloc(tree.t, &tree.idr, things, 0, 0), IDS);
	tree_close(&tree);
}

static int stop_at_third(int id, void *pointer, void *context)
{
	int *seen = context;

	CHECK_PTR(pointer, &things[*seen]);
	return ++*seen == 3 ? id : 0;
}

static void walking(void)
{
	static const int ids[] = {0, 64, 300000, INT_MAX};
	struct tree tree;
	void *pointer;
	int id = 0, seen = 0;

	tree_open(&tree);
	CHECK(!idr_get_next(&tree.idr, &id, &pointer));
	for (unsigned int i = 0; i < 4; i++)
		take(&tree, ids[i], &things[i]);
	CHECK_EQ(idr_for_each(&tree.idr, stop_at_third, &seen), 300000);
	CHECK_EQ(seen, 3);
	seen = -100;
	id = 1;
	CHECK(idr_get_next(&tree.idr, &id, &pointer));
	CHECK_EQ(id, 64);
	CHECK_PTR(pointer, &things[1]);
	id = 300001;
	CHECK(idr_get_next(&tree.idr, &id, &pointer));
	CHECK_EQ(id, INT_MAX);
	CHECK_PTR(pointer, &things[3]);
	CHECK_EQ(idr_remove(tree.t, &tree.idr, INT_MAX, NULL), 0);
	id = 300001;
	CHECK(!idr_get_next(&tree.idr, &id, &pointer));
	CHECK_EQ(id, 300001);
	tree_close(&tree);
}

static const struct test tests[] = {
	{"idr_alloc and its range", alloc_range},
	{"idr_alloc_cyclic wraps", alloc_cyclic},
	{"branches fill up", branches_fill_up},
	{"for_each and get_next", walking},
};

TESTS(tests)
