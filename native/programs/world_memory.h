/* SPDX-License-Identifier: MIT */
/* Zeroed memory for worlds, aligned as they need it. Pages nobody touches cost nothing. */
#ifndef DMTORTURE_WORLD_MEMORY_H
#define DMTORTURE_WORLD_MEMORY_H

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

#include "arrays.h"

#define WORLD_ALIGN 128

struct world_memory {
	void *raw;   /* to free */
	char *start; /* aligned */
};

static inline size_t world_stride(size_t bytes)
{
	return (bytes + WORLD_ALIGN - 1) / WORLD_ALIGN * WORLD_ALIGN;
}

/* @count worlds of world_stride(@bytes) each. Returns false without memory. */
static inline bool world_memory_get(struct world_memory *memory, size_t count, size_t bytes)
{
	size_t all;

	memory->raw = bytes <= SIZE_MAX - WORLD_ALIGN &&
				      array_bytes(count, 1, world_stride(bytes), 1, &all)
			      ? calloc(1, all + WORLD_ALIGN)
			      : NULL;
	memory->start =
		(char *)(((uintptr_t)memory->raw + WORLD_ALIGN - 1) / WORLD_ALIGN * WORLD_ALIGN);
	return memory->raw;
}

static inline void world_memory_put(struct world_memory *memory)
{
	free(memory->raw);
	memory->raw = NULL;
}

#endif
