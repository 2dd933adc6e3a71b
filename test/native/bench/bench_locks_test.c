/* SPDX-License-Identifier: MIT */
/* Locks on real threads: all exclude but the control, and what the measuring body makes of them. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "check.h"
#include "contest.h"
#include "rwlock.h"
#include "stats.h"
#include "validate.h"

#define WINDOW_NS UINT64_C(40000000)
#define MS UINT64_C(1000000)

static struct yardstick yardstick;

static bool excludes(const struct lock_row *row, uint32_t threads)
{
	struct validation v;

	CHECK_EQ(lock_validate(row, threads, WINDOW_NS, yardstick.ticks_per_ns, &v), 0);
	printf("  %-16s %u threads  acquired %llu lost %llu intruders %llu\n", row->slug, threads,
	       (unsigned long long)v.acquired, (unsigned long long)v.lost,
	       (unsigned long long)v.intruders);
	CHECK(v.acquired > 0);
	return !v.lost && !v.intruders;
}

static void locks_exclude(void)
{
	for (uint32_t i = 0; i < LOCK_COUNT; i++) {
		bool control = lock_table[i].class == LOCK_CONTROL;

		CHECK_EQ(excludes(&lock_table[i], 2), !control);
		CHECK_EQ(excludes(&lock_table[i], 3), !control);
	}
}

#define TRIES 50 /* on a busy machine a bad lock may be lucky */

static bool is_caught(const struct lock_row *row, uint32_t threads)
{
	bool caught = false;

	for (uint32_t i = 0; i < TRIES && !caught; i++)
		caught = !excludes(row, threads);
	return caught;
}

static void rwlocks_exclude(void)
{
	for (uint32_t i = 0; i < RWLOCK_COUNT; i++) {
		for (uint32_t threads = 2; threads < 4; threads++) {
			if (rwlock_table[i].class == LOCK_CONTROL)
				CHECK(is_caught(&rwlock_table[i], threads));
			else
				CHECK(excludes(&rwlock_table[i], threads));
		}
	}
}

static void take_nothing(void *lock, struct locker *me)
{
	(void)lock;
	(void)me;
}

static bool read_once(void *lock, struct locker *me)
{
	(void)lock;
	(void)me;
	return false;
}

/* Each with one side of it left out: no validation may let these pass. */
static void planted_rwlocks_are_refused(void)
{
	static const uint32_t of[] = {RWLOCK_ID_qrwlock, RWLOCK_ID_seqlock};

	for (unsigned int i = 0; i < sizeof(of) / sizeof(of[0]); i++) {
		struct lock_ops ops = *rwlock_table[of[i]].ops;
		struct lock_row row = rwlock_table[of[i]];

		row.ops = &ops;
		CHECK(excludes(&row, 2));
		/* What does not exclude is a control: nothing plain is for ThreadSanitizer to
		 * judge. */
		row.class = LOCK_CONTROL;
		ops.acquire = ops.release = take_nothing;
		CHECK(is_caught(&row, 2));
		ops = *rwlock_table[of[i]].ops;
		ops.read_acquire = take_nothing;
		ops.read_release = read_once;
		CHECK(is_caught(&row, 2));
	}
}

/* --- the contest --- */

struct told {
	uint32_t rows;
	struct bench_lock_row row[LOCK_COUNT];
	uint64_t acquired, handoffs;
};

static int hear(void *context, const struct bench_lock_row *row)
{
	struct told *told = context;
	uint32_t threads = row->cell.threads;

	told->row[told->rows++] = *row;
	CHECK(row->jain == jain_index(row->acquired, threads, sizeof(*row->acquired)));
	for (uint32_t i = 0; i < threads; i++)
		told->acquired += row->acquired[i];
	for (uint32_t i = 0; i < threads * threads; i++)
		told->handoffs += row->handoffs[i];
	return 0;
}

static const struct lock_row *const some_locks[] = {
	&lock_table[LOCK_ID_ticket],
	&lock_table[LOCK_ID_pthread_mutex],
	&lock_table[LOCK_ID_futex3],
};

static struct told run(struct contest contest)
{
	struct told told = {0};

	contest.yardstick = &yardstick;
	contest.row = hear;
	contest.context = &told;
	CHECK_EQ(contest_run(&contest), 0);
	CHECK_EQ(told.rows, contest.lock_count);
	return told;
}

static void rows_add_up(void)
{
	struct told told = run((struct contest){.locks = some_locks,
						.lock_count = 3,
						.reference = "pthread_mutex",
						.cell = {2, 0, 100, 0},
						.pinned = true,
						.rounds = 8,
						.window_ns = 2 * MS});

	for (uint32_t i = 0; i < told.rows; i++) {
		const struct bench_lock_row *row = &told.row[i];
		uint64_t runs = 0;

		CHECK(row->ops_per_second.low <= row->ops_per_second.median);
		CHECK(row->ops_per_second.median <= row->ops_per_second.high);
		CHECK(row->ops_per_second.median > 1000);
		CHECK(row->handoff_ratio > 0 && row->handoff_ratio <= 1);
		CHECK(row->jain >= 0.5 && row->jain <= 1.0001);
		CHECK(row->jain_low <= row->jain_high && row->jain_low >= 0.5);
		CHECK(row->overlap >= 0 && row->overlap <= 1);
		CHECK(row->wait.p50 <= row->wait.p99 && row->wait.p999 <= row->wait.max);
		CHECK(row->wait_corrected.p99 >= row->wait.p50);
		CHECK_EQ(row->window_count, 8);
		for (uint32_t power = 0; power < BENCH_RUN_POWERS; power++)
			runs += row->runs[power];
		CHECK(runs > 0);
	}
	CHECK(told.acquired > 0 && told.handoffs > 0);
	CHECK(told.row[1].vs_system.median == 1.0);
	CHECK(told.row[0].cell.threads == 2 && !told.row[0].misleading);
}

static const struct lock_row *const some_rwlocks[] = {
	&rwlock_table[RWLOCK_ID_qrwlock],
	&rwlock_table[RWLOCK_ID_seqlock],
	&rwlock_table[RWLOCK_ID_pthread_rwlock],
};

static struct told run_rwlocks(uint32_t read_percent)
{
	return run((struct contest){.locks = some_rwlocks,
				    .lock_count = 3,
				    .reference = "pthread_rwlock",
				    .cell = {2, 100, 100, read_percent},
				    .pinned = true,
				    .rounds = 8,
				    .window_ns = 2 * MS});
}

static void readers_and_writers_are_told_apart(void)
{
	struct told told = run_rwlocks(50);

	for (uint32_t i = 0; i < told.rows; i++) {
		const struct bench_lock_row *row = &told.row[i];

		CHECK(row->shared && row->ops_per_second.median > 1000);
		CHECK(row->vs_system.median > 0);
		CHECK(row->wait.max > 0 && row->write_wait.max > 0);
		CHECK(row->handoff_ratio == 0);
		/* Whom a writer overtakes reads again; only a lock whose readers take nothing has
		 * it. */
		CHECK(some_rwlocks[i]->optimistic || row->rereads == 0);
	}
	CHECK(told.row[2].vs_system.median == 1.0);
	told = run_rwlocks(100);
	CHECK(told.row[0].wait.max > 0 && told.row[0].write_wait.max == 0);
	told = run_rwlocks(0);
	CHECK(told.row[0].wait.max == 0 && told.row[0].write_wait.max > 0);
}

static void crowds_are_named(void)
{
	struct told told = run((struct contest){.locks = some_locks,
						.lock_count = 3,
						.cell = {yardstick.cpus + 1, 0, 0, 0},
						.rounds = 1,
						.window_ns = 20 * MS});

	for (uint32_t i = 0; i < told.rows; i++)
		CHECK(told.row[i].oversubscribed);
	CHECK(told.row[0].misleading);
	CHECK(!told.row[1].misleading && !told.row[2].misleading);
}

/* Target 15: a stall of 100 ms, once in a million waits. */
static void a_stall_shows_when_corrected(void)
{
	/* Not the one that serves in order: on a busy machine its every wait is long. */
	struct told told = run((struct contest){.locks = some_locks + 1,
						.lock_count = 2,
						.cell = {2, 0, 200, 0},
						.rounds = 1,
						.window_ns = 500 * MS,
						.stall_ns = 100 * MS});

	for (uint32_t i = 0; i < told.rows; i++) {
		const struct bench_lock_row *row = &told.row[i];

		printf("  %-16s p99.9 raw %.0f ns, corrected %.0f ns, max %.0f ns\n", row->lock,
		       row->wait.p999, row->wait_corrected.p999, row->wait.max);
		/* Half of it: a thread without a CPU at the beginning waits only for the rest. */
		CHECK(row->wait.max >= 50e6);
		CHECK(row->wait.p999 < 10e6);
		CHECK(row->wait_corrected.p999 >= 40e6);
	}
}

/* --- what the figures are made of --- */

static void intervals(void)
{
	double values[100];

	for (uint32_t i = 0; i < 100; i++)
		values[i] = (double)((i * 37) % 100);
	CHECK(estimate_of(values, 100).median == 49.5);
	CHECK(estimate_of(values, 100).low == 39);
	CHECK(estimate_of(values, 100).high == 60);
	CHECK(estimate_of(values, 3).median == 1);
	CHECK(isnan(estimate_of(values, BENCH_WINDOWS_MIN - 1).low));
	CHECK(isnan(estimate_of(values, BENCH_WINDOWS_MIN - 1).high));
	CHECK(estimate_of(values, BENCH_WINDOWS_MIN).low == 0);
	CHECK(estimate_of(values, BENCH_WINDOWS_MIN).high == BENCH_WINDOWS_MIN - 1);
	CHECK(estimate_of(values, 0).median == 0);
}

/* The exact binomial's: the normal approximation and one more are up to 1.59 times as wide. */
static void exact_intervals(void)
{
	static const uint32_t exact[][3] = {{6, 0, 5},	  {8, 0, 7},	 {9, 1, 7},
					    {12, 2, 9},	  {20, 5, 14},	 {40, 13, 26},
					    {60, 21, 38}, {100, 39, 60}, {2000, 955, 1044}};
	static double values[2000];

	for (size_t i = 0; i < sizeof(exact) / sizeof(exact[0]); i++) {
		struct estimate e;

		for (uint32_t j = 0; j < exact[i][0]; j++)
			values[j] = j;
		e = estimate_of(values, exact[i][0]);
		CHECK(e.low == exact[i][1]);
		CHECK(e.high == exact[i][2]);
	}
}

/* The correction against Gil Tene's own definition of it, one value at a time. */
static void correction(void)
{
	static struct histogram raw, fast, slow;
	static const uint64_t values[] = {3, 10, 11, 25, 100, 1000, 99999};
	const uint64_t interval = 10;

	for (uint32_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
		uint64_t value = histogram_upper(histogram_bucket(values[i]));

		histogram_add(&raw, values[i]);
		histogram_add(&slow, values[i]);
		while (value >= 2 * interval) {
			value -= interval;
			histogram_add(&slow, value);
		}
	}
	histogram_correct(&fast, &raw, interval);
	for (uint32_t i = 0; i < HISTOGRAM_BUCKETS; i++)
		CHECK_EQ(fast.bucket[i], slow.bucket[i]);
}

static void jain(void)
{
	uint64_t equal[] = {5, 5, 5, 5}, one[] = {0, 9, 0, 0};

	CHECK(jain_index(equal, 4, sizeof(*equal)) == 1);
	CHECK(jain_index(one, 4, sizeof(*one)) == 0.25);
}

static void take_yardstick(void)
{
	double noise;

	yardstick_take(&yardstick);
	CHECK(yardstick.ticks_per_ns > 0.01 && yardstick.ticks_per_ns < 10);
	CHECK(yardstick.loops_per_ns > 0.001 && yardstick.loops_per_ns < 10);
	CHECK(yardstick_loops_per_ns(&noise) > 0);
	CHECK_EQ(yardstick.transfer_ns > 0, yardstick.cpus > 1);
	printf("  %u cpus, %.3f ticks/ns, %.3f loops/ns, noise %.2f, transfer %.0f ns\n",
	       yardstick.cpus, yardstick.ticks_per_ns, yardstick.loops_per_ns, yardstick.noise,
	       yardstick.transfer_ns);
}

static const struct test tests[] = {
	{"yardstick", take_yardstick}, /* first: the others measure by it */
	{"intervals of medians", intervals},
	{"intervals are those of the exact binomial", exact_intervals},
	{"correction for coordinated omission", correction},
	{"Jain's index", jain},
	{"locks exclude", locks_exclude},
	{"reader-writer locks exclude", rwlocks_exclude},
	{"planted reader-writer locks are refused", planted_rwlocks_are_refused},
	{"rows add up", rows_add_up},
	{"readers and writers are told apart", readers_and_writers_are_told_apart},
	{"crowds are named", crowds_are_named},
	{"a stall shows when corrected", a_stall_shows_when_corrected},
};
TESTS(tests)
