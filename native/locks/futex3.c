/* SPDX-License-Identifier: MIT */
/*
 * A mutex of three states over the futex. Drepper, "Futexes Are Tricky", 2011, section 6: the
 * third state is how the holder knows that a wake is due.
 */
#include "lock.h"

enum futex3_state { IS_FREE, IS_HELD, HAS_SLEEPERS };

struct futex3 {
	struct atom state;
};

static void futex3_make(void *lock, struct node *nodes, uint32_t threads)
{
	struct futex3 *l = lock;

	(void)nodes;
	(void)threads;
	atom_init(&l->state, IS_FREE);
}

static __attribute__((noinline)) void futex3_slow(struct futex3 *l, struct locker *me,
						  uint32_t state)
{
	/*
	 * A thread that slept cannot know whether others still sleep, so it takes the lock in the
	 * state "held, with sleepers".
	 */
	if (state != HAS_SLEEPERS)
		state = atom_swap(me, &l->state, HAS_SLEEPERS);
	while (state != IS_FREE) {
		futex_wait(me, &l->state, HAS_SLEEPERS);
		state = atom_swap(me, &l->state, HAS_SLEEPERS);
	}
}

static inline void futex3_acquire(void *lock, struct locker *me)
{
	struct futex3 *l = lock;
	uint32_t state = atom_cas(me, &l->state, IS_FREE, IS_HELD);

	if (unlikely(state != IS_FREE))
		futex3_slow(l, me, state);
}

static inline void futex3_release(void *lock, struct locker *me)
{
	struct futex3 *l = lock;

	if (unlikely(atom_swap(me, &l->state, IS_FREE) == HAS_SLEEPERS))
		futex_wake(me, &l->state);
}

DEFINE_LOCK(futex3, sizeof(struct futex3));
