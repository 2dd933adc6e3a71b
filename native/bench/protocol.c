/* SPDX-License-Identifier: MIT */
#include "protocol.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "arrays.h"
#include "crew.h"
#include "deadline.h"
#include "own_lock.h"
#include "room.h"
#include "stats.h"

#define DEVICES 4 /* of each thread */
#define STEPS_MAX_OF_MIX 4

/* What _minor_lock is; the first side is the mutex that it was before patch 04. */
struct side {
	const char *minor_lock;
	uint32_t lock; /* of lock_row_at() */
	bool patch_04;
	struct arena arena;
	double *ns; /* by round */
};

struct mix {
	const char *name;
	bool devices_stay;
	uint32_t steps;
	enum op_code step[STEPS_MAX_OF_MIX];
};

static const struct mix mixes[] = {
	{"protocol get, put", true, 2, {OP_GET, OP_PUT}},
	{"protocol open, close", true, 2, {OP_OPEN, OP_CLOSE}},
	{"protocol create, open, close, remove",
	 false,
	 4,
	 {OP_CREATE, OP_OPEN, OP_CLOSE, OP_REMOVE}},
};
#define MIXES (sizeof(mixes) / sizeof(mixes[0]))

struct protocol {
	const struct protocol_trial *trial;
	const struct mix *mix;
	struct crew *crew;
	struct side *sides;
	uint32_t side_count;
	double *scratch;
	uint64_t began_ns;
};

/* What the threads know of a window. */
struct protocol_window {
	const struct mix *mix;
	struct arena *arena;
};

static void run_member(struct member *member)
{
	const struct protocol_window *w = member->crew->context;
	const struct mix *mix = w->mix;
	struct player *player = arena_player(w->arena, member->index);
	volatile uint64_t ops = 0;
	uint32_t first = member->index * DEVICES;

	if (task_catch(&player->task) == 0) {
		do {
			for (uint32_t device = first; device < first + DEVICES; device++)
				for (uint32_t i = 0; i < mix->steps; i++)
					player_run(player, mix->step[i], device);
			ops += DEVICES * mix->steps;
		} while (!crew_stops(member));
	}
	member->ops = ops;
}

/* --- which locks --- */

#define KINDS (LOCK_COUNT + OWN_LOCKS_MAX)

/* Of each way to wait one; what serves in order and spins says nothing without a CPU a thread. */
static bool chosen(const struct protocol_trial *trial, uint32_t lock)
{
	static const uint64_t choice = UINT64_C(1) << LOCK_ID_ttas | UINT64_C(1) << LOCK_ID_mcs |
				       UINT64_C(1) << LOCK_ID_qspinlock |
				       UINT64_C(1) << LOCK_ID_futex3;
	const struct lock_row *row = lock_row_at(lock);

	if (lock >= LOCK_COUNT)
		return trial->own >> (lock - LOCK_COUNT) & 1;
	if (trial->locks || trial->own)
		return row->class != LOCK_CONTROL && trial->locks >> lock & 1;
	return choice >> lock & 1 &&
	       !(trial->threads > trial->cpus && row->fifo && row->class == LOCK_SPINS);
}

static uint32_t count_sides(const struct protocol_trial *trial)
{
	uint32_t sides = 1;

	for (uint32_t lock = 0; lock < KINDS; lock++)
		sides += chosen(trial, lock);
	return sides;
}

static void choose_sides(struct protocol *p)
{
	p->sides[p->side_count++] = (struct side){.minor_lock = "mutex"};
	for (uint32_t lock = 0; lock < KINDS; lock++)
		if (chosen(p->trial, lock))
			p->sides[p->side_count++] = (struct side){
				.minor_lock = lock_row_at(lock)->slug,
				.lock = lock,
				.patch_04 = true,
			};
}

/* --- a mix --- */

static int tell(struct protocol *p, uint32_t rounds)
{
	uint32_t threads = p->trial->threads;
	int r = 0;

	for (uint32_t i = 0; i < p->side_count && !r && rounds; i++) {
		const struct side *side = &p->sides[i];
		struct bench_minor_row row = {.op = p->mix->name,
					      .order = "contended",
					      .minor_lock = side->minor_lock,
					      .population = threads * DEVICES,
					      .threads = threads,
					      .faults = side->arena.faults,
					      .windows = side->ns,
					      .bare_windows = p->sides[0].ns,
					      .window_count = rounds};
		struct estimate e = estimate_ratio(side->ns, p->sides[0].ns, rounds, p->scratch);

		row.vs_bare = (struct bench_figure){e.median, e.low, e.high};
		memcpy(p->scratch, side->ns, rounds * sizeof(*p->scratch));
		e = estimate_of(p->scratch, rounds);
		row.ns_per_op = (struct bench_figure){e.median, e.low, e.high};
		row.ops_per_second = e.median > 0 ? threads * 1e9 / e.median : 0;
		r = p->trial->row(p->trial->context, &row);
	}
	return r;
}

static int open_side(const struct protocol *p, struct side *side)
{
	const struct protocol_trial *trial = p->trial;
	uint32_t devices = trial->threads * DEVICES;
	struct plan plan;
	int r;

	plan_init(&plan);
	if (!side->patch_04)
		plan.patches &= ~PATCH_ROW(04);
	r = arena_open(&side->arena, trial->threads, devices, plan.patches, side->lock,
		       trial->seed);
	return !r && p->mix->devices_stay ? arena_create(&side->arena, devices) : r;
}

static bool stopped(const struct protocol_trial *trial)
{
	return trial->stop && atomic_load(trial->stop);
}

/* Whether the time of the mix that runs is over. */
static bool late(const struct protocol *p)
{
	return share_is_over(p->began_ns, p->trial->deadline_ns, (uint64_t)(p->mix - mixes), MIXES);
}

static int run_mix(struct protocol *p)
{
	const struct protocol_trial *trial = p->trial;
	uint32_t round = 0;
	int r = 0;

	for (uint32_t i = 0; i < p->side_count && !r; i++)
		r = open_side(p, &p->sides[i]);
	for (; round < trial->rounds && !r && !(round && late(p)); round++) {
		for (uint32_t i = 0; i < p->side_count; i++) {
			struct side *side = &p->sides[(round + i) % p->side_count];
			struct protocol_window w = {p->mix, &side->arena};
			struct window window;

			crew_watch(p->crew, lock_row_at(side->lock), trial->window_ns);
			crew_run(p->crew, run_member, &w, trial->window_ns, trial->stop, &window);
			side->ns[round] = window.ops_per_second > 0
						  ? trial->threads * 1e9 / window.ops_per_second
						  : 0;
		}
		/* A round that was cut off is none. */
		if (stopped(trial))
			break;
	}
	if (!r)
		r = tell(p, round);
	for (uint32_t i = 0; i < p->side_count; i++)
		arena_close(&p->sides[i].arena);
	return r;
}

uint64_t protocol_ns(const struct protocol_trial *trial)
{
	return MIXES * count_sides(trial) * trial->rounds * trial->window_ns;
}

int protocol_run(const struct protocol_trial *trial)
{
	struct protocol p = {.trial = trial, .began_ns = monotonic_ns()};
	uint32_t sides = count_sides(trial);
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
		choose_sides(&p);
	for (uint32_t i = 0; i < p.side_count; i++)
		p.sides[i].ns = p.scratch + (i + 1) * (size_t)trial->rounds;
	for (unsigned int i = 0; i < MIXES && !r; i++) {
		p.mix = &mixes[i];
		r = run_mix(&p);
	}
	crew_free(p.crew);
	free(p.scratch);
	free(p.sides);
	return r;
}
