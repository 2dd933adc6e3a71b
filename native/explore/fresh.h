/* SPDX-License-Identifier: MIT */
#ifndef DMTORTURE_FRESH_H
#define DMTORTURE_FRESH_H

#include <stdlib.h>
#include <sys/mman.h>

#include "switch.h"

/*
 * Zeroed memory of which only what is touched costs anything. calloc() clears all of a block that
 * it has given out before, which took a small search a third of its time.
 */
#ifdef DMTORTURE_ASAN
static inline void *fresh_new(size_t bytes)
{
	return calloc(1, bytes);
}

static inline void fresh_delete(void *block, size_t bytes)
{
	(void)bytes;
	free(block);
}
#else
static inline void *fresh_new(size_t bytes)
{
	void *block = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return block == MAP_FAILED ? NULL : block;
}

static inline void fresh_delete(void *block, size_t bytes)
{
	if (block)
		munmap(block, bytes);
}
#endif

#endif
