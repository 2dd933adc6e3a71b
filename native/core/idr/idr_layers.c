/* SPDX-License-Identifier: MIT */
/* Where the layers of an IDR come from and go to: the slab, the preload list, and back. */
#include "idr_tree.h"

void idr_init(struct idr *idr, struct slab *slab)
{
	idr->slab = slab;
	word_store(NULL, &idr->top, 0);
	word_store(NULL, &idr->levels, 0);
	word_store(NULL, &idr->free, 0);
	word_store(NULL, &idr->free_count, 0);
	word_store(NULL, &idr->cursor, 0);
	spinlock_init(&idr->lock, 0);
}

static void layer_free(struct task *t, struct idr *idr, struct idr_layer *layer)
{
	slab_free(t, idr->slab, CLASS_LAYER, (struct life *)layer - 1);
}

static struct idr_layer *layer_alloc(struct task *t, struct idr *idr, unsigned int fail_permille)
{
	struct life *life = NULL;
	struct idr_layer *layer;

	if (!slab_injects_failure(t, idr->slab, fail_permille))
		life = slab_alloc(t, idr->slab, CLASS_LAYER);
	if (!life)
		return NULL;
	layer = (struct idr_layer *)(life + 1);
	word_store(t, &layer->free, IDR_EVERY_SLOT);
	word_store(t, &layer->used, 0);
	words_clear(t, layer->slot, IDR_SIZE);
	return layer;
}

void idr_give_layers(struct task *t, struct idr *idr, struct idr_layer *chain)
{
	struct idr_layer *list;
	uint64_t count;

	spin_lock(t, &idr->lock);
	list = idr_layer(word_peek(&idr->free));
	for (count = word_peek(&idr->free_count); chain && count < IDR_FREE_MAX; count++)
		chain_push(t, &list, chain_pop(t, &chain));
	word_store(t, &idr->free, (uint64_t)(uintptr_t)list);
	word_store(t, &idr->free_count, count);
	spin_unlock(t, &idr->lock);
	while (chain)
		layer_free(t, idr, chain_pop(t, &chain));
}

struct idr_layer *idr_take_layers(struct task *t, struct idr *idr, unsigned int wanted)
{
	struct idr_layer *chain = NULL, *list;
	uint64_t count;

	spin_lock(t, &idr->lock);
	count = word_peek(&idr->free_count);
	if (count >= wanted) {
		list = idr_layer(word_peek(&idr->free));
		for (unsigned int taken = 0; taken < wanted; taken++)
			chain_push(t, &chain, chain_pop(t, &list));
		word_store(t, &idr->free, (uint64_t)(uintptr_t)list);
		word_store(t, &idr->free_count, count - wanted);
	}
	spin_unlock(t, &idr->lock);
	return chain;
}

int idr_pre_get(struct task *t, struct idr *idr, unsigned int fail_permille)
{
	struct idr_layer *chain = NULL;
	uint64_t count;

	might_sleep(t, "idr_pre_get()");
	spin_lock(t, &idr->lock);
	count = word_peek(&idr->free_count);
	spin_unlock(t, &idr->lock);
	if (count >= IDR_FREE_MAX)
		return 1;
	for (; count < IDR_FREE_MAX; count++) {
		struct idr_layer *layer = layer_alloc(t, idr, fail_permille);

		if (!layer)
			break;
		chain_push(t, &chain, layer);
	}
	idr_give_layers(t, idr, chain);
	return count == IDR_FREE_MAX;
}

/* Give back @layer, whose children are layers where @level is above 0, and all below it. */
static void free_below(struct task *t, struct idr *idr, struct idr_layer *layer, unsigned int level)
{
	for (unsigned int slot = 0; level && slot < IDR_SIZE; slot++)
		if (child(layer, slot))
			free_below(t, idr, child(layer, slot), level - 1);
	layer_free(t, idr, layer);
}

void idr_destroy(struct task *t, struct idr *idr)
{
	struct idr_layer *top = idr_layer(word_peek(&idr->top)), *spares;
	unsigned int levels = idr_levels(idr);

	word_store(t, &idr->top, 0);
	word_store(t, &idr->levels, 0);
	word_store(t, &idr->cursor, 0);
	if (top)
		free_below(t, idr, top, levels - 1);
	spin_lock(t, &idr->lock);
	spares = idr_layer(word_peek(&idr->free));
	word_store(t, &idr->free, 0);
	word_store(t, &idr->free_count, 0);
	spin_unlock(t, &idr->lock);
	while (spares)
		layer_free(t, idr, chain_pop(t, &spares));
}
