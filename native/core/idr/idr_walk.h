/* SPDX-License-Identifier: MIT */
/*
 * The ways through the tree that need nothing but the tree: inline, since what a call costs is as
 * much as what they do. Whatever has layers to take, to give or to look for is in idr.c. Included
 * by idr.h only.
 */
#ifndef DMTORTURE_IDR_WALK_H
#define DMTORTURE_IDR_WALK_H

#include <errno.h>
#include <limits.h>

#define IDR_EVERY_SLOT UINT64_MAX

static inline struct idr_layer *idr_layer(uint64_t value)
{
	return (struct idr_layer *)(uintptr_t)value;
}

/* An id as the tree sees it: a negative one is above every tree. */
static inline uint64_t idr_key(int id)
{
	return (uint64_t)(int64_t)id;
}

/* Layers from top to leaf; 0 when there is no tree. */
static inline unsigned int idr_levels(const struct idr *idr)
{
	return (unsigned int)word_peek(&idr->levels);
}

static inline struct word *idr_slot(const struct idr_layer *layer, uint64_t key, unsigned int level)
{
	return (struct word *)&layer->slot[key >> level * IDR_BITS & (IDR_SIZE - 1)];
}

/*
 * Cold halves of the functions below. The first two go on above a layer that is above a leaf:
 * nothing is free in it any more, something is free in it again. The third unlinks an empty leaf.
 */
void idr_close_off(struct task *t, struct idr *idr, uint64_t id);
void idr_open_up(struct task *t, struct idr *idr, uint64_t id);
void idr_prune(struct task *t, struct idr *idr, uint64_t id);
int idr_alloc_slow(struct task *t, struct idr *idr, void *pointer, int start, int end);

/*
 * The leaf on the way to @key, NULL for none; *@above gets the layer above it. Context: @key is
 * within @levels.
 */
static inline struct idr_layer *idr_leaf(const struct idr *idr, uint64_t key, unsigned int levels,
					 struct idr_layer **above)
{
	struct idr_layer *layer = idr_layer(word_peek(&idr->top));

#define STEP(level)                                                                                \
	case (level) + 1:                                                                          \
		*above = layer;                                                                    \
		layer = idr_layer(word_peek(idr_slot(layer, key, level)));                         \
		if (!layer)                                                                        \
			break;                                                                     \
		__attribute__((fallthrough));
	*above = NULL;
	switch (levels) {
		STEP(5)
		STEP(4)
		STEP(3)
		STEP(2)
		STEP(1)
	default:
		break;
	}
#undef STEP
	return layer;
}

static inline void *idr_find(const struct idr *idr, int id)
{
	unsigned int levels = idr_levels(idr);
	struct idr_layer *leaf, *above;
	uint32_t key = (uint32_t)id; /* of a negative id above every one that can be taken */

	if ((uint64_t)key >> levels * IDR_BITS)
		return NULL;
	leaf = idr_leaf(idr, key, levels, &above);
	return leaf ? (void *)(uintptr_t)word_peek(idr_slot(leaf, key, 0)) : NULL;
}

static inline int idr_replace(struct task *t, struct idr *idr, void *pointer, int id, void **old)
{
	unsigned int levels = idr_levels(idr);
	struct idr_layer *leaf, *above;
	struct word *slot;
	uint64_t held;

	if (idr_key(id) >> levels * IDR_BITS)
		return -EINVAL;
	leaf = idr_leaf(idr, idr_key(id), levels, &above);
	if (!leaf)
		return -ENOENT;
	slot = idr_slot(leaf, idr_key(id), 0);
	held = word_peek(slot);
	/* Only of NULL there are two kinds. */
	if (!held && word_peek(&leaf->free) >> (idr_key(id) & (IDR_SIZE - 1)) & 1)
		return -ENOENT;
	if (old)
		*old = (void *)(uintptr_t)held;
	word_store(t, slot, (uint64_t)(uintptr_t)pointer);
	return 0;
}

static inline int idr_remove(struct task *t, struct idr *idr, int id, void **old)
{
	unsigned int levels = idr_levels(idr);
	struct idr_layer *leaf, *above;
	uint64_t map, bit;
	struct word *slot;

	if (idr_key(id) >> levels * IDR_BITS)
		return -ENOENT;
	leaf = idr_leaf(idr, idr_key(id), levels, &above);
	if (!leaf)
		return -ENOENT;
	map = word_peek(&leaf->free);
	bit = UINT64_C(1) << (idr_key(id) & (IDR_SIZE - 1));
	if (map & bit)
		return -ENOENT;
	slot = idr_slot(leaf, idr_key(id), 0);
	if (old)
		*old = (void *)(uintptr_t)word_peek(slot);
	word_store(t, slot, 0);
	word_store(t, &leaf->free, map | bit);
	if (unlikely(!map) && above) {
		map = word_peek(&above->free);
		bit = UINT64_C(1) << (idr_key(id) >> IDR_BITS & (IDR_SIZE - 1));
		word_store(t, &above->free, map | bit);
		if (unlikely(!map))
			idr_open_up(t, idr, idr_key(id));
	} else if (unlikely((map | bit) == IDR_EVERY_SLOT)) {
		idr_prune(t, idr, idr_key(id));
	}
	return 0;
}

/*
 * Take the lowest free id where its leaf is there: down along the maps.
 * Returns it; -EAGAIN, with nothing done, where that takes more, and where it is above @last.
 */
static inline int idr_take_first(struct task *t, struct idr *idr, void *pointer, uint64_t last)
{
	struct idr_layer *layer = idr_layer(word_peek(&idr->top)), *above = NULL;
	uint64_t found = 0, map, slot;

	if (unlikely(!layer || !word_peek(&layer->free)))
		return -EAGAIN;
#define STEP(level)                                                                                \
	case (level) + 1:                                                                          \
		slot = (uint64_t)__builtin_ctzll(word_peek(&layer->free));                         \
		found = (found | slot) << IDR_BITS;                                                \
		above = layer;                                                                     \
		layer = idr_layer(word_peek(&layer->slot[slot]));                                  \
		if (unlikely(!layer))                                                              \
			return -EAGAIN;                                                            \
		__attribute__((fallthrough));
	switch (idr_levels(idr)) {
		STEP(5)
		STEP(4)
		STEP(3)
		STEP(2)
		STEP(1)
	default:
		break;
	}
#undef STEP
	map = word_peek(&layer->free);
	slot = (uint64_t)__builtin_ctzll(map);
	found |= slot;
	if (unlikely(found > last))
		return -EAGAIN;
	map &= map - 1; /* without the lowest bit */
	word_store(t, &layer->slot[slot], (uint64_t)(uintptr_t)pointer);
	word_store(t, &layer->free, map);
	if (unlikely(!map) && above) {
		map = word_peek(&above->free);
		map &= map - 1;
		word_store(t, &above->free, map);
		if (unlikely(!map))
			idr_close_off(t, idr, found);
	}
	return (int)found;
}

static inline int idr_alloc(struct task *t, struct idr *idr, void *pointer, int start, int end)
{
	int id = -EAGAIN;

	might_sleep(t, "idr_alloc()");
	if (likely(start == 0))
		id = idr_take_first(t, idr, pointer, end > 0 ? (uint64_t)end - 1 : INT_MAX);
	return likely(id >= 0) ? id : idr_alloc_slow(t, idr, pointer, start, end);
}

#endif
