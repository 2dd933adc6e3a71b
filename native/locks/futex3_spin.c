/* SPDX-License-Identifier: MIT */
/*
 * futex3 that first spins for as long as a short critical section lasts, then gives its CPU away
 * a few times, and sleeps last. A thread that yields stays runnable, so the scheduler's fairness
 * is the lock's, and no wake has to be paid for. Drepper, "Futexes Are Tricky", 2011, for the
 * states; Karlin, Li, Manasse and Owicki, SOSP 1991, for spinning as long as a sleep costs.
 */
#include "lock.h"

#define WATCH_NS 500u
#define YIELDS 32u

enum futex3_state { IS_FREE, IS_HELD, HAS_SLEEPERS };

struct futex3_spin {
	struct atom state;
};

static void futex3_spin_make(void *lock, struct node *nodes, uint32_t threads)
{
	struct futex3_spin *l = lock;

	(void)nodes;
	(void)threads;
	atom_init(&l->state, IS_FREE);
}

static __attribute__((noinline)) void futex3_spin_slow(struct futex3_spin *l, struct locker *me,
						       uint32_t state)
{
	for (unsigned int turn = 0; turn < patience(YIELDS); turn++) {
		state = atom_watch(me, &l->state, state, WATCH_NS);
		if (state == IS_FREE && atom_cas(me, &l->state, IS_FREE, IS_HELD) == IS_FREE)
			return;
		yield_cpu();
	}
	while (atom_swap(me, &l->state, HAS_SLEEPERS) != IS_FREE)
		futex_wait(me, &l->state, HAS_SLEEPERS);
}

static inline void futex3_spin_acquire(void *lock, struct locker *me)
{
	struct futex3_spin *l = lock;
	uint32_t state = atom_cas(me, &l->state, IS_FREE, IS_HELD);

	if (state != IS_FREE)
		futex3_spin_slow(l, me, state);
}

static inline void futex3_spin_release(void *lock, struct locker *me)
{
	struct futex3_spin *l = lock;

	if (atom_swap(me, &l->state, IS_FREE) == HAS_SLEEPERS)
		futex_wake(me, &l->state);
}

DEFINE_LOCK(futex3_spin, sizeof(struct futex3_spin));
