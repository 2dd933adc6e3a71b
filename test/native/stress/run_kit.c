/* SPDX-License-Identifier: MIT */
#include "run_kit.h"

#include <string.h>

struct script scripts[SCRIPTS];

static void script_clear(struct script *s)
{
	s->count = 0;
}

/* Append one program: a list of steps. */
static void script_add(struct script *s, unsigned int steps, const uint32_t *step)
{
	s->words[s->count++] = steps;
	memcpy(&s->words[s->count], step, steps * sizeof(*step));
	s->count += steps;
}
#define PROGRAM(s, ...)                                                                            \
	script_add((s), sizeof((uint32_t[]){0, ##__VA_ARGS__}) / sizeof(uint32_t) - 1,             \
		   (uint32_t[]){0, ##__VA_ARGS__} + 1)

static void with_device(struct script *s)
{
	script_clear(s);
	PROGRAM(s, STEP(OP_CREATE, 0));
	PROGRAM(s);
}

static void without_device(struct script *s)
{
	script_clear(s);
	PROGRAM(s);
	PROGRAM(s);
}

void write_scripts(void)
{
	for (unsigned int i = 0; i < SCRIPTS; i++)
		without_device(&scripts[i]);
	with_device(&scripts[REMOVE_FIND]);
	with_device(&scripts[REMOVE_GET]);
	with_device(&scripts[REMOVE_OPEN]);
	with_device(&scripts[GET_UNLOAD]);
	with_device(&scripts[REMOVE_FIND_OPEN]);
	with_device(&scripts[OPEN_OPEN_REMOVE]);
	with_device(&scripts[OPEN_REMOVE_UNLOAD]);
	PROGRAM(&scripts[CREATE_FIND], STEP(OP_CREATE, 0));
	PROGRAM(&scripts[CREATE_FIND], STEP(OP_FIND, 0));
	PROGRAM(&scripts[REMOVE_FIND], STEP(OP_REMOVE, 0));
	PROGRAM(&scripts[REMOVE_FIND], STEP(OP_FIND, 0));
	PROGRAM(&scripts[REMOVE_GET], STEP(OP_REMOVE, 0));
	PROGRAM(&scripts[REMOVE_GET], STEP(OP_GET, 0), STEP(OP_PUT, 0));
	PROGRAM(&scripts[REMOVE_OPEN], STEP(OP_REMOVE, 0));
	PROGRAM(&scripts[REMOVE_OPEN], STEP(OP_OPEN, 0), STEP(OP_IO, 0), STEP(OP_CLOSE, 0));
	PROGRAM(&scripts[CREATE_CREATE], STEP(OP_CREATE, 0));
	PROGRAM(&scripts[CREATE_CREATE], STEP(OP_CREATE, 0));
	PROGRAM(&scripts[CREATE_UEVENT], STEP(OP_CREATE, 0));
	PROGRAM(&scripts[CREATE_UEVENT], STEP(OP_UEVENT, 0));
	PROGRAM(&scripts[CREATE_UNLOAD], STEP(OP_CREATE, 0));
	PROGRAM(&scripts[CREATE_UNLOAD], STEP(OP_UNLOAD, ANY_MINOR));
	PROGRAM(&scripts[GET_UNLOAD], STEP(OP_GET, 0), STEP(OP_PUT, 0));
	PROGRAM(&scripts[GET_UNLOAD], STEP(OP_UNLOAD, ANY_MINOR));
	PROGRAM(&scripts[REMOVE_FIND_OPEN], STEP(OP_REMOVE, 0));
	PROGRAM(&scripts[REMOVE_FIND_OPEN], STEP(OP_FIND, 0));
	PROGRAM(&scripts[REMOVE_FIND_OPEN], STEP(OP_OPEN, 0), STEP(OP_CLOSE, 0));
	PROGRAM(&scripts[OPEN_OPEN_REMOVE], STEP(OP_OPEN, 0), STEP(OP_CLOSE, 0));
	PROGRAM(&scripts[OPEN_OPEN_REMOVE], STEP(OP_OPEN, 0), STEP(OP_CLOSE, 0));
	PROGRAM(&scripts[OPEN_OPEN_REMOVE], STEP(OP_REMOVE, 0));
	PROGRAM(&scripts[OPEN_REMOVE_UNLOAD], STEP(OP_OPEN, 0), STEP(OP_IO, 0), STEP(OP_CLOSE, 0));
	PROGRAM(&scripts[OPEN_REMOVE_UNLOAD], STEP(OP_REMOVE, 0));
	PROGRAM(&scripts[OPEN_REMOVE_UNLOAD], STEP(OP_UNLOAD, ANY_MINOR));
	PROGRAM(&scripts[CREATE_FIND_UEVENT], STEP(OP_CREATE, 0));
	PROGRAM(&scripts[CREATE_FIND_UEVENT], STEP(OP_FIND, 0));
	PROGRAM(&scripts[CREATE_FIND_UEVENT], STEP(OP_UEVENT, 0));
}

static int on_progress(void *context, const struct progress *progress)
{
	struct heard *heard = context;

	(void)progress;
	atomic_fetch_add(&heard->progresses, 1);
	return heard->deaf_after && heard->progresses >= heard->deaf_after;
}

static int on_fault(void *context, const struct fault_note *fault)
{
	struct heard *heard = context;

	CHECK(fault->site && fault->site->line > 0 && fault->site->file && fault->message[0] &&
	      fault->count);
	atomic_fetch_add(&heard->faults, fault->count);
	atomic_fetch_or(&heard->kinds, UINT64_C(1) << fault->kind);
	return 0;
}

static int on_finished(void *context, const struct report *report)
{
	struct heard *heard = context;

	heard->totals = *report;
	for (size_t i = 0; i < report->outcome_count; i++) {
		heard->outcome_rounds += report->outcomes[i].count;
		if (report->outcomes[i].grade == GRADE_FORBIDDEN)
			heard->forbidden_rounds += report->outcomes[i].count;
	}
	for (size_t i = 0; i < report->latency_count; i++)
		heard->measured[report->latency[i].op] += report->latency[i].count;
	atomic_fetch_add(&heard->finished, 1);
	return 0;
}

struct listener listener_of(struct heard *heard)
{
	return (struct listener){.progress = on_progress,
				 .fault = on_fault,
				 .finished = on_finished,
				 .context = heard};
}

struct run_input input_of(uint64_t patches, const struct script *script)
{
	struct run_input input = {0};

	plan_init(&input.plan);
	input.plan.patches = patches;
	input.plan.tick_ms = 10;
	input.plan.epoch_ms = 50;
	if (script) {
		input.programs = script->words;
		input.programs_len = script->count;
	}
	return input;
}

void run_through(struct heard *heard, const struct run_input *input)
{
	struct listener listener = listener_of(heard);
	struct run *run;

	if (!CHECK_EQ(run_start(&run, input, &listener), 0))
		return;
	run_join_free(run);
	CHECK_EQ(heard->finished, 1);
	CHECK_EQ(heard->faults, heard->totals.totals.faults);
	for (unsigned int kind = 0; kind < FAULT_COUNT; kind++)
		CHECK_EQ(heard->totals.faults_by_kind[kind] != 0, heard->kinds >> kind & 1);
}
