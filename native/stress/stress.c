/* SPDX-License-Identifier: MIT */
/* The life of a run: start, the controller's ticks, stop, the end. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "arrays.h"
#include "cond.h"
#include "park.h"
#include "worker.h"

#define MS UINT64_C(1000000)

_Static_assert((int)PLAN_MAX_threads < TASKS_MAX, "a task for each thread, one for closing");
_Static_assert(PROGRAM_CPUS_MAX < TASKS_MAX, "a task for each program, one for closing");

static void *work(void *argument)
{
	struct worker *worker = argument;
	struct run *run = worker->run;

	if (run->has_programs)
		rounds_work(worker);
	else
		storm_work(worker);
	pthread_mutex_lock(&run->control_lock);
	atomic_fetch_sub(&run->live, 1);
	pthread_cond_broadcast(&run->control);
	pthread_mutex_unlock(&run->control_lock);
	return NULL;
}

/* The listener's answer: non-zero means that nobody listens. */
static void heard(struct run *run, int answer)
{
	if (!answer)
		return;
	atomic_store(&run->deaf, true);
	run_stop(run);
}

static void tell(struct run *run)
{
	struct progress progress;

	if (atomic_load(&run->deaf))
		return;
	heard(run, harvest_faults(run));
	harvest_progress(run, &progress);
	if (!atomic_load(&run->deaf))
		heard(run, run->listener.progress(run->listener.context, &progress));
}

static uint64_t earlier(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

/* Sleep until the run is @wake_ns old, or a worker ends. Context: holds control_lock. */
static void sleep_until(struct run *run, uint64_t wake_ns)
{
	uint64_t elapsed = clock_ns() - run->began_ns;

	if (elapsed < wake_ns)
		cond_wait_ns(&run->control, &run->control_lock, wake_ns - elapsed);
}

static void *control(void *argument)
{
	struct run *run = argument;
	uint64_t epoch_ends = run->plan.epoch_ms * MS, tell_at = run->plan.tick_ms * MS;
	uint64_t ends = run->plan.duration_ms ? run->plan.duration_ms * MS : UINT64_MAX;
	struct report report;

	pthread_mutex_lock(&run->control_lock);
	while (atomic_load(&run->live)) {
		uint64_t elapsed;

		/* Of what is due whatever comes first: a long tick delays no end. */
		sleep_until(run, earlier(ends, earlier(epoch_ends, tell_at)));
		pthread_mutex_unlock(&run->control_lock);
		elapsed = clock_ns() - run->began_ns;
		if (elapsed >= ends) {
			run_finish(run);
			ends = UINT64_MAX;
		}
		if (elapsed >= epoch_ends) {
			atomic_store(&run->epoch_over, true);
			epoch_ends = elapsed + run->plan.epoch_ms * MS;
		}
		if (elapsed >= tell_at || !atomic_load(&run->live)) {
			tell(run);
			tell_at = elapsed + run->plan.tick_ms * MS;
		}
		pthread_mutex_lock(&run->control_lock);
	}
	pthread_mutex_unlock(&run->control_lock);
	for (uint32_t i = 0; i < run->threads; i++)
		pthread_join(run->workers[i].thread, NULL);
	if (!atomic_load(&run->deaf))
		heard(run, harvest_faults(run));
	memset(&report, 0, sizeof(report));
	if (harvest_report(run, &report))
		run_starve(run);
	report.error = atomic_load(&run->error);
	if (!atomic_load(&run->deaf))
		run->listener.finished(run->listener.context, &report);
	report_free(&report);
	return NULL;
}

static void fill_errno_rows(struct run *run)
{
	for (uint32_t row = 0; row < errno_count; row++)
		run->errno_row[(uint8_t)errno_table[row].value] = (uint8_t)(row + 1);
}

static void run_free(struct run *run)
{
	if (run->workers)
		for (uint32_t i = 0; i <= run->threads; i++)
			worker_free(&run->workers[i]);
	free(run->workers);
	storm_free(run);
	rounds_free(run);
	program_set_free(&run->programs);
	gate_destroy(&run->gate);
	pthread_mutex_destroy(&run->control_lock);
	pthread_cond_destroy(&run->control);
	free(run);
}

/* Everything but threads. Returns 0 or -errno; the caller frees either way. */
static int run_prepare(struct run *run, const struct run_input *input)
{
	uint64_t weights = 0;
	int r;

	run->plan = input->plan;
	for (uint32_t op = 0; op < OP_COUNT; op++)
		weights += input->mix[op];
	for (uint32_t op = 0; op < OP_COUNT; op++)
		run->mix[op] = weights ? input->mix[op] : op_table[op].weight;
	fill_errno_rows(run);
	run->threads = (uint32_t)run->plan.threads;
	if (input->programs_len) {
		r = program_set_decode(&run->programs, input->programs, input->programs_len);
		if (r)
			return r;
		if (!run->programs.steps)
			return -EINVAL;
		run->has_programs = true;
		run->left_width = input->look ? left_width(&run->programs) : 0;
		run->outcome_width = run->programs.steps + run->left_width;
		run->threads = run->programs.cpus;
	}
	run->gate.threads = run->threads;
	run->workers = array_aligned(128, run->threads + 1, sizeof(*run->workers));
	if (!run->workers)
		return -ENOMEM;
	r = 0;
	for (uint32_t i = 0; i <= run->threads; i++)
		if (worker_init(&run->workers[i], run, i))
			r = -ENOMEM;
	if (r)
		return r;
	run->began_ns = clock_ns();
	run->began_ticks = ticks();
	return run->has_programs ? rounds_new(run) : storm_new(run);
}

/* Start the workers, then the controller. A run of fewer threads than planned is an error. */
static int run_launch(struct run *run)
{
	pthread_attr_t attributes;
	uint32_t started;
	int r = 0;

	pthread_attr_init(&attributes);
	atomic_store(&run->live, run->threads);
	/* Hold the gate shut, so that a failed start finds no thread at work. */
	pthread_mutex_lock(&run->gate.lock);
	for (started = 0; started < run->threads && !r; started++)
		r = pthread_create(&run->workers[started].thread, &attributes, work,
				   &run->workers[started]);
	if (!r)
		r = pthread_create(&run->controller, &attributes, control, run);
	else
		started--;
	pthread_attr_destroy(&attributes);
	if (!r) {
		pthread_mutex_unlock(&run->gate.lock);
		return 0;
	}
	run_stop(run);
	run->gate.threads = started;
	pthread_mutex_unlock(&run->gate.lock);
	for (uint32_t i = 0; i < started; i++)
		pthread_join(run->workers[i].thread, NULL);
	return -EAGAIN;
}

int run_start(struct run **out, const struct run_input *input, const struct listener *listener)
{
	struct run *run;
	int r;

	if (plan_check(&input->plan))
		return -EINVAL;
	run = calloc(1, sizeof(*run));
	if (!run)
		return -ENOMEM;
	run->listener = *listener;
	gate_init(&run->gate, 0);
	pthread_mutex_init(&run->control_lock, NULL);
	cond_init(&run->control);
	r = run_prepare(run, input);
	if (!r)
		r = run_launch(run);
	if (r) {
		run_free(run);
		return r;
	}
	*out = run;
	return 0;
}

void run_stop(struct run *run)
{
	if (!atomic_load(&run->stopping))
		atomic_store(&run->stopped_early, true);
	run_finish(run);
}

void run_join_free(struct run *run)
{
	pthread_join(run->controller, NULL);
	run_free(run);
}
