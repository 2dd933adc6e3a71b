/* SPDX-License-Identifier: MIT */
#include "arrays.h"
#include "bench_run.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "crew.h"
#include "machine_info.h"
#include "ticks.h"

#define CLOCK_MOVED 0.05
#define DISTURBED 0.1

void bench_judge_noise(struct bench_machine *machine)
{
	double moved;

	machine->loops_per_ns_after = yardstick_loops_per_ns(&machine->noise_after);
	moved = fabs(machine->loops_per_ns_after / machine->loops_per_ns_before - 1);
	machine->noisy = moved > CLOCK_MOVED || machine->noise_before > DISTURBED ||
			 machine->noise_after > DISTURBED;
}

static struct bench_machine machine_of(const struct yardstick *y, double load_before)
{
	struct bench_machine machine = {.load_before = load_before,
					.load_after = machine_load(),
					.clock_ns = y->clock_ns,
					.cpus = y->cpus,
					.ticks_per_ns = y->ticks_per_ns,
					.loops_per_ns_before = y->loops_per_ns,
					.noise_before = y->noise,
					.transfer_ns = y->transfer_ns};

	machine_describe(&machine);
	bench_judge_noise(&machine);
	return machine;
}

static void *controller_main(void *argument)
{
	struct bench *b = argument;
	struct bench_end end = {0};
	double load_before = machine_load();

	yardstick_take(&b->yardstick);
	end.error = bench_run_parts(b);
	end.limited = b->limited;
	end.cells_left_out = b->cells_left_out;
	end.complete = !end.error && !end.limited && !atomic_load(&b->stop);
	end.machine = machine_of(&b->yardstick, load_before);
	if (b->listener.finished)
		b->listener.finished(b->listener.context, &end);
	return NULL;
}

/* --- from outside --- */

void bench_describe_machine(struct bench_machine *machine)
{
	*machine = (struct bench_machine){.cpus = crew_cpus()};
	machine_describe(machine);
	machine->load_before = machine->load_after = machine_load();
}

/* What calls the verbs of a lock through pointers; see lock_window.ops. */
static void loop_by_pointer(struct member *member)
{
	const struct lock_window *w = member->crew->context;
	const struct lock_ops *ops = w->ops;

	if (ops->takes_node)
		lock_loop_of(member, ops->acquire, ops->release, true);
	else
		lock_loop_of(member, ops->acquire, ops->release, false);
}

static const struct lock_row *as_by_pointer(struct bench *b, uint32_t lock)
{
	b->by_pointer_ops[lock] = *lock_table[lock].ops;
	b->by_pointer_ops[lock].loop = loop_by_pointer;
	b->by_pointer[lock] = lock_table[lock];
	b->by_pointer[lock].ops = &b->by_pointer_ops[lock];
	b->by_pointer[lock].by_pointer = true;
	return &b->by_pointer[lock];
}

/*
 * Locks of the user's, and where one is a library the locks of the table through pointers, too:
 * those that were asked for, and pthread_mutex, which every row is set against.
 */
static void choose_own(struct bench *b)
{
	uint64_t beside = b->plan.locks | UINT64_C(1) << LOCK_ID_pthread_mutex;
	bool any_library = false;

	own_locks_loop(loop_by_pointer);
	for (uint32_t i = 0; i < own_lock_count(); i++) {
		const struct lock_row *row = own_lock_at(i);

		any_library |= row->by_pointer;
		b->locks[b->lock_count++] = row;
	}
	for (uint32_t i = 0; i < LOCK_COUNT && any_library; i++)
		if (beside >> i & 1)
			b->locks[b->lock_count++] = as_by_pointer(b, i);
}

static void choose_locks(struct bench *b)
{
	bool usual = !b->plan.locks && !(b->plan.own && b->plan.own_alone);
	uint32_t count;
	const struct lock_row *rows = lock_rows_of(b->plan.suite, &count);

	for (uint32_t i = 0; i < count; i++)
		if (b->plan.locks >> i & 1 || (usual && rows[i].usual[0]))
			b->locks[b->lock_count++] = &rows[i];
	if (b->plan.suite == BENCH_RWLOCKS)
		return;
	for (size_t i = 0; i < b->plan.lock_peer_count; i++)
		b->locks[b->lock_count++] = b->plan.lock_peers[i];
	if (b->plan.own)
		choose_own(b);
}

static void bench_free(struct bench *b)
{
	free(b->cells);
	free(b->populations);
	free(b->sets);
	free(b);
}

int bench_start(struct bench **bench, const struct bench_plan *plan,
		const struct bench_listener *listener)
{
	struct bench *b;
	int r;

	if (!bench_plan_in_range(plan))
		return -EINVAL;
	b = calloc(1, sizeof(*b));
	if (!b)
		return -ENOMEM;
	b->plan = *plan;
	b->listener = *listener;
	b->began_ns = monotonic_ns();
	b->cells = array_copy(plan->cells, plan->cell_count, sizeof(*plan->cells));
	b->populations =
		array_copy(plan->populations, plan->population_count, sizeof(*plan->populations));
	b->sets = array_copy(plan->sets, plan->set_count, sizeof(*plan->sets));
	if (!b->cells || !b->populations || !b->sets) {
		bench_free(b);
		return -ENOMEM;
	}
	choose_locks(b);
	/* Before there is a controller: a listener may call bench_stop(*bench). */
	*bench = b;
	r = pthread_create(&b->controller, NULL, controller_main, b);
	if (r) {
		bench_free(b);
		return -EAGAIN;
	}
	return 0;
}

void bench_stop(struct bench *bench)
{
	atomic_store(&bench->stop, true);
}

void bench_join_free(struct bench *bench)
{
	pthread_join(bench->controller, NULL);
	bench_free(bench);
}
