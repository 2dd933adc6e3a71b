/* SPDX-License-Identifier: MIT */
/*
 * A mutex over the futex that bounds a wait: others may take a free lock first, until a thread that
 * has waited for a millisecond asks for it. Its holder hands the lock to that one then, and does
 * not free it. In the manner of Go's sync.Mutex since 1.9 (2017) and of WebKit's parking lot.
 */
#include "lock.h"

#define HELD 1u
#define SLEEPERS 2u
#define ASKED 4u
#define PATIENT_US 1000u

struct futex_handoff {
	struct atom state;
	struct atom token; /* 1: the lock, for one that has asked */
};

static void futex_handoff_make(void *lock, struct node *nodes, uint32_t threads)
{
	struct futex_handoff *l = lock;

	(void)nodes;
	(void)threads;
	atom_init(&l->state, 0);
	atom_init(&l->token, 0);
}

/*
 * Two may wait here: one whose lock is on its way, and one that asked since. Any may take the
 * token; the other one's is still to come.
 */
static void take_token(struct futex_handoff *l, struct locker *me)
{
	while (!atom_swap_acquire(me, &l->token, 0))
		futex_wait(me, &l->token, 0);
}

static __attribute__((noinline)) void futex_handoff_slow(struct futex_handoff *l, struct locker *me)
{
	uint32_t bits = HELD | SLEEPERS, found;
	uint64_t since = 0;

	waited(me, &since, PATIENT_US); /* from now on */
	for (;;) {
		found = atom_or_acquire(me, &l->state, bits);
		if (!(found & HELD))
			break;
		if (bits & ~found & ASKED) {
			take_token(l, me);
			return;
		}
		futex_wait(me, &l->state, found | bits);
		if (waited(me, &since, PATIENT_US))
			bits |= ASKED;
	}
	/* Free after all: nobody will hand it over. */
	if (bits & ~found & ASKED)
		atom_and_relaxed(me, &l->state, ~ASKED);
}

static inline void futex_handoff_acquire(void *lock, struct locker *me)
{
	struct futex_handoff *l = lock;

	if (unlikely(atom_cas_acquire(me, &l->state, 0, HELD)))
		futex_handoff_slow(l, me);
}

static __attribute__((noinline)) void hand_over(struct futex_handoff *l, struct locker *me,
						uint32_t state)
{
	uint32_t found;

	for (; !(state & ASKED); state = found) {
		found = atom_cas_release(me, &l->state, state, 0);
		if (found == state) {
			if (state & SLEEPERS)
				futex_wake(me, &l->state);
			return;
		}
	}
	/* Before the token: the next holder may look at once. */
	atom_and_relaxed(me, &l->state, ~ASKED);
	atom_store(me, &l->token, 1);
	futex_wake(me, &l->token);
}

static inline void futex_handoff_release(void *lock, struct locker *me)
{
	struct futex_handoff *l = lock;
	uint32_t state = atom_cas_release(me, &l->state, HELD, 0);

	if (unlikely(state != HELD))
		hand_over(l, me, state);
}

DEFINE_LOCK(futex_handoff, sizeof(struct futex_handoff));
