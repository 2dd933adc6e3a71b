/* SPDX-License-Identifier: MIT */
/*
 * Checks that a program passes all that it reads through observe(). What a thread is about to do
 * must follow from what it has observed and from memory, and so must the state after a step. Both
 * are kept. If they differ from one time to another, the thread read something that it did not
 * observe, and a search that remembers states would take two states for one.
 */
#ifndef DMTORTURE_DOUBT_H
#define DMTORTURE_DOUBT_H

#include "fibers.h"

/* Of one thread. Goes back with it where a search does. */
struct doubt_thread {
	uint64_t everything;	      /* hash of the whole memory at each of its steps */
	uint64_t step_key;	      /* what it had observed, and memory, when its step began */
	uint64_t next;		      /* what it is about to do, as a hash; 0: nothing */
	const struct site *step_site; /* NULL: it is in no step */
	const struct site *silent;    /* its last step that may have read and observed nothing */
	bool may_read, observed;
};

struct doubt {
	struct doubt_thread thread[FIBERS_MAX];
	const struct site *site; /* where something was read that was not observed; NULL: nowhere */
	/* What followed from what: open addressing, a key of 0 is free. */
	struct doubt_fact {
		uint64_t key, result;
	} * fact;
	size_t count, capacity;
};

/* Returns NULL without memory. */
struct doubt *doubt_new(void);
void doubt_free(struct doubt *d);
/* An execution begins. */
void doubt_reset(struct doubt *d);
/* @t begins the step of @access. Context: its history does not know of that yet. */
void doubt_step(struct doubt *d, const struct task *t, const struct access *access);
/* @t's step is over: @next says what it does next, as a hash. */
void doubt_next(struct doubt *d, const struct task *t, uint64_t next);
/* It is over, and so is @t, with @result. */
void doubt_end(struct doubt *d, const struct task *t, uint64_t result);

/* What an access is to be, as a hash. */
static inline uint64_t doubt_of(const struct access *a)
{
	uint64_t which = (uint64_t)a->place << 32 | a->words << 8 | a->kind;

	return fibers_mix((uintptr_t)a->site, which);
}

#endif
