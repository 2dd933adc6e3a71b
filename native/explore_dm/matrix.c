/* SPDX-License-Identifier: MIT */
/* The patch matrix: cells are independent, so a few threads take them one after another. */
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "arrays.h"
#include "dm_model.h"
#include "explore_engine.h"

#define THREADS_MAX 64
#define TELL_EVERY 16 /* cells */

struct matrix {
	const struct matrix_input *input;
	struct matrix_cell *cells;
	struct program_set *programs; /* of each scenario */
	_Atomic size_t next, done;
	_Atomic int error;
	pthread_mutex_t lock; /* of progress, and of what is refused */
	size_t told;	      /* guarded by lock */
};

/* Keep what the first refused cell was refused for. */
static void refuse(struct matrix *m, const struct explore_report *report)
{
	pthread_mutex_lock(&m->lock);
	if (m->input->refused && !m->input->refused[0])
		memcpy(m->input->refused, report->refused, RESULT_DIFFERS_MAX);
	pthread_mutex_unlock(&m->lock);
}

static int fill_cell(struct matrix *m, struct dm_model *model, size_t index)
{
	const struct matrix_input *input = m->input;
	const struct program_set *programs = &m->programs[index % input->scenario_count];
	struct dm_setup setup = {.patches = input->masks[index / input->scenario_count]};
	struct explore_plan plan = {.strategy = EXPLORE_STATEFUL,
				    .memory = (enum explore_memory)input->memory,
				    .states_max = input->states_max,
				    .hang_ms = EXPLORE_NOT_WATCHED,
				    .all_faults = true,
				    .run_on = input->run_on,
				    .stop = input->stop};
	struct matrix_cell *cell = &m->cells[index];
	struct explore_report report;
	int r;

	dm_model_init(model, programs, &setup);
	r = explore(&model->model, &plan, &report);
	if (r == -EINVAL)
		refuse(m, &report);
	if (r && r != -EFAULT)
		return r;
	if (report.limit == LIMIT_STOPPED) {
		r = -EINTR;
	} else {
		cell->fault_kinds = report.fault_kinds;
		cell->exhausted = report.exhausted || r == -EFAULT;
		cell->limit = report.limit;
		cell->executions = report.executions;
		cell->states = report.states;
		r = 0;
	}
	explore_report_free(&report);
	return r;
}

static int tell(struct matrix *m, size_t done)
{
	const struct matrix_input *input = m->input;
	size_t all = input->mask_count * input->scenario_count;
	int r = 0;

	if (!input->progress || (done % TELL_EVERY && done != all))
		return 0;
	pthread_mutex_lock(&m->lock);
	/* Another thread may have come here first, with more. */
	if (done > m->told) {
		m->told = done;
		r = input->progress(input->context, done, all);
	}
	pthread_mutex_unlock(&m->lock);
	return r ? -EINTR : 0;
}

static void *work(void *context)
{
	struct matrix *m = context;
	size_t all = m->input->mask_count * m->input->scenario_count;
	struct dm_model *model = malloc(sizeof(*model));
	int r = model ? 0 : -ENOMEM;

	while (!r && !atomic_load(&m->error)) {
		size_t index = atomic_fetch_add(&m->next, 1);

		if (index >= all)
			break;
		r = m->input->stop && *m->input->stop ? -EINTR : fill_cell(m, model, index);
		if (!r)
			r = tell(m, atomic_fetch_add(&m->done, 1) + 1);
	}
	if (r)
		atomic_store(&m->error, r);
	free(model);
	return NULL;
}

static void run_threads(struct matrix *m)
{
	pthread_t thread[THREADS_MAX];
	uint32_t wanted = m->input->threads ? m->input->threads : 2, begun = 0;

	if (wanted > THREADS_MAX)
		wanted = THREADS_MAX;
	while (begun + 1 < wanted && !pthread_create(&thread[begun], NULL, work, m))
		begun++;
	work(m);
	while (begun)
		pthread_join(thread[--begun], NULL);
}

int explore_matrix(const struct matrix_input *input, struct matrix_cell *cells)
{
	struct matrix m = {.input = input, .cells = cells};
	size_t decoded = 0;
	int r = 0;

	m.programs = array_new(input->scenario_count, 1, sizeof(*m.programs));
	if (!m.programs)
		return -ENOMEM;
	pthread_mutex_init(&m.lock, NULL);
	while (decoded < input->scenario_count && !r) {
		const struct matrix_scenario *scenario = &input->scenarios[decoded];

		r = program_set_decode(&m.programs[decoded], scenario->programs,
				       scenario->programs_len);
		decoded += !r;
	}
	if (!r) {
		run_threads(&m);
		r = atomic_load(&m.error);
	}
	while (decoded)
		program_set_free(&m.programs[--decoded]);
	pthread_mutex_destroy(&m.lock);
	free(m.programs);
	return r;
}
