/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "spinlocks.h"

#include <errno.h>
#include <signal.h>
#include <time.h>

#ifdef __linux__
#include <sys/syscall.h>
#include <unistd.h>
#endif

#include "own_lock.h"
#include "park.h"
#include "ticks.h"

#define CALIBRATION_NS UINT64_C(1000000)

_Static_assert((int)LOCK_ID_ttas == SPIN_TTAS && (int)LOCK_ID_broken == SPIN_BROKEN,
	       "the machine's own kinds are the first rows");

/* A lock with all that its tasks need to use it. The lock itself and the nodes come behind. */
struct made_room {
	struct made_lock verbs;
	const struct lock_ops *ops;
	bool is_unseen; /* its turns do not come by task_wait.h */
	void *lock;
	struct locker lockers[];
};

static struct made_room *room_of(struct made_lock *made)
{
	return (struct made_room *)made;
}

/*
 * A task leaves an abandoned world at a turn of its wait. A lock of the user's that does not stand
 * on atom.h has turns that nobody sees; there a timer of the thread interrupts the wait, and the
 * handler is the turn. Only in a process that is the lock's own.
 */
static _Thread_local struct task *waits;

#ifdef __linux__
#define TURN_SIGNAL (SIGRTMIN + 4)
#define TURN_NS 2000000
#ifndef sigev_notify_thread_id /* musl has it, older versions of glibc do not */
#define sigev_notify_thread_id _sigev_un._tid
#endif
#define TURNS_OF_A_SIGNAL 1024 /* a look at the clock each */

static void on_turn(int number)
{
	struct task *t = waits;
	int error = errno;

	(void)number;
	if (!t)
		return;
	/* task_turn() may not come back. */
	waits = NULL;
	task_turn(t, TURNS_OF_A_SIGNAL);
	waits = t;
	errno = error;
}

static void have_turns(void)
{
	static _Thread_local bool has;
	struct sigaction action = {.sa_handler = on_turn, .sa_flags = SA_NODEFER | SA_RESTART};
	struct itimerspec every = {.it_interval.tv_nsec = TURN_NS, .it_value.tv_nsec = TURN_NS};
	struct sigevent event = {.sigev_notify = SIGEV_THREAD_ID, .sigev_signo = TURN_SIGNAL};
	timer_t timer;

	if (has)
		return;
	has = true;
	sigaction(TURN_SIGNAL, &action, NULL);
	event.sigev_notify_thread_id = (pid_t)syscall(SYS_gettid);
	if (!timer_create(CLOCK_MONOTONIC, &event, &timer))
		timer_settime(timer, 0, &every, NULL);
}
#else
static void have_turns(void)
{
}
#endif

static void acquire_unseen(struct made_room *room, struct locker *me, struct task *t)
{
	have_turns();
	waits = t;
	room->ops->acquire_or_leave(room->lock, lock_argument(room->ops, me));
	waits = NULL;
}

static void acquire(struct made_lock *made, struct task *t)
{
	struct made_room *room = room_of(made);
	struct locker *me = &room->lockers[t->common.cpu];

	me->task = t;
	if (unlikely(room->is_unseen)) {
		acquire_unseen(room, me, t);
		return;
	}
	room->ops->acquire_or_leave(room->lock, lock_argument(room->ops, me));
}

static void release(struct made_lock *made, struct task *t)
{
	struct made_room *room = room_of(made);

	room->ops->release(room->lock, lock_argument(room->ops, &room->lockers[t->common.cpu]));
}

/* Ticks of a microsecond. Threads that find out at once find the same. */
static uint64_t ticks_per_us(void)
{
	static _Atomic uint64_t known;
	uint64_t value = atomic_load_explicit(&known, memory_order_relaxed);
	uint64_t ns = monotonic_ns(), began = ticks(), now;

	if (value)
		return value;
	do
		now = monotonic_ns();
	while (now - ns < CALIBRATION_NS);
	value = (ticks() - began) * 1000 / (now - ns);
	atomic_store_explicit(&known, value, memory_order_relaxed);
	return value;
}

static size_t room_bytes(unsigned int cpus)
{
	return sizeof(struct made_room) + cpus * sizeof(struct locker);
}

static size_t bytes(unsigned int kind, unsigned int cpus)
{
	if (kind < SPIN_MADE)
		return 0;
	return room_bytes(cpus) + lock_bytes(lock_row_at(kind)->ops, cpus) +
	       (cpus + 1) * sizeof(struct node);
}

static void make(struct spinlock *l, unsigned int kind, unsigned int cpus, void *memory)
{
	const struct lock_ops *ops = lock_row_at(kind)->ops;
	struct made_room *room = memory;
	char *lock = (char *)memory + room_bytes(cpus);
	struct node *nodes = (struct node *)(lock + lock_bytes(ops, cpus));

	room->verbs = (struct made_lock){.acquire = acquire, .release = release};
	room->ops = ops;
	room->is_unseen = kind >= LOCK_COUNT && !own_lock_leaves(kind - LOCK_COUNT);
	room->lock = lock;
	ops->make(lock, nodes, cpus);
	for (unsigned int i = 0; i < cpus; i++)
		locker_init(&room->lockers[i], nodes, i, ticks_per_us());
	spinlock_init(l, SPIN_MADE);
	l->made = &room->verbs;
}

const struct lock_maker spinlock_maker = {.bytes = bytes, .make = make};
