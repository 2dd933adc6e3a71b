/* SPDX-License-Identifier: MIT */
/* The engine from outside: rows, refusals, stopping, and what it leaves behind: nothing. */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "bench_engine.h"
#include "check.h"
#include "clock.h"
#include "refcount_table.h"
#include "table.h"

#define MS UINT64_C(1000000)

/* --- the IDR and the bare walk hold the same --- */

#define POPULATION 5000u
#define TURNS 200
#define BATCH 512u

static uint32_t next_random(uint32_t *state)
{
	*state = *state * 1664525u + 1013904223u;
	return *state >> 8;
}

static int by_id(const void *a, const void *b)
{
	return *(const uint32_t *)a < *(const uint32_t *)b ? -1 : 1;
}

static uint32_t draw_batch(uint32_t *ids, uint32_t *state)
{
	uint32_t stride = POPULATION / BATCH;

	for (uint32_t i = 0; i < BATCH; i++)
		ids[i] = i * stride + next_random(state) % stride;
	return BATCH;
}

static void tables_agree(void)
{
	uint32_t *chain = malloc(POPULATION * sizeof(*chain)), ids[BATCH], state = 7;
	void *idr, *radix;

	for (uint32_t i = 0; i < POPULATION; i++)
		chain[i] = (i * 7919 + 13) % POPULATION;
	idr = table_ids.make(POPULATION, chain);
	radix = table_radix.make(POPULATION, chain);
	CHECK(idr && radix);
	for (int turn = 0; turn < TURNS; turn++) {
		struct table_pass pass = {ids, draw_batch(ids, &state), ids[0], chain};
		enum table_op op = (enum table_op)(next_random(&state) % TABLE_OPS);
		struct table_pass other = pass;

		if (op == TABLE_REMOVE || op == TABLE_ALLOC) {
			/* Half gone, both say so, and back again. */
			CHECK_EQ(table_ids.pass(idr, TABLE_REMOVE, &pass),
				 table_radix.pass(radix, TABLE_REMOVE, &pass));
			CHECK_EQ(table_ids.pass(idr, TABLE_FIND, &pass), 0);
			CHECK_EQ(table_radix.pass(radix, TABLE_FIND, &pass), 0);
			qsort(ids, BATCH, sizeof(*ids), by_id);
			op = TABLE_ALLOC;
		}
		CHECK_EQ(table_ids.pass(idr, op, &pass), table_radix.pass(radix, op, &other));
		CHECK_EQ(pass.first, other.first);
	}
	table_ids.unmake(idr);
	table_radix.unmake(radix);
	free(chain);
}

/* --- runs --- */

struct heard {
	struct bench *bench;
	uint32_t locks, minors, refcounts, progress, validated, caught;
	size_t fewest_windows; /* of the rows of locks; 0: no row yet */
	uint64_t faults;
	struct bench_end end;
	bool stop_at_row;
};

static int hear_progress(void *context, const struct bench_progress *progress)
{
	struct heard *heard = context;

	heard->progress++;
	CHECK(progress->expected_ns > 0 && progress->cells > 0);
	CHECK(progress->done_ns <= progress->expected_ns);
	return 0;
}

static int hear_validated(void *context, const struct bench_validation *v)
{
	struct heard *heard = context;

	heard->validated++;
	heard->caught += v->control && !v->excludes;
	CHECK(v->excludes == !v->control);
	CHECK_EQ(v->excludes, !v->lost && !v->intruders);
	return 0;
}

static int hear_lock(void *context, const struct bench_lock_row *row)
{
	struct heard *heard = context;

	heard->locks++;
	if (!heard->fewest_windows || row->window_count < heard->fewest_windows)
		heard->fewest_windows = row->window_count;
	CHECK(row->ops_per_second.median > 0);
	return heard->stop_at_row;
}

static int hear_minor(void *context, const struct bench_minor_row *row)
{
	struct heard *heard = context;

	heard->minors++;
	heard->faults += row->faults;
	CHECK(row->ns_per_op.median > 0 && row->vs_bare.median > 0);
	return heard->stop_at_row;
}

static int hear_refcount(void *context, const struct bench_refcount_row *row)
{
	struct heard *heard = context;

	heard->refcounts++;
	CHECK(row->ns_per_pair.median > 0 && row->vs_xadd.median > 0);
	CHECK_EQ(row->last_put_ns > 0, strncmp(row->variant, "dm_get", 6) != 0);
	CHECK(row->bytes_object > 0 && row->objects > 0);
	return heard->stop_at_row;
}

static int hear_end(void *context, const struct bench_end *end)
{
	((struct heard *)context)->end = *end;
	return 0;
}

/* Threads of this process. */
static uint32_t threads_alive(void)
{
	DIR *tasks = opendir("/proc/self/task");
	uint32_t count = 0;

	while (tasks && readdir(tasks))
		count++;
	if (tasks)
		closedir(tasks);
	return count;
}

/* A thread that was joined may be listed for another moment. */
static bool only_these_remain(uint32_t count)
{
	struct timespec moment = {.tv_nsec = 1000000};

	for (unsigned int i = 0; i < 1000 && threads_alive() > count; i++)
		nanosleep(&moment, NULL);
	return threads_alive() <= count;
}

static struct heard run(struct bench_plan plan, bool stop_at_row)
{
	struct heard heard = {.stop_at_row = stop_at_row};
	struct bench_listener listener = {.progress = hear_progress,
					  .validated = hear_validated,
					  .lock_row = hear_lock,
					  .minor_row = hear_minor,
					  .refcount_row = hear_refcount,
					  .finished = hear_end,
					  .context = &heard};
	cpu_set_t mine, after;
	uint32_t before;

	/* A sanitizer's own thread begins with the first of ours. */
	CHECK_EQ(bench_validate(BENCH_LOCKS, 0, 1, MS), 1);
	before = threads_alive();
	CHECK_EQ(sched_getaffinity(0, sizeof(mine), &mine), 0);
	CHECK_EQ(bench_start(&heard.bench, &plan, &listener), 0);
	bench_join_free(heard.bench);
	CHECK(only_these_remain(before));
	CHECK_EQ(sched_getaffinity(0, sizeof(after), &after), 0);
	CHECK(CPU_EQUAL(&mine, &after));
	CHECK_EQ(sched_getscheduler(0), SCHED_OTHER);
	CHECK_EQ(heard.end.error, 0);
	CHECK_EQ(heard.end.complete, !stop_at_row && !heard.end.limited);
	return heard;
}

static const struct bench_cell cells[] = {{1, 0, 0, 0}, {2, 50, 50, 0}};

static struct bench_plan small_plan(enum bench_suite suite)
{
	static const uint32_t populations[] = {1, 100, 3000};
	struct bench_plan plan;

	bench_plan_init(&plan, suite);
	plan.cells = cells;
	plan.cell_count = 2;
	plan.populations = populations;
	plan.population_count = suite == BENCH_REFCOUNT ? 0 : 3;
	plan.windows = 3;
	plan.window_ns = MS;
	plan.crowded_window_ns = 2 * MS;
	return plan;
}

/* Those that are measured when none is named: few enough to be read in one picture. */
static size_t usual_locks(void)
{
	size_t count = 0;

	for (size_t i = 0; i < bench_lock_count(BENCH_LOCKS); i++)
		count += bench_lock(BENCH_LOCKS, i).usual[0] != 0;
	CHECK(count >= 8 && count <= 12);
	return count;
}

static void every_suite_has_its_rows(void)
{
	struct bench_plan under_all = small_plan(BENCH_MINORS);
	struct heard locks = run(small_plan(BENCH_LOCKS), false);
	struct heard refcounts = run(small_plan(BENCH_REFCOUNT), false);
	struct heard minors;

	under_all.locks = (UINT64_C(1) << bench_lock_count(BENCH_LOCKS)) - 1;
	minors = run(under_all, false);
	/* The usual locks in two cells; the control is validated beside them. */
	CHECK_EQ(locks.locks, 2 * usual_locks());
	CHECK(locks.progress > 0);
	CHECK_EQ(locks.validated, usual_locks() + 1);
	CHECK_EQ(locks.caught, 1);
	CHECK_EQ(minors.validated, 0);
	CHECK_EQ(refcounts.validated - refcounts.caught, REFCOUNT_COUNT - 1);
	/*
	 * 7 rows at one id, 11 at more; 3 mixes for 1 and 2 threads, with a mutex and under every
	 * lock but the control.
	 */
	CHECK_EQ(minors.minors, 7 + 11 + 11 + 3 * 2 * bench_lock_count(BENCH_LOCKS));
	CHECK_EQ(minors.faults, 0);
	/* 7 by hand, and the schemes: one thread, two that share, two that do not. */
	CHECK_EQ(refcounts.refcounts, 3 * (7 + REFCOUNT_COUNT - 1));
	CHECK(locks.end.machine.ticks_per_ns > 0 && locks.end.machine.loops_per_ns_after > 0);
}

static void a_listener_can_stop_it(void)
{
	struct heard locks = run(small_plan(BENCH_LOCKS), true);
	struct heard minors = run(small_plan(BENCH_MINORS), true);

	CHECK(locks.locks > 0 && locks.locks < 2 * (bench_lock_count(BENCH_LOCKS) - 1));
	CHECK(minors.minors > 0 && minors.minors < 29);
}

static void it_can_be_stopped(void)
{
	struct bench_plan plan = small_plan(BENCH_LOCKS);
	struct heard heard = {0};
	struct bench_listener listener = {.finished = hear_end, .context = &heard};

	plan.window_ns = 60000 * MS;
	CHECK_EQ(bench_start(&heard.bench, &plan, &listener), 0);
	bench_stop(heard.bench);
	bench_stop(heard.bench);
	bench_join_free(heard.bench);
	CHECK(!heard.end.complete);
}

/* A cell that does not fit is left out, and those that do have all their windows. */
static void a_time_limit_leaves_out_cells(void)
{
	static const struct bench_cell with_crowd[] = {{1, 0, 0, 0}, {200, 0, 0, 0}};
	struct bench_plan plan = small_plan(BENCH_LOCKS);
	struct heard heard;

	plan.cells = with_crowd;
	plan.crowded_window_ns = 60000 * MS;
	plan.time_ns = 30000 * MS;
	heard = run(plan, false);
	CHECK_EQ(heard.locks, usual_locks());
	CHECK_EQ(heard.fewest_windows, plan.windows);
	CHECK(heard.end.limited);
	CHECK_EQ(heard.end.cells_left_out, 1);
}

/* Nothing fits, so nothing is begun that could not end in time. */
static void a_time_limit_is_kept(void)
{
	for (enum bench_suite suite = BENCH_LOCKS; suite < BENCH_SUITES; suite++) {
		struct bench_plan plan = small_plan(suite);
		struct heard heard;
		uint64_t began = monotonic_ns();

		plan.windows = 20000; /* hours */
		plan.time_ns = 500 * MS;
		heard = run(plan, false);
		printf("  %llu ms of %llu\n", (unsigned long long)((monotonic_ns() - began) / MS),
		       (unsigned long long)(plan.time_ns / MS));
		CHECK_EQ(heard.locks + heard.minors + heard.refcounts, 0);
		CHECK(heard.end.limited && heard.end.cells_left_out > 0);
		CHECK(monotonic_ns() - began < 20000 * MS);
	}
}

/* Threads that spin in order come to a stop one by one; those that spin must not keep them from it.
 */
static void a_crowd_comes_to_a_stop(void)
{
	static const struct bench_cell crowd[] = {{63, 0, 0, 0}};
	struct bench_plan plan = small_plan(BENCH_LOCKS);
	struct heard heard;
	uint64_t began = monotonic_ns();

	plan.cells = crowd;
	plan.cell_count = 1;
	plan.locks = 1u << LOCK_ID_mcs | 1u << LOCK_ID_ticket;
	plan.validate_ns = 0;
	plan.crowded_windows = 4;
	plan.crowded_window_ns = 20 * MS;
	heard = run(plan, false);
	printf("  %llu ms\n", (unsigned long long)((monotonic_ns() - began) / MS));
	CHECK_EQ(heard.locks, 2);
	CHECK(monotonic_ns() - began < 20000 * MS);
}

static void figures_say_what_they_were_measured_on(void)
{
	struct bench_machine m = run(small_plan(BENCH_REFCOUNT), false).end.machine;

	printf("  %s, %u cores, %s, %s, %s %s, clock %.1f ns, load %.2f\n", m.cpu, m.cores,
	       m.kernel, m.libc, m.compiler, m.flags, m.clock_ns, m.load_before);
	CHECK(m.cpu[0] && m.kernel[0] && m.libc[0] && m.governor[0] && m.compiler[0]);
	CHECK(strcmp(m.flags, "unknown") != 0);
	CHECK(m.cores >= m.cpus && m.numa_nodes >= 1);
	CHECK(m.clock_ns > 0 && m.clock_ns < 1e6);
}

static void nonsense_is_refused(void)
{
	static const struct bench_cell bad[] = {{0, 0, 0, 0},
						{BENCH_LIST_MAX_threads + 1, 0, 0, 0},
						{1, -1, 0, 0},
						{1, 0, 1e9, 0},
						{1, 0, 0, 101}};
	struct bench_listener listener = {0};
	struct bench *bench;

	for (unsigned int i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct bench_plan plan = small_plan(BENCH_LOCKS);

		plan.cells = &bad[i];
		plan.cell_count = 1;
		CHECK_EQ(bench_start(&bench, &plan, &listener), -EINVAL);
	}
	for (unsigned int i = 0; i < 3; i++) {
		struct bench_plan plan = small_plan(BENCH_LOCKS);

		if (i == 0)
			plan.windows = 0;
		else if (i == 1)
			plan.locks = UINT64_C(1) << bench_lock_count(BENCH_LOCKS);
		else
			plan.cell_count = 0;
		CHECK_EQ(bench_start(&bench, &plan, &listener), -EINVAL);
	}
	CHECK_EQ(bench_validate(BENCH_LOCKS, bench_lock_count(BENCH_LOCKS), 2, MS), -EINVAL);
}

static void the_control_is_caught(void)
{
	for (size_t i = 0; i < bench_lock_count(BENCH_LOCKS); i++) {
		struct bench_lock lock = bench_lock(BENCH_LOCKS, i);

		if (lock.control || !strcmp(lock.slug, "ttas_yield"))
			CHECK_EQ(bench_validate(BENCH_LOCKS, i, 2, 30 * MS), !lock.control);
	}
}

static const struct test tests[] = {
	{"the IDR and the bare walk agree", tables_agree},
	{"every suite has its rows", every_suite_has_its_rows},
	{"a listener can stop it", a_listener_can_stop_it},
	{"it can be stopped", it_can_be_stopped},
	{"a time limit leaves out cells, and no windows", a_time_limit_leaves_out_cells},
	{"a time limit is kept", a_time_limit_is_kept},
	{"a crowd comes to a stop", a_crowd_comes_to_a_stop},
	{"figures say what they were measured on", figures_say_what_they_were_measured_on},
	{"nonsense is refused", nonsense_is_refused},
	{"the control is caught", the_control_is_caught},
};
TESTS(tests)
