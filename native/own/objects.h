/* SPDX-License-Identifier: MIT */
/*
 * Objects of POSIX and C11 that threads wait at. An object's first four bytes, in the program's own
 * memory, say what it is: zero is a static initialiser where the kind has one, any other value that
 * we did not write there is an object that was never made. What it holds is in its mirror.
 */
#ifndef DMTORTURE_OWN_OBJECTS_H
#define DMTORTURE_OWN_OBJECTS_H

#include "own.h"

/* One kind of object. */
struct own_kind {
	const char *name; /* "a mutex" */
	enum own_mirror mirror;
	uint32_t tag;	/* its first bytes where it is made */
	uint32_t size;	/* of it, in bytes */
	uint32_t words; /* of its mirror */
	bool zero_is_made;
};

#define OWN_TAG_GONE 0x656e6f67u /* destroyed */

extern const struct own_kind own_mutexes, own_spinlocks, own_rwlocks, own_conditions;
extern const struct own_kind own_semaphores, own_barriers;

/*
 * The current thread uses @object, of @kind, at @pc. Returns its mirror. Faults: use-after-free;
 * lock-misuse (never made, destroyed). Called before the point; own_still_there() is after it.
 */
void *own_use(void *object, const struct own_kind *kind, uintptr_t pc);
void own_still_there(const void *object, const struct own_kind *kind, uintptr_t pc);
/* It is made: its memory is zero except for the tag. Returns its mirror, which is zero, too. */
void *own_make(void *object, const struct own_kind *kind, uintptr_t pc);
/* It ends, in a point at the first word of its mirror; the caller has looked for threads that use
 * it. */
void own_unmake(void *object);

/* The current thread waits for @object, until own_waits_no_more(). */
static inline void own_waits(const char *what, const void *object, uintptr_t pc)
{
	own_me()->wait = (struct own_wait){.what = what, .on = (uintptr_t)object, .pc = pc};
}

static inline void own_waits_no_more(void)
{
	own_me()->wait.what = NULL;
}

/* A thread other than the current that is about to take @object, or waits at it; -1: none. */
int own_waiter_at(const void *object);

/* What a lock's word holds while the current thread has it: its number, how far it was then. */
#define OWN_HOLDER UINT64_C(0xffff)

static inline uint64_t own_as_holder(void)
{
	return (own.current + 1) | own_me()->progress << 16;
}

static inline bool own_holds(const struct word *w)
{
	return (word_peek(w) & OWN_HOLDER) == own.current + 1;
}

/* --- loops.c --- */

/* The current thread could not take @w; @w can be taken again. Context: within a step. */
void own_found_taken(struct word *w);
void own_gave_back(struct word *w);
/* The current thread has taken a lock. */
void own_took_lock(void);
/* It gives back @w, which it took when its progress was @progress. Context: within the step. */
void own_give_up(struct word *w, uint64_t progress);

/* --- locks.c, for those that have the same locks under other names --- */

int own_lock(void *mutex, uintptr_t pc);
int own_trylock(void *mutex, bool timed, uintptr_t pc);
int own_unlock(void *mutex, uintptr_t pc);
void own_mutex_make(void *mutex, int type, uintptr_t pc);
void own_mutex_end(void *mutex, uintptr_t pc);
bool own_lock_held(void *mutex, uintptr_t pc);
/* The current thread gives @mutex back to wait, and takes it again. Context: it holds it. */
void own_lock_leave(void *mutex, uintptr_t pc);
void own_lock_return(void *mutex, uintptr_t pc);

/* --- conditions.c --- */

void own_condition_make(void *condition, uintptr_t pc);
void own_condition_end(void *condition, uintptr_t pc);
/* Returns 0 or ETIMEDOUT. */
int own_condition_wait(void *condition, void *mutex, bool timed, uintptr_t pc);
void own_condition_wake(void *condition, bool all, uintptr_t pc);

/* --- once.c --- */

void own_once(int *once, void (*function)(void), uintptr_t pc);

/* --- waiting.c --- */

extern const char own_assumption[]; /* what a thread waits for that stops on purpose */

/* --- sections.c: locks that are not in the program's memory, by any address that is not its --- */

#define OWN_ATOMIC_SECTION 1
void own_section_begin(uintptr_t address, const char *what, uintptr_t pc);
void own_section_end(uintptr_t address, const char *what, uintptr_t pc);

/* --- turns.c --- */

/* In this execution a thread may go round again since another gave back a lock, unchanged. */
extern bool own_turns;
void own_turns_reset(void);
/* The current thread is in @state, and about to read what may be a loop. Context: own_turns. */
void own_turn_begins(uint64_t state);
/* It goes on to read, at @pc. Where all threads are as they were before, there, it stops. */
void own_turn_ends(uintptr_t pc);
/* It found @what of a lock, or gave one back. Context: own_turns. */
void own_turn_goes_on(uint64_t what);
/* It stops for good, and the execution says nothing at its end. */
_Noreturn void own_stop(uintptr_t pc);

/* --- pauses.c --- */

/* @ns pass, in which others may go first. */
void own_pause(uint64_t ns, uintptr_t pc);

#endif
