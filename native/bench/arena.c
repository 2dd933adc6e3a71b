/* SPDX-License-Identifier: MIT */
#include "arena.h"

#include <errno.h>
#include <string.h>

#include "arrays.h"
#include "spinlocks.h"

#define ALIGN 128

static size_t player_stride(void)
{
	return (sizeof(struct player) + ALIGN - 1) / ALIGN * ALIGN;
}

static void record(void *context, struct task *t, const struct fault_event *event)
{
	struct arena *arena = context;

	(void)t;
	if (!atomic_fetch_add(&arena->faults, 1))
		atomic_store(&arena->first, event->kind);
}

struct player *arena_player(const struct arena *arena, uint32_t thread)
{
	return (struct player *)(arena->players + thread * player_stride());
}

int arena_open(struct arena *arena, uint32_t threads, uint32_t minors, uint64_t patches,
	       uint32_t lock, uint64_t seed)
{
	struct world_config config = {.cpus = threads + 1,
				      .minors = minors,
				      .patches = patches,
				      .lock_kind = lock,
				      .lock_maker = &spinlock_maker,
				      .seed = seed,
				      .recorder = {.record = record, .context = arena}};

	memset(arena, 0, sizeof(*arena));
	arena->threads = threads;
	arena->players = array_aligned(ALIGN, threads + 1, player_stride());
	if (!arena->players || !world_memory_get(&arena->memory, 1, world_bytes(&config))) {
		arena_close(arena);
		return -ENOMEM;
	}
	arena->world = world_init(arena->memory.start, &config);
	for (uint32_t i = 0; i <= threads; i++)
		player_begin(arena_player(arena, i), arena->world, i);
	return 0;
}

void arena_close(struct arena *arena)
{
	free(arena->players);
	world_memory_put(&arena->memory);
}

int arena_create(struct arena *arena, uint32_t count)
{
	struct player *closer = arena_player(arena, arena->threads);

	if (task_catch(&closer->task))
		return -EIO;
	for (uint32_t minor = 0; minor < count; minor++)
		if (player_run(closer, OP_CREATE, minor) < 0)
			return -EIO;
	return 0;
}
