/* SPDX-License-Identifier: MIT */
#include "heap.h"

#include "ledger.h"

#define LINE 64
#define CLASS ((enum object_class)0) /* a heap has one */

static size_t padded(size_t object_bytes)
{
	return (sizeof(struct life) + object_bytes + LINE - 1) / LINE * LINE;
}

static bool can_be(size_t object_bytes, unsigned int tasks, unsigned int objects)
{
	return object_bytes && object_bytes <= HEAP_OBJECT_BYTES_MAX &&
	       object_bytes % sizeof(struct word) == 0 && tasks && tasks <= TASKS_MAX && objects &&
	       objects <= HEAP_OBJECTS_MAX;
}

static struct slab_limits limits_of(size_t object_bytes, unsigned int tasks, unsigned int objects)
{
	size_t chunk = padded(object_bytes) * objects;

	return (struct slab_limits){.cpus = tasks,
				    .object_bytes = (uint32_t)object_bytes,
				    .chunk_bytes = chunk,
				    .arena_bytes = LINE + tasks * chunk};
}

size_t heap_bytes(size_t object_bytes, unsigned int tasks, unsigned int objects)
{
	struct slab_limits limits;

	if (!can_be(object_bytes, tasks, objects))
		return 0;
	limits = limits_of(object_bytes, tasks, objects);
	return slab_bytes(&limits);
}

/* Refuse numbers of heap_init() that are out of range. Returns whether they are in it. */
static bool fits(size_t object_bytes, unsigned int tasks, unsigned int objects, const void *memory,
		 size_t memory_bytes)
{
	size_t needed = heap_bytes(object_bytes, tasks, objects);

	if (!needed)
		machine_refuse("heap_init(): expected `object_bytes` to be a multiple of %zu up to "
			       "%u, `tasks` 1..%u and `objects` 1..%u, got `%zu`, `%u` and `%u`",
			       sizeof(struct word), HEAP_OBJECT_BYTES_MAX, TASKS_MAX,
			       HEAP_OBJECTS_MAX, object_bytes, tasks, objects);
	else if (!memory || (uintptr_t)memory % HEAP_ALIGN)
		machine_refuse("heap_init(): expected `memory` to be aligned to %u bytes, got `%p`",
			       HEAP_ALIGN, memory);
	else if (memory_bytes < needed)
		machine_refuse("heap_init(): expected `memory_bytes` to be at least %zu "
			       "(heap_bytes(%zu, %u, %u)), got `%zu`",
			       needed, object_bytes, tasks, objects, memory_bytes);
	else
		return true;
	return false;
}

bool heap_init(struct heap *h, size_t object_bytes, unsigned int tasks, unsigned int objects,
	       void *memory, size_t memory_bytes)
{
	struct slab_limits limits;

	if (!fits(object_bytes, tasks, objects, memory, memory_bytes))
		return false;
	limits = limits_of(object_bytes, tasks, objects);
	slab_init(&h->slab, &limits, memory, 1);
	return true;
}

/* What a task keeps to itself has its place in the memory of the heap. */
static void has_place(struct task *t, const struct heap *h, const struct site *site)
{
	unsigned int tasks = h->slab.limits.cpus;

	if (likely(t->common.cpu < tasks))
		return;
	if (!tasks)
		oops(t, CHECK_FAILED, site, "a heap that heap_init() has not made");
	oops(t, CHECK_FAILED, site,
	     "the heap has `tasks` %u, and task %u (the first is 0) uses it: `tasks` is the number "
	     "of threads + 1, since the closer, which calls `check`, is a task, too",
	     tasks, t->common.cpu);
}

void *heap_alloc_at(struct task *t, struct heap *h, const struct site *site)
{
	has_place(t, h, site);
	return ledger_alloc(t, &h->slab, CLASS, true);
}

void heap_check_at(struct task *t, const void *p, const struct site *site)
{
	if (likely(is_object(p)))
		return;
	if (!p)
		oops(t, USE_AFTER_FREE, site, "NULL is used as an object");
	oops(t, USE_AFTER_FREE, site, "what is used as an object never was one");
}

void heap_free_at(struct task *t, struct heap *h, void *object, const struct site *site)
{
	heap_check_at(t, object, site);
	has_place(t, h, site);
	ledger_free(t, &h->slab, CLASS, object, site);
}

uint64_t heap_live(const struct heap *h)
{
	return slab_live(&h->slab, CLASS);
}

void heap_leaks_at(struct task *t, const struct heap *h, const struct site *site)
{
	uint64_t live = heap_live(h);

	if (live)
		machine_report(t, FAULT_CHECK_FAILED, site, "%llu object%s never freed",
			       (unsigned long long)live, live == 1 ? " was" : "s were");
}

uint64_t heap_read_at(struct task *t, const void *p, size_t offset, enum point_kind kind,
		      const struct site *site)
{
	heap_check_at(t, p, site);
	return field_read(t, p, offset, kind, site);
}

void heap_write_at(struct task *t, void *p, size_t offset, uint64_t value, enum point_kind kind,
		   const struct site *site)
{
	heap_check_at(t, p, site);
	field_write(t, p, offset, value, kind, site);
}

uint64_t heap_add_at(struct task *t, void *p, size_t offset, uint64_t value,
		     const struct site *site)
{
	heap_check_at(t, p, site);
	point(t, POINT_RMW, field_word(p, offset), site);
	ledger_check_write(t, p, offset, site);
	return observe(t, word_add(t, field_word(p, offset), value));
}
