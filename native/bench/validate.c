/* SPDX-License-Identifier: MIT */
#include "validate.h"

#include <errno.h>
#include <sched.h>
#include <string.h>

#include "room.h"

#define YIELD_EVERY 1024 /* acquisitions: inside, so that one CPU is enough to catch a bad lock */
#define INSIDE_LOOPS 16
#define READ_PERCENT 50

/* What the lock guards, and what it is. */
struct premises {
	const struct lock_ops *ops;
	void *lock;
	bool plain;	  /* look at a variable that no atomic is, for ThreadSanitizer to judge */
	bool plain_reads; /* and readers look at it */
	_Atomic uint64_t counter;
	_Atomic uint32_t inside; /* the writer's index + 1; 0: none is in */
	uint64_t plain_counter;
	_Atomic uint64_t intruders;
	_Atomic uint64_t written; /* visits that were to count */
};

static void visit(struct premises *p, uint32_t index, bool yields)
{
	uint64_t counter = atomic_load_explicit(&p->counter, memory_order_relaxed);

	atomic_store_explicit(&p->inside, index + 1, memory_order_relaxed);
	if (yields)
		sched_yield();
	else
		work(INSIDE_LOOPS);
	if (atomic_load_explicit(&p->inside, memory_order_relaxed) != index + 1)
		atomic_fetch_add(&p->intruders, 1);
	atomic_store_explicit(&p->counter, counter + 1, memory_order_relaxed);
	if (p->plain)
		p->plain_counter++;
	atomic_store_explicit(&p->inside, 0, memory_order_relaxed);
}

static bool writer_is_in(const struct premises *p)
{
	return atomic_load_explicit(&p->inside, memory_order_relaxed) != 0;
}

/* A reader: no writer comes in, or the lock says to read again. */
static void look_in(struct premises *p, struct locker *me, bool yields)
{
	uint64_t counter, again, plain;
	bool met;

	do {
		p->ops->read_acquire(p->lock, me);
		counter = atomic_load_explicit(&p->counter, memory_order_relaxed);
		plain = p->plain_reads ? p->plain_counter : counter;
		met = writer_is_in(p);
		if (yields)
			sched_yield();
		else
			work(INSIDE_LOOPS);
		met |= writer_is_in(p);
		again = atomic_load_explicit(&p->counter, memory_order_relaxed);
	} while (p->ops->read_release(p->lock, me));
	if (met || counter != again || plain != counter)
		atomic_fetch_add(&p->intruders, 1);
}

static void visits(struct member *member)
{
	struct premises *p = member->crew->context;
	struct hand *hand = member->own;
	struct locker *who = lock_argument(p->ops, &hand->locker);
	uint64_t ops = 0, written = 0;

	for (; !crew_stops(member); ops++) {
		bool yields = ops % YIELD_EVERY == YIELD_EVERY - 1;

		if (p->ops->read_acquire && draws_read(hand, read_share_of(READ_PERCENT))) {
			look_in(p, who, yields);
			continue;
		}
		p->ops->acquire(p->lock, who);
		visit(p, member->index, yields);
		p->ops->release(p->lock, who);
		written++;
	}
	member->ops = ops;
	atomic_fetch_add(&p->written, written);
}

int lock_validate(const struct lock_row *row, uint32_t threads, uint64_t window_ns,
		  double ticks_per_ns, struct validation *validation)
{
	struct premises premises = {.ops = row->ops,
				    .plain = row->class != LOCK_CONTROL,
				    .plain_reads = row->class != LOCK_CONTROL && !row->optimistic};
	struct window window;
	struct crew *crew;
	struct room room;
	int r = room_open(&room, row, threads, ticks_per_ns);

	if (r)
		return r;
	crew = crew_new(threads, false, ticks_per_ns);
	if (!crew) {
		room_close(&room);
		return -EAGAIN;
	}
	premises.lock = room.lock;
	room_enter(&room, crew);
	crew_watch(crew, row, window_ns);
	crew_run(crew, visits, &premises, window_ns, NULL, &window);
	room_leave(&room);
	*validation = (struct validation){
		.acquired = window.ops,
		.lost = premises.written - premises.counter,
		.intruders = premises.intruders,
	};
	if (premises.plain && premises.plain_counter != premises.written && !validation->lost)
		validation->lost = 1;
	crew_free(crew);
	room_close(&room);
	return 0;
}
