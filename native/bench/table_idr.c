/* SPDX-License-Identifier: MIT */
/* The IDR of the core, called as the device mapper calls it. */
#include "direct_idr.h"
#include "table.h"

#define SPARE_LAYERS 64

static inline void *ids_find(void *table, uint32_t id)
{
	struct direct_idr *b = table;

	return idr_find(&b->idr, (int)id);
}

static inline void *ids_replace(void *table, uint32_t id, void *entry)
{
	struct direct_idr *b = table;
	void *old = NULL;

	idr_replace(&b->task, &b->idr, entry, (int)id, &old);
	return old;
}

static inline void ids_add(void *table, uint32_t id, void *entry)
{
	struct direct_idr *b = table;

	(void)id;
	idr_alloc(&b->task, &b->idr, entry, 0, 0);
}

static inline void *ids_remove(void *table, uint32_t id)
{
	struct direct_idr *b = table;
	void *old = NULL;

	idr_remove(&b->task, &b->idr, (int)id, &old);
	return old;
}

static void ids_unmake(void *table)
{
	direct_idr_free(table);
}

static void *ids_make(uint32_t population, const uint32_t *chain)
{
	struct direct_idr *b = direct_idr_sized(population / (IDR_SIZE / 2) + SPARE_LAYERS);

	for (uint32_t id = 0; b && id < population; id++)
		if (idr_alloc(&b->task, &b->idr, entry_of(chain, id), 0, 0) != (int)id) {
			ids_unmake(b);
			return NULL;
		}
	return b;
}

DEFINE_TABLE(ids);
