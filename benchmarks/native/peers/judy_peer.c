/* SPDX-License-Identifier: MIT */
/* JudyL, in our loops. */
#include <Judy.h>
#include <stdlib.h>

#include "table.h"

static inline void *judy_find(void *table, uint32_t id)
{
	Pvoid_t *judy = table;
	PPvoid_t slot = JudyLGet(*judy, id, PJE0);

	return slot ? *slot : NULL;
}

static inline void *judy_replace(void *table, uint32_t id, void *entry)
{
	Pvoid_t *judy = table;
	PPvoid_t slot = JudyLGet(*judy, id, PJE0);
	void *old;

	if (!slot)
		return NULL;
	old = *slot;
	*slot = entry;
	return old;
}

static inline void judy_add(void *table, uint32_t id, void *entry)
{
	PPvoid_t slot = JudyLIns(table, id, PJE0);

	if (slot)
		*slot = entry;
}

static inline void *judy_remove(void *table, uint32_t id)
{
	return (void *)(uintptr_t)JudyLDel(table, id, PJE0);
}

static void judy_unmake(void *table)
{
	JudyLFreeArray(table, PJE0);
	free(table);
}

static void *judy_make(uint32_t population, const uint32_t *chain)
{
	Pvoid_t *judy = calloc(1, sizeof(*judy));

	for (uint32_t id = 0; judy && id < population; id++)
		judy_add(judy, id, entry_of(chain, id));
	return judy;
}

DEFINE_TABLE(judy);
