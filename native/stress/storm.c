/* SPDX-License-Identifier: MIT */
/*
 * Storm: every thread draws operations from one seeded mix, on one world. The world lives for
 * an epoch, or until a fault; then everything is put back, leaks are looked for, and the next
 * world begins.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "park.h"
#include "worker.h"
#include "world_memory.h"

#define UNLOADS_A_LULL 256
#define CREATES_A_NEXT_FREE 8 /* the others name their minor, so that the lookups find it */
/* What is held keeps its minor taken, and there are more threads than minors. */
#define HANDS 1
#define LULL_TURNS_MAX 4096

struct storm {
	struct world_memory memory;
	struct world_config config;
	struct world *world;
	uint8_t drawn[MIX_SLOTS]; /* an op for every random number */
	uint64_t ops_left_each;	  /* of each worker; UINT64_MAX: no limit */
	_Atomic uint64_t lull;	  /* odd: somebody wants to unload, so let go and wait; counts up */
	_Atomic uint32_t quiet;	  /* workers that hold nothing and wait for the lull to end */
	bool ended;
};

/* Spread the weights over the slots; every op that has any weight gets one at least. */
static void spread_mix(struct storm *storm, const uint32_t *mix)
{
	uint64_t total = 0, before = 0;

	for (uint32_t op = 0; op < OP_COUNT; op++)
		total += mix[op];
	for (uint32_t op = 0; op < OP_COUNT; op++) {
		uint64_t from = before * MIX_SLOTS / total;
		uint64_t to = (before + mix[op]) * MIX_SLOTS / total;

		memset(storm->drawn + from, (int)op, to - from);
		before += mix[op];
	}
}

int storm_new(struct run *run)
{
	struct storm *storm = calloc(1, sizeof(*storm));

	if (!storm)
		return -ENOMEM;
	run->storm = storm;
	storm->config = run_world_config(run, run->threads + 1);
	if (!world_memory_get(&storm->memory, 1, world_bytes(&storm->config)))
		return -ENOMEM;
	spread_mix(storm, run->mix);
	storm->ops_left_each =
		run->plan.ops ? (run->plan.ops + run->threads - 1) / run->threads : UINT64_MAX;
	return 0;
}

void storm_free(struct run *run)
{
	if (!run->storm)
		return;
	world_memory_put(&run->storm->memory);
	free(run->storm);
	run->storm = NULL;
}

/* Look for leaks in a world that nobody runs in any more. Context: under the gate. */
static void close_world(struct run *run)
{
	struct storm *storm = run->storm;
	struct worker *closer = &run->workers[run->threads];

	if (!storm->world || atomic_load(&storm->world->machine.abandoned))
		return;
	player_begin(&closer->player, storm->world, run->threads);
	if (task_catch(&closer->player.task) == 0)
		player_empty_world(&closer->player);
}

/* Context: under the gate; every worker waits. */
static void next_world(void *context)
{
	struct run *run = context;
	struct storm *storm = run->storm;

	close_world(run);
	if (storm->world)
		counter_bump(&run->workers[run->threads].rounds);
	storm->ended = run_is_over(run);
	if (storm->ended)
		return;
	atomic_fetch_add(&run->epoch, 1);
	atomic_store(&run->epoch_over, false);
	atomic_store(&storm->lull, 0);
	storm->world = world_init(storm->memory.start, &storm->config);
	storm->world->machine.watchdog_ns = run->plan.watchdog_ms * 1000000;
	for (uint32_t i = 0; i < run->threads; i++) {
		struct worker *worker = &run->workers[i];

		player_begin(&worker->player, storm->world, i);
		worker->player.storms = true;
		worker->player.opens.capacity = HANDS;
		worker->player.gets.capacity = HANDS;
		worker->player.task.perturb = (unsigned int)run->plan.perturb;
		worker->player.task.random = worker_random(worker);
	}
}

/* Keep to what the hands allow: nothing to close means open, full hands mean close. */
static enum op_code sensible(const struct player *p, enum op_code op)
{
	switch (op) {
	case OP_CLOSE:
	case OP_IO:
	case OP_QUERY:
		return p->opens.count ? op : OP_OPEN;
	case OP_OPEN:
		return p->opens.count < p->opens.capacity ? op : OP_CLOSE;
	case OP_PUT:
		return p->gets.count ? op : OP_GET;
	case OP_GET:
		return p->gets.count < p->gets.capacity ? op : OP_PUT;
	default:
		return op;
	}
}

/* The minor for @op: one of those held where it needs one, else any. */
static uint32_t pick_minor(struct worker *worker, enum op_code op, uint64_t random)
{
	const struct player *p = &worker->player;
	uint32_t draw = (uint32_t)(random >> 32);

	switch (op) {
	case OP_CLOSE:
	case OP_IO:
	case OP_QUERY:
		return p->opens.item[draw % p->opens.count].minor;
	case OP_PUT:
		return p->gets.item[draw % p->gets.count].minor;
	case OP_UEVENT:
		return DM_ANY_MINOR;
	case OP_CREATE:
		if (random / MIX_SLOTS % CREATES_A_NEXT_FREE == 0)
			return DM_ANY_MINOR;
		break;
	default:
		break;
	}
	return (uint32_t)((uint64_t)draw * worker->run->plan.minors >> 32);
}

/* Wait one turn, as a task of the world: leave when it was abandoned. */
static void idle_turn(struct player *p, unsigned int turn)
{
	if (atomic_load_explicit(&p->task.attention, memory_order_relaxed))
		task_leave(&p->task);
	spin_turn(turn);
}

/* Somebody wants to unload: let go of everything, and wait until that was tried. */
static void heed_lull(struct worker *worker)
{
	struct storm *storm = worker->run->storm;
	uint64_t lull = atomic_load_explicit(&storm->lull, memory_order_relaxed);

	if (likely(!(lull & 1)))
		return;
	player_close_all(&worker->player);
	atomic_fetch_add(&storm->quiet, 1);
	for (unsigned int turn = 0; atomic_load(&storm->lull) == lull; turn++)
		idle_turn(&worker->player, turn);
}

/*
 * Unload. Every open pins the module, and somebody always has one: so every few unloads ask all to
 * close what they have open, and try in that lull. A raw reference pins nothing before 07.
 */
static void unload_in_lull(struct worker *worker, uint64_t random)
{
	struct run *run = worker->run;
	struct storm *storm = run->storm;
	uint64_t lull = atomic_load(&storm->lull);

	if ((random >> 32 & (UNLOADS_A_LULL - 1)) == 0 && !(lull & 1)) {
		atomic_store(&storm->quiet, 0);
		if (!atomic_compare_exchange_strong(&storm->lull, &lull, lull + 1))
			return;
		player_close_all(&worker->player);
		for (unsigned int turn = 0; turn < LULL_TURNS_MAX; turn++) {
			if (atomic_load(&storm->quiet) + 1 >= run->threads || run_is_over(run))
				break;
			idle_turn(&worker->player, turn);
		}
		worker_run(worker, &worker->player, OP_UNLOAD, DM_ANY_MINOR);
		atomic_store(&storm->lull, lull + 2);
		return;
	}
	worker_run(worker, &worker->player, OP_UNLOAD, DM_ANY_MINOR);
}

/* Operations that the worker has run so far, in all worlds. */
static uint64_t ops_done(const struct worker *worker)
{
	uint64_t done = 0;

	for (uint32_t op = 0; op < OP_COUNT; op++)
		for (uint32_t row = 0; row < STAT_ROWS; row++)
			done += atomic_load_explicit(&worker->stat[op][row], memory_order_relaxed);
	return done;
}

/* Operations until the epoch ends, then give everything back. */
static void storm_program(struct worker *worker)
{
	struct run *run = worker->run;
	struct storm *storm = run->storm;
	struct player *p = &worker->player;
	uint64_t left = storm->ops_left_each - ops_done(worker);

	for (; left; left--) {
		uint64_t random = worker_random(worker);
		enum op_code op;

		if (run_is_over(run) ||
		    atomic_load_explicit(&run->epoch_over, memory_order_relaxed))
			break;
		heed_lull(worker);
		op = sensible(p, (enum op_code)storm->drawn[random % MIX_SLOTS]);
		if (op == OP_UNLOAD)
			unload_in_lull(worker, random);
		else
			worker_run(worker, p, op, pick_minor(worker, op, random));
	}
	player_put_back(p);
}

void storm_work(struct worker *worker)
{
	struct run *run = worker->run;

	for (;;) {
		gate_pass(&run->gate, next_world, run);
		if (run->storm->ended)
			return;
		if (task_catch(&worker->player.task) == 0)
			storm_program(worker);
		else
			worker_count_unfinished(worker, &worker->player);
		task_done(&worker->player.task);
		atomic_fetch_or_explicit(&worker->notes_seen, worker->player.task.notes_seen,
					 memory_order_relaxed);
		if (run->storm->ops_left_each != UINT64_MAX &&
		    run_ops(run) >= run->storm->ops_left_each * run->threads)
			run_finish(run);
	}
}
