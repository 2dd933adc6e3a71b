/* SPDX-License-Identifier: MIT */
/*
 * The IDR against a model that is too simple to be wrong: a sorted array of ids. Random
 * operations, many seeds, ids from dense to scattered over the whole range. The model also says
 * how many layers a tree of its ids has, which settles -EAGAIN and every leaked layer.
 */
#include "idr.h"
#include "idr_tree.h"
#include "stand.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#define TAKEN_MAX 6000
#define OPS 2000
#define SEEDS 12

struct model {
	int id[TAKEN_MAX];
	void *pointer[TAKEN_MAX];
	unsigned int taken;
	uint64_t cursor;
};

struct pair {
	struct stand *stand;
	struct task *t;
	struct idr idr;
	struct model model;
	uint64_t random;
	int (*any_id)(uint64_t *random);
};

/* --- the model --- */

/* Index of the lowest taken id at or above @id. */
static unsigned int place(const struct model *m, int64_t id)
{
	unsigned int low = 0, high = m->taken;

	while (low < high) {
		unsigned int middle = (low + high) / 2;

		if (m->id[middle] < id)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static bool is_taken(const struct model *m, int id, unsigned int *at)
{
	*at = place(m, id);
	return *at < m->taken && m->id[*at] == id;
}

static int64_t lowest_free(const struct model *m, int64_t start)
{
	for (unsigned int i = place(m, start); i < m->taken && m->id[i] == start; i++)
		start++;
	return start;
}

static void model_take(struct model *m, int id, void *pointer)
{
	unsigned int at = place(m, id), behind = m->taken - at;

	memmove(&m->id[at + 1], &m->id[at], behind * sizeof(m->id[0]));
	memmove(&m->pointer[at + 1], &m->pointer[at], behind * sizeof(m->pointer[0]));
	m->id[at] = id;
	m->pointer[at] = pointer;
	m->taken++;
}

static void model_drop(struct model *m, unsigned int at)
{
	unsigned int behind = --m->taken - at;

	memmove(&m->id[at], &m->id[at + 1], behind * sizeof(m->id[0]));
	memmove(&m->pointer[at], &m->pointer[at + 1], behind * sizeof(m->pointer[0]));
}

static unsigned int model_levels(const struct model *m)
{
	return m->taken ? levels_for((uint64_t)m->id[m->taken - 1]) : 0;
}

/* Layers of the tree: the different prefixes that the ids have at each level. */
static unsigned int model_layers(const struct model *m)
{
	unsigned int layers = 0;

	for (unsigned int level = 1; level <= model_levels(m); level++)
		for (unsigned int i = 0; i < m->taken; i++)
			layers += !i || (int64_t)m->id[i] >> level * IDR_BITS !=
						(int64_t)m->id[i - 1] >> level * IDR_BITS;
	return layers;
}

/* --- both --- */

/* Whether the maps of @layer and all below it say what is there. Returns its layers. */
static unsigned int check_layer(const struct idr_layer *layer, unsigned int level)
{
	unsigned int layers = 1;
	uint64_t full = 0, used = 0;

	for (unsigned int slot = 0; level && slot < IDR_SIZE; slot++) {
		const struct idr_layer *below = child(layer, slot);

		if (!below)
			continue;
		layers += check_layer(below, level - 1);
		used |= UINT64_C(1) << slot;
		full |= (uint64_t)(word_load(&below->full) == EVERY_SLOT) << slot;
	}
	if (!level)
		full = used = word_load(&layer->used);
	CHECK_EQ(word_load(&layer->used), used);
	CHECK_EQ(word_load(&layer->full), full);
	CHECK(used != 0);
	return layers;
}

static void check_tree(const struct pair *p)
{
	unsigned int levels = (unsigned int)word_load(&p->idr.levels), layers = 0;

	CHECK_EQ(levels, model_levels(&p->model));
	if (levels)
		layers = check_layer(idr_layer(word_load(&p->idr.top)), levels - 1);
	CHECK_EQ(layers, model_layers(&p->model));
	CHECK_EQ(slab_live(&p->stand->slab, CLASS_LAYER), layers + word_load(&p->idr.free_count));
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
		     preloaded = (unsigned int)word_load(&p->idr.free_count);
	int64_t expected = lowest_free(m, start);
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
		model_drop(m, place(m, expected));
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
	expected =
		lowest_free(m, cyclic && m->cursor > (uint64_t)start ? (int64_t)m->cursor : start);
	if (cyclic && expected > last)
		expected = lowest_free(m, start);
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

	if (!is_taken(&p->model, id, &at)) {
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
	} else if (!is_taken(&p->model, id, &at)) {
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
	bool taken = is_taken(&p->model, id, &at);
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
