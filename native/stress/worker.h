/* SPDX-License-Identifier: MIT */
/*
 * Inside the stress engine: a run, its workers, and what they share.
 *
 * Nothing shared is written in the hot path: each worker counts for itself; the controller
 * reads those counters with relaxed loads.
 */
#ifndef DMTORTURE_WORKER_H
#define DMTORTURE_WORKER_H

#include <pthread.h>

#include "clock.h"
#include "engine.h"
#include "histogram.h"
#include "left.h"
#include "program.h"
#include "tally.h"

#define FAULTS_APART_MAX 128 /* kinds of fault told apart (by kind, site, op) per worker */
#define STAT_ROWS (1 + ERRNO_ROWS_MAX) /* successes, then errors by row of errno_table */
#define MIX_SLOTS 1024

/* One kind of fault that one worker met, and how often. */
struct fault_entry {
	struct fault_note note; /* the first; note.count counts all */
	uint64_t told;		/* of those, reported to the listener */
};

/* Faults are rare and cold: a mutex does. */
struct fault_log {
	pthread_mutex_t lock;
	uint32_t count;
	struct fault_entry entry[FAULTS_APART_MAX];
};

struct worker {
	struct run *run;
	uint32_t index;
	pthread_t thread;
	uint64_t random; /* never 0 */
	struct player player;
	struct fault_log faults;
	struct tally tally; /* rounds only */
	_Atomic uint64_t notes_seen;
	_Atomic uint64_t rounds; /* worlds that this worker closed */
	_Atomic uint64_t stat[OP_COUNT][STAT_ROWS];
	struct histogram latency[OP_COUNT]; /* in ticks */
} __attribute__((aligned(128)));

/* A barrier whose last thread runs something before all go on. */
struct gate {
	pthread_mutex_t lock;
	pthread_cond_t open;
	uint32_t threads, waiting;
	uint64_t turn;
};

struct storm;
struct rounds;

struct run {
	struct plan plan;
	struct listener listener;
	uint32_t mix[OP_COUNT];
	uint8_t errno_row[256]; /* row of errno_table by errno, plus 1; 0: not in the table */
	struct program_set programs;
	bool has_programs;
	uint32_t left_width;	/* numbers of an outcome for what was left; 0: none do */
	uint32_t outcome_width; /* numbers of an outcome */
	uint32_t threads;
	struct worker
		*workers; /* threads + 1: the last belongs to the thread that closes a world */
	struct gate gate;
	pthread_t controller;
	pthread_mutex_t control_lock;
	pthread_cond_t control;	    /* wakes the controller */
	_Atomic uint32_t live;	    /* workers not ended */
	_Atomic bool stopping;	    /* end the run at the next operation */
	_Atomic bool stopped_early; /* ... because somebody asked */
	_Atomic int error;	    /* of a worker, 0 or -ENOMEM */
	_Atomic bool deaf;	    /* the listener said that nobody listens */
	_Atomic uint64_t fault_total;
	_Atomic uint64_t epoch;	 /* number of the world that runs */
	_Atomic bool epoch_over; /* a storm: put everything back, then a new world */
	uint64_t began_ns, began_ticks;
	struct storm *storm;
	struct rounds *rounds;
};

/* gate.c */
void gate_init(struct gate *gate, uint32_t threads);
void gate_destroy(struct gate *gate);
/* Wait for all threads; the last one calls @last(@context) before any goes on. */
void gate_pass(struct gate *gate, void (*last)(void *context), void *context);

/* worker.c */
int worker_init(struct worker *worker, struct run *run, uint32_t index);
void worker_free(struct worker *worker);
/* The recorder of every world of the run; its context is the run. */
void run_record(void *run, struct task *t, const struct fault_event *event);
/* Count the result of one operation. */
static inline void worker_count(struct worker *worker, enum op_code op, int64_t result)
{
	/* No branch: results are as good as random, and errno 0 has row 0. */
	uint32_t row = worker->run->errno_row[(uint8_t) - (result & result >> 63)];

	counter_bump(&worker->stat[op][row]);
}
/* The next number of the worker's generator. */
static inline uint64_t worker_random(struct worker *worker)
{
	uint64_t x = worker->random;

	x ^= x << 13;
	x ^= x >> 7;
	x ^= x << 17;
	worker->random = x;
	return x;
}
/* Have @player run one operation, or a step; count it, and time it if the plan says so. */
int64_t worker_run(struct worker *worker, struct player *player, enum op_code op, uint32_t minor);
int64_t worker_step(struct worker *worker, struct player *player, const struct step *step);
/* Count the operation that a fault cut short: -EFAULT if its own, -EINTR if another's. */
void worker_count_unfinished(struct worker *worker, const struct player *player);
/* What a world of this run is made of. @cpus: tasks, the closer's included. */
struct world_config run_world_config(struct run *run, uint32_t cpus);
/* Whether the run has used up its time, or was stopped. Context: any worker. */
bool run_is_over(const struct run *run);
void run_finish(struct run *run);
/* There is no memory to count with: the run ends, and says so. Context: any thread of it. */
void run_starve(struct run *run);
uint64_t run_ops(const struct run *run);

/* storm.c, rounds.c: the two modes */
int storm_new(struct run *run);
void storm_free(struct run *run);
void storm_work(struct worker *worker);
int rounds_new(struct run *run);
void rounds_free(struct run *run);
void rounds_work(struct worker *worker);

/* harvest.c: from counters to what the listener gets. Context: the controller. */
void harvest_progress(const struct run *run, struct progress *progress);
/* Report the faults that are new to the listener. Returns what it returned. */
int harvest_faults(struct run *run);
/* Returns 0 or -ENOMEM; free with report_free(). */
int harvest_report(struct run *run, struct report *report);

#endif
