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

bool heap_init(struct heap *h, size_t object_bytes, unsigned int tasks, unsigned int objects,
	       void *memory)
{
	struct slab_limits limits;

	if (!can_be(object_bytes, tasks, objects) || !memory || (uintptr_t)memory % HEAP_ALIGN)
		return false;
	limits = limits_of(object_bytes, tasks, objects);
	slab_init(&h->slab, &limits, memory, 1);
	return true;
}

void *heap_alloc(struct task *t, struct heap *h)
{
	return t->common.cpu < h->slab.limits.cpus ? ledger_alloc(t, &h->slab, CLASS, true) : NULL;
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
