/* SPDX-License-Identifier: MIT */
#include "room.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "arrays.h"
#include "own_watch.h"

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

/* What a lock of the user's has behind its end, up to the end of its memory. */
#define FENCE_BYTE 0xa5

static size_t room_lock_bytes(const struct lock_row *row, uint32_t threads)
{
	return lock_bytes(row->ops, threads) + LINE_BYTES;
}

static unsigned char *fence_of(const struct room *room)
{
	return (unsigned char *)room->lock + room->row->ops->bytes;
}

static size_t fence_bytes(const struct room *room)
{
	return room_lock_bytes(room->row, room->threads) - room->row->ops->bytes;
}

int room_open(struct room *room, const struct lock_row *row, uint32_t threads, double ticks_per_ns)
{
	*room = (struct room){.row = row, .threads = threads};
	room->lock = lines(1, room_lock_bytes(row, threads));
	room->guarded = lines(1, sizeof(*room->guarded));
	room->nodes = lines(threads + 1, sizeof(*room->nodes));
	room->hands = lines(threads, sizeof(*room->hands));
	room->looks = lines(threads, looks_bytes(threads));
	if (!room->lock || !room->guarded || !room->nodes || !room->hands || !room->looks) {
		room_close(room);
		return -ENOMEM;
	}
	if (row->own) {
		own_watch_enters(row);
		memset(fence_of(room), FENCE_BYTE, fence_bytes(room));
	}
	row->ops->make(room->lock, room->nodes, threads);
	room_leave(room);
	atomic_init(&room->guarded->owner, NO_OWNER);
	for (uint32_t i = 0; i < threads; i++) {
		locker_init(&room->hands[i].locker, room->nodes, i,
			    (uint64_t)(ticks_per_ns * 1000));
		room->hands[i].looks = room_looks(room, i);
		room->hands[i].draws = i + 1;
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

void room_leave(const struct room *room)
{
	const unsigned char *fence = fence_of(room);

	if (!room->row->own || !own_watch_is_open())
		return;
	for (size_t i = 0; i < fence_bytes(room); i++)
		if (fence[i] != FENCE_BYTE)
			own_watch_scribbles();
}

/* --- windows that do not end --- */

#define HANG_WINDOWS 10
#define HANG_NS_MIN UINT64_C(2000000000) /* a busy machine may take as long */

static void hangs(const struct crew *crew)
{
	pthread_t threads[LOCK_THREADS_MAX];
	uint32_t count = 0;

	for (uint32_t i = 0; i < crew->threads; i++)
		if (atomic_load(&crew->members[i].at_work))
			threads[count++] = crew->members[i].thread;
	own_watch_hangs(threads, count);
}

void crew_watch(struct crew *crew, const struct lock_row *row, uint64_t window_ns)
{
	uint64_t ns = HANG_WINDOWS * window_ns;

	own_watch_enters(row);
	crew->hangs = row->own && own_watch_is_open() ? hangs : NULL;
	crew->hang_ns = ns > HANG_NS_MIN ? ns : HANG_NS_MIN;
}
