/* SPDX-License-Identifier: MIT */
/* A lock as the calls of pthread need it: once with counting, once without. See lock_arch.h. */
#ifndef DMTORTURE_PRELOAD_VERBS_H
#define DMTORTURE_PRELOAD_VERBS_H

#include <pthread.h>
#include <stdbool.h>

#include "layout.h"

struct self;

struct verbs {
	/* @from: where the call returns to. The rest as in pthread. */
	int (*lock)(pthread_mutex_t *m, void *from);
	int (*trylock)(pthread_mutex_t *m, void *from);
	int (*unlock)(pthread_mutex_t *m);
	/* The lock alone, of a mutex or of an rwlock's writers. NULL: mutexes stay libc's. */
	bool (*room_try)(struct room *r);
	void (*room_take)(struct room *r);
	void (*room_give)(struct room *r);
	bool counted;
	bool chosen; /* false: it is not known yet which lock it is */
};

/* What the program runs with. It chooses itself when the first call comes. */
extern const struct verbs *verbs;
/* The lock spins, and nobody said that it shall where threads exceed CPUs. */
extern bool refuse_crowds;
/* CPUs that the process may use. */
extern uint32_t cpus_of_process;

/* Read from the environment which lock, and where counts go. Context: any. */
void choose(void);

static inline const struct verbs *chosen(void)
{
	if (unlikely(!verbs->chosen))
		choose();
	return verbs;
}

/* Whether mutexes have a lock of native/locks in them. */
static inline bool replaces(void)
{
	return chosen()->room_try != NULL;
}

#define HERE __builtin_return_address(0)
#define API __attribute__((visibility("default")))

#endif
