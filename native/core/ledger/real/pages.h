/* SPDX-License-Identifier: MIT */
/*
 * Real memory: each object has pages of its own, and a free takes them out of reach, so that the
 * next touch is a SIGSEGV. Which thread freed an object is kept apart, for the report. Memory comes
 * back with the next slab_init() alone: within a world no address is given out twice.
 */
#ifndef DMTORTURE_PAGES_H
#define DMTORTURE_PAGES_H

#include "slab.h"

#define FREE_FRAMES 16

enum page_state { PAGE_NEW, PAGE_LIVE, PAGE_FREED, PAGE_AMID };

/* What is known of a page beside what is in it. */
struct page_note {
	_Atomic uint32_t
		state; /* enum page_state; PAGE_AMID: of an object that began on an earlier one */
	uint32_t class;
	uint32_t cpu; /* the thread that freed it, from 0 */
	uint32_t frames;
	const struct site *site;      /* where it was freed; NULL: an IDR's layer */
	uintptr_t frame[FREE_FRAMES]; /* its callers, the innermost first */
};

/* Of a stack: where code is, the innermost first. The host says how; see walk.h. */
extern uint32_t (*pages_walk)(uintptr_t *frame, uint32_t frames);

/* The note of the object at @address, and where that begins; NULL: none ever was there. */
const struct page_note *pages_note(const struct slab *s, uintptr_t address, uintptr_t *object);
/*
 * Begin to free @life. Returns false where it is free already, or no object: then nothing is done.
 * Else slab_free() ends it.
 */
bool pages_free(struct task *t, struct slab *s, const struct life *life, const struct site *site);

#endif
