/* SPDX-License-Identifier: MIT */
/*
 * Small concurrent programs that are right, and what is wrong with each once an order of it is
 * weaker: the mutant is the same program with other orders at some of its sites.
 */
#ifndef DMTORTURE_TWINS_H
#define DMTORTURE_TWINS_H

#include "explore.h"

#define TWIN_THREADS 3
#define TWIN_WEAKER 4

/* What the programs share; each uses what it needs. */
struct shared {
	struct machine machine;
	struct word x, y, z;
	struct word flag[TWIN_THREADS], next[TWIN_THREADS];
	struct word data;		/* plain: what is published, or counted */
	struct word came[TWIN_THREADS]; /* plain, of one thread each: it has counted */
};

typedef void (*twin_thread)(struct shared *p, struct task *t, uint32_t cpu);

struct twin {
	const char *name;
	uint32_t threads;
	twin_thread thread;
	uint64_t first_x;      /* what x holds at the beginning */
	enum fault_kind fault; /* of the mutant */
	struct {
		const char *site; /* the text of it */
		enum word_order order;
	} weaker[TWIN_WEAKER];
};

extern const struct twin twins[];
extern const uint32_t twin_count;
/* Wrong as it is, under x86-TSO; right under sequential consistency. */
extern const struct twin twin_of_tso;

struct explore_model twin_model(const struct twin *twin);

/* mcs.c */
void mcs(struct shared *p, struct task *t, uint32_t cpu);
void qspinlock(struct shared *p, struct task *t, uint32_t cpu);

/* For programs: the order of an access, and its site. */
#define AT(order_, text_) (order_), SITE_ORDERED((order_), (text_))
/* Wait until @w, which holds @seen, changes. */
#define WAIT(w, seen)                                                                              \
	do {                                                                                       \
		if (!await_change(t, (w), (seen)))                                                 \
			oops(t, DEADLOCK, SITE("wait for " #w), "nobody is left to end the wait"); \
	} while (0)

/* Count in the critical section, by plain accesses. */
void count(struct shared *p, struct task *t, uint32_t cpu);
uint64_t exchanged(uint64_t value, uint64_t by);

#endif
