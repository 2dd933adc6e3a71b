/* SPDX-License-Identifier: MIT */
/* The IDR of the core, called as the device mapper calls it. */
#include <stdlib.h>

#include "idr.h"
#include "table.h"
#include "world_memory.h"

#define CHUNK_BYTES (64u << 10)
#define SPARE_LAYERS 64

struct bench_idr {
	struct task task;
	struct machine machine;
	struct slab slab;
	struct slab_limits limits;
	struct idr idr;
	struct world_memory memory;
};

/* One thread, no lock held: there is no fault that it could meet. */
static void record(void *context, struct task *t, const struct fault_event *event)
{
	(void)context;
	(void)t;
	machine_bug("an IDR of the benchmark met a fault: %s", event->message);
}

static inline void *ids_find(void *table, uint32_t id)
{
	struct bench_idr *b = table;

	return idr_find(&b->idr, (int)id);
}

static inline void *ids_replace(void *table, uint32_t id, void *entry)
{
	struct bench_idr *b = table;
	void *old = NULL;

	idr_replace(&b->task, &b->idr, entry, (int)id, &old);
	return old;
}

static inline void ids_add(void *table, uint32_t id, void *entry)
{
	struct bench_idr *b = table;

	(void)id;
	idr_alloc(&b->task, &b->idr, entry, 0, 0);
}

static inline void *ids_remove(void *table, uint32_t id)
{
	struct bench_idr *b = table;
	void *old = NULL;

	idr_remove(&b->task, &b->idr, (int)id, &old);
	return old;
}

static void ids_unmake(void *table)
{
	struct bench_idr *b = table;

	if (b)
		world_memory_put(&b->memory);
	free(b);
}

static void *ids_make(uint32_t population, const uint32_t *chain)
{
	struct bench_idr *b = calloc(1, sizeof(*b));
	struct recorder recorder = {.record = record};
	size_t layers = population / (IDR_SIZE / 2) + SPARE_LAYERS;

	if (!b)
		return NULL;
	b->limits = (struct slab_limits){.cpus = 1,
					 .chunk_bytes = CHUNK_BYTES,
					 .arena_bytes = layers * object_bytes(CLASS_LAYER) +
							2 * CHUNK_BYTES};
	if (!world_memory_get(&b->memory, 1, slab_bytes(&b->limits))) {
		free(b);
		return NULL;
	}
	machine_init(&b->machine, &recorder);
	task_init(&b->task, &b->machine, 0);
	slab_init(&b->slab, &b->limits, b->memory.start, 1);
	idr_init(&b->idr, &b->slab);
	for (uint32_t id = 0; id < population; id++)
		if (idr_alloc(&b->task, &b->idr, entry_of(chain, id), 0, 0) != (int)id) {
			ids_unmake(b);
			return NULL;
		}
	return b;
}

DEFINE_TABLE(ids);
