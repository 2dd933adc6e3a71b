/* SPDX-License-Identifier: MIT */
/*
 * The parts that each suite is measured in. Suites go through their parts twice: first (@run is
 * false) to add up what they will take, then to run them.
 *
 * A time limit is kept by running fewer parts, never by fewer or shorter windows: a part that does
 * not fit into the time that is left is left out, and said to be. One that takes longer than was
 * expected is cut at the limit; its rows say how many windows they have.
 */
#include "bench_run.h"
#include "contest.h"
#include "minors.h"
#include "own_watch.h"
#include "protocol.h"
#include "refcount.h"
#include "rwlock.h"
#include "validate.h"

#define PROGRESS_NS UINT64_C(100000000)

/* Report how far it is. Returns non-zero when it is to end. */
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

/* Pass a row on: of any kind, by its own function. One with too few windows was cut. */
#define PASS_ON(kind)                                                                              \
	static int pass_##kind(void *context, const struct bench_##kind *row)                      \
	{                                                                                          \
		struct bench *b = context;                                                         \
                                                                                                   \
		if (row->window_count < b->part_rounds && !atomic_load(&b->stop))                  \
			b->limited = true;                                                         \
		if (b->listener.kind && b->listener.kind(b->listener.context, row))                \
			bench_stop(b);                                                             \
		return 0;                                                                          \
	}
PASS_ON(lock_row)
PASS_ON(minor_row)
PASS_ON(refcount_row)

static int pass_refusal(void *context, const struct bench_refusal *refusal)
{
	struct bench *b = context;

	if (b->listener.refused && b->listener.refused(b->listener.context, refusal))
		bench_stop(b);
	return 0;
}

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

/* When everything has to be done, of the monotonic clock; 0: whenever. */
static uint64_t deadline_of(const struct bench *b)
{
	return b->plan.time_ns ? b->began_ns + b->plan.time_ns : 0;
}

/* Whether a part that takes @ns by the plan fits into the time, at the pace of those before. */
static bool fits(const struct bench *b, uint64_t ns)
{
	double pace = 1;

	if (b->measured_ns > b->measured_plan_ns)
		pace = (double)b->measured_ns / (double)b->measured_plan_ns;
	return !b->plan.time_ns ||
	       (double)monotonic_ns() + (double)ns * pace <= (double)deadline_of(b);
}

/* A part of @rounds windows that takes @ns begins. Returns whether it is to run. */
static bool part_begins(struct bench *b, bool run, uint64_t ns, uint32_t rounds)
{
	if (!run) {
		b->expected_ns += ns;
		b->cell_count++;
		return false;
	}
	if (!fits(b, ns)) {
		b->cells_left_out++;
		b->limited = true;
		return false;
	}
	b->part_began_ns = monotonic_ns();
	b->part_ns = ns;
	b->part_rounds = rounds;
	return !tick(b);
}

static void part_ends(struct bench *b)
{
	if (b->plan.time_ns && monotonic_ns() >= deadline_of(b))
		b->limited = true;
	if (b->part_rounds) {
		b->measured_ns += monotonic_ns() - b->part_began_ns;
		b->measured_plan_ns += b->part_ns;
	}
	b->done_ns += b->part_ns;
	b->part_ns = 0;
	b->cells_done++;
}

static bool goes_on(const struct bench *b, int r)
{
	return !r && !atomic_load(&b->stop);
}

/* --- the suites --- */

static void leave_out(struct bench *b, const struct lock_row *lock)
{
	uint32_t kept = 0;

	for (uint32_t i = 0; i < b->lock_count; i++)
		if (b->locks[i] != lock)
			b->locks[kept++] = b->locks[i];
	b->lock_count = kept;
}

static int validate(struct bench *b, const struct lock_row *lock)
{
	bool control = lock->class == LOCK_CONTROL;
	struct bench_validation told = {.lock = lock->slug,
					.by_pointer = lock->by_pointer,
					.control = control,
					.excludes = true};

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
	if (lock->own && !told.excludes)
		leave_out(b, lock);
	return 0;
}

/* The locks of the user's; one that does not exclude is not measured. */
static int validate_own(struct bench *b)
{
	int r = 0;

	for (uint32_t i = 0; i < own_lock_count() && b->plan.own && goes_on(b, r); i++)
		r = validate(b, own_lock_at(i));
	own_watch_enters(NULL);
	return r;
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
	uint32_t count;
	const struct lock_row *rows = lock_rows_of(b->plan.suite, &count);
	int r = 0;

	if (!b->plan.validate_ns)
		return 0;
	if (!part_begins(b, run, (b->lock_count + 1) * b->plan.validate_ns, 0))
		return 0;
	for (uint32_t i = 0; i < count && goes_on(b, r); i++)
		if (rows[i].class == LOCK_CONTROL || is_chosen(b, &rows[i]))
			r = validate(b, &rows[i]);
	if (goes_on(b, r))
		r = validate_own(b);
	part_ends(b);
	return r;
}

/* The system's: what the locks of @suite are divided by. */
static const char *reference_of(enum bench_suite suite)
{
	return suite == BENCH_RWLOCKS ? rwlock_table[RWLOCK_ID_pthread_rwlock].slug
				      : lock_table[LOCK_ID_pthread_mutex].slug;
}

static int each_contest(struct bench *b, bool run)
{
	int r = validate_all(b, run);

	for (size_t i = 0; i < b->plan.cell_count && b->lock_count && goes_on(b, r); i++) {
		uint32_t threads = b->cells[i].threads;
		struct contest contest = {.yardstick = &b->yardstick,
					  .locks = b->locks,
					  .lock_count = b->lock_count,
					  .reference = reference_of(b->plan.suite),
					  .cell = b->cells[i],
					  .pinned = b->plan.pinned,
					  .rounds = rounds_of(b, threads),
					  .window_ns = window_of(b, threads),
					  .stall_ns = b->plan.stall_ns,
					  .cut = &b->limited,
					  .stop = &b->stop,
					  .tick = tick,
					  .row = pass_lock_row,
					  .context = b};

		if (!part_begins(b, run, contest_ns(&contest), contest.rounds))
			continue;
		contest.deadline_ns = deadline_of(b);
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

		if (!part_begins(b, run, minors_ns(&trial), trial.rounds))
			continue;
		trial.deadline_ns = deadline_of(b);
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

/* The locks of the user's that are measured, by their numbers. */
static uint32_t own_chosen(const struct bench *b)
{
	uint32_t own = 0;

	for (uint32_t i = 0; i < own_lock_count(); i++)
		if (is_chosen(b, own_lock_at(i)))
			own |= 1u << i;
	return own;
}

static int each_protocol(struct bench *b, bool run)
{
	int r = 0;

	for (size_t i = 0; i < b->plan.cell_count && goes_on(b, r); i++) {
		uint32_t threads = b->cells[i].threads;
		struct protocol_trial trial = {.threads = threads,
					       .cpus = b->yardstick.cpus,
					       .locks = b->plan.locks,
					       .own = own_chosen(b),
					       .sets = b->sets,
					       .set_count = (uint32_t)b->plan.set_count,
					       .pinned = b->plan.pinned,
					       .ticks_per_ns = b->yardstick.ticks_per_ns,
					       .rounds = rounds_of(b, threads),
					       .window_ns = window_of(b, threads),
					       .seed = b->plan.seed,
					       .stop = &b->stop,
					       .row = pass_minor_row,
					       .refused = pass_refusal,
					       .context = b};

		if (seen_before(b, i) || !part_begins(b, run, protocol_ns(&trial), trial.rounds))
			continue;
		trial.deadline_ns = deadline_of(b);
		r = protocol_run(&trial);
		part_ends(b);
	}
	return r;
}

static int validate_schemes(struct bench *b, bool run)
{
	int r = 0;

	b->schemes = bench_schemes();
	if (!b->plan.validate_ns || !part_begins(b, run, REFCOUNT_COUNT * b->plan.validate_ns, 0))
		return 0;
	for (uint32_t i = 0; i < REFCOUNT_COUNT && goes_on(b, r); i++)
		r = bench_validate_scheme(b, i);
	part_ends(b);
	return r;
}

static int refcount_part(struct bench *b, bool run, struct refcount_trial trial)
{
	int r;

	trial.yardstick = &b->yardstick;
	trial.schemes = b->schemes;
	trial.pinned = b->plan.pinned;
	trial.rounds = rounds_of(b, trial.threads);
	trial.window_ns = window_of(b, trial.threads);
	trial.seed = b->plan.seed;
	trial.stop = &b->stop;
	trial.row = pass_refcount_row;
	trial.context = b;
	if (!part_begins(b, run, refcount_ns(&trial), trial.rounds))
		return 0;
	trial.deadline_ns = deadline_of(b);
	r = refcount_run(&trial);
	part_ends(b);
	return r;
}

/* The objects that were asked for; else one for all, and one each. */
static int each_refcount(struct bench *b, bool run)
{
	size_t asked = b->plan.population_count, kinds = asked ? asked : 2;
	int r = validate_schemes(b, run);

	for (size_t i = 0; i < kinds * b->plan.cell_count && goes_on(b, r); i++) {
		size_t cell = i / kinds, kind = i % kinds;
		struct refcount_trial trial = {.threads = b->cells[cell].threads,
					       .shared = asked || kind == 0,
					       .objects = asked ? b->populations[kind] : 1};

		if (!seen_before(b, cell) && (trial.shared || trial.threads > 1))
			r = refcount_part(b, run, trial);
	}
	return r;
}

static int each_part(struct bench *b, bool run)
{
	int r;

	switch (b->plan.suite) {
	case BENCH_LOCKS:
	case BENCH_RWLOCKS:
		return each_contest(b, run);
	case BENCH_MINORS:
		r = run && b->plan.validate_ns ? validate_own(b) : 0;
		if (!r && !b->plan.set_count)
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
