/* SPDX-License-Identifier: MIT */
/*
 * What programs synchronise with beside the locks of machine.h: trylock, semaphore, completion,
 * condition variable, barrier, once, join. Written once over gates.h, so that the same source runs
 * on both machines.
 *
 * A wait that nobody can end is a fault, `deadlock`: the model sees it at once, threads when every
 * task has waited for watchdog_ns. No wake-up is spurious. Whom a signal wakes is not fixed: any
 * order that the threads may come in is explored, as it is for a lock.
 *
 * All state is in words of the model's memory. What is misused is a fault, `lock-misuse`, that says
 * so: something never made by its init function, released by a thread that does not hold it, made
 * for no thread, joined twice. Memory of zeroes is a condition and a once that is ready to use;
 * everything else needs its init function.
 *
 * Of an init function @t is the task that calls it, NULL in a model's own init. It is not a point:
 * no other thread may know of the thing yet.
 *
 * Context of all that waits: may sleep, so it must not be called with a spinlock held
 * (`sleep-in-atomic`). Every call is a point, except where it says that it is not.
 */
#ifndef DMTORTURE_SYNC_H
#define DMTORTURE_SYNC_H

#include "machine.h"

#define SYNC_TASKS TASKS_MAX

/* --- a mutex that can be tried --- */

/*
 * Whether a try fails shows whether another thread holds the mutex, so its release is a step of its
 * own here. struct mutex, which nobody can try, has none, and so takes a search less time.
 */
struct try_mutex {
	struct word state; /* 0 when free, else the holder's cpu + 1 */
};

void try_mutex_init(struct task *t, struct try_mutex *m);
/* Faults: lock-misuse (recursion), deadlock. */
void try_mutex_lock_at(struct task *t, struct try_mutex *m, const struct site *site);
/* Take it if it is free. Does not wait. Returns whether it was. */
bool try_mutex_trylock_at(struct task *t, struct try_mutex *m, const struct site *site);
/* Faults: lock-misuse (not the holder). */
void try_mutex_unlock_at(struct task *t, struct try_mutex *m, const struct site *site);
/* Whether @t holds it. Not a point. */
bool try_mutex_held(const struct task *t, const struct try_mutex *m);
#define try_mutex_lock(t, m) try_mutex_lock_at((t), (m), SITE("try_mutex_lock(" #m ")"))
#define try_mutex_trylock(t, m) try_mutex_trylock_at((t), (m), SITE("try_mutex_trylock(" #m ")"))
#define try_mutex_unlock(t, m) try_mutex_unlock_at((t), (m), SITE("try_mutex_unlock(" #m ")"))

/* --- semaphore --- */

struct semaphore {
	struct word state; /* gate: shut at 0; the count stands above */
};

/* @count: how many may pass, up to 2^32 - 1. */
void semaphore_init(struct task *t, struct semaphore *s, uint32_t count);
/* Wait until the count is above 0, and take 1 off it. Faults: deadlock. */
void semaphore_down_at(struct task *t, struct semaphore *s, const struct site *site);
/* Take 1 off the count if it is above 0. Does not wait. Returns whether it was. */
bool semaphore_trydown_at(struct task *t, struct semaphore *s, const struct site *site);
/* Add 1. Context: any. */
void semaphore_up_at(struct task *t, struct semaphore *s, const struct site *site);
#define semaphore_down(t, s) semaphore_down_at((t), (s), SITE("semaphore_down(" #s ")"))
#define semaphore_trydown(t, s) semaphore_trydown_at((t), (s), SITE("semaphore_trydown(" #s ")"))
#define semaphore_up(t, s) semaphore_up_at((t), (s), SITE("semaphore_up(" #s ")"))

/* --- completion: somebody waits until something is done, before or after --- */

struct completion {
	struct semaphore done;
};

void completion_init(struct task *t, struct completion *c);
/* Let one waiter go on, this or a later one. Context: any. */
void complete_at(struct task *t, struct completion *c, const struct site *site);
/* Let all waiters go on, and all that come. Context: any. */
void complete_all_at(struct task *t, struct completion *c, const struct site *site);
/* Faults: deadlock. */
void wait_for_completion_at(struct task *t, struct completion *c, const struct site *site);
#define complete(t, c) complete_at((t), (c), SITE("complete(" #c ")"))
#define complete_all(t, c) complete_all_at((t), (c), SITE("complete_all(" #c ")"))
#define wait_for_completion(t, c)                                                                  \
	wait_for_completion_at((t), (c), SITE("wait_for_completion(" #c ")"))

/* --- condition variable --- */

struct condition {
	struct word step;   /* changing what follows is a step at this word */
	struct word tokens; /* signals that nobody has taken yet */
	struct word tasks;  /* the highest cpu + 1 that ever waited */
	/* Of each task: 0 waits not; 1 waits for a signal; 1 + n may take token n or a later one.
	 */
	struct word level[SYNC_TASKS];
	struct word gate[SYNC_TASKS];
};

void condition_init(struct task *t, struct condition *c);
/*
 * Release @m and wait for a signal, in one step; then take @m again. Faults: lock-misuse (@m is not
 * held), deadlock.
 */
void condition_wait_at(struct task *t, struct condition *c, struct mutex *m,
		       const struct site *site);
/*
 * The two halves of it, for a lock of another kind: from condition_enter() on a signal reaches @t;
 * release the lock; condition_sleep() waits for the signal; take the lock.
 */
void condition_enter_at(struct task *t, struct condition *c, const struct site *site);
void condition_sleep_at(struct task *t, struct condition *c, const struct site *site);
/*
 * Wake one of those that wait now, or all of them; nobody that comes later. Nothing where nobody
 * waits. Context: any.
 */
void condition_signal_at(struct task *t, struct condition *c, const struct site *site);
void condition_broadcast_at(struct task *t, struct condition *c, const struct site *site);
/* Wake @most of those that wait now, at most. Returns the number of them. Context: any. */
uint32_t condition_wake_at(struct task *t, struct condition *c, uint32_t most,
			   const struct site *site);
/*
 * In place of condition_sleep(): take a signal if there is one, else wait no longer. Does not wait.
 * Returns whether there was one.
 */
bool condition_leave_at(struct task *t, struct condition *c, const struct site *site);
/* Threads that wait for a signal that has not come. Not a point. */
uint32_t condition_waiting(const struct condition *c);
#define condition_wait(t, c, m)                                                                    \
	condition_wait_at((t), (c), (m), SITE("condition_wait(" #c ", " #m ")"))
#define condition_enter(t, c) condition_enter_at((t), (c), SITE("condition_enter(" #c ")"))
#define condition_sleep(t, c) condition_sleep_at((t), (c), SITE("condition_sleep(" #c ")"))
#define condition_signal(t, c) condition_signal_at((t), (c), SITE("condition_signal(" #c ")"))
#define condition_broadcast(t, c)                                                                  \
	condition_broadcast_at((t), (c), SITE("condition_broadcast(" #c ")"))

/* --- barrier --- */

struct barrier {
	struct word step;
	struct word parties, arrived;
	struct word gate[SYNC_TASKS];
};

/* @parties: as many threads have to come, 1..SYNC_TASKS. */
void barrier_init(struct task *t, struct barrier *b, uint32_t parties);
/*
 * Wait until all parties have come; then it is as at the beginning. Returns true to the one that
 * came last. Faults: deadlock; lock-misuse (no parties).
 */
bool barrier_wait_at(struct task *t, struct barrier *b, const struct site *site);
#define barrier_wait(t, b) barrier_wait_at((t), (b), SITE("barrier_wait(" #b ")"))

/* --- once --- */

struct once {
	struct word state;
};

void once_init(struct task *t, struct once *o);
/*
 * Returns true to the first that comes: it does what is to be done once, then calls once_end().
 * Everybody else waits for that, and gets false. Faults: deadlock.
 */
bool once_begin_at(struct task *t, struct once *o, const struct site *site);
/* Faults: lock-misuse (nobody has begun). */
void once_end_at(struct task *t, struct once *o, const struct site *site);
#define once_begin(t, o) once_begin_at((t), (o), SITE("once_begin(" #o ")"))
#define once_end(t, o) once_end_at((t), (o), SITE("once_end(" #o ")"))

/* --- join: wait until a thread has ended --- */

struct ending {
	struct word state;
};

void ending_init(struct task *t, struct ending *e);
/* The last that a thread does. Not a point, as an unlock is not. Faults: lock-misuse (twice). */
void thread_ends_at(struct task *t, struct ending *e, const struct site *site);
/* Faults: deadlock; lock-misuse (joined twice). */
void thread_join_at(struct task *t, struct ending *e, const struct site *site);
#define thread_ends(t, e) thread_ends_at((t), (e), SITE("thread_ends(" #e ")"))
#define thread_join(t, e) thread_join_at((t), (e), SITE("thread_join(" #e ")"))

#endif
