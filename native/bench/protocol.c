/* SPDX-License-Identifier: MIT */
#include "protocol.h"

#include <errno.h>
#include <string.h>

#include "arena.h"
#include "crew.h"
#include "stats.h"

#define DEVICES 4 /* of each thread */
#define STEPS_MAX_OF_MIX 4
#define PATCH_04 (UINT32_C(1) << 3)

enum side { MUTEX, SPINLOCK, SIDES }; /* patch 04 out, and in */

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
	struct arena arena[SIDES];
	double *ns[SIDES]; /* by round */
	double *scratch;
};

/* What the threads are told of a window. */
struct protocol_window {
	const struct mix *mix;
	struct arena *arena;
};

static void play(struct member *member)
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

static int tell(struct protocol *p, uint32_t rounds)
{
	uint32_t threads = p->trial->threads;
	int r = 0;

	for (unsigned int side = 0; side < SIDES && !r && rounds; side++) {
		struct bench_minor_row row = {.op = p->mix->name,
					      .order = "contended",
					      .minor_lock = side == MUTEX ? "mutex" : "ttas",
					      .population = threads * DEVICES,
					      .threads = threads,
					      .faults = p->arena[side].faults,
					      .windows = p->ns[side],
					      .bare_windows = p->ns[MUTEX],
					      .window_count = rounds};
		struct estimate e = estimate_ratio(p->ns[side], p->ns[MUTEX], rounds, p->scratch);

		row.vs_bare = (struct bench_figure){e.median, e.low, e.high};
		memcpy(p->scratch, p->ns[side], rounds * sizeof(*p->scratch));
		e = estimate_of(p->scratch, rounds);
		row.ns_per_op = (struct bench_figure){e.median, e.low, e.high};
		row.ops_per_second = e.median > 0 ? threads * 1e9 / e.median : 0;
		r = p->trial->row(p->trial->context, &row);
	}
	return r;
}

static int run_mix(struct protocol *p)
{
	const struct protocol_trial *trial = p->trial;
	uint32_t devices = trial->threads * DEVICES, round = 0;
	int r = 0;

	for (unsigned int side = 0; side < SIDES && !r; side++) {
		struct plan plan;

		plan_init(&plan);
		if (side == MUTEX)
			plan.patches &= ~(uint64_t)PATCH_04;
		r = arena_open(&p->arena[side], trial->threads, devices, (uint32_t)plan.patches,
			       trial->seed);
		if (!r && p->mix->devices_stay)
			r = arena_create(&p->arena[side], devices);
	}
	for (; round < trial->rounds && !r && !(trial->stop && atomic_load(trial->stop)); round++)
		for (unsigned int i = 0; i < SIDES; i++) {
			unsigned int side = (round + i) % SIDES;
			struct protocol_window w = {p->mix, &p->arena[side]};
			struct window window;

			crew_run(p->crew, play, &w, trial->window_ns, trial->stop, &window);
			p->ns[side][round] = window.ops_per_second > 0
						     ? trial->threads * 1e9 / window.ops_per_second
						     : 0;
		}
	if (!r)
		r = tell(p, round);
	for (unsigned int side = 0; side < SIDES; side++)
		arena_close(&p->arena[side]);
	return r;
}

uint64_t protocol_ns(const struct protocol_trial *trial)
{
	return MIXES * SIDES * trial->rounds * trial->window_ns;
}

int protocol_run(const struct protocol_trial *trial)
{
	struct protocol p = {.trial = trial};
	int r = 0;

	if (trial->threads > ARENA_THREADS_MAX)
		return 0;
	p.ns[0] = calloc(3 * (size_t)trial->rounds, sizeof(double));
	p.crew = crew_new(trial->threads, trial->pinned, trial->ticks_per_ns);
	if (!p.ns[0])
		r = -ENOMEM;
	else if (!p.crew)
		r = -EAGAIN;
	p.ns[1] = p.ns[0] + trial->rounds;
	p.scratch = p.ns[1] + trial->rounds;
	for (unsigned int i = 0; i < MIXES && !r; i++) {
		p.mix = &mixes[i];
		r = run_mix(&p);
	}
	crew_free(p.crew);
	free(p.ns[0]);
	return r;
}
