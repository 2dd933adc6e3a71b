/* SPDX-License-Identifier: MIT */
/* The lines of the host's output, from what parent and child share. */
#include <stdio.h>

#include "estimate.h"
#include "json.h"

static const char *const regions[] = {"elsewhere", "data", "heap", "tls", "stack"};
static const char *const heaps[HOST_HEAPS] = {"fresh", "reuse"};
static const char *const mirrors[OWN_MIRRORS + 1] = {
	[OWN_ATOMIC] = "atomic",       [OWN_MUTEX] = "mutex",	      [OWN_RWLOCK] = "rwlock",
	[OWN_CONDITION] = "condition", [OWN_SEMAPHORE] = "semaphore", [OWN_BARRIER] = "barrier",
	[OWN_ONCE] = "once",	       [OWN_ENDING] = "ending",	      [OWN_FUTEX] = "futex",
	[OWN_PLAIN] = "atomic",	       [OWN_LOOP] = "loop",	      [OWN_MIRRORS] = "process",
};

static void print_type(const char *type)
{
	json_open(NULL, '{');
	json_text("type", type);
}

static void print_place(const char *name, bool has, const struct host_place *place)
{
	if (!has) {
		json_null(name);
		return;
	}
	json_open(name, '{');
	json_text("region", regions[place->region]);
	json_number("offset", place->offset);
	json_number("thread", place->thread);
	json_number("block", place->block);
	json_number("size", place->size);
	json_offset("made", place->made);
	json_offset("call", place->call);
	json_offset("freed", place->freed);
	json_close();
}

/* The facts from @from up to @facts, as --know has them. */
static void print_facts(const char *name, uint32_t from, uint32_t facts)
{
	json_open(name, '[');
	for (uint32_t i = from; i < facts; i++) {
		char text[64];

		snprintf(text, sizeof(text), "%s:%llx", host_fact_name[host->fact[i].fact],
			 (unsigned long long)host->fact[i].value);
		json_text(NULL, text);
	}
	json_close();
}

void host_print_progress(uint64_t elapsed_ns)
{
	static uint32_t told;

	if (host->facts > told && host->facts > host_options.facts) {
		uint32_t facts = host->facts;

		print_type("learned");
		print_facts("facts", told > host_options.facts ? told : host_options.facts, facts);
		json_close();
		told = facts;
	}
	print_type("progress");
	json_number("executions", host->executions + host->running);
	json_number("states", host->states);
	json_number("elapsedNs", elapsed_ns);
	json_number("faults", host->faults);
	json_bool("shortens", host->finishing);
	json_close();
}

void host_print_refused(const char *message, uint64_t at)
{
	print_type("refused");
	json_sentence("message", message);
	json_offset("at", at);
	json_close();
}

static void print_schedule(const struct host_fault *fault)
{
	json_open("schedule", '[');
	for (uint32_t i = 0; i < fault->deviations; i++) {
		json_open(NULL, '[');
		json_number(NULL, fault->deviation[i].step);
		json_number(NULL, fault->deviation[i].cpu);
		if (fault->deviation[i].option)
			json_number(NULL, fault->deviation[i].option);
		json_close();
	}
	json_close();
}

static void print_events(const struct host_fault *fault)
{
	json_open("events", '[');
	for (uint32_t i = 0; i < fault->events; i++) {
		char text[16];

		snprintf(text, sizeof(text), "%08x", fault->event[i]);
		json_text(NULL, text);
	}
	json_close();
}

static void print_waits(const struct host_fault *fault)
{
	json_open("waits", '[');
	for (uint32_t cpu = 0; cpu < OWN_THREADS; cpu++) {
		if (!(fault->waiting >> cpu & 1))
			continue;
		json_open(NULL, '{');
		json_number("cpu", cpu);
		json_text("what", fault->wait[cpu].what);
		print_place("on", true, &fault->wait[cpu].on);
		json_offset("at", fault->wait[cpu].at);
		json_close();
	}
	json_close();
}

void host_print_death(const struct host_fault *fault, int signal, int status)
{
	print_type("died");
	json_signed("signal", signal);
	json_signed("status", status);
	print_schedule(fault);
	json_number("steps", fault->steps);
	print_facts("knowledge", 0, fault->facts);
	json_text("heap", heaps[fault->reuse]);
	json_close();
}

static void print_fault(const struct host_fault *fault)
{
	json_open(NULL, '{');
	json_text("kind", explore_fault_name(fault->kind));
	json_offset("at", fault->at);
	json_offset("other", fault->other);
	json_number("cpu", fault->cpu);
	json_sentence("message", fault->message);
	if (fault->outcome)
		json_text("outcome", fault->outcome);
	json_number("count", fault->count);
	json_number("execution", fault->execution);
	json_number("preemptions", fault->preemptions);
	json_number("steps", fault->steps);
	json_bool("minimal", fault->minimal);
	if (fault->minimise_limit != LIMIT_NONE)
		json_text("minimiseLimit", explore_limit_name(fault->minimise_limit));
	print_schedule(fault);
	print_facts("knowledge", 0, fault->facts);
	json_text("heap", heaps[fault->reuse]);
	print_events(fault);
	print_place("place", fault->has_place, &fault->place);
	print_waits(fault);
	json_close();
}

static void print_heaps(void)
{
	json_open("heaps", '[');
	for (uint32_t heap = 0; heap < HOST_HEAPS; heap++) {
		const struct host_search *search = &host->search[heap];

		if (!search->begun)
			continue;
		json_open(NULL, '{');
		json_text("heap", heaps[heap]);
		json_number("executions", search->executions);
		json_number("blocked", search->blocked);
		if (search->by_states || host_options.strategy == EXPLORE_STATEFUL)
			json_number("states", search->states);
		json_bool("exhausted", search->exhausted);
		json_text("limit", explore_limit_name(search->limit));
		json_close();
	}
	json_close();
	json_bool("freed", host->freed);
}

static void print_outcomes(void)
{
	json_open("outcomes", '[');
	for (uint32_t row = 0; row < HOST_OUTCOMES_MAX && host->outcomes; row++) {
		const struct host_outcome *outcome = &host->outcome[row];

		if (!outcome->hash)
			continue;
		json_open(NULL, '{');
		json_open("results", '{');
		for (uint32_t i = 0; i < outcome->records; i++)
			json_signed(host->name[outcome->name[i]], outcome->value[i]);
		json_close();
		json_number("count", outcome->count);
		json_bool("serial", outcome->serial);
		json_bool("faulted", outcome->faulted);
		json_close();
	}
	json_close();
	json_number("outcomesLost", host->outcomes_lost);
	json_bool("serialWhole", host->serial_whole);
}

/* Where an execution went round until it met the limit of steps. */
static void print_spin(void)
{
	if (!host->spins) {
		json_null("spin");
		return;
	}
	json_open("spin", '{');
	json_offset("at", host->spin_at);
	json_number("cpu", host->spin_cpu);
	json_number("times", host->spin_times);
	json_close();
}

static void print_counts(void)
{
	json_bool("exhausted", host->exhausted);
	json_text("limit", explore_limit_name(host->limit));
	json_text("foundBy", explore_strategy_name(host->found_by));
	json_number("bound", host->bound);
	json_number("stepsLongest", host->steps_longest);
	json_number("longestAt", host->longest_at);
	json_number("executions", host->executions);
	json_number("blocked", host->blocked);
	json_number("points", host->points);
	json_number("elapsedNs", host->elapsed_ns);
	json_number("threads", host->threads);
}

/* Which order each atomic has that was come to under a weak memory model. */
static void print_orders(void)
{
	static const char *const kinds[] = {"load", "store", "update", "fence"};
	static const char *const orders[] = {"",	"relaxed", "acquire",
					     "release", "acq_rel", "seq_cst"};

	if (!host->ordered)
		return;
	json_open("orders", '[');
	for (uint32_t i = 0; i < host->ordered; i++) {
		json_open(NULL, '{');
		json_offset("at", host->order[i].at);
		json_text("kind", kinds[host->order[i].kind]);
		json_text("order", orders[host->order[i].order]);
		json_close();
	}
	json_close();
}

void host_print_finished(void)
{
	host_print_progress(host->elapsed_ns);
	print_type("finished");
	json_signed("error", host->error);
	json_sentence("refused", host->refused);
	json_offset("refusedAt", host->refused_at);
	json_sentence("differs", host->differs);
	print_counts();
	print_facts("knowledge", 0, host->facts);
	print_heaps();
	print_spin();
	json_open("estimate", '{');
	json_real("log10", estimate_log10());
	json_number("descents", host->descents);
	json_close();
	json_open("faults", '[');
	for (uint32_t i = 0; i < host->faults; i++)
		print_fault(&host->fault[i]);
	json_close();
	print_outcomes();
	print_orders();
	json_close();
}

static void print_text(const char *name, bool has, const char *text)
{
	if (has)
		json_text(name, text);
	else
		json_null(name);
}

static void print_write(const char *name, uint32_t step, uint32_t cpu)
{
	if (step == UINT32_MAX)
		return;
	json_open(name, '{');
	json_number("step", step);
	json_number("cpu", cpu);
	json_close();
}

/* What of a line a weak memory model adds. */
static void print_weak(const struct host_line *line)
{
	if (line->option)
		json_number("option", line->option);
	print_write("missed", line->missed_step, line->missed_cpu);
	if (line->missed_waits)
		json_bool("missedWaits", true);
	print_write("before", line->before_step, line->before_cpu);
	if (!line->lacks)
		return;
	json_offset("lacksAt", line->lacks);
	json_text("lacksOrder", line->lacks_order);
}

static void print_line(const struct host_line *line)
{
	json_open(NULL, '{');
	json_number("step", line->step);
	json_number("cpu", line->cpu);
	json_text("kind", access_table[line->kind].name);
	json_offset("at", line->at);
	json_text("object", mirrors[line->mirror]);
	if (line->mirror == OWN_ENDING || line->mirror == OWN_LOOP)
		json_number("thread", line->address);
	else
		json_null("thread");
	print_place("place", line->has_place, &line->place);
	print_text("read", line->has_read, line->read);
	print_text("was", line->has_written, line->was);
	print_text("wrote", line->has_written, line->wrote);
	json_number("fromStep", line->from_step == UINT32_MAX ? 0 : line->from_step);
	json_signed("fromCpu", line->from_cpu == UINT32_MAX ? -1 : (int64_t)line->from_cpu);
	/* This process has run nothing: what it was asked for says which model that was. */
	if (host_options.memory)
		print_weak(line);
	json_bool("key", line->key);
	json_bool("background", false);
	json_bool("faulted", line->faulted);
	json_close();
}

static void print_prints(const struct host_story *story)
{
	json_open("prints", '[');
	for (uint32_t i = 0; i < story->prints; i++) {
		const struct host_print *print = &story->print[i];

		json_open(NULL, '{');
		json_number("step", print->step);
		json_number("cpu", print->cpu);
		json_bool("note", print->is_note);
		json_bytes("text", story->text + print->from, print->length);
		json_close();
	}
	json_close();
}

void host_print_replayed(void)
{
	const struct host_story *story = &host->story;
	const struct host_fault *fault = &story->fault;

	print_type("replayed");
	json_signed("error", host->error);
	json_bool("reproduced", story->reproduced);
	json_bool("met", story->met);
	print_text("kind", story->faulted, explore_fault_name(fault->kind));
	json_number("cpu", fault->cpu);
	json_offset("at", fault->at);
	json_offset("other", fault->other);
	json_sentence("message", fault->message);
	if (fault->outcome)
		json_text("outcome", fault->outcome);
	json_number("preemptions", story->preemptions);
	json_number("steps", story->steps);
	json_number("threads", story->threads);
	json_open("begins", '[');
	for (uint32_t i = 0; i < story->threads; i++)
		json_offset(NULL, story->begins[i]);
	json_close();
	print_events(fault);
	print_place("place", fault->has_place, &fault->place);
	json_open("lines", '[');
	for (uint32_t i = 0; i < story->lines; i++)
		print_line(&story->line[i]);
	json_close();
	print_prints(story);
	print_waits(fault);
	json_close();
}
