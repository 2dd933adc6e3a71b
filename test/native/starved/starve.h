/* SPDX-License-Identifier: MIT */
/*
 * Memory that ends when a test says so. The linker hands every allocation of the engines to what
 * is here, so one after another can be the first that fails.
 */
#ifndef DMTORTURE_STARVE_H
#define DMTORTURE_STARVE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

#define PLENTY INT64_MAX

static _Atomic int64_t allocations_left = PLENTY;
static _Atomic bool recovers; /* after one that fails there is memory again */

/* Whether this one fails. */
static bool starves(void)
{
	int64_t left = atomic_fetch_sub(&allocations_left, 1);

	return left == 0 || (left < 0 && !atomic_load(&recovers));
}

void *__real_malloc(size_t bytes);
void *__real_calloc(size_t count, size_t bytes);
void *__real_realloc(void *memory, size_t bytes);
void *__real_aligned_alloc(size_t align, size_t bytes);
void *__wrap_malloc(size_t bytes);
void *__wrap_calloc(size_t count, size_t bytes);
void *__wrap_realloc(void *memory, size_t bytes);
void *__wrap_aligned_alloc(size_t align, size_t bytes);

void *__wrap_malloc(size_t bytes)
{
	return starves() ? NULL : __real_malloc(bytes);
}

void *__wrap_calloc(size_t count, size_t bytes)
{
	return starves() ? NULL : __real_calloc(count, bytes);
}

void *__wrap_realloc(void *memory, size_t bytes)
{
	return starves() ? NULL : __real_realloc(memory, bytes);
}

void *__wrap_aligned_alloc(size_t align, size_t bytes)
{
	return starves() ? NULL : __real_aligned_alloc(align, bytes);
}

#endif
