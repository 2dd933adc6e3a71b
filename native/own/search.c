/* SPDX-License-Identifier: MIT */
/*
 * Rounds of searches. A search has to know the program before it begins: which plain accesses are
 * points, which mutexes are tried. So the host samples until 64 executions in a row learn nothing,
 * then searches as it was asked; where that learns something all the same, it begins again.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "clock.h"
#include "estimate.h"
#include "host.h"
#include "process.h"

#define SAMPLES_A_BATCH 32 /* random ones, then as many by PCT */
#define SERIAL_EXECUTIONS 20000
#define RESERVED 10 /* a tenth of the time is for minimising, and for serial outcomes */

/* Of a portfolio, before its complete search. */
static const struct {
	enum explore_strategy strategy;
	uint64_t executions;
} hunts[] = {{EXPLORE_STICKY, 64}, {EXPLORE_PCT, 256}};

/* What came of a search. */
enum came { CAME_ON, CAME_LEARNED, CAME_OVER };

struct explore_model host_model;

static uint64_t executions_end; /* host->executions at which this heap's search ends */
static uint64_t round_seed;
static bool descends; /* a random walk: see estimate.h */

static void beat(void *context, uint64_t executions, uint64_t states)
{
	(void)context;
	host->running = executions;
	host->states = states;
	host->beat++;
	/* As the plan says, that ends what goes on. */
	if (host->stopping)
		own_learned = true;
}

static void put_back(void *context)
{
	host_outcome_begin();
	own_model.put_back(context);
}

static void outcome(void *context, struct fibers *f, bool faulted)
{
	if (own_model.outcome)
		own_model.outcome(context, f, faulted);
	host->running++;
	if (own.count > host->threads)
		host->threads = own.count;
	if (descends && !own_learned)
		estimate_add(f);
	host_outcome_end(f, faulted);
}

static uint64_t state(void *context, const struct fibers *f)
{
	return fibers_mix(own_model.state(context, f), host_outcome_state());
}

void host_model_init(void)
{
	const struct host_options *o = &host_options;

	host_model = own_model;
	/* Searches with states or without, and replays, then go round loops as often. */
	own.wipes = o->memory != EXPLORE_SC || o->strategy == EXPLORE_STATEFUL;
	host_model.schedule = host->schedule;
	host_model.put_back = put_back;
	host_model.outcome = outcome;
	host_model.state = state;
}

void host_know(uint32_t facts)
{
	own_forget();
	for (uint32_t i = 0; i < facts; i++)
		own_know(host->fact[i].fact, host->fact[i].value);
	own_learned = false;
}

void host_share_facts(void)
{
	uint32_t facts = own_facts();
	enum own_fact fact;

	if (facts > HOST_FACTS_MAX)
		own_refuse(0, "The program has more than %u accesses that race", HOST_FACTS_MAX);
	for (uint32_t i = host->facts; i < facts; i++) {
		host->fact[i].value = own_fact_at(i, &fact);
		host->fact[i].fact = fact;
	}
	host->facts = facts;
}

static bool is_late(void)
{
	return host->stopping || monotonic_ns() >= host->deadline_ns;
}

/* Milliseconds until @end_ns, at least one; 0: there is no end. */
static uint64_t time_left_ms(uint64_t end_ns)
{
	uint64_t now = monotonic_ns();

	if (end_ns == UINT64_MAX)
		return 0;
	return end_ns > now + 1000000 ? (end_ns - now) / 1000000 : 1;
}

static uint32_t passes(void)
{
	return host_options.passes | 1u << FAULT_DATA_RACE;
}

struct explore_plan host_plan(enum explore_strategy strategy, uint64_t executions, uint64_t end_ns)
{
	const struct host_options *o = &host_options;
	bool has_depth = strategy == EXPLORE_PCT;
	bool is_weak = o->memory != EXPLORE_SC;
	bool splits = (strategy == EXPLORE_DFS || strategy == EXPLORE_DPOR) && !is_weak;

	return (struct explore_plan){
		.strategy = strategy,
		.memory = o->memory,
		.seed = o->seed,
		.executions_max = executions,
		.time_ms_max = time_left_ms(end_ns),
		.steps_max = o->steps,
		.depth = has_depth ? o->depth : 0,
		.preemptions_max = strategy == EXPLORE_DFS && !is_weak ? o->preemptions : 0,
		.bounded = strategy == EXPLORE_DFS && o->bounded && !is_weak,
		.part = splits ? o->part : 0,
		.parts = splits ? o->parts : 0,
		.hang_ms = EXPLORE_NOT_WATCHED,
		.leave_time = !o->as_found,
		.all_faults = o->all_faults,
		.passes = passes(),
		.stop = &own_learned,
		.progress = beat,
	};
}

static bool found_enough(void)
{
	for (uint32_t i = 0; i < host->faults && !host_options.all_faults; i++)
		if (!(passes() >> host->fault[i].kind & 1))
			return true;
	return false;
}

/* main() has begun no thread where @report says that the limit of steps cut it off. */
static void say_main_goes_round(const struct explore_report *report)
{
	host->refused_at = own_site_offset(report->spin_site);
	snprintf(host->refused, sizeof(host->refused),
		 "main() comes here again and again, and starts no thread in its first %u steps; "
		 "start one before that, by pthread_create() or std::thread",
		 report->steps_longest);
}

/* A program with nothing to interleave is an error: to call it clean would say too much. */
static void say_nothing_to_interleave(const struct explore_report *report)
{
	host->error = -ENODATA;
	if (own.count < 2 && report->spin_times > 1) {
		say_main_goes_round(report);
		return;
	}
	host->refused_at = host_offset(own_process.main_at + 1);
	snprintf(host->refused, sizeof(host->refused), "%s",
		 own.count < 2 ? "The program starts no thread: there is nothing to interleave; "
				 "start one in main(), by pthread_create() or std::thread"
			       : "Fewer than two threads of the program come to an atomic, a lock "
				 "or a wait: there is nothing to interleave; have two of them use "
				 "something shared");
}

/* Explore as @plan says. *@report is what it found, and needs no freeing. */
static enum came run(const struct explore_plan *plan, struct explore_report *report)
{
	int r;

	host->strategy = plan->strategy;
	host->running = host->states = 0;
	own.memory = plan->memory;
	r = explore(&host_model, plan, report);
	host->beat++;
	host->running = 0;
	/* What one learned, the next searches know from the beginning. */
	if (!own_learned && r == -ENODATA)
		say_nothing_to_interleave(report);
	else if (!own_learned && r) {
		host->error = r;
		memcpy(host->differs, report->differs, sizeof(host->differs));
		snprintf(host->refused, sizeof(host->refused), "%s", report->refused);
	}
	host_take_report(report);
	explore_report_free(report);
	if (own_learned) {
		host_share_facts();
		return is_late() ? CAME_OVER : CAME_LEARNED;
	}
	return host->error || host->stopping || found_enough() ? CAME_OVER : CAME_ON;
}

/* Executions that are left, at most @most. */
static uint64_t executions_left(uint64_t most)
{
	uint64_t left = executions_end > host->executions ? executions_end - host->executions : 0;

	return left < most ? left : most;
}

/* @executions of @strategy, another seed each time. */
static enum came sample(enum explore_strategy strategy, uint64_t executions, uint64_t end_ns)
{
	struct explore_plan plan = host_plan(strategy, executions_left(executions), end_ns);
	struct explore_report report;
	enum came came;

	if (!plan.executions_max || monotonic_ns() >= end_ns)
		return CAME_OVER;
	plan.seed += ++round_seed << 32;
	descends = strategy == EXPLORE_RANDOM;
	came = run(&plan, &report);
	descends = false;
	return came == CAME_ON && report.limit == LIMIT_TIME ? CAME_OVER : came;
}

/* Every schedule without a preemption: outcomes that it shows need no race. */
static enum came search_serially(uint64_t end_ns)
{
	struct explore_plan plan =
		host_plan(EXPLORE_DFS, executions_left(SERIAL_EXECUTIONS), UINT64_MAX);
	struct explore_report report;
	uint64_t now = monotonic_ns();
	enum came came;

	if (!plan.executions_max || now >= end_ns)
		return CAME_OVER;
	plan.memory = EXPLORE_SC;
	plan.preemptions_max = plan.part = plan.parts = 0;
	plan.bounded = true;
	if (end_ns != UINT64_MAX)
		plan.time_ms_max = (end_ns - now) / RESERVED / 1000000 + 1;
	came = run(&plan, &report);
	if (came != CAME_LEARNED)
		host->serial_whole = report.exhausted || report.limit == LIMIT_PREEMPTIONS;
	return came;
}

/* The complete one. dpor knows nothing of weak memory models. */
static enum explore_strategy last_of_portfolio(void)
{
	return host_options.memory == EXPLORE_SC ? EXPLORE_DPOR : EXPLORE_STATEFUL;
}

/* The search that was asked for. */
static enum came search_asked(struct host_search *into, uint64_t end_ns)
{
	enum explore_strategy strategy = host_options.strategy;
	struct explore_report report;
	struct explore_plan plan;
	enum came came;

	/* Where nothing is freed there is no other heap to leave time for. */
	if (!own.freed)
		end_ns = host->deadline_ns;
	if (strategy == EXPLORE_PORTFOLIO)
		strategy = last_of_portfolio();
	plan = host_plan(strategy, executions_end == UINT64_MAX ? 0 : executions_left(UINT64_MAX),
			 end_ns);
	if ((executions_end != UINT64_MAX && !plan.executions_max) || monotonic_ns() >= end_ns)
		return CAME_OVER;
	came = run(&plan, &report);
	*into = (struct host_search){.executions = report.executions,
				     .blocked = report.blocked,
				     .states = report.states,
				     .begun = true,
				     .by_states = strategy == EXPLORE_STATEFUL,
				     .exhausted = report.exhausted && came != CAME_LEARNED,
				     .limit = report.limit};
	return came == CAME_LEARNED ? came : CAME_OVER;
}

/* Sample, search; CAME_LEARNED: with what is known now, begin again. */
static enum came search_once(struct host_search *into, uint64_t end_ns)
{
	enum came came;

	estimate_reset();
	came = sample(EXPLORE_RANDOM, SAMPLES_A_BATCH, end_ns);
	if (came == CAME_ON)
		came = sample(EXPLORE_PCT, SAMPLES_A_BATCH, end_ns);
	/* That is a question of sequential consistency. */
	if (came == CAME_ON && host_options.memory == EXPLORE_SC && host->names && !into->begun &&
	    !host->serial_whole)
		came = search_serially(end_ns);
	for (size_t i = 0; i < sizeof(hunts) / sizeof(hunts[0]); i++)
		if (came == CAME_ON && host_options.strategy == EXPLORE_PORTFOLIO &&
		    (host_options.memory == EXPLORE_SC || hunts[i].strategy != EXPLORE_STICKY))
			came = sample(hunts[i].strategy, hunts[i].executions, end_ns);
	return came == CAME_ON ? search_asked(into, end_ns) : came;
}

/* How a search ended that did not come to the strategy it was asked for. */
static enum explore_limit limit_before(uint64_t end_ns)
{
	if (found_enough())
		return LIMIT_FAULT;
	if (host->stopping)
		return LIMIT_STOPPED;
	return monotonic_ns() >= end_ns ? LIMIT_TIME : LIMIT_EXECUTIONS;
}

static void search_heap(enum host_heap heap, uint64_t end_ns)
{
	struct host_search *into = &host->search[heap];
	enum came came;

	do {
		*into = (struct host_search){0};
		host_know(host->facts);
		came = search_once(into, end_ns);
	} while (came == CAME_LEARNED);
	if (!into->begun)
		into->limit = limit_before(end_ns);
	into->begun = true;
}

/* How all of it ended: as the first heap that was not exhausted. */
static void conclude(enum host_heap first, enum host_heap last)
{
	host->exhausted = true;
	host->limit = LIMIT_NONE;
	for (enum host_heap heap = first; heap <= last && host->exhausted; heap++) {
		const struct host_search *search = &host->search[heap];

		host->exhausted = search->begun && search->exhausted;
		host->limit = search->begun    ? search->limit
			      : host->stopping ? LIMIT_STOPPED
			      : is_late()      ? LIMIT_TIME
					       : LIMIT_FAULT;
	}
	if (found_enough()) {
		host->exhausted = false;
		host->limit = LIMIT_FAULT;
	}
}

void host_search(void)
{
	enum host_heap first = host_options.heap == HOST_REUSE ? HOST_REUSE : HOST_FRESH;
	enum host_heap last = host_options.heap == HOST_FRESH ? HOST_FRESH : HOST_REUSE;
	uint64_t began_ns = monotonic_ns();

	host_model_init();
	host->deadline_ns =
		host_options.time_ms ? began_ns + host_options.time_ms * 1000000 : UINT64_MAX;
	for (enum host_heap heap = first; heap <= last; heap++) {
		uint64_t end_ns = host->deadline_ns;

		host->reuse = own_options.heap_reuse = heap == HOST_REUSE;
		executions_end = host_options.executions
					 ? host->executions + host_options.executions
					 : UINT64_MAX;
		/* What the first heap leaves is the second's. */
		if (heap < last && end_ns != UINT64_MAX)
			end_ns = began_ns + (host->deadline_ns - began_ns) / 2;
		search_heap(heap, end_ns);
		host->freed = own.freed;
		/* Samples took that half, and no second heap needs the other. */
		if (!own.freed && end_ns < host->deadline_ns && monotonic_ns() >= end_ns &&
		    !host->error && !host->stopping && !found_enough() &&
		    !host->search[heap].exhausted)
			search_heap(heap, host->deadline_ns);
		if (host->error || found_enough() || is_late())
			break;
		if (!own.freed)
			last = heap;
	}
	conclude(first, last);
	if (!host->error)
		host_finish_faults(0, host->deadline_ns);
}

void host_search_on(void)
{
	host_model_init();
	host_finish_faults(host->finishing, host->deadline_ns);
}
