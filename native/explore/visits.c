/* SPDX-License-Identifier: MIT */
#include "visits.h"

#include <stdlib.h>

#define CAPACITY_FIRST (UINT64_C(1) << 12)

/* Where @hash is, or would be. */
static struct visit *home(const struct visits *visits, uint64_t hash)
{
	uint64_t at = (hash * UINT64_C(0x9e3779b97f4a7c15)) >> 24;
	struct visit *visit;

	for (;; at++) {
		visit = &visits->visit[at & (visits->capacity - 1)];
		if (!visit->hash || visit->hash == hash)
			return visit;
	}
}

static bool grow(struct visits *visits)
{
	struct visits more = {.capacity = visits->capacity ? 2 * visits->capacity : CAPACITY_FIRST,
			      .count = visits->count};

	more.visit = calloc(more.capacity, sizeof(*more.visit));
	if (!more.visit)
		return false;
	for (uint64_t i = 0; i < visits->capacity; i++)
		if (visits->visit[i].hash)
			*home(&more, visits->visit[i].hash) = visits->visit[i];
	free(visits->visit);
	*visits = more;
	return true;
}

struct visit *visits_find(struct visits *visits, uint64_t hash, bool *is_new)
{
	struct visit *visit;

	/* At most three in four are full. */
	if (visits->count * 4 >= visits->capacity * 3 && !grow(visits))
		return NULL;
	hash = hash ? hash : 1;
	visit = home(visits, hash);
	*is_new = !visit->hash;
	visits->count += *is_new;
	visit->hash = hash;
	return visit;
}

void visits_free(struct visits *visits)
{
	free(visits->visit);
	*visits = (struct visits){0};
}
