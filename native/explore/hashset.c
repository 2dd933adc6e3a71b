/* SPDX-License-Identifier: MIT */
#include "hashset.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "arrays.h"

#define CAPACITY_FIRST 1024 /* a power of two */

static uint64_t *find(const struct hashset *set, uint64_t hash)
{
	uint64_t *slot = hashset_home(set, hash), *end = set->slot + set->capacity;

	while (*slot && *slot != hash)
		if (++slot == end)
			slot = set->slot;
	return slot;
}

static int grow(struct hashset *set)
{
	struct hashset bigger = {.capacity = set->capacity ? set->capacity * 2 : CAPACITY_FIRST,
				 .count = set->count};

	bigger.slot = array_new(bigger.capacity, 1, sizeof(*bigger.slot));
	if (!bigger.slot)
		return -ENOMEM;
	for (uint64_t i = 0; i < set->capacity; i++)
		if (set->slot[i])
			*find(&bigger, set->slot[i]) = set->slot[i];
	free(set->slot);
	*set = bigger;
	return 0;
}

int hashset_add(struct hashset *set, uint64_t hash)
{
	uint64_t *slot;

	if (set->count * 3 >= set->capacity * 2 && grow(set))
		return -ENOMEM;
	hash += !hash;
	slot = find(set, hash);
	if (*slot)
		return 0;
	*slot = hash;
	set->count++;
	return 1;
}

void hashset_clear(struct hashset *set)
{
	if (set->count)
		memset(set->slot, 0, set->capacity * sizeof(*set->slot));
	set->count = 0;
}

void hashset_free(struct hashset *set)
{
	free(set->slot);
	*set = (struct hashset){0};
}

uint64_t hashset_digest(const struct hashset *set)
{
	uint64_t digest = set->count;

	for (uint64_t i = 0; i < set->capacity; i++)
		digest += set->slot[i] * UINT64_C(0xff51afd7ed558ccd) ^ set->slot[i] >> 31;
	return digest;
}
