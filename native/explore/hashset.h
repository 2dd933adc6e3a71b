/* SPDX-License-Identifier: MIT */
/* A set of 64-bit hashes: open addressing, never shrinks. Its memory is what a search waits for. */
#ifndef DMTORTURE_HASHSET_H
#define DMTORTURE_HASHSET_H

#include <stdbool.h>
#include <stdint.h>

struct hashset {
	uint64_t *slot; /* 0: empty */
	uint64_t capacity, count;
};

static inline uint64_t *hashset_home(const struct hashset *set, uint64_t hash)
{
	return &set->slot[(hash * UINT64_C(0x9e3779b97f4a7c15)) >> 24 & (set->capacity - 1)];
}

/* @hash will be added soon. */
static inline void hashset_prefetch(const struct hashset *set, uint64_t hash)
{
	if (set->capacity)
		__builtin_prefetch(hashset_home(set, hash), 1);
}

/* Returns 1 when @hash is new, 0 when it was there, -ENOMEM. */
int hashset_add(struct hashset *set, uint64_t hash);
/* Forget all, keep the memory. */
void hashset_clear(struct hashset *set);
void hashset_free(struct hashset *set);
/* The same for two sets that hold the same. */
uint64_t hashset_digest(const struct hashset *set);

#endif
