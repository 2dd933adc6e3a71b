/* SPDX-License-Identifier: MIT */
/* States that were visited, by hash, each with the threads that slept whenever it was: a map. */
#ifndef DMTORTURE_VISITS_H
#define DMTORTURE_VISITS_H

#include <stdbool.h>
#include <stdint.h>

struct visit {
	uint64_t hash; /* 0: empty */
	uint32_t asleep;
};

struct visits {
	struct visit *visit;
	uint64_t capacity, count;
};

/*
 * The visit of the state @hash, added where it is new (*@is_new says so): then the caller sets what
 * sleeps. It moves with the next call. Returns NULL without memory.
 */
struct visit *visits_find(struct visits *visits, uint64_t hash, bool *is_new);
void visits_free(struct visits *visits);

#endif
