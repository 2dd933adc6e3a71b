/* SPDX-License-Identifier: MIT */
/*
 * Storm: every thread draws operations from one seeded mix, on one world. The world lives for
 * an epoch, or until a fault; then everything is put back, leaks are looked for, and the next
 * world begins.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "worker.h"

#define WORLD_ALIGN 128

struct storm {
	void *memory;
	struct world_config config;
	struct world *world;
	uint8_t drawn[MIX_SLOTS]; /* an op for every random number */
	uint64_t ops_left_each;	  /* of each worker; UINT64_MAX: no limit */
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
	size_t bytes;

	if (!storm)
		return -ENOMEM;
	run->storm = storm;
	storm->config = run_world_config(run, run->threads + 1);
	bytes = (world_bytes(&storm->config) + WORLD_ALIGN - 1) / WORLD_ALIGN * WORLD_ALIGN;
	storm->memory = aligned_alloc(WORLD_ALIGN, bytes);
	if (!storm->memory)
		return -ENOMEM;
	memset(storm->memory, 0, sizeof(struct world));
	spread_mix(storm, run->mix);
	storm->ops_left_each =
		run->plan.ops ? (run->plan.ops + run->threads - 1) / run->threads : UINT64_MAX;
	return 0;
}

void storm_free(struct run *run)
{
	if (!run->storm)
		return;
	free(run->storm->memory);
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
	storm->ended = run_is_over(run);
	if (storm->ended)
		return;
	atomic_fetch_add(&run->epoch, 1);
	if (storm->world)
		counter_bump(&run->workers[run->threads].rounds);
	atomic_store(&run->epoch_over, false);
	storm->world = world_init(storm->memory, &storm->config);
	storm->world->machine.watchdog_ns = run->plan.watchdog_ms * 1000000;
	for (uint32_t i = 0; i < run->threads; i++) {
		struct worker *worker = &run->workers[i];

		player_begin(&worker->player, storm->world, i);
		worker->player.storms = true;
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
		if (random & MIX_SLOTS << 1)
			return DM_ANY_MINOR;
		break;
	default:
		break;
	}
	return (uint32_t)((uint64_t)draw * worker->run->plan.minors >> 32);
}

/* Operations until the epoch ends, then give everything back. */
static void storm_program(struct worker *worker)
{
	struct run *run = worker->run;
	struct storm *storm = run->storm;
	uint64_t done = 0, left = storm->ops_left_each;

	for (uint32_t op = 0; op < OP_COUNT; op++)
		for (uint32_t row = 0; row < STAT_ROWS && left != UINT64_MAX; row++)
			done += atomic_load_explicit(&worker->stat[op][row], memory_order_relaxed);
	for (; done < left; done++) {
		uint64_t random = worker_random(worker);
		enum op_code op = sensible(&worker->player,
					   (enum op_code)storm->drawn[random % MIX_SLOTS]);

		if (run_is_over(run) ||
		    atomic_load_explicit(&run->epoch_over, memory_order_relaxed))
			break;
		worker_run(worker, &worker->player, op, pick_minor(worker, op, random));
	}
	player_put_back(&worker->player);
}

void storm_work(struct worker *worker)
{
	struct run *run = worker->run;
	struct player *p = &worker->player;

	for (;;) {
		gate_pass(&run->gate, next_world, run);
		if (run->storm->ended)
			return;
		if (task_catch(&p->task) == 0)
			storm_program(worker);
		else
			worker_count_unfinished(worker, p);
		task_done(&p->task);
		atomic_fetch_or_explicit(&worker->notes_seen, p->task.notes_seen,
					 memory_order_relaxed);
		if (run->storm->ops_left_each != UINT64_MAX &&
		    run_ops(run) >= run->storm->ops_left_each * run->threads)
			run_finish(run);
	}
}
