/* SPDX-License-Identifier: MIT */
/* An IDR on a stand of its own, for tests of it. */
#ifndef DMTORTURE_TREE_H
#define DMTORTURE_TREE_H

#include "idr.h"
#include "stand.h"

struct tree {
	struct stand *stand;
	struct task *t;
	struct idr idr;
};

/* Something to point to. */
static int things[8];

static inline void tree_open(struct tree *tree)
{
	tree->stand = stand_open(1);
	tree->t = &tree->stand->task[0];
	idr_init(&tree->idr, &tree->stand->slab);
}

/* Every layer has to come back, whatever the test left in the tree. */
static inline void tree_close(struct tree *tree)
{
	idr_destroy(tree->t, &tree->idr);
	CHECK_EQ(slab_live(&tree->stand->slab, CLASS_LAYER), 0);
	CAUGHT_NOTHING(tree->stand);
	stand_close(tree->stand);
}

/* Take exactly @id, preloading first. */
static inline void take(struct tree *tree, int id, void *pointer)
{
	int got = -1;

	CHECK_EQ(idr_pre_get(tree->t, &tree->idr, 0), 1);
	CHECK_EQ(idr_get_new_above(tree->t, &tree->idr, pointer, id, &got), 0);
	CHECK_EQ(got, id);
}

#endif
