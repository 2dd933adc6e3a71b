/* SPDX-License-Identifier: MIT */
#include "bench_plan.h"

#include <errno.h>
#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "contest.h"
#include "minors.h"
#include "protocol.h"
#include "refcount.h"

#define PROGRESS_NS UINT64_C(100000000)
#define CLOCK_MOVED 0.05
#define DISTURBED 0.1

struct bench {
	struct bench_plan plan;
	struct bench_cell *cells;
	uint32_t *populations;
	struct bench_listener listener;
	struct yardstick yardstick;
	pthread_t controller;
	_Atomic bool stop; /* somebody asked, or nobody listens */
	const struct lock_row *locks[LOCK_COUNT + LOCK_PEERS_MAX];
	uint32_t lock_count;
	uint64_t began_ns, expected_ns, told_ns;
	uint32_t cells_done, cell_count;
};

/* --- the controller --- */

/* Tell how far it is. Returns non-zero when it is to end. */
static int tick(void *context)
{
	struct bench *b = context;
	uint64_t now = monotonic_ns();
	struct bench_progress progress = {.elapsed_ns = now - b->began_ns,
					  .expected_ns = b->expected_ns,
					  .cells_done = b->cells_done,
					  .cells = b->cell_count};

	if (b->listener.progress && now - b->told_ns >= PROGRESS_NS) {
		b->told_ns = now;
		if (b->listener.progress(b->listener.context, &progress))
			bench_stop(b);
	}
	return atomic_load(&b->stop);
}

/* Pass a row on: of any kind, by its own function. */
#define PASS_ON(kind)                                                                              \
	static int pass_##kind(void *context, const struct bench_##kind *row)                      \
	{                                                                                          \
		struct bench *b = context;                                                         \
                                                                                                   \
		if (b->listener.kind && b->listener.kind(b->listener.context, row))                \
			bench_stop(b);                                                             \
		return 0;                                                                          \
	}
PASS_ON(lock_row)
PASS_ON(minor_row)
PASS_ON(refcount_row)

static bool crowded(const struct bench *b, uint32_t threads)
{
	return threads > b->yardstick.cpus;
}

static uint32_t rounds_of(const struct bench *b, uint32_t threads)
{
	return crowded(b, threads) ? b->plan.crowded_windows : b->plan.windows;
}

static uint64_t window_of(const struct bench *b, uint32_t threads)
{
	return crowded(b, threads) ? b->plan.crowded_window_ns : b->plan.window_ns;
}

/*
 * The end of a part. Each suite goes through its parts twice, first (@run is false) only to add
 * up how long they will take. Returns @r, or 0.
 */
static int part_done(struct bench *b, bool run, uint64_t ns, int r)
{
	if (!run) {
		b->expected_ns += ns;
		b->cell_count++;
		return 0;
	}
	b->cells_done++;
	return r;
}

static bool goes_on(struct bench *b, bool run)
{
	return !(run ? tick(b) : atomic_load(&b->stop));
}

static int each_contest(struct bench *b, bool run)
{
	int r = 0;

	for (size_t i = 0; i < b->plan.cell_count && !r && goes_on(b, run); i++) {
		uint32_t threads = b->cells[i].threads;
		struct contest contest = {.yardstick = &b->yardstick,
					  .locks = b->locks,
					  .lock_count = b->lock_count,
					  .cell = b->cells[i],
					  .pinned = b->plan.pinned,
					  .rounds = rounds_of(b, threads),
					  .window_ns = window_of(b, threads),
					  .stop = &b->stop,
					  .tick = tick,
					  .row = pass_lock_row,
					  .context = b};

		r = part_done(b, run, contest_ns(&contest), run ? contest_run(&contest) : 0);
	}
	return r;
}

static int each_table(struct bench *b, bool run)
{
	int r = 0;

	for (size_t i = 0; i < b->plan.population_count && !r && goes_on(b, run); i++) {
		struct minors_trial trial = {.population = b->populations[i],
					     .rounds = b->plan.windows,
					     .seed = b->plan.seed,
					     .peers = b->plan.table_peers,
					     .peer_count = (uint32_t)b->plan.table_peer_count,
					     .stop = &b->stop,
					     .row = pass_minor_row,
					     .context = b};

		r = part_done(b, run, minors_ns(&trial), run ? minors_run(&trial) : 0);
	}
	return r;
}

/* Whether an earlier cell had as many threads: hold times are all the same here. */
static bool seen_before(const struct bench *b, size_t cell)
{
	for (size_t i = 0; i < cell; i++)
		if (b->cells[i].threads == b->cells[cell].threads)
			return true;
	return false;
}

static int each_protocol(struct bench *b, bool run)
{
	int r = 0;

	for (size_t i = 0; i < b->plan.cell_count && !r && goes_on(b, run); i++) {
		uint32_t threads = b->cells[i].threads;
		struct protocol_trial trial = {.threads = threads,
					       .pinned = b->plan.pinned,
					       .ticks_per_ns = b->yardstick.ticks_per_ns,
					       .rounds = rounds_of(b, threads),
					       .window_ns = window_of(b, threads),
					       .seed = b->plan.seed,
					       .stop = &b->stop,
					       .row = pass_minor_row,
					       .context = b};

		if (!seen_before(b, i))
			r = part_done(b, run, protocol_ns(&trial), run ? protocol_run(&trial) : 0);
	}
	return r;
}

static int each_refcount(struct bench *b, bool run)
{
	int r = 0;

	for (size_t i = 0; i < 2 * b->plan.cell_count && !r && goes_on(b, run); i++) {
		uint32_t threads = b->cells[i / 2].threads;
		struct refcount_trial trial = {.yardstick = &b->yardstick,
					       .threads = threads,
					       .shared = i % 2 == 0,
					       .pinned = b->plan.pinned,
					       .rounds = rounds_of(b, threads),
					       .window_ns = window_of(b, threads),
					       .seed = b->plan.seed,
					       .stop = &b->stop,
					       .row = pass_refcount_row,
					       .context = b};

		if (!seen_before(b, i / 2) && (trial.shared || threads > 1))
			r = part_done(b, run, refcount_ns(&trial), run ? refcount_run(&trial) : 0);
	}
	return r;
}

static int each_part(struct bench *b, bool run)
{
	int r;

	switch (b->plan.suite) {
	case BENCH_LOCKS:
		return each_contest(b, run);
	case BENCH_MINORS:
		r = each_table(b, run);
		return r ? r : each_protocol(b, run);
	default:
		return each_refcount(b, run);
	}
}

static struct bench_machine machine_of(const struct yardstick *y)
{
	struct bench_machine machine = {.cpus = y->cpus,
					.ticks_per_ns = y->ticks_per_ns,
					.loops_per_ns_before = y->loops_per_ns,
					.noise_before = y->noise,
					.transfer_ns = y->transfer_ns};
	double moved;

	machine.loops_per_ns_after = yardstick_loops_per_ns(&machine.noise_after);
	moved = fabs(machine.loops_per_ns_after / machine.loops_per_ns_before - 1);
	machine.noisy = moved > CLOCK_MOVED || machine.noise_before > DISTURBED ||
			machine.noise_after > DISTURBED;
	return machine;
}

static void *controller_main(void *argument)
{
	struct bench *b = argument;
	struct bench_end end = {0};

	yardstick_take(&b->yardstick);
	each_part(b, false);
	b->began_ns = monotonic_ns();
	end.error = each_part(b, true);
	end.complete = !end.error && !atomic_load(&b->stop);
	end.machine = machine_of(&b->yardstick);
	if (b->listener.finished)
		b->listener.finished(b->listener.context, &end);
	return NULL;
}

/* --- from outside --- */

static void *copied(const void *from, size_t bytes)
{
	void *to = malloc(bytes ? bytes : 1);

	if (to && bytes)
		memcpy(to, from, bytes);
	return to;
}

static void choose_locks(struct bench *b)
{
	for (uint32_t i = 0; i < LOCK_COUNT; i++) {
		bool control = lock_table[i].class == LOCK_CONTROL;

		if (b->plan.locks ? b->plan.locks >> i & 1 : !control)
			b->locks[b->lock_count++] = &lock_table[i];
	}
	for (size_t i = 0; i < b->plan.lock_peer_count; i++)
		b->locks[b->lock_count++] = b->plan.lock_peers[i];
}

static void bench_free(struct bench *b)
{
	free(b->cells);
	free(b->populations);
	free(b);
}

int bench_start(struct bench **bench, const struct bench_plan *plan,
		const struct bench_listener *listener)
{
	struct bench *b;
	int r;

	if (!bench_plan_in_range(plan))
		return -EINVAL;
	b = calloc(1, sizeof(*b));
	if (!b)
		return -ENOMEM;
	b->plan = *plan;
	b->listener = *listener;
	b->began_ns = monotonic_ns();
	b->cells = copied(plan->cells, plan->cell_count * sizeof(*plan->cells));
	b->populations =
		copied(plan->populations, plan->population_count * sizeof(*plan->populations));
	if (!b->cells || !b->populations) {
		bench_free(b);
		return -ENOMEM;
	}
	choose_locks(b);
	/* Before there is a controller: a listener may call bench_stop(*bench). */
	*bench = b;
	r = pthread_create(&b->controller, NULL, controller_main, b);
	if (r) {
		bench_free(b);
		return -EAGAIN;
	}
	return 0;
}

void bench_stop(struct bench *bench)
{
	atomic_store(&bench->stop, true);
}

void bench_join_free(struct bench *bench)
{
	pthread_join(bench->controller, NULL);
	bench_free(bench);
}
