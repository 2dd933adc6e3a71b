/* SPDX-License-Identifier: MIT */
/* A lock with all that its threads need to use it, each on lines of its own. */
#ifndef DMTORTURE_BENCH_ROOM_H
#define DMTORTURE_BENCH_ROOM_H

#include "lock.h"

struct room {
	const struct lock_row *row;
	uint32_t threads;
	void *lock;
	struct guarded *guarded;
	struct node *nodes; /* threads + 1 */
	struct hand *hands;
	char *looks; /* threads of looks_bytes() each */
};

/* Returns 0 or -ENOMEM. */
int room_open(struct room *room, const struct lock_row *row, uint32_t threads, double ticks_per_ns);
void room_close(struct room *room);
struct looks *room_looks(const struct room *room, uint32_t thread);
/* Have @crew's members use this room's lock. */
void room_enter(const struct room *room, struct crew *crew);
/* They have: a lock of the user's must not have written behind its end. */
void room_leave(const struct room *room);
/* Have a window of @crew watched, if the lock is the user's: it may not end. */
void crew_watch(struct crew *crew, const struct lock_row *row, uint64_t window_ns);

#endif
