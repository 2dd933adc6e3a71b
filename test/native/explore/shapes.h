/* SPDX-License-Identifier: MIT */
/*
 * Random programs: reads, writes, atomics, locks, rwsems, waits, and faults that depend on what was
 * read: in a step that reads, in one that takes a lock and looks at what the lock guards, in one
 * that passes an await. Each value that was read has a site of its own.
 */
#ifndef DMTORTURE_SHAPES_H
#define DMTORTURE_SHAPES_H

#include "explore.h"

#define WORDS 3
#define LOCKS 2
#define OPS_MAX 4

enum shape_kind {
	READ,
	WRITE,
	ADD,
	CAS,
	LOCKED_WRITE,
	LOCKED_READ,
	FAIL_IF,
	LOCKED_FAIL_IF,
	SHARED_READ,
	SHARED_TWICE, /* a reader that takes the rwsem again: with a writer between, it deadlocks */
	ALONE_WRITE,
	AWAIT,
	GUARDED_WRITE,	 /* a word that a lock guards: no point of its own, one before it */
	GUARDED_FAIL_IF, /* with the lock, in one step */
	AWAIT_FAIL_IF,	 /* with the await, in one step */
	REPORT_IF,	 /* reported, and the thread goes on where the plan says run_on */
	STOP,
	KINDS,
	USELESS_READ = KINDS /* its value goes nowhere */
};

struct shape_op {
	enum shape_kind kind;
	uint32_t word, lock, value;
};

/* A program. Results are kept where no thread sees them but its own. */
struct shape {
	uint32_t threads, length[4];
	bool keeps_results; /* in task.results, too */
	struct shape_op op[4][OPS_MAX + 1];
};

/* A number below @below, from a generator whose seed is fixed. */
uint32_t draw(uint32_t below);
struct shape random_shape(void);
/* Have thread @cpu of @s read @word before its operation @at (or at its end) for nothing. */
void shape_add_read(struct shape *s, uint32_t cpu, uint32_t at, uint32_t word);
/* The model of @s, which has to outlive it. Its context is @s. */
struct explore_model shape_model(struct shape *s);
void shape_show(const struct shape *s, const char *what);
/*
 * What makes two ends of @s differ, as a hash: results, and words; of a faulty end, where words are
 * nobody's promise, which faults it had and what every thread had got by then.
 */
uint64_t shape_outcome(const struct fibers *f, bool faulted);

#endif
