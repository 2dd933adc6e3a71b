/* SPDX-License-Identifier: MIT */
/* What can be measured, with which numbers. */
#include "bench_plan.h"

#include <errno.h>

#include "arena.h"
#include "ref_ops.h"
#include "rwlock.h"
#include "validate.h"

#define NS_PER_US UINT64_C(1000)
#define NS_PER_MS UINT64_C(1000000)
#define CROWDED_LOCK_NS UINT64_C(1000000000)
/* Other suites have no hold times, and their windows measure an operation, not a meeting. */
#define CROWDED_OTHER_NS UINT64_C(30000000)

_Static_assert((int)BENCH_LIST_MAX_threads == LOCK_THREADS_MAX, "as many as locks have nodes for");
_Static_assert((int)BENCH_LIST_MAX_players == ARENA_THREADS_MAX,
	       "as many as a world has tasks for");
_Static_assert((int)BENCH_LIST_MAX_populations < INT32_MAX / 2, "ids of a table are below 2^31");
_Static_assert((int)BENCH_MAX_windows < INT32_MAX && (int)BENCH_MAX_crowded_windows < INT32_MAX &&
		       (int)BENCH_MAX_executions < INT32_MAX,
	       "what is counted in 32 bits");

const struct lock_row *lock_rows_of(enum bench_suite suite, uint32_t *count)
{
	*count = suite == BENCH_RWLOCKS ? RWLOCK_COUNT : LOCK_COUNT;
	return suite == BENCH_RWLOCKS ? rwlock_table : lock_table;
}

size_t bench_lock_count(enum bench_suite suite)
{
	uint32_t count;

	lock_rows_of(suite, &count);
	return count;
}

struct bench_lock bench_lock(enum bench_suite suite, size_t index)
{
	static const char *const class_name[] = {"spins", "yields", "blocks", "control"};
	uint32_t count;
	const struct lock_row *row = &lock_rows_of(suite, &count)[index];

	return (struct bench_lock){.slug = row->slug,
				   .class_name = class_name[row->class],
				   .says = row->says,
				   .source = row->source,
				   .usual = row->usual,
				   .serves = row->serves,
				   .year = row->year,
				   .queue = row->queue,
				   .nodes_made_up = row->nodes_made_up,
				   .fifo = row->fifo,
				   .reference = row->reference,
				   .optimistic = row->optimistic,
				   .control = row->class == LOCK_CONTROL,
				   .bytes = row->ops->bytes};
}

struct bench_scheme bench_scheme(size_t index)
{
	const struct ref_row *row = &ref_table[index];

	return (struct bench_scheme){.slug = row->slug,
				     .says = row->says,
				     .source = row->source,
				     .get = row->get,
				     .last = row->last,
				     .year = row->year,
				     .finds = row->finds,
				     .may_wait = row->may_wait,
				     .control = row->control,
				     .bytes_object = row->ops->object_bytes,
				     .bytes_thread = row->ops->thread_bytes,
				     .bytes_both = row->ops->part_bytes};
}

int bench_validate(enum bench_suite suite, size_t index, uint32_t threads, uint64_t window_ns)
{
	struct validation validation;
	uint32_t count;
	const struct lock_row *rows = lock_rows_of(suite, &count);
	int r;

	if (index >= count || !threads || threads > BENCH_LIST_MAX_threads)
		return -EINVAL;
	r = lock_validate(&rows[index], threads, window_ns, 1, &validation);
	return r ? r : !validation.lost && !validation.intruders;
}

/* Suites of locks, whose windows have to be long where there is a crowd. */
static bool measures_locks(enum bench_suite suite)
{
	return suite == BENCH_LOCKS || suite == BENCH_RWLOCKS;
}

static uint64_t fallback(enum bench_row row)
{
	return (uint64_t)bench_table[row].fallback;
}

void bench_plan_init(struct bench_plan *plan, enum bench_suite suite)
{
	*plan = (struct bench_plan){
		.suite = suite,
		.cells = suite == BENCH_RWLOCKS ? bench_rwcell_table : bench_cell_table,
		.cell_count = suite == BENCH_RWLOCKS ? bench_rwcell_count : bench_cell_count,
		.populations = bench_population_table,
		.population_count = suite == BENCH_REFCOUNT ? 0 : bench_population_count,
		.windows = (uint32_t)fallback(BENCH_ROW_windows),
		.window_ns = fallback(BENCH_ROW_window_us) * NS_PER_US,
		.crowded_windows = (uint32_t)fallback(BENCH_ROW_crowded_windows),
		.crowded_window_ns = measures_locks(suite) ? CROWDED_LOCK_NS : CROWDED_OTHER_NS,
		.time_ns = fallback(BENCH_ROW_time_ms) * NS_PER_MS,
		.validate_ns = fallback(BENCH_ROW_validate_ms) * NS_PER_MS,
		.stall_ns = fallback(BENCH_ROW_stall_ms) * NS_PER_MS,
		.pinned = fallback(BENCH_ROW_pinned) != 0,
		.seed = fallback(BENCH_ROW_seed),
	};
}

static bool in_range(enum bench_row row, uint64_t value, uint64_t unit_ns)
{
	return value >= bench_table[row].min * (double)unit_ns &&
	       value <= bench_table[row].max * (double)unit_ns;
}

static bool in_list(enum bench_list list, double value)
{
	return value >= bench_list_table[list].min && value <= bench_list_table[list].max;
}

bool bench_plan_in_range(const struct bench_plan *plan)
{
	enum bench_list threads =
		measures_locks(plan->suite) ? BENCH_LIST_threads : BENCH_LIST_players;
	enum bench_list populations =
		plan->suite == BENCH_REFCOUNT ? BENCH_LIST_objects : BENCH_LIST_populations;

	if (plan->suite >= BENCH_SUITES || !plan->cell_count || !plan->cells)
		return false;
	for (size_t i = 0; i < plan->cell_count; i++) {
		const struct bench_cell *c = &plan->cells[i];

		if (!in_list(threads, c->threads) || !in_list(BENCH_LIST_hold_ns, c->hold_ns) ||
		    !in_list(BENCH_LIST_outside_ns, c->outside_ns) ||
		    !in_list(BENCH_LIST_read_percent, c->read_percent))
			return false;
	}
	for (size_t i = 0; i < plan->population_count; i++)
		if (!in_list(populations, plan->populations[i]))
			return false;
	if (plan->set_count > BENCH_SETS_MAX)
		return false;
	for (size_t i = 0; i < plan->set_count; i++)
		if (plan->sets[i] & ~PATCHES_EVERY)
			return false;
	return in_range(BENCH_ROW_windows, plan->windows, 1) &&
	       in_range(BENCH_ROW_window_us, plan->window_ns, NS_PER_US) &&
	       in_range(BENCH_ROW_crowded_windows, plan->crowded_windows, 1) &&
	       plan->crowded_window_ns &&
	       in_range(BENCH_ROW_crowded_window_us, plan->crowded_window_ns, NS_PER_US) &&
	       in_range(BENCH_ROW_time_ms, plan->time_ns, NS_PER_MS) &&
	       in_range(BENCH_ROW_validate_ms, plan->validate_ns, NS_PER_MS) &&
	       in_range(BENCH_ROW_stall_ms, plan->stall_ns, NS_PER_MS) &&
	       !(plan->locks >> bench_lock_count(plan->suite)) &&
	       plan->lock_peer_count <= LOCK_PEERS_MAX;
}
