/* SPDX-License-Identifier: MIT */
/*
 * How an exploration of the device mapper is started, watched and stopped, a ticket replayed, and
 * a matrix of patch masks and scenarios filled. Plain C types, so that the addon can include it.
 *
 * An exploration owns one pthread; the listener is called on it.
 */
#ifndef DMTORTURE_EXPLORE_ENGINE_H
#define DMTORTURE_EXPLORE_ENGINE_H

#include "engine.h"
#include "ticket.h"
#include "trace.h"

#ifdef __cplusplus
extern "C" {
#endif

#define FOUND_FAULTS_MAX 32
#define RESULT_DIFFERS_MAX 400

/* Rows of explore_strategy_name() and explore_limit_name() in explore.h, by their numbers. */
struct explore_input {
	uint64_t patches;	  /* see patches.h */
	uint32_t lock;		  /* plan row `lock` */
	uint32_t strategy;	  /* enum explore_strategy */
	uint32_t memory;	  /* enum explore_memory */
	uint32_t depth;		  /* PCT; 0: 3 */
	uint32_t preemptions_max; /* DFS; 0: none, UINT32_MAX: no bound */
	uint64_t seed;
	uint64_t executions_max, states_max; /* 0: as explore(); of what the strategy reads */
	uint64_t time_ms_max;		     /* of everything, minimising included; 0: no limit */
	uint32_t part, parts;	  /* DFS, DPOR: this part, from 0, of the search; parts < 2: all */
	bool all_faults;	  /* every kind of fault, not the first alone */
	bool run_on;		  /* after a fault the rest runs on; see machine_slip() */
	bool races;		  /* look for data races, too */
	bool as_found;		  /* do not minimise */
	const uint32_t *programs; /* see engine.h; copied */
	size_t programs_len;
	bool look; /* outcomes hold what is left behind, too; see left.h */
	/* Ends that are faults: outcomes as `look` makes them, one after another; copied. */
	const int32_t *refused;
	size_t refused_len;
};

struct explore_progress {
	uint64_t elapsed_ns, executions, states;
};

struct found_fault {
	uint32_t kind; /* enum fault_kind */
	uint32_t cpu;  /* == cpus: at the end, when everything was put away */
	uint32_t op, minor;
	uint64_t count;	      /* executions it was seen in */
	uint64_t execution;   /* the first of them, from 1 */
	uint32_t preemptions; /* of the ticket's schedule */
	uint32_t steps;
	bool minimal; /* provably fewest preemptions, then fewest steps */
	const struct site *site;
	char message[FAULT_MESSAGE_MAX];
	char *ticket; /* owned by the result */
};

struct explore_result {
	/*
	 * 0; -ENODATA: fewer than two threads to interleave; -ESTALE: see `differs`; -EINVAL: see
	 * `refused`; -ENOMEM
	 */
	int error;
	char differs[RESULT_DIFFERS_MAX]; /* what was not the same when it was run again */
	char refused[RESULT_DIFFERS_MAX]; /* what of the plan cannot be */
	bool exhausted;
	bool before_failed; /* `before` met the fault: nothing was interleaved */
	uint32_t limit;	    /* enum explore_limit */
	uint32_t found_by;  /* enum explore_strategy */
	uint32_t cpus, bound, steps_longest, fault_kinds;
	uint64_t executions, longest_at, blocked, states, points, elapsed_ns;
	struct found_fault fault[FOUND_FAULTS_MAX];
	size_t fault_count;
	struct outcome *outcomes; /* owned by the result; counts are of executions or end states */
	size_t outcome_count, results_per_outcome;
};

/* As struct listener; a non-zero return of `progress` stops the exploration. */
struct explore_listener {
	int (*progress)(void *context, const struct explore_progress *progress);
	int (*finished)(void *context, const struct explore_result *result);
	void *context;
};

struct exploration;

/*
 * Returns 0 with *@e owned by the caller; -EINVAL (programs, strategy, refused ends of a wrong
 * length), -ENOMEM, -EAGAIN.
 */
int exploration_start(struct exploration **e, const struct explore_input *input,
		      const struct explore_listener *listener);
/* Context: any thread, any number of times. */
void exploration_stop(struct exploration *e);
void exploration_join_free(struct exploration *e);
/* The same at once, on the caller's thread. Free *@result. Returns 0 or -errno as above. */
int exploration_run(const struct explore_input *input, struct explore_result *result);
void explore_result_free(struct explore_result *result);

/* What a ticket said, and what its schedule did. */
struct replayed {
	struct ticket ticket;
	struct trace trace;
	/* Results, and what was left behind; NULL where the threads did not come to their end. */
	int32_t *end;
	size_t end_len;
};

/*
 * Replay @text. A check cannot travel: the ticket of a FAULT_CHECK_FAILED has its end refused,
 * whatever it is. Returns 0 with *@replayed set, to be freed; -EBADMSG with *@error set; -EINVAL
 * (its programs make no sense), -ENOMEM.
 */
int explore_replay(const char *text, struct replayed *replayed, enum ticket_error *error);
void replayed_free(struct replayed *replayed);

/* One scenario of a matrix. */
struct matrix_scenario {
	const uint32_t *programs;
	size_t programs_len;
};

struct matrix_cell {
	uint32_t fault_kinds; /* bit n: fault n can be reached */
	bool exhausted;
	uint32_t limit;	     /* enum explore_limit: what cut it off */
	uint64_t executions; /* 0: not explored, since it was stopped before */
	uint64_t states;
};

struct matrix_input {
	const struct matrix_scenario *scenarios;
	size_t scenario_count;
	const uint64_t *masks; /* of patches; see patches.h */
	size_t mask_count;
	uint32_t threads;    /* pthreads; 0: 2 */
	uint32_t memory;     /* enum explore_memory */
	uint64_t states_max; /* of a cell; 0: as explore() */
	bool run_on;
	const volatile bool *stop; /* may be NULL */
	/* Called now and then, on any of the threads, one at a time; non-zero stops. May be NULL.
	 */
	int (*progress)(void *context, size_t done, size_t all);
	void *context;
	char *refused; /* on -EINVAL a sentence, of RESULT_DIFFERS_MAX; may be NULL */
};

/*
 * Explore every cell exhaustively: cell [mask * scenario_count + scenario] of @cells, which is the
 * caller's. Returns 0, -EINTR when stopped, -EINVAL, -ENODATA, -ENOMEM.
 */
int explore_matrix(const struct matrix_input *input, struct matrix_cell *cells);

#ifdef __cplusplus
}
#endif
#endif
