/* SPDX-License-Identifier: MIT */
/* Small programs with known verdicts, written against machine.h for the explorer's own tests. */
#ifndef DMTORTURE_CLASSICS_H
#define DMTORTURE_CLASSICS_H

#include "explore.h"

#define CLASSIC_WORDS 16
#define CLASSIC_LOCKS 6

/* The memory of every classic program. */
struct classic {
	struct machine machine;
	struct word word[CLASSIC_WORDS];
	struct spinlock lock[CLASSIC_LOCKS];
	struct rwsem sem;
};

struct classic_row {
	const char *name;
	uint32_t threads;
	void (*before)(struct classic *c, struct task *t);
	void (*thread)(struct classic *c, struct task *t, uint32_t cpu);
	/* Returns NULL or what is wrong. */
	const struct site *(*check)(struct classic *c);
	/* What came of it, below 64; NULL: not looked at. */
	uint64_t (*outcome)(const struct classic *c);
	uint32_t faults;    /* kinds that can be reached, as a mask */
	uint32_t spin_kind; /* of the locks */
	uint64_t traces;    /* 0: not known beforehand */
	uint64_t outcomes;  /* all that can be, as a mask */
};

/* A row as it is explored: the model's context. */
struct classic_run {
	const struct classic_row *row;
	uint64_t outcomes; /* seen, as a mask */
};

extern const struct classic_row classics[];
extern const uint32_t classic_count;

/* The row of that name; the test ends without one. */
const struct classic_row *classic_named(const char *name);
/* The model of @row; @run has to outlive it. */
struct explore_model classic_model(struct classic_run *run, const struct classic_row *row);

#endif
