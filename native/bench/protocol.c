/* SPDX-License-Identifier: MIT */
#include "protocol.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "arrays.h"
#include "crew.h"
#include "deadline.h"
#include "dm_refs.h"
#include "likely.h"
#include "own_lock.h"
#include "protocol_sides.h"
#include "room.h"
#include "stats.h"

#define DEVICES 4 /* of each thread */
#define STEPS_MAX_OF_MIX 4

struct mix {
	const char *name;
	bool devices_stay;
	bool is_direct; /* dm_get_md() and dm_put() as a driver calls them, no control device */
	uint32_t steps;
	enum op_code step[STEPS_MAX_OF_MIX];
};

#define MIXES 3

static const struct mix lock_mixes[MIXES] = {
	{"protocol get, put", true, false, 2, {OP_GET, OP_PUT}},
	{"protocol open, close", true, false, 2, {OP_OPEN, OP_CLOSE}},
	{"protocol create, open, close, remove",
	 false,
	 false,
	 4,
	 {OP_CREATE, OP_OPEN, OP_CLOSE, OP_REMOVE}},
};
static const struct mix era_mixes[MIXES] = {
	{"protocol dm_get_md, dm_put", true, true, 2, {OP_GET, OP_PUT}},
	{"protocol open, close", true, false, 2, {OP_OPEN, OP_CLOSE}},
	{"protocol create, remove", false, false, 2, {OP_CREATE, OP_REMOVE}},
};

struct protocol {
	const struct protocol_trial *trial;
	const struct mix *mix;
	struct crew *crew;
	struct side *sides;
	uint32_t side_count;
	double *scratch;
	uint64_t began_ns, mixes_done;
};

/* What the threads know of a window. */
struct protocol_window {
	const struct mix *mix;
	struct side *side;
};

/* An operation and the error that it ended with, as one number that is not 0. */
static uint64_t failure_of(enum op_code op, int64_t error)
{
	return (uint64_t)(op + 1) << 32 | (uint32_t)-error;
}

static void fail(struct side *side, enum op_code op, int64_t error)
{
	uint64_t none = 0;

	atomic_compare_exchange_strong(&side->failed, &none, failure_of(op, error));
}

/* A reference of each device, taken and dropped. Context: under task_catch(). */
static void run_pairs(struct side *side, struct player *player, uint32_t first)
{
	struct dm *dm = &side->arena.world->dm;
	struct task *t = &player->task;

	for (uint32_t device = first; device < first + DEVICES; device++) {
		struct mapped_device *md = side->rcu ? rcu_lookup_get(&side->lookup, t, device)
						     : dm_get_md(t, dm, device);

		if (md)
			dm_put(t, dm, md);
		else
			fail(side, OP_GET, -ENXIO);
	}
}

/* One pass of a mix over @devices from @first on. Context: under task_catch(). */
static inline __attribute__((always_inline)) void run_steps(struct side *side,
							    const struct mix *mix,
							    struct player *player, uint32_t first,
							    uint32_t devices)
{
	for (uint32_t device = first; device < first + devices; device++)
		for (uint32_t i = 0; i < mix->steps; i++) {
			int64_t r = player_run(player, mix->step[i], device);

			if (unlikely(r < 0))
				fail(side, mix->step[i], r);
		}
}

static void run_member(struct member *member)
{
	const struct protocol_window *w = member->crew->context;
	const struct mix *mix = w->mix;
	struct player *player = arena_player(&w->side->arena, member->index);
	uint32_t first = member->index * DEVICES;
	volatile uint64_t ops = 0;

	if (task_catch(&player->task) == 0) {
		do {
			if (mix->is_direct)
				run_pairs(w->side, player, first);
			else
				run_steps(w->side, mix, player, first, DEVICES);
			ops += DEVICES * mix->steps;
		} while (!crew_stops(member));
	}
	member->ops = ops;
}

/* --- a mix --- */

static struct bench_figure figure(struct estimate e)
{
	return (struct bench_figure){e.median, e.low, e.high};
}

static int tell_side(struct protocol *p, const struct side *side, uint32_t rounds)
{
	uint32_t threads = p->trial->threads;
	const struct side *first = &p->sides[0];
	struct bench_minor_row row = {.op = p->mix->name,
				      .order = "contended",
				      .minor_lock = side->minor_lock,
				      .set = side->set,
				      .rcu = side->rcu,
				      .population = threads * DEVICES,
				      .threads = threads,
				      .oversubscribed = threads > p->trial->cpus,
				      .faults = side->arena.faults,
				      .windows = side->ns,
				      .bare_windows = first->is_out ? NULL : first->ns,
				      .window_count = rounds};

	row.vs_bare = first->is_out
			      ? (struct bench_figure){0, NAN, NAN}
			      : figure(estimate_ratio(side->ns, first->ns, rounds, p->scratch));
	memcpy(p->scratch, side->ns, rounds * sizeof(*p->scratch));
	row.ns_per_op = figure(estimate_of(p->scratch, rounds));
	if (row.ns_per_op.median > 0)
		row.ops_per_second = threads * 1e9 / row.ns_per_op.median;
	return p->trial->row(p->trial->context, &row);
}

static int tell(struct protocol *p, uint32_t rounds)
{
	int r = 0;

	for (uint32_t i = 0; i < p->side_count && !r && rounds; i++)
		if (!p->sides[i].is_out)
			r = tell_side(p, &p->sides[i], rounds);
	return r;
}

/*
 * An era that faults or fails under the load has no figures: what was measured is not the load.
 * Returns what the listener returned.
 */
static int refuse(struct protocol *p, struct side *side)
{
	uint64_t failed = atomic_load(&side->failed);
	struct bench_refusal refusal = {.set = (uint32_t)side->set,
					.rcu = side->rcu,
					.mix = p->mix->name,
					.threads = p->trial->threads};

	side->is_out = true;
	if (side->arena.faults) {
		refusal.fault = fault_table[side->arena.first].slug;
	} else {
		refusal.op = op_table[(failed >> 32) - 1].slug;
		refusal.error = -(int32_t)(uint32_t)failed;
	}
	return p->trial->refused(p->trial->context, &refusal);
}

static int refuse_if_broken(struct protocol *p, struct side *side)
{
	bool broken = side->arena.faults || atomic_load(&side->failed);

	return side->set >= 0 && broken && !side->is_out ? refuse(p, side) : 0;
}

/* The mix once, on one thread: what an era has not is known before anything is measured. */
static void try_once(const struct protocol *p, struct side *side)
{
	struct player *closer = arena_player(&side->arena, side->arena.threads);

	if (task_catch(&closer->task) == 0)
		run_steps(side, p->mix, closer, 0, 1);
}

static int open_side(struct protocol *p, struct side *side)
{
	const struct protocol_trial *trial = p->trial;
	uint32_t devices = trial->threads * DEVICES;
	int r;

	side->is_out = side->rcu && !p->mix->is_direct;
	atomic_store(&side->failed, 0);
	r = arena_open(&side->arena, trial->threads, devices, side->patches, side->lock,
		       trial->seed);
	if (r || side->is_out)
		return r;
	if (p->mix->devices_stay)
		r = arena_create(&side->arena, devices);
	if (!r && side->rcu)
		r = rcu_lookup_open(&side->lookup, &side->arena, devices);
	if (side->set < 0)
		return r;
	/* A fault of its creations is the era's own, and no failure of the benchmark. */
	if (!side->arena.faults && !r)
		try_once(p, side);
	return side->arena.faults ? refuse(p, side) : r ? r : refuse_if_broken(p, side);
}

static bool stopped(const struct protocol_trial *trial)
{
	return trial->stop && atomic_load(trial->stop);
}

/* Whether the time of the mix that runs is over. */
static bool late(const struct protocol *p)
{
	return share_is_over(p->began_ns, p->trial->deadline_ns, p->mixes_done, MIXES);
}

/* One window of a side. Returns what the listener returned. */
static int run_window(struct protocol *p, struct side *side, uint32_t round)
{
	const struct protocol_trial *trial = p->trial;
	struct protocol_window w = {p->mix, side};
	struct window window;

	if (side->is_out)
		return 0;
	crew_watch(p->crew, lock_row_at(side->lock), trial->window_ns);
	crew_run(p->crew, run_member, &w, trial->window_ns, trial->stop, &window);
	side->ns[round] =
		window.ops_per_second > 0 ? trial->threads * 1e9 / window.ops_per_second : 0;
	return refuse_if_broken(p, side);
}

static int run_mix(struct protocol *p)
{
	const struct protocol_trial *trial = p->trial;
	uint32_t round = 0;
	int r = 0;

	for (uint32_t i = 0; i < p->side_count && !r; i++)
		r = open_side(p, &p->sides[i]);
	for (; round < trial->rounds && !r && !(round && late(p)); round++) {
		for (uint32_t i = 0; i < p->side_count && !r; i++)
			r = run_window(p, &p->sides[(round + i) % p->side_count], round);
		/* A round that was cut off is none. */
		if (stopped(trial))
			break;
	}
	if (!r)
		r = tell(p, round);
	for (uint32_t i = 0; i < p->side_count; i++) {
		rcu_lookup_close(&p->sides[i].lookup);
		arena_close(&p->sides[i].arena);
	}
	return r;
}

uint64_t protocol_ns(const struct protocol_trial *trial)
{
	return MIXES * protocol_count_sides(trial) * trial->rounds * trial->window_ns;
}

int protocol_run(const struct protocol_trial *trial)
{
	struct protocol p = {.trial = trial, .began_ns = monotonic_ns()};
	uint32_t sides = protocol_count_sides(trial);
	int r = 0;

	if (trial->threads > ARENA_THREADS_MAX)
		return 0;
	p.sides = array_new(sides, 1, sizeof(*p.sides));
	p.scratch = array_new(sides + 1, trial->rounds, sizeof(double));
	p.crew = crew_new(trial->threads, trial->pinned, trial->ticks_per_ns);
	if (!p.sides || !p.scratch)
		r = -ENOMEM;
	else if (!p.crew)
		r = -EAGAIN;
	else
		p.side_count = protocol_choose_sides(trial, p.sides);
	for (uint32_t i = 0; i < p.side_count; i++)
		p.sides[i].ns = p.scratch + (i + 1) * (size_t)trial->rounds;
	for (unsigned int i = 0; i < MIXES && !r; i++, p.mixes_done++) {
		p.mix = trial->set_count ? &era_mixes[i] : &lock_mixes[i];
		r = run_mix(&p);
	}
	crew_free(p.crew);
	free(p.scratch);
	free(p.sides);
	return r;
}
