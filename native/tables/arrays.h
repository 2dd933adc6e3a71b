/* SPDX-License-Identifier: MIT */
/*
 * Memory for arrays whose lengths come from input. If the size overflows, the result is NULL, never
 * an array that is too short. Arrays without elements have an address, so NULL means no memory.
 */
#ifndef DMTORTURE_ARRAYS_H
#define DMTORTURE_ARRAYS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* @count times @each elements of @size bytes, rounded up to @align. Returns whether it fits. */
static inline bool array_bytes(size_t count, size_t each, size_t size, size_t align, size_t *bytes)
{
	if (__builtin_mul_overflow(count, each, bytes) ||
	    __builtin_mul_overflow(*bytes, size, bytes) || *bytes > SIZE_MAX - align)
		return false;
	*bytes = (*bytes + (*bytes == 0) + align - 1) / align * align;
	/* No object is larger than a difference of pointers. */
	return *bytes <= PTRDIFF_MAX;
}

/* @count times @each zeroed elements of @size bytes, to be freed. Returns NULL without memory. */
static inline void *array_new(size_t count, size_t each, size_t size)
{
	size_t bytes;

	return array_bytes(count, each, size, 1, &bytes) ? calloc(1, bytes) : NULL;
}

/* @count zeroed elements of @size bytes at a multiple of @align, a power of two, to be freed. */
static inline void *array_aligned(size_t align, size_t count, size_t size)
{
	size_t bytes;
	void *array =
		array_bytes(count, 1, size, align, &bytes) ? aligned_alloc(align, bytes) : NULL;

	if (array)
		memset(array, 0, bytes);
	return array;
}

/* A copy of @count elements of @size bytes, to be freed. Returns NULL without memory. */
static inline void *array_copy(const void *from, size_t count, size_t size)
{
	void *copy = array_new(count, 1, size);

	if (copy && count)
		memcpy(copy, from, count * size);
	return copy;
}

#endif
