/* SPDX-License-Identifier: MIT */
#include "spinlocks.h"

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
	void *lock;
	struct locker lockers[];
};

static struct made_room *room_of(struct made_lock *made)
{
	return (struct made_room *)made;
}

static void acquire(struct made_lock *made, struct task *t)
{
	struct made_room *room = room_of(made);
	struct locker *me = &room->lockers[t->common.cpu];

	me->task = t;
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
	room->lock = lock;
	ops->make(lock, nodes, cpus);
	for (unsigned int i = 0; i < cpus; i++)
		locker_init(&room->lockers[i], nodes, i, ticks_per_us());
	spinlock_init(l, SPIN_MADE);
	l->made = &room->verbs;
}

const struct lock_maker spinlock_maker = {.bytes = bytes, .make = make};
