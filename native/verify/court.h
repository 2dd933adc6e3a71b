/* SPDX-License-Identifier: MIT */
/*
 * What is verified as a program for the explorer: threads that use it a number of times, and what
 * has to hold of it. See verify.h. lock_court.c, rwlock_court.c and ref_court.c have the programs
 * of each kind.
 */
#ifndef DMTORTURE_VERIFY_COURT_H
#define DMTORTURE_VERIFY_COURT_H

#include "explore.h"
#include "story.h"
#include "subject.h"

#define COURT_TITLE_MAX 48
#define COURT_LOCK_BYTES 4096

struct court {
	struct subject subject;
	struct verify_size size;
	uint32_t way; /* below subject_ways() */
	char title[VERIFY_THREADS_MAX][COURT_TITLE_MAX];
	struct reached *reached; /* sites that threads came to; NULL: nobody asks */
	/*
	 * Of a reader-writer lock: in the place of its program one in which readers wait for each
	 * other inside. Set where two were in at once.
	 */
	bool *shared;
	struct explore_model model; /* its context is the court, so that none of this moves */
};

/* A thread's own memory, in every court. */
struct party {
	struct task task;
	struct locker locker;
};

/* The program of one kind. Its memory begins with the machine, which is made before `init`. */
struct court_rules {
	size_t memory_bytes;
	void (*init)(const struct court *court, void *memory);
	/* What else thread @party has; NULL: nothing. */
	void (*enter)(const struct court *court, void *memory, struct party *party);
	uint64_t (*thread)(void *context, void *memory, struct task *t, uint32_t cpu);
	const struct site *(*check)(void *context, void *memory, struct task *closer);
	bool (*settled)(void *context, const void *memory);
	/* What thread @cpu does, in @text of COURT_TITLE_MAX. */
	void (*title)(const struct court *court, uint32_t cpu, char *text);
	/* As struct teller has it. */
	bool (*value)(const struct fibers *f, const struct access *a, uint64_t value, char *text);
};

extern const struct court_rules lock_rules, rwlock_rules, refcount_rules;

/* Make @court one of @subject, whose rows stay the caller's. */
void court_init(struct court *court, const struct subject *subject, struct verify_size size,
		uint32_t way);
/* Have readers meet in @court, which is one of a reader-writer lock: see `shared`. */
void court_of_readers(struct court *court, const struct subject *subject, bool *shared);

/*
 * The trace of @schedule under the memory model and the orders of @plan. Returns 0, with *@trace to
 * be freed, or -errno as explore() does.
 */
int court_tell(const struct court *court, const struct explore_plan *plan,
	       const struct schedule *schedule, struct wanted_fault wanted, struct trace *trace);

#endif
