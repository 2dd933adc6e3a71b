/* SPDX-License-Identifier: MIT */
#include "room.h"

#include <errno.h>
#include <stdlib.h>
#include <time.h>

#include "arrays.h"

void stall(uint64_t ns)
{
	struct timespec time = {.tv_sec = (time_t)(ns / 1000000000u),
				.tv_nsec = (long)(ns % 1000000000u)};

	nanosleep(&time, NULL);
}

static size_t whole_lines(size_t bytes)
{
	return (bytes + LINE_BYTES - 1) / LINE_BYTES * LINE_BYTES;
}

static size_t looks_bytes(uint32_t threads)
{
	return whole_lines(sizeof(struct looks) + threads * sizeof(uint64_t));
}

static void *lines(size_t count, size_t bytes)
{
	return array_aligned(LINE_BYTES, count, bytes);
}

int room_open(struct room *room, const struct lock_row *row, uint32_t threads, double ticks_per_ns)
{
	*room = (struct room){.row = row, .threads = threads};
	room->lock = lines(1, lock_bytes(row->ops, threads));
	room->guarded = lines(1, sizeof(*room->guarded));
	room->nodes = lines(threads + 1, sizeof(*room->nodes));
	room->hands = lines(threads, sizeof(*room->hands));
	room->looks = lines(threads, looks_bytes(threads));
	if (!room->lock || !room->guarded || !room->nodes || !room->hands || !room->looks) {
		room_close(room);
		return -ENOMEM;
	}
	row->ops->make(room->lock, room->nodes, threads);
	atomic_init(&room->guarded->owner, NO_OWNER);
	for (uint32_t i = 0; i < threads; i++) {
		locker_init(&room->hands[i].locker, room->nodes, i,
			    (uint64_t)(ticks_per_ns * 1000));
		room->hands[i].looks = room_looks(room, i);
	}
	return 0;
}

void room_close(struct room *room)
{
	free(room->lock);
	free(room->guarded);
	free(room->nodes);
	free(room->hands);
	free(room->looks);
}

struct looks *room_looks(const struct room *room, uint32_t thread)
{
	return (struct looks *)(room->looks + thread * looks_bytes(room->threads));
}

void room_enter(const struct room *room, struct crew *crew)
{
	for (uint32_t i = 0; i < crew->threads; i++) {
		room->hands[i].locker.over = &crew->stop;
		crew->members[i].own = &room->hands[i];
	}
}
