/* SPDX-License-Identifier: MIT */
/* What can be measured, with which numbers. */
#include "bench_plan.h"

#include <errno.h>

#include "arena.h"
#include "validate.h"

/* Defaults: a minute on two CPUs. */
#define WINDOWS 40
#define WINDOW_NS UINT64_C(3000000)
#define CROWDED_WINDOWS 1
#define CROWDED_WINDOW_NS UINT64_C(1000000000)

static const struct bench_cell default_cells[] = {
	{1, 0, 0}, {2, 0, 0}, {2, 100, 200}, {8, 100, 200}};
static const uint32_t default_populations[] = {1, 1000, 64000, 1000000};

size_t bench_lock_count(void)
{
	return LOCK_COUNT;
}

struct bench_lock bench_lock(size_t index)
{
	static const char *const class_name[] = {"spins", "yields", "blocks", "control"};
	const struct lock_row *row = &lock_table[index];

	return (struct bench_lock){.slug = row->slug,
				   .class_name = class_name[row->class],
				   .says = row->says,
				   .fifo = row->fifo,
				   .reference = row->reference,
				   .control = row->class == LOCK_CONTROL,
				   .bytes = row->ops->bytes};
}

int bench_validate(size_t index, uint32_t threads, uint64_t window_ns)
{
	struct validation validation;
	int r;

	if (index >= LOCK_COUNT || !threads || threads > BENCH_THREADS_MAX)
		return -EINVAL;
	r = lock_validate(&lock_table[index], threads, window_ns, 1, &validation);
	return r ? r : !validation.lost && !validation.intruders;
}

void bench_plan_init(struct bench_plan *plan, enum bench_suite suite)
{
	*plan = (struct bench_plan){
		.suite = suite,
		.cells = default_cells,
		.cell_count = sizeof(default_cells) / sizeof(default_cells[0]),
		.populations = default_populations,
		.population_count = sizeof(default_populations) / sizeof(default_populations[0]),
		.windows = WINDOWS,
		.window_ns = WINDOW_NS,
		.crowded_windows = CROWDED_WINDOWS,
		.crowded_window_ns = CROWDED_WINDOW_NS,
		.pinned = true,
		.seed = 1,
	};
	/* These know no hold times, and their windows measure an operation, not a meeting. */
	if (suite != BENCH_LOCKS)
		plan->crowded_window_ns = WINDOW_NS * 10;
}

bool bench_plan_in_range(const struct bench_plan *plan)
{
	uint32_t threads_max = plan->suite == BENCH_LOCKS ? BENCH_THREADS_MAX : ARENA_THREADS_MAX;

	if (plan->suite >= BENCH_SUITES || !plan->cell_count || !plan->cells)
		return false;
	for (size_t i = 0; i < plan->cell_count; i++) {
		const struct bench_cell *c = &plan->cells[i];

		if (!c->threads || c->threads > threads_max || !(c->hold_ns >= 0) ||
		    c->hold_ns > BENCH_NS_MAX || !(c->outside_ns >= 0) ||
		    c->outside_ns > BENCH_NS_MAX)
			return false;
	}
	for (size_t i = 0; i < plan->population_count; i++)
		if (!plan->populations[i] || plan->populations[i] > BENCH_POPULATION_MAX)
			return false;
	return plan->windows && plan->windows <= BENCH_WINDOWS_MAX && plan->crowded_windows &&
	       plan->crowded_windows <= BENCH_WINDOWS_MAX && plan->window_ns &&
	       plan->window_ns <= BENCH_WINDOW_NS_MAX && plan->crowded_window_ns &&
	       plan->crowded_window_ns <= BENCH_WINDOW_NS_MAX && !(plan->locks >> LOCK_COUNT) &&
	       plan->lock_peer_count <= LOCK_PEERS_MAX;
}
