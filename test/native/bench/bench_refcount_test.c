/* SPDX-License-Identifier: MIT */
/* Reference counts on real threads: those that are right are, and a planted one is refused. */
#include <stdio.h>

#include "bench_run.h"
#include "check.h"
#include "ref_stand.h"
#include "refcount.h"
#include "yardstick.h"

#define MS UINT64_C(1000000)
#define TRIES 20 /* of what depends on luck */

static struct ref_validation tried(const struct ref_row *row, uint32_t threads)
{
	struct ref_validation v;

	CHECK_EQ(ref_validate(row, threads, 10 * MS, 1, &v), 0);
	printf("  %-16s %u threads: %llu uses, %llu stale, %llu lost\n", row->slug, threads,
	       (unsigned long long)v.used, (unsigned long long)v.stale, (unsigned long long)v.lost);
	return v;
}

static void schemes_are_right(void)
{
	for (uint32_t i = 0; i < REFCOUNT_COUNT; i++) {
		for (uint32_t threads = 1; threads <= 4 && !ref_table[i].control; threads++) {
			struct ref_validation v = tried(&ref_table[i], threads);

			CHECK_EQ(v.stale, 0);
			CHECK_EQ(v.lost, 0);
			CHECK(v.used > 0);
		}
	}
}

/* Whether @row is caught, at the latest at the last try. */
static bool is_caught(const struct ref_row *row)
{
	for (uint32_t i = 0; i < TRIES; i++) {
		struct ref_validation v = tried(row, 2);

		if (v.stale || v.lost)
			return true;
	}
	return false;
}

static void leak(struct refs *refs, struct counted *object, struct locker *me)
{
	(void)refs;
	(void)object;
	(void)me;
}

/* The control, and a scheme whose puts do nothing. */
static void planted_ones_are_caught(void)
{
	struct ref_row row = ref_table[REFCOUNT_ID_refcount_t];
	struct ref_ops ops = *row.ops;

	CHECK(is_caught(&ref_table[REFCOUNT_ID_broken_refcount]));
	row.ops = &ops;
	ops.put = leak;
	CHECK(is_caught(&row));
}

static uint32_t rows;

static int hear_row(void *context, const struct bench_refcount_row *row)
{
	uint64_t *names = context;

	rows++;
	for (uint32_t i = 0; i < REFCOUNT_COUNT; i++)
		if (row->variant == ref_table[i].slug)
			*names |= UINT64_C(1) << i;
	CHECK_EQ(row->objects, 5);
	return 0;
}

/* Those of the trial, and no other: what is refused has no row. */
static void only_what_is_asked_for_is_measured(void)
{
	struct yardstick yardstick = {.cpus = 1, .ticks_per_ns = 1, .loops_per_ns = 1};
	uint64_t names = 0, wanted = 1u << REFCOUNT_ID_hazard | 1u << REFCOUNT_ID_biased;
	struct refcount_trial trial = {.yardstick = &yardstick,
				       .threads = 2,
				       .shared = true,
				       .objects = 5,
				       .schemes = wanted,
				       .rounds = 1,
				       .window_ns = MS,
				       .row = hear_row,
				       .context = &names};

	rows = 0;
	CHECK_EQ(refcount_run(&trial), 0);
	CHECK_EQ(names, wanted);
	CHECK_EQ(rows, 7 + 2);
}

static int hear_validated(void *context, const struct bench_validation *v)
{
	struct bench_validation *told = context;

	*told = *v;
	return 0;
}

static void the_control_is_refused(void)
{
	struct bench_validation told = {.lock = NULL};
	static struct bench bench;

	bench.plan.validate_ns = 10 * MS;
	bench.yardstick.ticks_per_ns = 1;
	bench.listener.validated = hear_validated;
	bench.listener.context = &told;
	bench.schemes = UINT64_MAX;
	for (uint32_t i = 0; i < TRIES && bench.schemes == UINT64_MAX; i++)
		CHECK_EQ(bench_validate_scheme(&bench, REFCOUNT_ID_broken_refcount), 0);
	CHECK_EQ(bench.schemes, ~(UINT64_C(1) << REFCOUNT_ID_broken_refcount));
	CHECK(told.control && !told.excludes && told.lost + told.intruders > 0);
	CHECK_EQ(bench_schemes() >> REFCOUNT_ID_broken_refcount & 1, 0);
}

static const struct test tests[] = {
	{"every scheme frees each object once, after its last use", schemes_are_right},
	{"a planted scheme is caught", planted_ones_are_caught},
	{"only what is asked for is measured", only_what_is_asked_for_is_measured},
	{"a scheme that fails is refused", the_control_is_refused},
};
TESTS(tests)
