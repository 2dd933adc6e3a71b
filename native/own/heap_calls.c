/* SPDX-License-Identifier: MIT */
/*
 * malloc() and its kin. The host's names come before those of the C library in the whole process:
 * what the program calls is of its heap; what the C library and the host call is not.
 */
#include <errno.h>
#include <string.h>

#include "heap.h"

#define FILL 0xbe /* what memory holds that nobody has written */

/* The program's code runs, as part of an execution or of a constructor, and it called. */
static bool is_from_program(uintptr_t pc)
{
	return (own.inside || own.loading) && own_is_code(pc);
}

static void *refuse_size(void)
{
	errno = ENOMEM;
	return NULL;
}

OWN_EXPORT void *malloc(size_t size)
{
	uintptr_t pc = OWN_PC();

	if (is_from_program(pc))
		return own_take(size, 1, pc, FILL);
	if (own.inside && own_allocates_exceptions(pc))
		return own_take_within(size, UNIT, pc, FILL, true);
	return BELOW(malloc)(size);
}

OWN_EXPORT void *calloc(size_t count, size_t size)
{
	uintptr_t pc = OWN_PC();
	size_t bytes;

	if (!is_from_program(pc))
		return BELOW(calloc)(count, size);
	if (__builtin_mul_overflow(count, size, &bytes))
		return refuse_size();
	return own_take(bytes, 1, pc, 0);
}

/* What is not of the program's heap the C library allocated, for itself or for the program. */
OWN_EXPORT void free(void *block)
{
	uintptr_t pc = OWN_PC();

	if (is_from_program(pc) || arena_of((uintptr_t)block))
		own_free(block, pc);
	else
		BELOW(free)(block);
}

/* A block moves whenever its size changes, so that what still points to the old one is found. */
static void *resize(void *block, size_t size, uintptr_t pc)
{
	const struct block *old;
	void *moved;
	size_t kept;

	if (!block)
		return own_take(size, 1, pc, FILL);
	if (!arena_of((uintptr_t)block) && !cell_of((uintptr_t)block))
		return BELOW(realloc)(block, size);
	if (!size) {
		own_free(block, pc);
		return NULL;
	}
	old = heap_to_free((uintptr_t)block, pc);
	kept = old->size < size ? old->size : size;
	moved = own_take(size, 1, pc, FILL);
	if (!moved)
		return NULL;
	own_plain((uintptr_t)block, (unsigned int)kept, OWN_READ, pc);
	own_plain((uintptr_t)moved, (unsigned int)kept, OWN_WRITE, pc);
	memcpy(moved, block, kept);
	own_free(block, pc);
	return moved;
}

OWN_EXPORT void *realloc(void *block, size_t size)
{
	uintptr_t pc = OWN_PC();

	return is_from_program(pc) ? resize(block, size, pc) : BELOW(realloc)(block, size);
}

OWN_EXPORT void *reallocarray(void *block, size_t count, size_t size)
{
	uintptr_t pc = OWN_PC();
	size_t bytes;

	if (__builtin_mul_overflow(count, size, &bytes))
		return refuse_size();
	return is_from_program(pc) ? resize(block, bytes, pc) : BELOW(realloc)(block, bytes);
}

static void *take_aligned(size_t align, size_t size, uintptr_t pc)
{
	if (!is_from_program(pc))
		return BELOW(memalign)(align, size);
	return own_take(size, align, pc, FILL);
}

static bool is_power_of_2(size_t align)
{
	return align && !(align & (align - 1));
}

OWN_EXPORT void *memalign(size_t align, size_t size)
{
	return take_aligned(align, size, OWN_PC());
}

OWN_EXPORT void *aligned_alloc(size_t align, size_t size)
{
	if (!is_power_of_2(align)) {
		errno = EINVAL;
		return NULL;
	}
	return take_aligned(align, size, OWN_PC());
}

OWN_EXPORT int posix_memalign(void **block, size_t align, size_t size)
{
	if (!is_power_of_2(align) || align % sizeof(void *))
		return EINVAL;
	*block = take_aligned(align, size, OWN_PC());
	return *block ? 0 : ENOMEM;
}

OWN_EXPORT void *valloc(size_t size)
{
	return take_aligned(4096, size, OWN_PC());
}

OWN_EXPORT size_t malloc_usable_size(void *block)
{
	const struct block *near = block_near((uintptr_t)block);

	/* Only the program asks, and its blocks are exact. */
	return near && near->at == (uintptr_t)block ? near->size : 0;
}
