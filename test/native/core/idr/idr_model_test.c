/* SPDX-License-Identifier: MIT */
/*
 * The IDR against its model. Random operations, many seeds, ids from dense to scattered over the
 * whole range. The model also says how many layers a tree of its ids has, which settles -EAGAIN and
 * every leaked layer.
 */
#include "idr_model.h"
#include "layers.h"
#include "stand.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>

#define OPS 2000
#define SEEDS 12

struct pair {
	struct stand *stand;
	struct task *t;
	struct idr idr;
	struct model model;
	uint64_t random;
	int (*any_id)(uint64_t *random);
};

static void check_tree(const struct pair *p)
{
	unsigned int levels = (unsigned int)word_peek(&p->idr.levels), layers = 0;

	CHECK_EQ(levels, model_levels(&p->model));
	if (levels)
		layers = check_layer(idr_layer(word_peek(&p->idr.top)), levels - 1);
	CHECK_EQ(layers, model_layers(&p->model));
	CHECK_EQ(slab_live(&p->stand->slab, CLASS_LAYER), layers + word_peek(&p->idr.free_count));
}

static void *any_pointer(struct pair *p)
{
	return (void *)(uintptr_t)(draw(&p->random) % 8 ? draw(&p->random) : 0);
}

static void try_get_new(struct pair *p)
{
	struct model *m = &p->model;
	int start = draw(&p->random) % 3 ? p->any_id(&p->random) : 0, id = -1, error;
	unsigned int before = model_layers(m),
		     preloaded = (unsigned int)word_peek(&p->idr.free_count);
	int64_t expected = model_lowest_free(m, start);
	void *pointer = any_pointer(p);

	if (m->taken >= TAKEN_MAX)
		return;
	error = idr_get_new_above(p->t, &p->idr, pointer, start, &id);
	if (expected > INT_MAX) {
		CHECK_EQ(error, -ENOSPC);
		return;
	}
	model_take(m, (int)expected, pointer);
	if (model_layers(m) - before > preloaded) {
		CHECK_EQ(error, -EAGAIN);
		model_drop(m, model_place(m, expected));
		return;
	}
	CHECK_EQ(error, 0);
	CHECK_EQ(id, expected);
}

static void try_alloc(struct pair *p, bool cyclic)
{
	struct model *m = &p->model;
	int start = p->any_id(&p->random), end = draw(&p->random) % 2 ? p->any_id(&p->random) : 0;
	int64_t last = end > 0 ? end - 1 : INT_MAX, expected;
	void *pointer = any_pointer(p);
	int id;

	if (m->taken >= TAKEN_MAX)
		return;
	expected = model_lowest_free(m, cyclic && m->cursor > (uint64_t)start ? (int64_t)m->cursor
									      : start);
	if (cyclic && expected > last)
		expected = model_lowest_free(m, start);
	id = cyclic ? idr_alloc_cyclic(p->t, &p->idr, pointer, start, end)
		    : idr_alloc(p->t, &p->idr, pointer, start, end);
	CHECK_EQ(id, expected > last ? -ENOSPC : expected);
	if (expected > last)
		return;
	model_take(m, (int)expected, pointer);
	if (cyclic)
		m->cursor = (uint64_t)expected + 1;
}

/* An id that is taken, or any. */
static int some_id(struct pair *p)
{
	if (p->model.taken && draw(&p->random) % 4)
		return p->model.id[draw(&p->random) % p->model.taken];
	return p->any_id(&p->random);
}

static void try_remove(struct pair *p)
{
	int id = some_id(p);
	unsigned int at;
	void *old = p;

	if (!model_has(&p->model, id, &at)) {
		CHECK_EQ(idr_remove(p->t, &p->idr, id, &old), -ENOENT);
		return;
	}
	CHECK_EQ(idr_remove(p->t, &p->idr, id, &old), 0);
	CHECK_PTR(old, p->model.pointer[at]);
	model_drop(&p->model, at);
}

static void try_replace(struct pair *p)
{
	int id = some_id(p), error;
	void *old = p, *pointer = any_pointer(p);
	unsigned int at;

	error = idr_replace(p->t, &p->idr, pointer, id, &old);
	if ((uint64_t)id >= capacity(model_levels(&p->model))) {
		CHECK_EQ(error, -EINVAL);
	} else if (!model_has(&p->model, id, &at)) {
		CHECK_EQ(error, -ENOENT);
	} else {
		CHECK_EQ(error, 0);
		CHECK_PTR(old, p->model.pointer[at]);
		p->model.pointer[at] = pointer;
	}
}

static void try_find(struct pair *p)
{
	int id = some_id(p), next = id;
	unsigned int at;
	bool taken = model_has(&p->model, id, &at);
	void *pointer = NULL;

	CHECK_PTR(idr_find(&p->idr, id), taken ? p->model.pointer[at] : NULL);
	CHECK_EQ(idr_get_next(&p->idr, &next, &pointer), at < p->model.taken);
	if (at < p->model.taken) {
		CHECK_EQ(next, p->model.id[at]);
		CHECK_PTR(pointer, p->model.pointer[at]);
	}
	CHECK_EQ(idr_is_empty(&p->idr), p->model.taken == 0);
}

struct walk {
	const struct model *model;
	unsigned int at;
};

static int same_as_model(int id, void *pointer, void *context)
{
	struct walk *walk = context;

	CHECK_EQ(id, walk->model->id[walk->at]);
	CHECK_PTR(pointer, walk->model->pointer[walk->at]);
	walk->at++;
	return 0;
}

static void check_walk(struct pair *p)
{
	struct walk walk = {.model = &p->model};

	CHECK_EQ(idr_for_each(&p->idr, same_as_model, &walk), 0);
	CHECK_EQ(walk.at, p->model.taken);
}

static void one_op(struct pair *p, unsigned int growing)
{
	unsigned int choice = (unsigned int)(draw(&p->random) % 100);

	if (choice < 15)
		CHECK_EQ(idr_pre_get(p->t, &p->idr, 0), 1);
	else if (choice < 25 + 20 * growing)
		try_get_new(p);
	else if (choice < 32 + 23 * growing)
		try_alloc(p, choice % 2);
	else if (choice < 70)
		try_remove(p);
	else if (choice < 85)
		try_replace(p);
	else
		try_find(p);
}

static void one_seed(int (*any_id)(uint64_t *random), uint64_t seed)
{
	struct pair *p = calloc(1, sizeof(*p));

	p->stand = stand_open(1);
	p->t = &p->stand->task[0];
	p->random = seed * 0x9e3779b97f4a7c15u | 1;
	p->any_id = any_id;
	idr_init(&p->idr, &p->stand->slab);
	for (unsigned int op = 0; op < OPS; op++) {
		one_op(p, op < OPS / 3 || op > OPS - OPS / 4);
		if (op % 50 == 0)
			check_tree(p);
	}
	check_walk(p);
	check_tree(p);
	while (p->model.taken) {
		CHECK_EQ(idr_remove(p->t, &p->idr, p->model.id[p->model.taken - 1], NULL), 0);
		p->model.taken--;
	}
	CHECK(idr_is_empty(&p->idr));
	idr_destroy(p->t, &p->idr);
	CHECK_EQ(slab_live(&p->stand->slab, CLASS_LAYER), 0);
	stand_close(p->stand);
	free(p);
}

static int dense_id(uint64_t *random)
{
	return (int)(draw(random) % 150);
}

static int page_id(uint64_t *random)
{
	return (int)(draw(random) % 4200);
}

static int minor_id(uint64_t *random)
{
	return (int)(draw(random) % (1u << 20));
}

static int far_id(uint64_t *random)
{
	return (int)(draw(random) & INT_MAX);
}

/* Near the borders of layers and trees, and at the end of the range. */
static int border_id(uint64_t *random)
{
	unsigned int bits = 6 * (unsigned int)(1 + draw(random) % 5);
	int64_t id = INT64_C(1) << bits, step = (int64_t)(draw(random) % 70) - 35;

	if (draw(random) % 3 == 0)
		id *= (int64_t)(1 + draw(random) % 63);
	if (draw(random) % 6 == 0)
		id = INT_MAX;
	id += step;
	return id < 0 ? 0 : id > INT_MAX ? INT_MAX : (int)id;
}

static void all_seeds(int (*any_id)(uint64_t *random))
{
	for (uint64_t seed = 1; seed <= SEEDS; seed++)
		one_seed(any_id, seed);
}

static void dense(void)
{
	all_seeds(dense_id);
}

static void pages(void)
{
	all_seeds(page_id);
}

static void minors(void)
{
	all_seeds(minor_id);
}

static void far(void)
{
	all_seeds(far_id);
}

static void borders(void)
{
	all_seeds(border_id);
}

/* Every id of two full levels and one more, down again from either end. */
static void filled(void)
{
	struct stand *s = stand_open(1);
	struct task *t = &s->task[0];
	struct idr idr;
	int id;

	idr_init(&idr, &s->slab);
	for (int i = 0; i <= 4096; i++) {
		CHECK_EQ(idr_pre_get(t, &idr, 0), 1);
		CHECK_EQ(idr_get_new(t, &idr, s, &id), 0);
		CHECK_EQ(id, i);
	}
	for (int i = 0; i < 4096; i += 3)
		CHECK_EQ(idr_remove(t, &idr, i, NULL), 0);
	for (int i = 0; i < 4096; i += 3) {
		CHECK_EQ(idr_get_new(t, &idr, s, &id), 0);
		CHECK_EQ(id, i);
	}
	CHECK_EQ(idr_get_new(t, &idr, s, &id), 0);
	CHECK_EQ(id, 4097);
	idr_destroy(t, &idr);
	CHECK_EQ(slab_live(&s->slab, CLASS_LAYER), 0);
	stand_close(s);
}

static const struct test tests[] = {
	{"a full tree of two levels", filled}, {"dense ids", dense},
	{"ids over a few layers", pages},      {"minors", minors},
	{"ids over the whole range", far},     {"ids near borders", borders},
};

TESTS(tests)
