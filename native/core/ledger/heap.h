/* SPDX-License-Identifier: MIT */
/*
 * A heap for models of your own, with objects that the ledger watches: a use after free, a second
 * free and what was never freed are faults. A heap has objects of one size, all of them words:
 *
 *	struct node {
 *		struct word next, value;
 *	};
 *
 *	struct node *n = heap_alloc(t, &m->nodes);
 *
 *	heap_set(t, n, value, 7);
 *	heap_free(t, &m->nodes, n);
 *
 * A pointer to an object is tagged: it cannot be dereferenced, only passed to what is here, or kept
 * in a word as a number. Freed memory is given out again, last freed first, and never unmapped, so
 * that a stale pointer finds what is there now; its tag shows that it is stale. Each access is a
 *point.
 *
 * Faults: use-after-free (freed, NULL, or never an object), double-free, check-failed (leaks, a
 * heap that was never made, a task that it was not made for).
 */
#ifndef DMTORTURE_HEAP_H
#define DMTORTURE_HEAP_H

#include "slab.h"

#define HEAP_OBJECT_BYTES_MAX 512
#define HEAP_OBJECTS_MAX 4096
#define HEAP_ALIGN 128

struct heap {
	struct slab slab;
};

/*
 * The memory that heap_init() needs. @tasks: the model's threads + 1, since the closer, which calls
 * `check`, is a task, too. Each task has at most @objects objects of @object_bytes. Returns 0 for
 * numbers that heap_init() refuses.
 */
size_t heap_bytes(size_t object_bytes, unsigned int tasks, unsigned int objects);
/*
 * Make @h, in the model's memory, of the @memory_bytes at @memory, which are in it, too. Context:
 * the model's init. Refused, with a sentence that machine_refuse() reports, unless @object_bytes is
 * a multiple of a word's, up to HEAP_OBJECT_BYTES_MAX, @tasks 1..TASKS_MAX, @objects
 * 1..HEAP_OBJECTS_MAX, @memory aligned to HEAP_ALIGN, and @memory_bytes at least heap_bytes().
 * Where machine_refuse() returns, this returns false, with @h as it was.
 */
bool heap_init(struct heap *h, size_t object_bytes, unsigned int tasks, unsigned int objects,
	       void *memory, size_t memory_bytes);
/*
 * An object, of zeroes. Returns NULL when @t's memory is used up. Not a point: nobody else knows of
 * it yet. Faults: check-failed (@h was never made, or for fewer tasks).
 */
void *heap_alloc_at(struct task *t, struct heap *h, const struct site *site);
#define heap_alloc(t, h) heap_alloc_at((t), (h), SITE("heap_alloc(" #h ")"))
/*
 * A point, which conflicts with every access to the object. Faults: double-free, use-after-free,
 * check-failed (@h was never made, or for fewer tasks).
 */
void heap_free_at(struct task *t, struct heap *h, void *object, const struct site *site);
#define heap_free(t, h, p) heap_free_at((t), (h), (p), SITE("heap_free(" #p ")"))
/* Objects that are alive. Exact while no other task runs. */
uint64_t heap_live(const struct heap *h);
/*
 * Report objects that are alive. Context: `check`, or a thread that knows itself the last. Faults:
 * check-failed; that is reported, and the task goes on.
 */
void heap_leaks_at(struct task *t, const struct heap *h, const struct site *site);
#define heap_leaks(t, h) heap_leaks_at((t), (h), SITE("heap_leaks(" #h ")"))

/* Refuse a pointer to anything but an object. The checks after it look at the object's life. */
void heap_check_at(struct task *t, const void *p, const struct site *site);

#define HEAP_OFFSET(p, f) offsetof(__typeof__(*(p)), f)

/* Read field @f of object @p, as a number; marked, or plain, which can be a data race. */
#define heap_get(t, p, f) heap_read_at((t), (p), HEAP_OFFSET(p, f), POINT_READ, SITE(#p "->" #f))
#define heap_get_plain(t, p, f)                                                                    \
	heap_read_at((t), (p), HEAP_OFFSET(p, f), POINT_READ_PLAIN, SITE(#p "->" #f))
/* Write it. */
#define heap_set(t, p, f, v)                                                                       \
	heap_write_at((t), (p), HEAP_OFFSET(p, f), (uint64_t)(uintptr_t)(v), POINT_WRITE,          \
		      SITE(#p "->" #f " = " #v))
#define heap_set_plain(t, p, f, v)                                                                 \
	heap_write_at((t), (p), HEAP_OFFSET(p, f), (uint64_t)(uintptr_t)(v), POINT_WRITE_PLAIN,    \
		      SITE(#p "->" #f " = " #v))
/* Add to it, atomically. Returns the value before. */
#define heap_add(t, p, f, v)                                                                       \
	heap_add_at((t), (p), HEAP_OFFSET(p, f), (uint64_t)(v), SITE(#p "->" #f " += " #v))

uint64_t heap_read_at(struct task *t, const void *p, size_t offset, enum point_kind kind,
		      const struct site *site);
void heap_write_at(struct task *t, void *p, size_t offset, uint64_t value, enum point_kind kind,
		   const struct site *site);
uint64_t heap_add_at(struct task *t, void *p, size_t offset, uint64_t value,
		     const struct site *site);

#endif
