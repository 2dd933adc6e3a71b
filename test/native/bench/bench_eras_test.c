/* SPDX-License-Identifier: MIT */
/* Eras of the protocol: their rows, the lookup without a lock, and those that are refused. */
#include <errno.h>
#include <math.h>
#include <string.h>

#include "bench_engine.h"
#include "check.h"
#include "dm_refs.h"
#include "patches.h"
#include "rcu_lookup.h"

#define MS UINT64_C(1000000)
#define THREADS 2
#define MIXES 3
#define HEARD_MAX 64

struct heard {
	struct bench_minor_row row[HEARD_MAX];
	struct bench_refusal refusal[HEARD_MAX];
	bool has_bare[HEARD_MAX];
	uint32_t rows, refusals;
	struct bench_end end;
};

static int hear_row(void *context, const struct bench_minor_row *row)
{
	struct heard *heard = context;

	CHECK(heard->rows < HEARD_MAX);
	CHECK(row->ns_per_op.median > 0 && row->ops_per_second > 0);
	CHECK_EQ(row->window_count, 3);
	for (size_t i = 0; i < row->window_count; i++)
		CHECK(row->windows[i] > 0);
	heard->has_bare[heard->rows] = row->bare_windows != NULL;
	heard->row[heard->rows++] = *row;
	return 0;
}

static int hear_refusal(void *context, const struct bench_refusal *refusal)
{
	struct heard *heard = context;

	CHECK(heard->refusals < HEARD_MAX);
	heard->refusal[heard->refusals++] = *refusal;
	return 0;
}

static int hear_end(void *context, const struct bench_end *end)
{
	((struct heard *)context)->end = *end;
	return 0;
}

static struct heard run_sets(const uint64_t *sets, size_t count)
{
	static const struct bench_cell cell = {THREADS, 0, 0, 0};
	struct heard heard = {0};
	struct bench_listener listener = {.minor_row = hear_row,
					  .refused = hear_refusal,
					  .finished = hear_end,
					  .context = &heard};
	struct bench_plan plan;
	struct bench *bench;

	bench_plan_init(&plan, BENCH_MINORS);
	plan.cells = &cell;
	plan.cell_count = 1;
	plan.windows = plan.crowded_windows = 3;
	plan.window_ns = plan.crowded_window_ns = MS;
	plan.sets = sets;
	plan.set_count = count;
	CHECK_EQ(bench_start(&bench, &plan, &listener), 0);
	bench_join_free(bench);
	CHECK_EQ(heard.end.error, 0);
	CHECK(heard.end.complete);
	return heard;
}

static void each_era_has_its_rows(void)
{
	static const uint64_t sets[] = {PATCHES_NONE, PATCHES_ALL, PATCHES_2_6_36, PATCHES_TODAY};
	struct heard heard = run_sets(sets, 4);
	uint32_t rcu = 0;

	/* No table beside them, and the lookup without a lock is of one mix. */
	CHECK_EQ(heard.rows, MIXES * 4 + 1);
	CHECK_EQ(heard.refusals, 0);
	for (uint32_t i = 0; i < heard.rows; i++) {
		const struct bench_minor_row *row = &heard.row[i];
		bool spins = sets[row->set] & PATCH_ROW(04);

		CHECK_EQ(row->threads, THREADS);
		CHECK_EQ(row->faults, 0);
		CHECK(!strcmp(row->minor_lock, spins ? "ttas" : "mutex"));
		CHECK(row->vs_bare.median > 0 && heard.has_bare[i]);
		if (row->set == 0)
			CHECK(fabs(row->vs_bare.median - 1) < 1e-9);
		rcu += row->rcu;
		if (row->rcu)
			CHECK(row->set == 3 && !strcmp(row->op, "protocol dm_get_md, dm_put"));
	}
	CHECK_EQ(rcu, 1);
}

/* 2.6.9 has no lookup by number; without 03 a preload sleeps under a spinlock. */
static void an_era_that_fails_or_faults_is_refused(void)
{
	static const uint64_t sets[] = {PATCHES_2_6_9, PATCHES_WITHOUT(03), PATCHES_ALL};
	struct heard heard = run_sets(sets, 3);
	uint32_t failed = 0, faulted = 0;

	/* Of 2.6.9 two mixes, of 03 left out none, of all three, and the lookup without a lock. */
	CHECK_EQ(heard.rows, 2 + 0 + MIXES + 1);
	CHECK_EQ(heard.refusals, 1 + MIXES);
	for (uint32_t i = 0; i < heard.refusals; i++) {
		const struct bench_refusal *refusal = &heard.refusal[i];

		failed += refusal->set == 0 && !refusal->fault && !strcmp(refusal->op, "get") &&
			  refusal->error == -ENXIO;
		faulted += refusal->set == 1 && refusal->fault &&
			   !strcmp(refusal->fault, "sleep-in-atomic");
	}
	CHECK_EQ(failed, 1);
	CHECK_EQ(faulted, MIXES);
	/* Where the first is refused, nothing is divided by it. */
	for (uint32_t i = 0; i < heard.rows; i++) {
		bool alone = !strcmp(heard.row[i].op, "protocol dm_get_md, dm_put");

		CHECK_EQ(heard.has_bare[i], !alone);
		CHECK_EQ(heard.row[i].vs_bare.median > 0, !alone);
	}
}

static void sets_out_of_range_are_refused(void)
{
	static const uint64_t unknown = PATCHES_EVERY + 1;
	struct bench_listener listener = {0};
	struct bench_plan plan;
	struct bench *bench;

	bench_plan_init(&plan, BENCH_MINORS);
	plan.sets = &unknown;
	plan.set_count = 1;
	CHECK_EQ(bench_start(&bench, &plan, &listener), -EINVAL);
	plan.set_count = BENCH_SETS_MAX + 1;
	CHECK_EQ(bench_start(&bench, &plan, &listener), -EINVAL);
}

/* A device is handed out with a reference, except when it is going. */
static void rcu_hands_out_what_is_alive(void)
{
	struct arena arena;
	struct rcu_lookup lookup = {0};
	struct player *player;
	struct mapped_device *md;

	CHECK_EQ(arena_open(&arena, 1, 2, PATCHES_TODAY, LOCK_ID_ttas, 1), 0);
	CHECK_EQ(arena_create(&arena, 2), 0);
	CHECK_EQ(rcu_lookup_open(&lookup, &arena, 2), 0);
	player = arena_player(&arena, 0);
	CHECK_EQ(task_catch(&player->task), 0);
	md = rcu_lookup_get(&lookup, &player->task, 1);
	CHECK(md && dm_minor(&player->task, md) == 1);
	CHECK_EQ(get_field(&player->task, md, holders), 2);
	dm_put(&player->task, &arena.world->dm, md);
	CHECK(!rcu_lookup_get(&lookup, &player->task, 2));
	or_field(&player->task, md, flags, DMF_FREEING);
	CHECK(!rcu_lookup_get(&lookup, &player->task, 1));
	CHECK_EQ(get_field(&player->task, md, holders), 1);
	set_field(&player->task, md, holders, 0);
	clear_field(&player->task, md, flags, DMF_FREEING);
	CHECK(!rcu_lookup_get(&lookup, &player->task, 1));
	CHECK_EQ(arena.faults, 0);
	rcu_lookup_close(&lookup);
	arena_close(&arena);
}

static const struct test tests[] = {
	{"each era has its rows", each_era_has_its_rows},
	{"an era that fails or faults is refused", an_era_that_fails_or_faults_is_refused},
	{"sets out of range are refused", sets_out_of_range_are_refused},
	{"RCU hands out what is alive", rcu_hands_out_what_is_alive},
};
TESTS(tests)
