/* SPDX-License-Identifier: MIT */
#include "yardstick.h"

#include <math.h>

#include "crew.h"
#include "stats.h"

#define CLOCK_WINDOW_NS UINT64_C(20000000)
#define CLOCK_READS 1001
#define WORK_NS UINT64_C(60000000) /* longer than the system lets one thread run among others */
#define WORK_LOOPS 20000	   /* some 25 us */
#define TRANSFER_WINDOWS 16
#define TRANSFER_WINDOW_NS UINT64_C(2000000)

static double measure_ticks_per_ns(void)
{
	uint64_t ns = monotonic_ns(), began = ticks(), now;

	do
		now = monotonic_ns();
	while (now - ns < CLOCK_WINDOW_NS);
	return (double)(ticks() - began) / (double)(now - ns);
}

/* From one look at the clock to the next: a shorter wait looks like none. */
static double clock_step_ns(double ticks_per_ns)
{
	double steps[CLOCK_READS];
	uint64_t last = ticks();

	for (uint32_t i = 0; i < CLOCK_READS; i++) {
		uint64_t now = ticks();

		steps[i] = (double)(now - last) / ticks_per_ns;
		last = now;
	}
	return estimate_of(steps, CLOCK_READS).median;
}

double yardstick_loops_per_ns(double *noise)
{
	uint64_t began = monotonic_ns(), now = began, best = UINT64_MAX, windows = 0;

	while (now - began < WORK_NS) {
		uint64_t before = now;

		work(WORK_LOOPS);
		now = monotonic_ns();
		best = now - before < best ? now - before : best;
		windows++;
	}
	*noise = 1 - (double)(windows * best) / (double)(now - began);
	return (double)WORK_LOOPS / (double)best;
}

/* One line that two threads pass to and fro. */
struct ball {
	_Atomic uint64_t value __attribute__((aligned(CREW_ALIGN)));
};

/* Each adds one when it is its turn: the one the even, the other the odd numbers. */
static void pass_ball(struct member *member)
{
	struct ball *ball = member->crew->context;
	uint64_t mine = member->index, ops = 0;

	while (!crew_stops(member)) {
		if (atomic_load_explicit(&ball->value, memory_order_acquire) % 2 != mine)
			continue;
		atomic_store_explicit(&ball->value, mine + 1, memory_order_release);
		ops++;
	}
	member->ops = ops;
}

double yardstick_transfer_ns(struct crew *crew, uint64_t window_ns)
{
	struct ball ball = {0};
	struct window window;

	crew_run(crew, pass_ball, &ball, window_ns, NULL, &window);
	return window.ops_per_second > 0 ? 1e9 / window.ops_per_second : 0;
}

/* The best window, since a thread that loses its CPU says nothing about cache lines. */
static double best_transfer_ns(double ticks_per_ns)
{
	struct crew *crew = crew_new(2, true, ticks_per_ns);
	double best = 0;

	for (uint32_t i = 0; crew && i < TRANSFER_WINDOWS; i++) {
		double ns = yardstick_transfer_ns(crew, TRANSFER_WINDOW_NS);

		if (ns > 0 && (best == 0 || ns < best))
			best = ns;
	}
	crew_free(crew);
	return best;
}

void yardstick_take(struct yardstick *yardstick)
{
	yardstick->cpus = crew_cpus();
	yardstick->ticks_per_ns = measure_ticks_per_ns();
	yardstick->clock_ns = clock_step_ns(yardstick->ticks_per_ns);
	yardstick->loops_per_ns = yardstick_loops_per_ns(&yardstick->noise);
	yardstick->transfer_ns =
		yardstick->cpus > 1 ? best_transfer_ns(yardstick->ticks_per_ns) : 0;
}

uint64_t yardstick_loops(const struct yardstick *yardstick, double ns)
{
	return (uint64_t)llround(ns * yardstick->loops_per_ns);
}
