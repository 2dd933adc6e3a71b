/* SPDX-License-Identifier: MIT */
/* What is known of the objects of each class, wherever their memory comes from. */
#include "objects.h"
#include "slab.h"

/* Of what an object is without its life. */
static const size_t class_bytes[CLASS_COUNT] = {
	[CLASS_MD] = sizeof(struct mapped_device), [CLASS_GENDISK] = sizeof(struct gendisk),
	[CLASS_QUEUE] = sizeof(struct queue),	   [CLASS_POOL] = sizeof(struct pool),
	[CLASS_CELL] = sizeof(struct hash_cell),   [CLASS_DEP] = sizeof(struct table_dev),
	[CLASS_LAYER] = sizeof(struct idr_layer),
};

size_t object_words(enum object_class class)
{
	return class_bytes[class] / sizeof(struct word);
}

uint64_t slab_live(const struct slab *s, enum object_class class)
{
	uint64_t live = 0;

	for (unsigned int i = 0; i < s->limits.cpus; i++)
		live += word_peek(&s->cpu[i].born[class]) - word_peek(&s->cpu[i].died[class]);
	return live;
}

bool slab_injects_failure(struct task *t, struct slab *s, unsigned int permille)
{
	struct word *luck = &s->cpu[t->common.cpu].luck;
	uint64_t x;

	if (likely(!permille))
		return false;
	x = word_peek(luck);
	x ^= x << 13;
	x ^= x >> 7;
	x ^= x << 17;
	word_store(t, luck, x);
	return (x >> 32) % 1000 < permille;
}
