/* SPDX-License-Identifier: MIT */
/* The layers of an IDR's tree, looked at from outside. */
#ifndef DMTORTURE_LAYERS_H
#define DMTORTURE_LAYERS_H

#include "check.h"
#include "idr_tree.h"

/* Whether the maps of @layer and all below it say what is there. Returns its layers. */
static inline unsigned int check_layer(const struct idr_layer *layer, unsigned int level)
{
	unsigned int layers = 1;
	uint64_t free = IDR_EVERY_SLOT, used = 0;

	for (unsigned int slot = 0; level && slot < IDR_SIZE; slot++) {
		const struct idr_layer *below = child(layer, slot);

		if (!below)
			continue;
		layers += check_layer(below, level - 1);
		used |= UINT64_C(1) << slot;
		free -= (uint64_t)!word_peek(&below->free) << slot;
	}
	if (!level)
		free = word_peek(&layer->free);
	CHECK_EQ(word_peek(&layer->used), used);
	CHECK_EQ(word_peek(&layer->free), free);
	CHECK(level ? used : ~free);
	return layers;
}

#endif
