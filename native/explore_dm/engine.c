/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>

#include "arrays.h"
#include "clock.h"
#include "dm_tell.h"
#include "engine_run.h"
#include "program.h"
#include "schedule.h"

_Static_assert((int)SEARCH_MAX_depth == EXPLORE_DEPTH_MAX, "as pct has room for");
_Static_assert((int)SEARCH_MAX_preemptions <= STEPS_MAX, "no execution has more choices");
_Static_assert(PROGRAM_CPUS_MAX <= EXPLORE_THREADS_MAX, "a fiber for each program");
_Static_assert(RESULT_DIFFERS_MAX == EXPLORE_DIFFERS_MAX, "texts are copied whole");

/* Every order in which the programs can run one after another, up to this many threads. */
#define SERIAL_THREADS_MAX 5

static void count_outcome(void *context, const int32_t *results, bool faulted)
{
	struct exploration *e = context;

	if (tally_add(&e->tally, results, faulted, false, 1))
		e->no_memory = true;
}

static void serial_outcome(void *context, const int32_t *results, bool faulted)
{
	struct exploration *e = context;

	(void)faulted;
	if (tally_add(&e->tally, results, false, true, 0))
		e->no_memory = true;
}

struct serial {
	const struct fibers *fibers;
	uint32_t order[EXPLORE_THREADS_MAX], threads;
};

static int choose_serially(void *state, uint32_t enabled)
{
	const struct serial *serial = state;

	for (uint32_t i = 0; i < serial->threads; i++)
		if (enabled >> serial->order[i] & 1)
			return (int)serial->order[i];
	return NOBODY;
}

static void run_serially(struct serial *serial, struct stage *stage)
{
	stage_run(stage);
	stage->model->outcome(stage->model->context, stage->fibers,
			      stage->fibers->fault_count != 0);
	(void)serial;
}

/* Note what comes of every serial order, by Heap's algorithm. */
static int note_serial_outcomes(struct exploration *e)
{
	struct serial serial = {.threads = e->programs.cpus};
	uint32_t count[EXPLORE_THREADS_MAX] = {0}, i = 1;
	struct stage stage;
	int r;

	if (e->programs.cpus > SERIAL_THREADS_MAX)
		return 0;
	r = stage_open(&stage, &e->model.model, 0);
	if (!r) {
		e->model.outcome = serial_outcome;
		for (uint32_t cpu = 0; cpu < serial.threads; cpu++)
			serial.order[cpu] = cpu;
		stage.fibers->choose = choose_serially;
		stage.fibers->strategy = &serial;
		run_serially(&serial, &stage);
	}
	while (!r && i < serial.threads) {
		if (count[i] < i) {
			uint32_t other = i % 2 ? count[i] : 0, swap = serial.order[other];

			serial.order[other] = serial.order[i];
			serial.order[i] = swap;
			run_serially(&serial, &stage);
			count[i]++;
			i = 1;
		} else {
			count[i++] = 0;
		}
	}
	stage_close(&stage);
	return r == -EFAULT ? 0 : r;
}

static void on_progress(void *context, uint64_t executions, uint64_t states)
{
	struct exploration *e = context;
	uint64_t now = monotonic_ns();
	struct explore_progress progress = {
		.elapsed_ns = now - e->began_ns, .executions = executions, .states = states};

	if (!e->listener.progress || now - e->told_ns < TELL_EVERY_NS)
		return;
	e->told_ns = now;
	if (e->listener.progress(e->listener.context, &progress))
		e->stopping = true;
}

/* Every parameter has a value; the plan has those that its strategy reads. */
static struct explore_plan plan_of(struct exploration *e)
{
	const struct explore_input *input = &e->input;
	bool is_hunting = input->strategy == EXPLORE_PORTFOLIO;
	bool weak = input->memory != EXPLORE_SC;
	/* Bounds are of an order of accesses alone. */
	bool has_bounds = input->strategy == EXPLORE_DFS && !weak;
	bool has_states =
		input->strategy == EXPLORE_STATEFUL || (is_hunting && (weak || !input->races));
	bool has_depth = input->strategy == EXPLORE_PCT || is_hunting;

	return (struct explore_plan){
		.strategy = (enum explore_strategy)input->strategy,
		.memory = (enum explore_memory)input->memory,
		.seed = input->seed,
		.executions_max = input->executions_max,
		.time_ms_max = input->time_ms_max,
		.states_max = has_states ? input->states_max : 0,
		.preemptions_max = has_bounds ? input->preemptions_max : 0,
		.bounded = has_bounds && input->preemptions_max != UINT32_MAX,
		.depth = has_depth ? input->depth : 0,
		.hang_ms = EXPLORE_NOT_WATCHED,
		.leave_time = input->all_faults && !input->as_found,
		.part = input->part,
		.parts = input->parts,
		.all_faults = input->all_faults,
		.run_on = input->run_on,
		.races = input->races && !weak,
		.stop = &e->stopping,
		.progress = on_progress,
		.progress_context = e,
	};
}

/*
 * Whether what dpor left out may matter: under run-on a thread goes on in freed memory after a
 * fault, and not all that it depends on there is announced. Where nothing faults nobody does. dfs
 * takes every order, and stateful every step.
 */
static bool may_miss(const struct explore_input *input, const struct explore_report *report)
{
	bool by_dpor =
		input->strategy == EXPLORE_DPOR || (input->strategy == EXPLORE_PORTFOLIO &&
						    input->races && input->memory == EXPLORE_SC);

	return input->run_on && by_dpor && report->fault_kinds;
}

static void take_report(struct explore_result *result, const struct explore_report *report)
{
	result->exhausted = report->exhausted;
	result->limit = report->limit;
	result->found_by = report->found_by;
	result->bound = report->bound;
	result->steps_longest = report->steps_longest;
	result->fault_kinds = report->fault_kinds;
	result->executions = report->executions;
	result->longest_at = report->longest_at;
	result->blocked = report->blocked;
	result->states = report->states;
	result->points = report->points;
	result->elapsed_ns = report->elapsed_ns;
}

/* The numbers of an outcome. */
static uint32_t outcome_width(const struct exploration *e)
{
	uint32_t width = e->programs.steps;

	return e->input.look ? width + left_width(&e->programs) : width;
}

void exploration_work(struct exploration *e, struct explore_result *result)
{
	struct dm_setup setup = {.patches = e->input.patches, .lock = e->input.lock};
	struct explore_plan plan = plan_of(e);
	struct explore_report report;
	struct report graded = {0};

	*result = (struct explore_result){.cpus = e->programs.cpus};
	e->began_ns = e->told_ns = monotonic_ns();
	e->deadline_ns =
		e->input.time_ms_max ? e->began_ns + e->input.time_ms_max * 1000000 : UINT64_MAX;
	dm_model_init(&e->model, &e->programs, &setup);
	if (e->input.look)
		dm_model_look(&e->model, e->refused, e->input.refused_len / outcome_width(e));
	e->model.outcome_context = e;
	result->error = note_serial_outcomes(e);
	e->model.outcome = count_outcome;
	if (result->error)
		return;
	result->error = explore(&e->model.model, &plan, &report);
	result->before_failed = result->error == -EFAULT;
	if (result->before_failed)
		result->error = 0;
	if (result->error == -ESTALE)
		memcpy(result->differs, report.differs, sizeof(result->differs));
	if (result->error == -EINVAL)
		memcpy(result->refused, report.refused, sizeof(result->refused));
	take_report(result, &report);
	if (may_miss(&e->input, &report) && result->limit == LIMIT_NONE) {
		result->exhausted = false;
		result->limit = LIMIT_RUN_ON;
	}
	e->model.outcome = NULL;
	if (!result->error)
		result->error = find_stories(e, &report, result);
	if (!result->error && outcome_width(e))
		result->error = tally_report(&e->tally, &graded);
	if (!result->error && e->no_memory)
		result->error = -ENOMEM;
	result->outcomes = graded.outcomes;
	result->outcome_count = graded.outcome_count;
	result->results_per_outcome = graded.results_per_outcome;
	result->elapsed_ns = monotonic_ns() - e->began_ns;
	explore_report_free(&report);
}

void explore_result_free(struct explore_result *result)
{
	struct report graded = {.outcomes = result->outcomes,
				.outcome_count = result->outcome_count,
				.results_per_outcome = result->results_per_outcome};

	for (size_t i = 0; i < result->fault_count; i++)
		free(result->fault[i].ticket);
	report_free(&graded);
	*result = (struct explore_result){0};
}

static void exploration_free(struct exploration *e)
{
	program_set_free(&e->programs);
	tally_free(&e->tally);
	free(e->words);
	free(e->refused);
	free(e);
}

static int exploration_new(struct exploration **result, const struct explore_input *input)
{
	struct exploration *e;
	int r;

	if (input->strategy >= EXPLORE_STRATEGIES || input->memory >= EXPLORE_MEMORIES ||
	    (input->races && input->strategy == EXPLORE_STATEFUL && input->memory == EXPLORE_SC))
		return -EINVAL;
	e = calloc(1, sizeof(*e));
	if (!e)
		return -ENOMEM;
	e->input = *input;
	e->words = array_copy(input->programs, input->programs_len, sizeof(*input->programs));
	e->refused = array_copy(input->refused, input->refused_len, sizeof(*input->refused));
	e->input.programs = e->words;
	r = e->words && e->refused ? 0 : -ENOMEM;
	if (!r)
		r = program_set_decode(&e->programs, e->words, input->programs_len);
	if (!r && input->refused_len && (!input->look || input->refused_len % outcome_width(e)))
		r = -EINVAL;
	if (!r)
		r = tally_init(&e->tally, outcome_width(e) ? outcome_width(e) : 1);
	if (r)
		exploration_free(e);
	else
		*result = e;
	return r;
}

static void *work_on_thread(void *context)
{
	struct exploration *e = context;
	struct explore_result result;

	exploration_work(e, &result);
	e->listener.finished(e->listener.context, &result);
	explore_result_free(&result);
	return NULL;
}

int exploration_start(struct exploration **started, const struct explore_input *input,
		      const struct explore_listener *listener)
{
	struct exploration *e;
	int r = exploration_new(&e, input);

	if (r)
		return r;
	e->listener = *listener;
	if (pthread_create(&e->thread, NULL, work_on_thread, e)) {
		exploration_free(e);
		return -EAGAIN;
	}
	*started = e;
	return 0;
}

void exploration_stop(struct exploration *e)
{
	e->stopping = true;
}

void exploration_join_free(struct exploration *e)
{
	pthread_join(e->thread, NULL);
	exploration_free(e);
}

int exploration_run(const struct explore_input *input, struct explore_result *result)
{
	struct exploration *e;
	int r = exploration_new(&e, input);

	if (r)
		return r;
	exploration_work(e, result);
	r = result->error;
	if (r)
		explore_result_free(result);
	exploration_free(e);
	return r;
}
