/* SPDX-License-Identifier: MIT */
/*
 * The state of a program as a hash: all that decides what can still happen, and what detectors can
 * still find. See state.c; the parts of it are where what they are made of is.
 */
#ifndef DMTORTURE_OWN_STATE_H
#define DMTORTURE_OWN_STATE_H

#include "own.h"

/* explore_model.state of own_model. */
uint64_t own_state(void *context, const struct fibers *f);

/*
 * A hash of the current thread, which called us at @pc, where it has @value; 0: none can be had. It
 * takes much of the stack.
 */
uint64_t own_hash_frames(uintptr_t pc, uint64_t value);

/* A hash of @bytes at @at, whatever they are; no sanitizer looks at the accesses. */
uint64_t own_hash_bytes(uint64_t hash, const void *at, size_t bytes);

/* Whether @address, on a stack, is in a frame of a thread that runs. Context: within own_state().
 */
bool own_is_in_frames(uintptr_t address);

/* --- clocks, as what can be told apart of them: ranks.c --- */

#define RANKS_MAX 48

/*
 * Of each thread the epochs in which it made accesses that others can still race with, in rising
 * order: a clock covers a number of them. Epochs that no clock tells apart are one.
 */
struct own_ranks {
	own_clock covered; /* epochs up to this are known by all that run */
	uint32_t lanes;	   /* bit n: thread n has such epochs */
	uint32_t count[OWN_THREADS];
	uint16_t epoch[OWN_THREADS][RANKS_MAX];
	uint64_t ends[OWN_THREADS];		  /* bit n: some clock covers n of them */
	uint8_t rank[OWN_THREADS][RANKS_MAX + 1]; /* of n epochs those that clocks tell apart */
	bool overflow; /* there are more: clocks are worth what they are */
};

void own_ranks_begin(struct own_ranks *ranks, uint32_t running);

static inline bool own_is_covered(const struct own_ranks *ranks, uint32_t thread, uint16_t epoch)
{
	return epoch <= ranks->covered[thread];
}

/* Thread @thread made an access at @epoch that not all know of. */
void own_ranks_add(struct own_ranks *ranks, uint32_t thread, uint16_t epoch);
/* All epochs were added; now each clock that there is. */
void own_ranks_meet(struct own_ranks *ranks, const own_clock *clock);
void own_ranks_end(struct own_ranks *ranks);
/* And now: which epoch it is, and what @clock covers; 0: nothing that others do not. */
uint32_t own_rank_of(const struct own_ranks *ranks, uint32_t thread, uint16_t epoch);
uint64_t own_rank_clock(const struct own_ranks *ranks, const own_clock *clock);

/* --- of each part, added to what its order does not matter for, or mixed into @hash --- */

/* shadow.c: note the epochs of accesses that others can still race with; then hash them. */
void own_shadow_ranks(struct own_ranks *ranks);
uint64_t own_shadow_state(const struct own_ranks *ranks);
/* heap_end.c: blocks, what they hold, and their births; clocks of what is given again. */
void own_heap_ranks(struct own_ranks *ranks);
void own_heap_clocks(struct own_ranks *ranks);
uint64_t own_heap_state(const struct own_ranks *ranks);
/* atomics.c: clocks of what is synchronised by addresses. */
void own_sync_clocks(struct own_ranks *ranks);
uint64_t own_sync_state(const struct own_ranks *ranks);
/* words.c: mirrors of objects. An atomic's holds what the program's memory does. */
uint64_t own_words_state(void);
/* data.c, load.c: the program's data; how many bytes of thread-local memory a thread has. */
uint64_t own_data_state(void);
size_t own_tls_bytes(void);
uint64_t own_loops_state(uint32_t running);
uint64_t own_turns_state(void);
uint64_t own_locals_state(uint32_t running);
uint64_t own_libc_state(void);
uint64_t own_print_state(void);
/* rwlocks.c, conditions.c: what each thread has there. */
uint64_t own_readers_state(void);
uint64_t own_wakes_state(void);

#endif
