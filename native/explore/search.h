/* SPDX-License-Identifier: MIT */
/*
 * A search: one strategy, one stage, limits and what was found. A strategy is a struct of three
 * functions in a file of its own; it knows threads and accesses only.
 */
#ifndef DMTORTURE_SEARCH_H
#define DMTORTURE_SEARCH_H

#include "hashset.h"
#include "split.h"
#include "stage.h"
#include "twice.h"
#include "watch.h"

struct search {
	struct stage stage;
	struct explore_plan plan;
	struct explore_report *report;
	uint64_t random; /* never 0 */
	uint64_t began_ns;
	uint64_t executions_max; /* where this strategy stops */
	uint64_t look_at;	 /* points and executions: then the clock is looked at */
	bool found;		 /* a fault, and only the first is wanted */
	bool too_long;		 /* an execution was cut off by the limit of steps */
	bool options_bounded;	 /* dfs: at most options_max accesses do not do the default */
	bool options_cut;	 /* ... and that cut something off */
	uint32_t options_max;
	uint32_t few;	/* dfs: bit n: thread n may preempt, and be preempted; 0: each may */
	bool redundant; /* the strategy cut the execution off: a trace that was seen before */
	struct hashset traces, finals;
	struct races *races;   /* NULL: nobody looks for data races */
	struct clocks *clocks; /* for plan.collect */
	struct doubt *doubt;   /* for plan.paranoid */
	struct memory *memory; /* NULL: sequentially consistent */
	void *state;	       /* the strategy's own */
	struct split split;
	struct watch watch;
	struct twice twice;
	bool differs; /* what was run before does not come back: the search is at its end */
};

struct strategy {
	/*
	 * Begin an execution; the first call sets the state up. Returns 1, 0 when nothing is
	 * left, -errno. On 0 report->limit is set when not all was seen.
	 */
	int (*begin)(struct search *s);
	/* The thread that goes on, of @enabled (never 0); NOBODY ends the execution. */
	int (*choose)(void *state, uint32_t enabled);
	/* What its access does, see fibers.h. NULL: the default, or the fibers throw the dice. */
	uint32_t (*choose_option)(void *state, uint32_t cpu, uint32_t count);
	/* The execution has ended, and its trace can be looked at. */
	void (*end)(struct search *s);
	/* Free the state. May be NULL. */
	void (*close)(struct search *s);
	bool asks_always; /* `choose` is asked even where there is one choice */
	bool uniform;	  /* all choices are random: the fibers throw the dice themselves */
	bool exhausts;	  /* `begin` returns 0 some day */
};

extern const struct strategy strategy_random, strategy_sticky, strategy_pct, strategy_dfs,
	strategy_dpor;

/* Run @strategy until it has nothing left or a limit is met. Returns 0 or -errno. */
int search_run(struct search *s, const struct strategy *strategy);
/* Stateful search; not a strategy: it walks states, not executions. Returns 0 or -errno. */
int search_states(struct search *s);
/* The same of a weak memory model. */
int search_weak_states(struct search *s);
/* The same by running again from the beginning, for models that have `state`. */
int search_states_again(struct search *s);
/* Count the execution that has just ended: faults, traces, final states. Returns 0 or -ENOMEM. */
int search_account(struct search *s);
/* The execution that has just ended met the limit of steps: note where it went round. */
void spin_note(struct search *s);
/* Whether all executions of the plan are used up; sets report->limit. */
bool search_used_up(struct search *s);
/* Whether another limit is met; sets report->limit. Cheap. */
bool search_over(struct search *s);
/* The same without a look at how much was done since the last time. */
bool search_over_now(struct search *s);

/* Steps of a search of states, between two looks at its other limits. */
#define STATES_LOOK_EVERY 4096

/* Whether @states are too many; sets report->states, and the limit. */
static inline bool search_too_many_states(struct search *s, uint64_t states)
{
	uint64_t most = s->plan.states_max ? s->plan.states_max : EXPLORE_STATES;

	s->report->states = states;
	if (likely(states <= most))
		return false;
	/* The one too many was met, and is not gone into. */
	s->report->states = most;
	s->report->limit = LIMIT_STATES;
	return true;
}

/* Whether a search that met @states is over after its step @steps; sets report->limit. */
static inline bool search_states_over(struct search *s, uint64_t states, uint64_t steps)
{
	if (s->found) {
		s->report->states = states;
		s->report->limit = LIMIT_FAULT;
		return true;
	}
	if (search_too_many_states(s, states) || s->report->limit == LIMIT_EXECUTIONS)
		return true;
	return steps % STATES_LOOK_EVERY == 0 && search_over_now(s);
}

/* The next number of the search's generator. */
static inline uint64_t search_random(struct search *s)
{
	uint64_t x = s->random;

	x ^= x << 13;
	x ^= x >> 7;
	x ^= x << 17;
	s->random = x;
	return x;
}

/* A random one of @enabled, which has two or more. */
static inline int search_pick(struct search *s, uint32_t enabled)
{
	uint32_t rest = enabled & (enabled - 1), count, skip;
	uint64_t random = search_random(s) >> 32;

	if (likely(!(rest & (rest - 1))))
		return __builtin_ctz(random & 1 ? rest : enabled);
	count = (uint32_t)__builtin_popcount(enabled);
	for (skip = (uint32_t)(random * count >> 32); skip; skip--)
		enabled &= enabled - 1;
	return __builtin_ctz(enabled);
}

/* The thread that goes on by default: the current one, else the lowest. */
static inline int search_default(const struct fibers *f, uint32_t enabled)
{
	return enabled >> f->current & 1 ? (int)f->current : __builtin_ctz(enabled);
}

/* Where all threads stand that have not ended, as a number. */
static inline uint64_t search_standing(const struct fibers *f)
{
	uint64_t standing = 0;

	for (uint32_t left = f->running; left; left &= left - 1) {
		uint32_t cpu = (uint32_t)__builtin_ctz(left);

		standing = fibers_mix(standing + cpu, (uintptr_t)f->next[cpu].site);
	}
	return standing;
}

/*
 * @cpu goes on as it did when the search was here before: it has to stand at @site, with as many
 * @enabled as there were. Returns @cpu, or NOBODY where it does not.
 */
static inline int search_return(struct search *s, uint32_t cpu, const struct site *site,
				uint32_t enabled, uint32_t was)
{
	const struct fibers *f = s->stage.fibers;

	if (likely(f->next[cpu].site == site && enabled == was))
		return (int)cpu;
	s->differs = true;
	s->stage.cut = true;
	twice_differs(s, f->steps, cpu, site, f->next[cpu].site);
	return NOBODY;
}

#endif
