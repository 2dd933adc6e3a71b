/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>

#include "direct_idr.h"

#define CHUNK_BYTES (4u << 10)
#define ARENA_SPARE 128 /* the slab leaves its first line unused */
#define SEGMENT_BYTES_FIRST (16u << 10)
#define BYTES_MAX ((size_t)160 << 20) /* some sixteen million ids */

/* The IDR raises no fault that this caller could cause: it holds no lock. */
static void record(void *context, struct task *t, const struct fault_event *event)
{
	(void)context;
	(void)t;
	machine_bug("an IDR of its own met a fault: %s", event->message);
}

/* Lay the slab and the IDR out over the first segment. */
static void begin(struct direct_idr *d)
{
	slab_init(&d->slab, &d->limits, d->segment[0].start, 1);
	idr_init(&d->idr, &d->slab);
}

static struct direct_idr *new_of(size_t arena_bytes)
{
	struct direct_idr *d = calloc(1, sizeof(*d));
	struct recorder recorder = {.record = record};

	if (!d)
		return NULL;
	d->limits = (struct slab_limits){
		.cpus = 1, .chunk_bytes = CHUNK_BYTES, .arena_bytes = arena_bytes + ARENA_SPARE};
	d->bytes = slab_bytes(&d->limits);
	if (!world_memory_get(&d->segment[0], 1, d->bytes)) {
		free(d);
		return NULL;
	}
	d->segments = 1;
	machine_init(&d->machine, &recorder);
	task_init(&d->task, &d->machine, 0);
	begin(d);
	return d;
}

struct direct_idr *direct_idr_sized(size_t layers)
{
	size_t each = CHUNK_BYTES / object_bytes(CLASS_LAYER);

	/* A chunk holds whole layers. One more is for what the last leaves. */
	return layers / each < SIZE_MAX / CHUNK_BYTES - 2
		       ? new_of((layers / each + 2) * CHUNK_BYTES)
		       : NULL;
}

struct direct_idr *direct_idr_new(void)
{
	return new_of(CHUNK_BYTES);
}

/* Memory is used up: twice as much as the last time. Returns false where there is none. */
static bool grow(struct direct_idr *d)
{
	size_t bytes = (size_t)SEGMENT_BYTES_FIRST << (d->segments - 1);

	if (d->bytes >= BYTES_MAX)
		return false;
	if (bytes > BYTES_MAX - d->bytes)
		bytes = (BYTES_MAX - d->bytes) / CHUNK_BYTES * CHUNK_BYTES;
	if (d->segments == DIRECT_IDR_SEGMENTS || bytes == 0 ||
	    !world_memory_get(&d->segment[d->segments], 1, bytes))
		return false;
	slab_extend(&d->slab, d->segment[d->segments].start, bytes);
	d->segments++;
	d->bytes += bytes;
	return true;
}

/* Give back every segment but the first. */
static void shrink(struct direct_idr *d)
{
	while (d->segments > 1)
		world_memory_put(&d->segment[--d->segments]);
	d->bytes = slab_bytes(&d->limits);
}

void direct_idr_free(struct direct_idr *d)
{
	if (!d)
		return;
	shrink(d);
	world_memory_put(&d->segment[0]);
	free(d);
}

/* An int out of what JavaScript may have given; out of range becomes @otherwise. */
static int as_id(int64_t id, int otherwise)
{
	return id < 0 || id > INT_MAX ? otherwise : (int)id;
}

/* idr_alloc()'s end is exclusive: INT_MAX + 1 and above mean no limit. */
static int as_end(int64_t end)
{
	return end > INT_MAX ? 0 : end < 0 ? -1 : (int)end;
}

int direct_idr_preload(struct direct_idr *d)
{
	while (!idr_pre_get(&d->task, &d->idr, 0))
		if (!grow(d))
			return 0;
	return 1;
}

int64_t direct_idr_get_new_above(struct direct_idr *d, uint64_t value, int64_t start)
{
	int id, r = idr_get_new_above(&d->task, &d->idr, (void *)(uintptr_t)value, as_id(start, -1),
				      &id);

	return r ? r : id;
}

int64_t direct_idr_alloc(struct direct_idr *d, uint64_t value, int64_t start, int64_t end)
{
	int r;

	do
		r = idr_alloc(&d->task, &d->idr, (void *)(uintptr_t)value, as_id(start, -1),
			      as_end(end));
	while (r == -ENOMEM && grow(d));
	return r;
}

int64_t direct_idr_alloc_cyclic(struct direct_idr *d, uint64_t value, int64_t start, int64_t end)
{
	int r;

	do
		r = idr_alloc_cyclic(&d->task, &d->idr, (void *)(uintptr_t)value, as_id(start, -1),
				     as_end(end));
	while (r == -ENOMEM && grow(d));
	return r;
}

uint64_t direct_idr_find(const struct direct_idr *d, int64_t id)
{
	return (uintptr_t)idr_find(&d->idr, as_id(id, -1));
}

void direct_idr_find_many(const struct direct_idr *d, const uint32_t *ids, double *values,
			  size_t count)
{
	for (size_t i = 0; i < count; i++)
		values[i] = (double)(uintptr_t)idr_find(&d->idr, as_id(ids[i], -1));
}

int direct_idr_replace(struct direct_idr *d, uint64_t value, int64_t id, uint64_t *old)
{
	void *before = NULL;
	int r = idr_replace(&d->task, &d->idr, (void *)(uintptr_t)value, as_id(id, -1), &before);

	*old = (uintptr_t)before;
	return r;
}

int direct_idr_remove(struct direct_idr *d, int64_t id, uint64_t *old)
{
	void *before = NULL;
	int r = idr_remove(&d->task, &d->idr, as_id(id, -1), &before);

	*old = (uintptr_t)before;
	return r;
}

int64_t direct_idr_next(const struct direct_idr *d, int64_t id)
{
	int next = as_id(id, id < 0 ? 0 : -1);
	void *pointer;

	return next >= 0 && idr_get_next(&d->idr, &next, &pointer) ? next : -1;
}

int direct_idr_is_empty(const struct direct_idr *d)
{
	return idr_is_empty(&d->idr);
}

size_t direct_idr_bytes(const struct direct_idr *d)
{
	return sizeof(*d) + d->bytes;
}

void direct_idr_destroy(struct direct_idr *d)
{
	idr_destroy(&d->task, &d->idr);
	shrink(d);
	begin(d);
}
