/* SPDX-License-Identifier: MIT */
#include "contest.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "arrays.h"
#include "room.h"
#include "stats.h"

#define LOOK_EVERY 4	     /* rounds: those that look cost time, and are not raced */
#define CROWDED_LOOK_SHARE 4 /* a look of a crowded cell is so much shorter than a window */
#define STALL_AT 1000

_Static_assert(RUN_POWERS == BENCH_RUN_POWERS, "copied as they are");

/* One lock's figures, by round. */
struct entrant {
	struct room room;
	uint32_t rounds;
	double *ops_per_second, *jain, *cpu_ns_per_op, *overlap;
	uint64_t *acquired; /* by thread, in SPEED windows */
};

struct race {
	const struct contest *contest;
	struct crew *crew;
	struct entrant *entrants;
	double *scratch;
	double *transfer_ns; /* by round */
	bool crowded;
	uint64_t slowest_ns; /* by how much the slowest window took longer than it was to */
};

static bool stopped(const struct contest *contest)
{
	return contest->stop && atomic_load(contest->stop);
}

static void run_window(struct race *race, struct entrant *e, enum look look, uint64_t ns,
		       struct window *window)
{
	const struct contest *contest = race->contest;
	struct lock_window w = {
		.look = look,
		.lock = e->room.lock,
		.ops = e->room.row->ops,
		.guarded = e->room.guarded,
		.read_share = read_share_of(contest->cell.read_percent),
		.hold_loops = yardstick_loops(contest->yardstick, contest->cell.hold_ns),
		.outside_loops = yardstick_loops(contest->yardstick, contest->cell.outside_ns),
		.stall_at = STALL_AT,
		.stall_ns = e->rounds ? 0 : contest->stall_ns,
	};
	uint64_t began, took;

	room_enter(&e->room, race->crew);
	crew_watch(race->crew, e->room.row, ns + w.stall_ns);
	began = monotonic_ns();
	crew_run(race->crew, e->room.row->ops->loop, &w, ns, contest->stop, window);
	took = monotonic_ns() - began;
	room_leave(&e->room);
	if (took > ns && took - ns > race->slowest_ns)
		race->slowest_ns = took - ns;
}

static void run_speed(struct race *race, struct entrant *e, uint64_t ns)
{
	struct window window;

	run_window(race, e, LOOK_SPEED, ns, &window);
	if (stopped(race->contest))
		return;
	e->ops_per_second[e->rounds] = window.ops_per_second;
	e->jain[e->rounds] = window.jain;
	e->cpu_ns_per_op[e->rounds] = window.cpu_ns_per_op;
	e->overlap[e->rounds] = window.overlap;
	e->rounds++;
	for (uint32_t i = 0; i < race->crew->threads; i++)
		e->acquired[i] += race->crew->members[i].ops;
}

static void run_looks(struct race *race, struct entrant *e, uint64_t ns)
{
	struct window window;

	if (race->crowded)
		ns /= CROWDED_LOOK_SHARE;
	if (!lock_is_shared(e->room.row))
		run_window(race, e, LOOK_BOOKS, ns, &window);
	run_window(race, e, LOOK_WAITS, ns, &window);
}

/* Whether what takes @ns would end after the deadline. */
static bool too_late(const struct contest *contest, uint64_t ns)
{
	return contest->deadline_ns && monotonic_ns() + ns > contest->deadline_ns;
}

/* What the windows of a lock take in round @round; a crowd takes its time to come to a stop. */
static uint64_t round_ns(const struct race *race, uint32_t round)
{
	uint64_t ns = race->contest->window_ns, late = race->slowest_ns;

	if (round % LOOK_EVERY)
		return ns + late;
	return ns + 2 * (race->crowded ? ns / CROWDED_LOOK_SHARE : ns) + 3 * late;
}

/*
 * Rounds begin with another lock each, so that none always follows the same one. Returns whether
 * there was time for all of it.
 */
static bool run_round(struct race *race, uint32_t round)
{
	const struct contest *contest = race->contest;
	uint64_t ns = contest->window_ns;

	if (contest->cell.threads == 2 && !race->crowded)
		race->transfer_ns[round] = yardstick_transfer_ns(race->crew, ns);
	for (uint32_t i = 0; i < contest->lock_count && !stopped(contest); i++) {
		struct entrant *e = &race->entrants[(round + i) % contest->lock_count];

		if (too_late(contest, round_ns(race, round)))
			return false;
		if (round % LOOK_EVERY == 0)
			run_looks(race, e, ns);
		run_speed(race, e, ns);
		if (contest->tick)
			contest->tick(contest->context);
	}
	return true;
}

static bool run_rounds(struct race *race)
{
	const struct contest *contest = race->contest;

	for (uint32_t round = 0; round < contest->rounds && !stopped(contest); round++)
		if (!run_round(race, round))
			return false;
	return true;
}

/* --- from windows to rows --- */

static struct bench_figure figure(struct estimate e)
{
	return (struct bench_figure){.median = e.median, .low = e.low, .high = e.high};
}

static double median(struct race *race, const double *values, uint32_t count)
{
	memcpy(race->scratch, values, count * sizeof(*values));
	return estimate_of(race->scratch, count).median;
}

/* What the curves are drawn from. */
struct curves {
	struct histogram raw, corrected;
	double bucket_ns[HISTOGRAM_BUCKETS];
	uint64_t waits[HISTOGRAM_BUCKETS], waits_corrected[HISTOGRAM_BUCKETS];
};

/* Add up into @into what each thread noted of its acquires. Returns the longest wait. */
static uint64_t merge_waits(const struct entrant *e, bool of_writers, struct histogram *into)
{
	uint64_t longest = 0;

	memset(into, 0, sizeof(*into));
	for (uint32_t i = 0; i < e->room.threads; i++) {
		const struct looks *looks = room_looks(&e->room, i);
		const struct waits *waits = of_writers ? &looks->write_waits : &looks->waits;

		histogram_merge(into, &waits->histogram);
		longest = waits->longest > longest ? waits->longest : longest;
	}
	return longest;
}

/* What a reader-writer lock has more: how long writers wait, and what readers do again. */
static void add_writers(struct race *race, struct entrant *e, struct histogram *scratch,
			struct bench_lock_row *row)
{
	uint64_t longest = merge_waits(e, true, scratch), reads = 0, rereads = 0;

	row->write_wait = quantiles_of(scratch, race->contest->yardstick->ticks_per_ns, longest);
	for (uint32_t i = 0; i < e->room.threads; i++) {
		reads += room_looks(&e->room, i)->reads;
		rereads += room_looks(&e->room, i)->rereads;
	}
	row->rereads = reads ? (double)rereads / (double)reads : 0;
}

static void add_waits(struct race *race, struct entrant *e, struct curves *c,
		      struct bench_lock_row *row)
{
	const struct bench_cell *cell = &race->contest->cell;
	double ticks_per_ns = race->contest->yardstick->ticks_per_ns;
	uint64_t longest, median_ticks;

	if (row->shared)
		add_writers(race, e, &c->raw, row);
	longest = merge_waits(e, false, &c->raw);
	memset(&c->corrected, 0, sizeof(c->corrected));
	/* The pace of a thread that nothing holds up. */
	median_ticks = histogram_quantile(&c->raw, 0.5);
	row->expected_interval_ns =
		(uint64_t)(cell->hold_ns + cell->outside_ns + (double)median_ticks / ticks_per_ns) +
		1;
	histogram_correct(&c->corrected, &c->raw,
			  (uint64_t)((double)row->expected_interval_ns * ticks_per_ns) + 1);
	row->wait = quantiles_of(&c->raw, ticks_per_ns, longest);
	row->wait_corrected = quantiles_of(&c->corrected, ticks_per_ns, longest);
	for (uint32_t i = 0; i < HISTOGRAM_BUCKETS; i++) {
		c->bucket_ns[i] = (double)histogram_upper(i) / ticks_per_ns;
		c->waits[i] = c->raw.bucket[i];
		c->waits_corrected[i] = c->corrected.bucket[i];
	}
	row->bucket_ns = c->bucket_ns;
	row->waits = c->waits;
	row->waits_corrected = c->waits_corrected;
	row->bucket_count = HISTOGRAM_BUCKETS;
}

static void add_books(struct race *race, struct entrant *e, uint64_t *matrix,
		      struct bench_lock_row *row)
{
	uint32_t threads = race->contest->cell.threads;
	uint64_t acquired = 0, handoffs = 0;

	for (uint32_t to = 0; to < threads; to++) {
		const struct looks *looks = room_looks(&e->room, to);

		acquired += looks->acquired;
		handoffs += looks->handoffs;
		for (uint32_t from = 0; from < threads; from++)
			matrix[from * threads + to] = looks->from[from];
		for (uint32_t i = 0; i < RUN_POWERS; i++)
			row->runs[i] += looks->run[i];
	}
	row->handoff_ratio = acquired ? (double)handoffs / (double)acquired : 0;
	row->handoffs = matrix;
}

/* The lock that a row is set against: inlined, or through pointers, as the row is. */
static const struct entrant *find_reference(const struct race *race, bool by_pointer)
{
	const struct contest *contest = race->contest;

	for (uint32_t i = 0; i < contest->lock_count; i++)
		if (contest->reference && !strcmp(contest->locks[i]->slug, contest->reference) &&
		    contest->locks[i]->by_pointer == by_pointer)
			return &race->entrants[i];
	return NULL;
}

/* Whether the lock makes some wait in order of arrival: of those with readers, writers at least. */
static bool spins_in_order(const struct lock_row *lock)
{
	return lock->class == LOCK_SPINS && (lock->fifo || lock_is_shared(lock));
}

/* One definition: Jain's index of what each thread had in the whole measurement. */
static void add_fairness(const struct race *race, const struct entrant *e,
			 struct bench_lock_row *row)
{
	row->jain = jain_index(e->acquired, race->contest->cell.threads, sizeof(*e->acquired));
	row->jain_low = row->jain_high = e->rounds ? e->jain[0] : 0;
	for (uint32_t i = 0; i < e->rounds; i++) {
		row->jain_low = fmin(row->jain_low, e->jain[i]);
		row->jain_high = fmax(row->jain_high, e->jain[i]);
	}
}

static int tell(struct race *race, struct entrant *e, struct curves *curves, uint64_t *matrix)
{
	const struct contest *contest = race->contest;
	const struct lock_row *lock = e->room.row;
	const struct entrant *reference = find_reference(race, lock->by_pointer);
	struct bench_lock_row row = {
		.lock = lock->slug,
		.by_pointer = lock->by_pointer,
		.cell = contest->cell,
		.oversubscribed = race->crowded,
		.misleading = race->crowded && spins_in_order(lock),
		.shared = lock_is_shared(lock),
		.pinned = contest->pinned,
		.cpu_ns_per_op = median(race, e->cpu_ns_per_op, e->rounds),
		.overlap = median(race, e->overlap, e->rounds),
		.acquired = e->acquired,
		.windows = e->ops_per_second,
		.window_count = e->rounds,
	};

	memcpy(race->scratch, e->ops_per_second, e->rounds * sizeof(*race->scratch));
	row.ops_per_second = figure(estimate_of(race->scratch, e->rounds));
	add_fairness(race, e, &row);
	if (reference) {
		uint32_t rounds = e->rounds < reference->rounds ? e->rounds : reference->rounds;

		row.vs_system = figure(estimate_ratio(e->ops_per_second, reference->ops_per_second,
						      rounds, race->scratch));
	}
	add_books(race, e, matrix, &row);
	for (uint32_t i = 0; i < e->rounds; i++)
		race->scratch[i] =
			e->ops_per_second[i] * row.handoff_ratio * race->transfer_ns[i] / 1e9;
	row.handoff_efficiency = figure(estimate_of(race->scratch, e->rounds));
	add_waits(race, e, curves, &row);
	return contest->row(contest->context, &row);
}

static int tell_all(struct race *race)
{
	uint32_t threads = race->contest->cell.threads;
	struct curves *curves = malloc(sizeof(*curves));
	uint64_t *matrix = array_new(threads, threads, sizeof(*matrix));
	int r = curves && matrix ? 0 : -ENOMEM;

	for (uint32_t i = 0; i < race->contest->lock_count && !r; i++)
		if (race->entrants[i].rounds)
			r = tell(race, &race->entrants[i], curves, matrix);
	free(curves);
	free(matrix);
	return r;
}

/* --- the cell --- */

static int entrant_open(struct entrant *e, const struct contest *contest,
			const struct lock_row *row)
{
	uint32_t rounds = contest->rounds;
	int r = room_open(&e->room, row, contest->cell.threads, contest->yardstick->ticks_per_ns);

	if (r)
		return r;
	e->ops_per_second = array_new(4, rounds, sizeof(double));
	e->acquired = array_new(contest->cell.threads, 1, sizeof(*e->acquired));
	if (!e->ops_per_second || !e->acquired)
		return -ENOMEM;
	e->jain = e->ops_per_second + rounds;
	e->cpu_ns_per_op = e->jain + rounds;
	e->overlap = e->cpu_ns_per_op + rounds;
	return 0;
}

static void entrant_close(struct entrant *e)
{
	room_close(&e->room);
	free(e->ops_per_second);
	free(e->acquired);
}

uint64_t contest_ns(const struct contest *contest)
{
	bool crowded = contest->cell.threads > contest->yardstick->cpus;
	uint64_t looks = (contest->rounds + LOOK_EVERY - 1) / LOOK_EVERY * 2;
	uint64_t a_lock = contest->rounds * contest->window_ns +
			  looks * contest->window_ns / (crowded ? CROWDED_LOOK_SHARE : 1);

	return contest->lock_count * (a_lock + contest->stall_ns);
}

int contest_run(const struct contest *contest)
{
	struct race race = {.contest = contest,
			    .crowded = contest->cell.threads > contest->yardstick->cpus};
	int r = 0;

	race.entrants = array_new(contest->lock_count, 1, sizeof(*race.entrants));
	race.scratch = array_new(contest->rounds, 1, sizeof(*race.scratch));
	race.transfer_ns = array_new(contest->rounds, 1, sizeof(*race.transfer_ns));
	if (!race.entrants || !race.scratch || !race.transfer_ns)
		r = -ENOMEM;
	for (uint32_t i = 0; i < contest->lock_count && !r; i++)
		r = entrant_open(&race.entrants[i], contest, contest->locks[i]);
	if (!r) {
		race.crew = crew_new(contest->cell.threads, contest->pinned,
				     contest->yardstick->ticks_per_ns);
		r = race.crew ? 0 : -EAGAIN;
	}
	if (!r) {
		if (!run_rounds(&race) && contest->cut)
			*contest->cut = true;
		r = tell_all(&race);
	}
	crew_free(race.crew);
	for (uint32_t i = 0; race.entrants && i < contest->lock_count; i++)
		entrant_close(&race.entrants[i]);
	free(race.entrants);
	free(race.scratch);
	free(race.transfer_ns);
	return r;
}
