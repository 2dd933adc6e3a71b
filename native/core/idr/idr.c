/* SPDX-License-Identifier: MIT */
#include "idr_tree.h"

#include <errno.h>
#include <limits.h>

/* The layers on the way to an id: at[0] is its leaf, at[n] what its digit n chooses a slot in. */
struct path {
	struct idr_layer *at[IDR_LEVELS];
};

/* --- searching --- */

/*
 * Find the lowest id at or above @id whose bit is set in the `free` maps on the way to it or,
 * with @taken, in the `used` maps and clear in its leaf's `free`. Down along @id, up when nothing
 * is left to its right, down again: O(levels). A way down that the maps promise cannot end empty.
 *
 * Returns the id; capacity() when the tree has none. *@path gets the layers there are on the way
 * to it, and *@missing how many leading ones (leaf first) there are not. There has to be a tree,
 * and @id inside it.
 */
static inline uint64_t search(const struct idr *idr, uint64_t id, bool taken, struct path *path,
			      unsigned int *missing)
{
	unsigned int levels = idr_levels(idr), level = levels - 1, slot;
	uint64_t there;

	*missing = 0;
	path->at[level] = idr_layer(word_peek(&idr->top));
	for (;;) {
		there = word_peek(taken && level ? &path->at[level]->used : &path->at[level]->free);
		there = (taken && !level ? ~there : there) & IDR_EVERY_SLOT << digit(id, level);
		if (!there) {
			id = floor_to(id, level + 1) + capacity(level + 1);
			do {
				if (++level >= levels)
					return capacity(levels);
			} while (!digit(id, level));
			continue;
		}
		slot = (unsigned int)__builtin_ctzll(there);
		if (slot != digit(id, level))
			id = floor_to(id, level + 1) + slot * capacity(level);
		if (!level)
			return id;
		path->at[level - 1] = child(path->at[level], slot);
		if (!path->at[level - 1]) {
			*missing = level;
			return id;
		}
		level--;
	}
}

/* --- taking an id --- */

/* Raise the tree to @levels. @spares: layers to use; an empty tree takes one whatever @levels. */
static void grow(struct task *t, struct idr *idr, unsigned int levels, struct idr_layer **spares)
{
	struct idr_layer *top = idr_layer(word_peek(&idr->top));
	unsigned int now = idr_levels(idr);

	if (!now)
		top = chain_pop(t, spares);
	for (; now && now < levels; now++) {
		struct idr_layer *above = chain_pop(t, spares);

		set_child(t, above, 0, top);
		word_store(t, &above->used, 1);
		if (!word_peek(&top->free))
			clear_bit(t, &above->free, 0);
		top = above;
	}
	word_store(t, &idr->top, (uint64_t)(uintptr_t)top);
	word_store(t, &idr->levels, levels);
}

/* The layers on the way to @id; all of them are there. */
static void retrace(const struct idr *idr, uint64_t id, struct path *path)
{
	unsigned int level = idr_levels(idr);

	path->at[--level] = idr_layer(word_peek(&idr->top));
	for (; level; level--)
		path->at[level - 1] = child(path->at[level], digit(id, level));
}

void idr_close_off(struct task *t, struct idr *idr, uint64_t id)
{
	unsigned int levels = idr_levels(idr);
	struct path path;

	retrace(idr, id, &path);
	for (unsigned int level = 2; level < levels; level++) {
		clear_bit(t, &path.at[level]->free, digit(id, level));
		if (word_peek(&path.at[level]->free))
			return;
	}
}

/*
 * Take the lowest free id in @start..@last. Nothing is changed before all layers it takes are
 * at hand.
 */
static int take_lowest(struct task *t, struct idr *idr, void *pointer, uint64_t start,
		       uint64_t last, int *id)
{
	unsigned int levels = idr_levels(idr), missing = 0, wanted;
	struct idr_layer *spares = NULL;
	struct path path;
	uint64_t found = start;

	if (levels && start < capacity(levels))
		found = search(idr, start, false, &path, &missing);
	if (found > last)
		return -ENOSPC;
	wanted = missing;
	if (!levels || found >= capacity(levels)) {
		missing = levels_for(found) - 1;
		wanted = missing + (levels ? missing + 1 - levels : 1);
	}
	if (wanted) {
		spares = idr_take_layers(t, idr, wanted);
		if (!spares)
			return -EAGAIN;
	}
	if (wanted > missing) {
		levels = missing + 1;
		grow(t, idr, levels, &spares);
		path.at[missing] = idr_layer(word_peek(&idr->top));
	}
	for (unsigned int level = missing; level > 0; level--) {
		path.at[level - 1] = chain_pop(t, &spares);
		set_child(t, path.at[level], digit(found, level), path.at[level - 1]);
		set_bit(t, &path.at[level]->used, digit(found, level));
	}
	set_child(t, path.at[0], digit(found, 0), pointer);
	for (unsigned int level = 0; level < levels; level++) {
		clear_bit(t, &path.at[level]->free, digit(found, level));
		if (word_peek(&path.at[level]->free))
			break;
	}
	*id = (int)found;
	return 0;
}

int idr_get_new(struct task *t, struct idr *idr, void *pointer, int *id)
{
	int first = idr_take_first(t, idr, pointer, INT_MAX);

	if (unlikely(first < 0))
		return take_lowest(t, idr, pointer, 0, INT_MAX, id);
	*id = first;
	return 0;
}

int idr_get_new_above(struct task *t, struct idr *idr, void *pointer, int start, int *id)
{
	if (start < 0)
		return -ENOSPC;
	return take_lowest(t, idr, pointer, (uint64_t)start, INT_MAX, id);
}

/* take_lowest() that preloads when it has to. Returns the id or -errno. */
static int take_preloading(struct task *t, struct idr *idr, void *pointer, uint64_t start,
			   uint64_t last)
{
	int id, error = take_lowest(t, idr, pointer, start, last, &id);

	if (error == -EAGAIN) {
		if (!idr_pre_get(t, idr, 0))
			return -ENOMEM;
		error = take_lowest(t, idr, pointer, start, last, &id);
	}
	return error ? error : id;
}

int idr_alloc_slow(struct task *t, struct idr *idr, void *pointer, int start, int end)
{
	if (start < 0)
		return -EINVAL;
	return take_preloading(t, idr, pointer, (uint64_t)start,
			       end > 0 ? (uint64_t)end - 1 : INT_MAX);
}

int idr_alloc_cyclic(struct task *t, struct idr *idr, void *pointer, int start, int end)
{
	uint64_t last = end > 0 ? (uint64_t)end - 1 : INT_MAX;
	uint64_t cursor = word_peek(&idr->cursor);
	int id = -ENOSPC;

	might_sleep(t, "idr_alloc_cyclic()");
	if (start < 0)
		return -EINVAL;
	if (cursor > (uint64_t)start)
		id = take_preloading(t, idr, pointer, cursor, last);
	if (id == -ENOSPC)
		id = take_preloading(t, idr, pointer, (uint64_t)start, last);
	if (id >= 0)
		word_store(t, &idr->cursor, (uint64_t)id + 1);
	return id;
}

/* --- looking at and freeing an id that is taken --- */

void idr_open_up(struct task *t, struct idr *idr, uint64_t id)
{
	unsigned int levels = idr_levels(idr);
	bool was_full = true;
	struct path path;

	retrace(idr, id, &path);
	for (unsigned int level = 2; was_full && level < levels; level++) {
		was_full = !word_peek(&path.at[level]->free);
		set_bit(t, &path.at[level]->free, digit(id, level));
	}
}

/* Unlink the leaf of @id, which is empty, and the layers above that hold nothing without it. */
static void unlink_empty(struct task *t, struct idr *idr, uint64_t id, struct idr_layer **spares)
{
	unsigned int levels = idr_levels(idr), level = 0;
	struct path path;

	retrace(idr, id, &path);
	do {
		chain_push(t, spares, path.at[level]);
		if (++level == levels) {
			word_store(t, &idr->top, 0);
			word_store(t, &idr->levels, 0);
			return;
		}
		set_child(t, path.at[level], digit(id, level), NULL);
		clear_bit(t, &path.at[level]->used, digit(id, level));
	} while (!word_peek(&path.at[level]->used));
}

/* Lower the tree while its top leads to its lowest slot only. */
static void shrink(struct task *t, struct idr *idr, struct idr_layer **spares)
{
	struct idr_layer *top = idr_layer(word_peek(&idr->top));
	unsigned int levels = idr_levels(idr);

	for (; levels > 1 && word_peek(&top->used) == 1; levels--) {
		struct idr_layer *below = child(top, 0);

		word_store(t, &top->used, 0);
		word_store(t, &top->free, IDR_EVERY_SLOT);
		chain_push(t, spares, top);
		top = below;
	}
	word_store(t, &idr->top, (uint64_t)(uintptr_t)top);
	word_store(t, &idr->levels, levels);
}

void idr_prune(struct task *t, struct idr *idr, uint64_t id)
{
	struct idr_layer *spares = NULL;

	unlink_empty(t, idr, id, &spares);
	shrink(t, idr, &spares);
	idr_give_layers(t, idr, spares);
}

bool idr_get_next(const struct idr *idr, int *id, void **pointer)
{
	unsigned int levels = idr_levels(idr), missing;
	uint64_t start = *id < 0 ? 0 : (uint64_t)*id, found;
	struct path path;

	if (!levels || start >= capacity(levels))
		return false;
	found = search(idr, start, true, &path, &missing);
	if (found >= capacity(levels))
		return false;
	*id = (int)found;
	*pointer = child(path.at[0], digit(found, 0));
	return true;
}

int idr_for_each(const struct idr *idr, int (*visit)(int id, void *pointer, void *context),
		 void *context)
{
	void *pointer;
	int id = 0, stop;

	while (idr_get_next(idr, &id, &pointer)) {
		stop = visit(id, pointer, context);
		if (stop || id == INT_MAX)
			return stop;
		id++;
	}
	return 0;
}

bool idr_is_empty(const struct idr *idr)
{
	return idr_levels(idr) == 0;
}
