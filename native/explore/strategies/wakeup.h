/* SPDX-License-Identifier: MIT */
/*
 * Wakeup trees: how a search goes on from a choice on its path, as a tree of sequences of accesses.
 * The first thread of a sequence is tried there; the others guide it until what was found to be
 * possible has come, so that no execution ends in threads that sleep.
 * Abdulla, Aronis, Jonsson, Sagonas: Source Sets (J. ACM 2017), section 6.
 */
#ifndef DMTORTURE_WAKEUP_H
#define DMTORTURE_WAKEUP_H

#include "clocks.h"

/* A step of a sequence; those that may come in its place are its brothers, the oldest first. */
struct wakeup {
	struct access access;
	uint32_t child; /* the steps after it; 0: whatever comes, a leaf */
	uint32_t brother;
};

/* Steps by number, from 1: the same memory is used again and again. Zeroes: none. */
struct wakeups {
	struct wakeup *step;
	uint32_t size, used, unused; /* unused: the first of a list */
};

void wakeups_free(struct wakeups *all);
/* Give the steps of @list, and all after them, back. */
void wakeups_drop(struct wakeups *all, uint32_t list);
/* Take the first step of @list out. Returns what comes after it. *@cpu: its thread. */
uint32_t wakeups_take(struct wakeups *all, uint32_t *list, uint32_t *cpu);
/*
 * Whether what follows a state by @sequence, of @count accesses, can begin with @first, which its
 * thread does from there: nothing before that thread's own access depends on it. *@at: the number
 * of that access; @count: it is not one of them.
 */
bool wakeup_begins(const struct access *first, const struct access *sequence, uint32_t count,
		   uint32_t *at);
/*
 * See to it that what @sequence, of @count accesses, does is done by one of @list. It is changed.
 * Returns the thread that it adds to the list's own steps, CLOCK_WIDTH for none, -ENOMEM.
 */
int wakeups_insert(struct wakeups *all, uint32_t *list, struct access *sequence, uint32_t count);

#endif
