/* SPDX-License-Identifier: MIT */
/* What loops.c keeps of each thread, and what the stack has to do with it. */
#ifndef DMTORTURE_OWN_ROUNDS_H
#define DMTORTURE_OWN_ROUNDS_H

#include "own.h"

#define PLACES 16 /* where a thread has read since its last progress */
#define WORDS 256 /* that it has read */
#define CHANGES 16
/* Of a word, bit n: thread n has read it; bit 16 + n: thread n found that it was taken. */
#define FOUND_TAKEN 16

/* What is kept of the way round that a thread may be on. */
extern struct round {
	uint32_t places, words, changes;
	struct place {
		uintptr_t pc;
		uint64_t hash;
		uint64_t memory; /* of the program, all of it */
		uint32_t visits;
		uint32_t locks; /* the fewest that it has held since it was here */
	} place[PLACES];
	uint32_t word[WORDS]; /* by number in the model's memory */
	/* What it wrote on its stack since it took the first of its locks, and what was there. */
	struct {
		uintptr_t address; /* of 8 bytes */
		uint64_t before;
		uint64_t written; /* which bits of them: beside it may be what nobody has set */
	} change[CHANGES];
} own_rounds[OWN_THREADS];

/* Whether its own stack is not as it was when it took the first of its locks. */
bool own_changed_stack(const struct round *round);

#endif
