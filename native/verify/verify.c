/* SPDX-License-Identifier: MIT */
#include "verify.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "arrays.h"
#include "clock.h"
#include "work.h"

#define WORKERS_MAX 64
#define TELL_EVERY_NS UINT64_C(100000000)

/* --- units --- */

static void tell(struct work *w, uint64_t more_states, bool last)
{
	const struct verify_input *input = w->input;
	uint64_t now = monotonic_ns();
	struct verify_progress progress;

	if (!input->progress || (!last && now - w->told_ns < TELL_EVERY_NS))
		return;
	w->told_ns = now;
	progress = w->progress;
	progress.elapsed_ns = now - w->began_ns;
	progress.states += more_states;
	if (input->progress(input->context, &progress))
		w->stopping = true;
}

static void on_progress(void *context, uint64_t executions, uint64_t states)
{
	struct work *w = context;

	(void)executions;
	if (w->input->stop && *w->input->stop)
		w->stopping = true;
	if (pthread_mutex_trylock(&w->mutex))
		return;
	tell(w, states, false);
	pthread_mutex_unlock(&w->mutex);
}

static void unit_is_done(struct work *w)
{
	pthread_mutex_lock(&w->mutex);
	w->progress.done++;
	tell(w, 0, w->progress.done == w->progress.all);
	pthread_mutex_unlock(&w->mutex);
}

static void *work_on(void *context)
{
	struct work *w = context;
	int r = 0;

	while (!r && !atomic_load(&w->error)) {
		size_t index = atomic_fetch_add(&w->next, 1);

		if (index >= w->units)
			break;
		r = w->unit(w, index);
		if (!r)
			unit_is_done(w);
	}
	if (r)
		atomic_store(&w->error, r);
	return NULL;
}

int work_run(struct work *w, size_t units, int (*unit)(struct work *w, size_t index))
{
	uint32_t wanted = w->input->workers ? w->input->workers : 2, begun = 0;
	pthread_t thread[WORKERS_MAX];

	w->unit = unit;
	w->units = units;
	w->progress.all += units;
	atomic_store(&w->next, 0);
	while (begun + 1 < wanted && begun + 1 < units && begun < WORKERS_MAX &&
	       !pthread_create(&thread[begun], NULL, work_on, w))
		begun++;
	work_on(w);
	while (begun)
		pthread_join(thread[--begun], NULL);
	return atomic_load(&w->error);
}

/* Milliseconds that are left of @limit; 0: none, or no limit. */
static uint64_t time_left(const struct work *w)
{
	uint64_t limit = w->input->time_ms_max, spent = (monotonic_ns() - w->began_ns) / 1000000;

	return spent < limit ? limit - spent : 0;
}

int work_try(struct work *w, struct trial *trial, struct outcome_of_trial *outcome)
{
	const struct verify_input *input = w->input;
	int r;

	if (input->stop && *input->stop)
		w->stopping = true;
	trial->time_ms_max = time_left(w);
	*outcome = (struct outcome_of_trial){.verdict = VERIFY_UNFINISHED,
					     .fault = {.kind = FAULT_COUNT}};
	if (w->stopping || (input->time_ms_max && !trial->time_ms_max)) {
		outcome->limit = w->stopping ? LIMIT_STOPPED : LIMIT_TIME;
		return 0;
	}
	trial->c11_sequences = input->c11_sequences;
	trial->states_max = input->states_max;
	trial->stop = &w->stopping;
	trial->progress = on_progress;
	trial->progress_context = w;
	r = trial_run(trial, outcome);
	if (!r) {
		pthread_mutex_lock(&w->mutex);
		w->progress.states += outcome->states;
		pthread_mutex_unlock(&w->mutex);
	}
	return r;
}

/* --- rows --- */

static size_t models_of(const struct verify_input *input)
{
	return (size_t)__builtin_popcount(input->memories);
}

/* The @nth model of a mask. */
static uint32_t nth_model(uint32_t memories, size_t nth)
{
	while (nth--)
		memories &= memories - 1;
	return (uint32_t)__builtin_ctz(memories);
}

static int run_row(struct work *w, size_t index)
{
	const struct verify_input *input = w->input;
	size_t models = models_of(input), per_size = input->lock_count * models;
	uint32_t size = w->by_weight[index / per_size];
	size_t lock = index % per_size / models, model = index % models;
	struct verify_row *row =
		&w->report->rows[(lock * models + model) * input->size_count + size];
	struct trial trial = {.subject = w->lock[lock].subject,
			      .sites = &w->lock[lock].sites,
			      .memory = nth_model(input->memories, model),
			      .size = input->sizes[size],
			      .as_found = input->as_found};
	struct outcome_of_trial outcome;
	int r = work_try(w, &trial, &outcome);

	if (r)
		return r;
	*row = (struct verify_row){.lock = input->locks[lock],
				   .memory = trial.memory,
				   .size = trial.size,
				   .verdict = outcome.verdict,
				   .limit = outcome.limit,
				   .exhausted = outcome.exhausted,
				   .sharing = outcome.sharing,
				   .sites = w->lock[lock].sites.count,
				   .sites_reached = (uint32_t)__builtin_popcountll(outcome.reached),
				   .states = outcome.states,
				   .executions = outcome.executions,
				   .elapsed_ns = outcome.elapsed_ns,
				   .fault = outcome.fault};
	if (trial.memory == EXPLORE_RC11)
		w->lock[lock].reached[size] = outcome.reached;
	return 0;
}

static void judge_locks(struct work *w)
{
	size_t each = models_of(w->input) * w->input->size_count;

	for (size_t lock = 0; lock < w->input->lock_count; lock++) {
		const struct verify_row *row = &w->report->rows[lock * each];

		w->lock[lock].clean = true;
		for (size_t i = 0; i < each; i++)
			if (row[i].memory == EXPLORE_RC11 && row[i].verdict == VERIFY_FAULT)
				w->lock[lock].clean = false;
	}
}

/* --- the whole --- */

static bool is_known(const struct verify_input *input)
{
	bool known = input->lock_count && input->size_count && input->memories &&
		     input->memories < 1u << EXPLORE_MEMORIES && input->workers <= WORKERS_MAX;
	struct subject subject;

	for (size_t i = 0; known && i < input->lock_count; i++)
		known = subject_of(input->kind, input->locks[i], &subject);
	for (size_t i = 0; known && i < input->size_count; i++)
		known = subject_has_size(input->kind, &input->sizes[i]);
	return known && (!input->barriers || input->memories >> EXPLORE_RC11 & 1);
}

static uint32_t weight_of(const struct verify_size *size)
{
	return size->threads * size->threads * size->rounds;
}

static void order_sizes(struct work *w)
{
	const struct verify_size *sizes = w->input->sizes;

	for (uint32_t i = 0; i < w->input->size_count; i++) {
		uint32_t place = i;

		for (; place && weight_of(&sizes[w->by_weight[place - 1]]) < weight_of(&sizes[i]);
		     place--)
			w->by_weight[place] = w->by_weight[place - 1];
		w->by_weight[place] = i;
	}
}

static int work_open(struct work *w)
{
	const struct verify_input *input = w->input;
	struct verify_report *report = w->report;

	w->lock = array_new(input->lock_count, 1, sizeof(*w->lock));
	w->by_weight = array_new(input->size_count, 1, sizeof(*w->by_weight));
	report->row_count = input->lock_count * models_of(input) * input->size_count;
	report->rows = array_new(report->row_count, 1, sizeof(*report->rows));
	if (!w->lock || !w->by_weight || !report->rows)
		return -ENOMEM;
	order_sizes(w);
	for (size_t i = 0; i < input->lock_count; i++) {
		w->lock[i].id = input->locks[i];
		subject_of(input->kind, input->locks[i], &w->lock[i].subject);
		lock_sites_of(subject_slug(&w->lock[i].subject), &w->lock[i].sites);
		w->lock[i].reached = array_new(input->size_count, 1, sizeof(*w->lock[i].reached));
		if (!w->lock[i].reached)
			return -ENOMEM;
	}
	return 0;
}

static void work_close(struct work *w)
{
	for (size_t i = 0; w->lock && i < w->input->lock_count; i++)
		free(w->lock[i].reached);
	free(w->lock);
	free(w->by_weight);
	pthread_mutex_destroy(&w->mutex);
}

int verify(const struct verify_input *input, struct verify_report *report)
{
	struct work w = {.input = input, .report = report, .began_ns = monotonic_ns()};
	int r;

	*report = (struct verify_report){0};
	if (!is_known(input))
		return -EINVAL;
	pthread_mutex_init(&w.mutex, NULL);
	r = work_open(&w);
	if (!r)
		r = work_run(&w, report->row_count, run_row);
	if (!r && input->barriers) {
		judge_locks(&w);
		r = work_barriers(&w);
	}
	work_close(&w);
	report->stopped = w.stopping;
	report->elapsed_ns = monotonic_ns() - w.began_ns;
	if (r)
		verify_report_free(report);
	return r;
}

void verify_report_free(struct verify_report *report)
{
	for (size_t i = 0; report->rows && i < report->row_count; i++)
		free(report->rows[i].fault.ticket);
	for (size_t i = 0; report->barriers && i < report->barrier_count; i++)
		free(report->barriers[i].fault.ticket);
	free(report->rows);
	free(report->barriers);
	free(report->relaxed);
	*report = (struct verify_report){0};
}
