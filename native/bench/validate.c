/* SPDX-License-Identifier: MIT */
#include "validate.h"

#include <errno.h>
#include <sched.h>
#include <string.h>

#include "room.h"

#define YIELD_EVERY 1024 /* acquisitions: inside, so that one CPU is enough to catch a bad lock */
#define INSIDE_LOOPS 16

/* What the lock guards, and what it is. */
struct premises {
	const struct lock_ops *ops;
	void *lock;
	bool plain; /* look at a variable that no atomic is, for ThreadSanitizer to judge */
	_Atomic uint64_t counter;
	_Atomic uint32_t inside; /* index + 1 */
	uint64_t plain_counter;
	_Atomic uint64_t intruders;
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
}

static void visits(struct member *member)
{
	struct premises *p = member->crew->context;
	struct hand *hand = member->own;
	struct locker *who = lock_argument(p->ops, &hand->locker);
	uint64_t ops = 0;

	while (!crew_stops(member)) {
		p->ops->acquire(p->lock, who);
		visit(p, member->index, ops % YIELD_EVERY == YIELD_EVERY - 1);
		p->ops->release(p->lock, who);
		ops++;
	}
	member->ops = ops;
}

int lock_validate(const struct lock_row *row, uint32_t threads, uint64_t window_ns,
		  double ticks_per_ns, struct validation *validation)
{
	struct premises premises = {.ops = row->ops, .plain = row->class != LOCK_CONTROL};
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
		.lost = window.ops - premises.counter,
		.intruders = premises.intruders,
	};
	if (premises.plain && premises.plain_counter != window.ops && !validation->lost)
		validation->lost = 1;
	crew_free(crew);
	room_close(&room);
	return 0;
}
