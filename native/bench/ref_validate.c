/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <sched.h>
#include <stdlib.h>

#include "arrays.h"
#include "ref_stand.h"
#include "yardstick.h"

#define OBJECTS 8
#define USES_MIN 1000  /* fewer were seen on a busy machine: there are more windows ... */
#define WINDOWS_MAX 20 /* ... up to these */
#define YIELD_EVERY 64 /* uses: in the middle, so that one CPU is enough to catch a bad scheme */

/* What an object is for. Memory stays what it is, so that a use of what is free does no harm. */
struct life {
	_Atomic uint64_t born, freed; /* equal: it is free */
	uint64_t plain;		      /* no atomic, for ThreadSanitizer to judge */
} __attribute__((aligned(LINE_BYTES)));

/* What a user sees of it all. */
struct visitor {
	struct link mail; /* an object that it was handed a reference of */
	uint64_t used, stale;
} __attribute__((aligned(LINE_BYTES)));

struct nursery {
	struct ref_stand stand;
	struct life life[OBJECTS];
	struct visitor *visitors; /* by thread; thread 0 makes and ends */
	uint32_t threads;
	bool plain;
	_Atomic uint64_t twice;
	struct counted *shown; /* thread 0's: the object that is in the place */
};

static void poison(struct refs *refs, struct counted *object, struct locker *me)
{
	struct nursery *n = refs->context;
	struct life *life = &n->life[object->index];

	(void)me;
	if (n->plain)
		life->plain = 0;
	if (atomic_fetch_add_explicit(&life->freed, 1, memory_order_release) >= life->born)
		atomic_fetch_add(&n->twice, 1);
}

static bool is_free(struct life *life)
{
	return atomic_load_explicit(&life->freed, memory_order_acquire) >=
	       atomic_load_explicit(&life->born, memory_order_relaxed);
}

static void use(struct nursery *n, const struct counted *object, struct visitor *v)
{
	struct life *life = &n->life[object->index];
	uint64_t born = atomic_load_explicit(&life->born, memory_order_relaxed);
	bool stale = is_free(life) || (n->plain && !life->plain);

	if (v->used++ % YIELD_EVERY == 0)
		sched_yield();
	v->stale += stale || is_free(life) ||
		    atomic_load_explicit(&life->born, memory_order_relaxed) != born;
}

static void use_once(struct nursery *n, struct counted *object, uint32_t index)
{
	struct ref_stand *s = &n->stand;
	const struct ref_ops *ops = s->row->ops;
	struct locker *me = &s->lockers[index];

	object = ops->get(s->refs, &s->places[0], object, me);
	if (!object)
		return;
	use(n, object, &n->visitors[index]);
	ops->put(s->refs, object, me);
}

/* Use what came by mail, and drop the reference that came with it. Returns whether there was any.
 */
static bool open_mail(struct nursery *n, uint32_t index)
{
	struct visitor *v = &n->visitors[index];
	struct ref_stand *s = &n->stand;
	struct locker *me = &s->lockers[index];
	struct counted *object = link_load(me, &v->mail);

	if (!object)
		return false;
	link_store_relaxed(me, &v->mail, NULL);
	use_once(n, object, index);
	use(n, object, v);
	s->row->ops->put(s->refs, object, me);
	return true;
}

/* Show @object to those that find, or hand it to those whose mail is empty. */
static void make(struct nursery *n, struct counted *object)
{
	struct ref_stand *s = &n->stand;
	struct life *life = &n->life[object->index];
	struct locker *me = &s->lockers[0];
	uint32_t references = 1;
	bool gets[UINT8_MAX + 1] = {false};

	for (uint32_t i = 1; i < n->threads && !s->row->finds; i++) {
		gets[i] = !link_load(me, &n->visitors[i].mail);
		references += gets[i];
	}
	if (n->plain)
		life->plain = 1;
	atomic_fetch_add_explicit(&life->born, 1, memory_order_relaxed);
	s->row->ops->bear(s->refs, object, references, 0, 0);
	for (uint32_t i = 1; i < n->threads; i++)
		if (gets[i])
			link_store(me, &n->visitors[i].mail, object);
}

/* End what is shown, with @next in its place. */
static void replace(struct nursery *n, struct counted *next)
{
	struct ref_stand *s = &n->stand;
	struct counted *shown = n->shown;

	n->shown = next;
	if (shown)
		s->row->ops->end(s->refs, &s->places[0], shown, next, &s->lockers[0]);
	else if (next)
		link_store(&s->lockers[0], &s->places[0], next);
}

static void make_and_end(struct member *member)
{
	struct nursery *n = member->crew->context;
	struct ref_stand *s = &n->stand;
	uint64_t made = 0;

	do {
		struct counted *object = &s->objects[made % OBJECTS];

		/* Which a bad scheme never frees. */
		if (!is_free(&n->life[object->index])) {
			s->row->ops->tend(s->refs, &s->lockers[0]);
			sched_yield();
			continue;
		}
		make(n, object);
		replace(n, object);
		s->row->ops->tend(s->refs, &s->lockers[0]);
		made++;
	} while (!crew_stops(member));
	replace(n, NULL);
	member->ops = made;
}

static void visit(struct member *member)
{
	struct nursery *n = member->crew->context;
	struct ref_stand *s = &n->stand;

	if (!member->index) {
		make_and_end(member);
		return;
	}
	/* Once at least: on a busy machine a window may be over before it begins. */
	do {
		if (s->row->finds)
			use_once(n, NULL, member->index);
		else if (!open_mail(n, member->index))
			sched_yield();
		s->row->ops->tend(s->refs, &s->lockers[member->index]);
	} while (!crew_stops(member));
}

/* Nothing is made any more. */
static void settle(struct member *member)
{
	struct nursery *n = member->crew->context;

	if (member->index)
		open_mail(n, member->index);
	n->stand.row->ops->leave(n->stand.refs, &n->stand.lockers[member->index]);
}

static void judge(struct nursery *n, struct ref_validation *v)
{
	*v = (struct ref_validation){.lost = atomic_load(&n->twice)};
	for (uint32_t i = 0; i < n->threads; i++) {
		v->used += n->visitors[i].used;
		v->stale += n->visitors[i].stale;
	}
	for (uint32_t i = 0; i < OBJECTS; i++)
		v->lost += n->life[i].born != n->life[i].freed;
}

static void try_out(struct nursery *n, struct crew *crew, uint64_t window_ns,
		    struct ref_validation *v)
{
	struct window window;

	for (uint32_t i = 0; i < WINDOWS_MAX; i++) {
		crew_run(crew, visit, n, window_ns, NULL, &window);
		judge(n, v);
		if (v->used >= USES_MIN || v->stale)
			break;
	}
	crew_run(crew, settle, n, 0, NULL, &window);
	judge(n, v);
}

static int open_nursery(struct nursery *n, const struct ref_row *row)
{
	n->visitors = array_aligned(LINE_BYTES, n->threads, sizeof(*n->visitors));
	n->plain = !row->control;
	if (ref_stand_open(&n->stand, row, n->threads, OBJECTS, true) || !n->visitors)
		return -ENOMEM;
	n->stand.refs->free = poison;
	n->stand.refs->context = n;
	link_init(&n->stand.places[0], NULL);
	for (uint32_t i = 0; i < n->threads; i++) {
		n->visitors[i].used = n->visitors[i].stale = 0;
		link_init(&n->visitors[i].mail, NULL);
	}
	return 0;
}

int ref_validate(const struct ref_row *row, uint32_t threads, uint64_t window_ns,
		 double ticks_per_ns, struct ref_validation *validation)
{
	struct nursery *n = array_aligned(LINE_BYTES, 1, sizeof(*n));
	struct crew *crew = NULL;
	int r = -ENOMEM;

	if (!n)
		return r;
	*n = (struct nursery){.threads = threads + 1};
	r = open_nursery(n, row);
	if (!r) {
		crew = crew_new(n->threads, false, ticks_per_ns);
		r = crew ? 0 : -EAGAIN;
	}
	if (!r)
		try_out(n, crew, window_ns, validation);
	crew_free(crew);
	ref_stand_close(&n->stand);
	free(n->visitors);
	free(n);
	return r;
}
