/* SPDX-License-Identifier: MIT */
#include "run_kit.h"

#define SCRIPTS_MAX 64
#define LONG_MS 60000 /* is long enough on any machine */

const struct script *script_at(uint32_t index)
{
	static struct script scripts[SCRIPTS_MAX];
	struct script *script = &scripts[index];

	if (!script->count)
		script->count = scenario_words(scenarios[index].programs, script->words, WORDS_MAX);
	return script;
}

const struct script *script_named(const char *name)
{
	return script_at((uint32_t)(scenario_find(name) - scenarios));
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

bool run_longer(struct heard *heard, struct run_input *input)
{
	if (input->plan.duration_ms >= LONG_MS)
		return false;
	input->plan.duration_ms *= 4;
	*heard = (struct heard){0};
	return true;
}
