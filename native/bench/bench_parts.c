/* SPDX-License-Identifier: MIT */
/*
 * The parts that each suite is measured in. Suites go through their parts twice: first (@run is
 * false) to add up what they will take, then to run them.
 *
 * A time limit is kept by measuring less: each part gets its share of the time that is left, and
 * fits its windows into that.
 */
#include <math.h>

#include "bench_run.h"
#include "contest.h"
#include "minors.h"
#include "protocol.h"
#include "refcount.h"
#include "validate.h"

#define WINDOW_SHARE_MIN 4 /* a window is shortened to this part of itself at most */
#define CONTROL_TRIES 20   /* who excludes nobody may be lucky once */
#define VALIDATE_THREADS 2
#define PROGRESS_NS UINT64_C(100000000)

/* Tell how far it is. Returns non-zero when it is to end. */
static int tick(void *context)
{
	struct bench *b = context;
	uint64_t now = monotonic_ns(), in_part = now - b->part_began_ns;
	struct bench_progress progress = {.elapsed_ns = now - b->began_ns,
					  .expected_ns = b->expected_ns,
					  .done_ns = b->done_ns,
					  .cells_done = b->cells_done,
					  .cells = b->cell_count};

	if (b->listener.progress && now - b->told_ns >= PROGRESS_NS) {
		b->told_ns = now;
		progress.done_ns += in_part < b->part_ns ? in_part : b->part_ns;
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

/* --- time --- */

/*
 * The time that is left, as a multiple of what is left to do by the plan: below 1 there is too
 * little. Infinite without a limit.
 */
static double time_for_work(const struct bench *b)
{
	uint64_t spent = monotonic_ns() - b->began_ns;
	uint64_t work = b->expected_ns > b->done_ns ? b->expected_ns - b->done_ns : 0;

	if (!b->plan.time_ns || !work)
		return INFINITY;
	return spent < b->plan.time_ns ? (double)(b->plan.time_ns - spent) / (double)work : 0;
}

/* When the part that begins has to be done, with its share of the time; 0: whenever. */
static uint64_t part_deadline(const struct bench *b)
{
	double time = time_for_work(b);

	return isinf(time) ? 0 : b->part_began_ns + (uint64_t)((double)b->part_ns * time);
}

/* Fewer windows, then shorter ones, where there is not time enough for the part that begins. */
static void fit(const struct bench *b, uint32_t *rounds, uint64_t *window_ns)
{
	double time = time_for_work(b), fitting = *rounds * time;

	if (time >= 1)
		return;
	*rounds = fitting < 1 ? 1 : (uint32_t)fitting;
	if (fitting * WINDOW_SHARE_MIN < 1)
		*window_ns /= WINDOW_SHARE_MIN;
	else if (fitting < 1)
		*window_ns = (uint64_t)((double)*window_ns * fitting);
}

/* A part that takes @ns begins. Returns whether it is to run. */
static bool part_begins(struct bench *b, bool run, uint64_t ns)
{
	if (!run) {
		b->expected_ns += ns;
		b->cell_count++;
		return false;
	}
	b->part_began_ns = monotonic_ns();
	b->part_ns = ns;
	return !tick(b);
}

static void part_ends(struct bench *b)
{
	b->done_ns += b->part_ns;
	b->part_ns = 0;
	b->cells_done++;
}

static bool goes_on(const struct bench *b, int r)
{
	return !r && !atomic_load(&b->stop);
}

/* --- the suites --- */

static int validate(struct bench *b, const struct lock_row *lock)
{
	bool control = lock->class == LOCK_CONTROL;
	struct bench_validation told = {.lock = lock->slug, .control = control, .excludes = true};

	for (uint32_t i = 0; i < (control ? CONTROL_TRIES : 1) && told.excludes; i++) {
		struct validation v;
		int r = lock_validate(lock, VALIDATE_THREADS, b->plan.validate_ns,
				      b->yardstick.ticks_per_ns, &v);

		if (r)
			return r;
		told.excludes = !v.lost && !v.intruders;
		told.acquired = v.acquired;
		told.lost = v.lost;
		told.intruders = v.intruders;
	}
	if (b->listener.validated && b->listener.validated(b->listener.context, &told))
		bench_stop(b);
	return 0;
}

static bool is_chosen(const struct bench *b, const struct lock_row *lock)
{
	for (uint32_t i = 0; i < b->lock_count; i++)
		if (b->locks[i] == lock)
			return true;
	return false;
}

static int validate_all(struct bench *b, bool run)
{
	int r = 0;

	if (!b->plan.validate_ns)
		return 0;
	if (!part_begins(b, run, (b->lock_count + 1) * b->plan.validate_ns))
		return 0;
	for (uint32_t i = 0; i < LOCK_COUNT && goes_on(b, r); i++)
		if (lock_table[i].class == LOCK_CONTROL || is_chosen(b, &lock_table[i]))
			r = validate(b, &lock_table[i]);
	part_ends(b);
	return r;
}

static int each_contest(struct bench *b, bool run)
{
	int r = validate_all(b, run);

	for (size_t i = 0; i < b->plan.cell_count && goes_on(b, r); i++) {
		uint32_t threads = b->cells[i].threads;
		struct contest contest = {.yardstick = &b->yardstick,
					  .locks = b->locks,
					  .lock_count = b->lock_count,
					  .cell = b->cells[i],
					  .pinned = b->plan.pinned,
					  .rounds = rounds_of(b, threads),
					  .window_ns = window_of(b, threads),
					  .stall_ns = b->plan.stall_ns,
					  .stop = &b->stop,
					  .tick = tick,
					  .row = pass_lock_row,
					  .context = b};

		if (!part_begins(b, run, contest_ns(&contest)))
			continue;
		contest.deadline_ns = part_deadline(b);
		fit(b, &contest.rounds, &contest.window_ns);
		r = contest_run(&contest);
		part_ends(b);
	}
	return r;
}

static int each_table(struct bench *b, bool run)
{
	int r = 0;

	for (size_t i = 0; i < b->plan.population_count && goes_on(b, r); i++) {
		struct minors_trial trial = {.population = b->populations[i],
					     .rounds = b->plan.windows,
					     .seed = b->plan.seed,
					     .peers = b->plan.table_peers,
					     .peer_count = (uint32_t)b->plan.table_peer_count,
					     .stop = &b->stop,
					     .row = pass_minor_row,
					     .context = b};
		uint64_t whole = 1;

		if (!part_begins(b, run, minors_ns(&trial)))
			continue;
		trial.deadline_ns = part_deadline(b);
		fit(b, &trial.rounds, &whole);
		r = minors_run(&trial);
		part_ends(b);
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

	for (size_t i = 0; i < b->plan.cell_count && goes_on(b, r); i++) {
		uint32_t threads = b->cells[i].threads;
		struct protocol_trial trial = {.threads = threads,
					       .cpus = b->yardstick.cpus,
					       .locks = b->plan.locks,
					       .pinned = b->plan.pinned,
					       .ticks_per_ns = b->yardstick.ticks_per_ns,
					       .rounds = rounds_of(b, threads),
					       .window_ns = window_of(b, threads),
					       .seed = b->plan.seed,
					       .stop = &b->stop,
					       .row = pass_minor_row,
					       .context = b};

		if (seen_before(b, i) || !part_begins(b, run, protocol_ns(&trial)))
			continue;
		trial.deadline_ns = part_deadline(b);
		fit(b, &trial.rounds, &trial.window_ns);
		r = protocol_run(&trial);
		part_ends(b);
	}
	return r;
}

static int each_refcount(struct bench *b, bool run)
{
	int r = 0;

	for (size_t i = 0; i < 2 * b->plan.cell_count && goes_on(b, r); i++) {
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

		if (seen_before(b, i / 2) || (!trial.shared && threads == 1) ||
		    !part_begins(b, run, refcount_ns(&trial)))
			continue;
		trial.deadline_ns = part_deadline(b);
		fit(b, &trial.rounds, &trial.window_ns);
		r = refcount_run(&trial);
		part_ends(b);
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

int bench_run_parts(struct bench *b)
{
	each_part(b, false);
	return each_part(b, true);
}
