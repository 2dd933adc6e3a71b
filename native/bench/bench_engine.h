/* SPDX-License-Identifier: MIT */
/*
 * How a benchmark is started, watched and stopped: a plan in, rows out. Plain C types, so that
 * the addon can include it.
 *
 * A benchmark owns its threads: the crews, and one controller that calls the listener. Nothing
 * here blocks but bench_join_free(). When that returns there is no thread left, and nobody's
 * affinity or priority was changed but the crews' own.
 */
#ifndef DMTORTURE_BENCH_ENGINE_H
#define DMTORTURE_BENCH_ENGINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tables.h"

#ifdef __cplusplus
extern "C" {
#endif

#define BENCH_RUN_POWERS 32
#define BENCH_SETS_MAX 64 /* eras that are measured in the same rounds */

struct bench;
struct lock_row;
struct table_peer;

enum bench_suite { BENCH_LOCKS, BENCH_RWLOCKS, BENCH_MINORS, BENCH_REFCOUNT, BENCH_SUITES };

struct bench_plan {
	enum bench_suite suite;
	const struct bench_cell *cells; /* copied by bench_start() */
	size_t cell_count;
	uint64_t locks;		     /* mask by index of bench_lock(); 0: the usual ones */
	const uint32_t *populations; /* minors: ids; refcount: objects that all share; copied */
	size_t population_count;
	const uint64_t *sets; /* minors; copied: patches of eras, in place of tables and locks */
	size_t set_count;
	uint32_t windows;	    /* of each variant in each cell */
	uint64_t window_ns;	    /* where every thread has a CPU */
	uint32_t crowded_windows;   /* of cells with more threads than CPUs */
	uint64_t crowded_window_ns; /* at least a second, or spinners in order look good */
	uint64_t time_ns;	    /* limit, kept by fewer cells, never fewer windows; 0: none */
	uint64_t validate_ns;	    /* locks: each is first tried for so long; 0: not */
	uint64_t stall_ns;	    /* locks: injected once into the waits of each; 0: none */
	bool pinned;
	uint64_t seed;
	/* Others to measure beside; static, see peers.h. NULL: none. */
	const struct lock_row *const *lock_peers;
	size_t lock_peer_count;
	const struct table_peer *const *table_peers;
	size_t table_peer_count;
	/* Locks of the user's that were opened are measured in the same rounds; see own_lock.h. */
	bool own;
	bool own_alone; /* where @locks is 0: no lock of the table beside them */
};

/* Fill @plan: suite @suite, with the figures of bench.def and its lists. */
void bench_plan_init(struct bench_plan *plan, enum bench_suite suite);

/*
 * A median with the interval that holds the true one with a probability of 95 %. Fewer than
 * BENCH_WINDOWS_MIN windows have no such interval: @low and @high are NAN.
 */
struct bench_figure {
	double median, low, high;
};

/* Nanoseconds; @max is exact, the others are the upper ends of histogram buckets. */
struct bench_quantiles {
	double p50, p90, p99, p999, max;
};

struct bench_lock_row {
	const char *lock; /* static */
	bool by_pointer;  /* called through pointers, not inlined */
	struct bench_cell cell;
	bool oversubscribed; /* more threads than CPUs */
	bool misleading; /* ... and the lock spins in order: it waits for a thread that has no CPU
			  */
	bool pinned;
	struct bench_figure ops_per_second;
	/* / the system's in the same round: pthread_mutex, or pthread_rwlock; 0 without that. */
	struct bench_figure vs_system;
	double handoff_ratio;
	/*
	 * Two threads only: handoffs per second times a cache line's way in the same round. 1:
	 * a handoff takes no longer than the line itself. 0: not measured.
	 */
	struct bench_figure handoff_efficiency;
	double jain;		    /* Jain's index of @acquired: the whole measurement */
	double jain_low, jain_high; /* of single windows: how much it moved, no interval */
	double cpu_ns_per_op;
	double overlap; /* the share of a window in which all threads were at work */
	struct bench_quantiles wait, wait_corrected;
	bool shared;			   /* a reader-writer lock: `wait` is a reader's ... */
	struct bench_quantiles write_wait; /* ... and this a writer's */
	double rereads;			   /* reads that had to be made again, by those made */
	uint64_t expected_interval_ns;	   /* what the correction took for the pace of a thread */
	uint64_t runs[BENCH_RUN_POWERS];   /* handoffs after a run of 2^n .. 2^(n+1) - 1 */
	const uint64_t *acquired;	   /* by thread */
	const uint64_t *handoffs;	   /* [from * threads + to] */
	const double *windows;		   /* ops per second of each, in the order they ran */
	size_t window_count;
	/* Raw and corrected waits for percentile curves: bucket i holds up to bucket_ns[i]. */
	const double *bucket_ns;
	const uint64_t *waits, *waits_corrected;
	size_t bucket_count;
};

struct bench_minor_row {
	const char *op, *order; /* static */
	const char *minor_lock; /* protocol rows: what _minor_lock was; NULL: no protocol */
	int32_t set;		/* rows of eras: of the plan's sets; -1: no era */
	bool rcu;		/* rows of eras: devices are looked up without a lock */
	bool oversubscribed;	/* protocol rows: more threads than CPUs */
	uint32_t population, threads;
	struct bench_figure ns_per_op;
	struct bench_figure vs_bare; /* / the bare walk; protocol: / a mutex; eras: / the first */
	double ops_per_second;	     /* protocol rows: all threads together */
	uint64_t faults;	     /* protocol rows: met, where the plan's patches allow any */
	const double *windows;	     /* ns per op of each */
	const double *bare_windows;  /* what vs_bare divides by, side by side; NULL: nothing */
	size_t window_count;
};

/* An era that has no figures, since it fails or faults under the load. Texts are static. */
struct bench_refusal {
	uint32_t set; /* of the plan's */
	bool rcu;
	const char *mix;
	uint32_t threads;
	const char *fault; /* the kind; NULL: @op failed with @error, a -errno */
	const char *op;
	int32_t error;
};

struct bench_refcount_row {
	const char *variant; /* static */
	uint32_t threads;
	bool shared; /* one count for all threads, or one each */
	uint32_t objects;
	bool oversubscribed;
	bool may_wait; /* a holder may sleep, and holds up nothing but the end of that object */
	/* One thread makes an object and drops the last reference, until it is free; 0: unknown. */
	double last_put_ns;
	uint32_t bytes_object, bytes_thread; /* of the count, and of a thread for all objects */
	struct bench_figure ns_per_pair;     /* of one thread: threads * seconds / pairs */
	struct bench_figure vs_xadd;
	double cpu_ns_per_pair;
	const double *windows;
	const double *xadd_windows; /* of xadd, side by side */
	size_t window_count;
};

struct bench_progress {
	uint64_t elapsed_ns;
	uint64_t expected_ns; /* of the whole, by the plan */
	uint64_t done_ns;     /* of that, what is done; slower than the clock on a busy machine */
	uint32_t cells_done, cells;
};

/* Whether a lock excludes on real threads; the control must not. */
struct bench_validation {
	const char *lock; /* static */
	bool by_pointer;
	bool control, excludes;
	uint64_t acquired, lost, intruders;
};

/* The machine, as the run found it and left it. */
struct bench_machine {
	uint32_t cpus;
	double ticks_per_ns;
	double loops_per_ns_before, loops_per_ns_after;
	double noise_before, noise_after; /* the share of time that others took */
	double transfer_ns;
	bool noisy;	 /* the clock rate moved by 5 %, or others took a tenth of the time */
	double clock_ns; /* what a look at the clock takes: a shorter wait looks like none */
	double load_before, load_after; /* load average of the last minute; negative: unknown */
	char cpu[96], kernel[96], libc[32], governor[32];
	const char *compiler, *flags; /* static */
	uint32_t cores, numa_nodes;
	bool smt;
};

struct bench_end {
	bool complete;		 /* false: stopped from outside, or cut by the time limit */
	bool limited;		 /* the time limit cut it */
	uint32_t cells_left_out; /* parts that the time limit left no room for */
	int error;		 /* 0, or -ENOMEM, -EAGAIN: rows up to there are good */
	struct bench_machine machine;
};

/*
 * Called on the controller's thread, one at a time. Pointers are valid during the call. Any may
 * be NULL. A non-zero return stops the benchmark, and nothing but `finished` is called further.
 */
struct bench_listener {
	int (*progress)(void *context, const struct bench_progress *progress);
	/* Before the rows: each lock of the plan, and the control always. */
	int (*validated)(void *context, const struct bench_validation *validation);
	int (*lock_row)(void *context, const struct bench_lock_row *row);
	int (*minor_row)(void *context, const struct bench_minor_row *row);
	int (*refused)(void *context, const struct bench_refusal *refusal);
	int (*refcount_row)(void *context, const struct bench_refcount_row *row);
	int (*finished)(void *context, const struct bench_end *end);
	void *context;
};

/* The machine as it is now, without what takes a measurement: those figures are 0. */
void bench_describe_machine(struct bench_machine *machine);

/*
 * Look how noisy the machine is, which takes 60 ms, and set that against what was found before:
 * @machine has loops_per_ns_before and noise_before, and gets what they are now, and `noisy`.
 */
void bench_judge_noise(struct bench_machine *machine);

/* A row of locks.def, or of rwlocks.def. The texts are static. */
struct bench_lock {
	const char *slug, *class_name, *says, *source, *usual, *serves;
	uint32_t year;
	bool fifo, queue, reference, control, nodes_made_up, optimistic;
	size_t bytes;
};

/* The locks that @suite measures: BENCH_RWLOCKS has reader-writer locks, the others mutexes. */
size_t bench_lock_count(enum bench_suite suite);
/* @index: below bench_lock_count(). */
struct bench_lock bench_lock(enum bench_suite suite, size_t index);
/* A row of refcounts.def. The texts are static. */
struct bench_scheme {
	const char *slug, *says, *source, *get, *last;
	uint32_t year;
	bool finds, may_wait, control;
	size_t bytes_object, bytes_thread; /* of an object, of a thread ... */
	size_t bytes_both;		   /* ... and of a thread for each object */
};

/* @index: below REFCOUNT_COUNT. */
struct bench_scheme bench_scheme(size_t index);
/*
 * Whether the lock excludes on real threads: @threads of them for @window_ns. Returns 1, 0 (two
 * were inside at once), -EINVAL, -ENOMEM, -EAGAIN. Context: blocks for the window.
 */
int bench_validate(enum bench_suite suite, size_t index, uint32_t threads, uint64_t window_ns);

/*
 * Start. Returns 0; -EINVAL (something of the plan out of range), -ENOMEM, -EAGAIN (no more
 * threads). On success the caller owns *@bench.
 */
int bench_start(struct bench **bench, const struct bench_plan *plan,
		const struct bench_listener *listener);
/* Ask it to end; what is measured was reported. Context: any thread, any number of times. */
void bench_stop(struct bench *bench);
/* Wait until every thread has ended and free it. Stops nothing by itself. */
void bench_join_free(struct bench *bench);

#ifdef __cplusplus
}
#endif
#endif
