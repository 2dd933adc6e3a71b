/* SPDX-License-Identifier: MIT */
/*
 * Threads that get, use and put objects, while the first ends them. An object's data is a plain
 * word, which is written at its end: so each use has to come before. Its memory is used again then:
 * what was the count reads as one of an object that lives, and a look at it races with that write.
 * Where objects are found, the first thread writes the data of the next one before it puts that in
 * its place.
 */
#include <stdio.h>

#include "court.h"

#define USER_BYTES 256
#define FREED 1
#define WRITTEN 2
#define COUNT_OF_ANOTHER 1u
#define GIVEN 2u /* the last user's own reference, and another */

struct hall {
	struct machine machine;
	struct refs refs;
	struct link place;
	struct counted object[VERIFY_OBJECTS_MAX];
	struct word data[VERIFY_OBJECTS_MAX];  /* what an object is for */
	struct word freed[VERIFY_OBJECTS_MAX]; /* no part of the program */
	bool finds;			       /* a thread finds objects in the place */
	struct atom given;		       /* what the last user left to the first thread */
	_Alignas(LINE_BYTES) char users[VERIFY_THREADS_MAX][USER_BYTES];
};

static uint32_t users_of(const struct court *court)
{
	return court->size.threads - 1;
}

static void free_object(struct refs *refs, struct counted *object, struct locker *me)
{
	struct hall *hall = refs->context;
	struct word *data = &hall->data[object->index], *freed = &hall->freed[object->index];
	const struct site *site = SITE("free(object)");

	point(me->task, POINT_WRITE_PLAIN, data, site);
	if (word_peek(freed))
		oops(me->task, DOUBLE_FREE, site, "object %u is freed again", object->index + 1);
	word_store(me->task, data, FREED);
	word_store(me->task, freed, 1);
	if (hall->finds) {
		point(me->task, POINT_WRITE_PLAIN, &object->count.word, site);
		word_store(me->task, &object->count.word, COUNT_OF_ANOTHER);
	}
}

static void init(const struct court *court, void *memory)
{
	const struct ref_row *row = court->subject.count;
	/* Where nothing is found each user has a reference. */
	uint32_t users = row->finds ? 0 : users_of(court), objects = court->size.objects;
	bool counted = court->way == REFS_COUNTED;
	struct hall *hall = memory;

	refs_init(&hall->refs, (struct user *)(void *)hall->users, court->size.threads, objects);
	hall->refs.free = free_object;
	hall->refs.context = hall;
	hall->finds = row->finds;
	for (uint32_t i = 0; i < objects; i++) {
		hall->object[i].index = i;
		row->ops->bear(&hall->refs, &hall->object[i], 1 + (counted ? 0 : users),
			       counted ? users : 0, 0);
	}
	link_init(&hall->place, &hall->object[0]);
	atom_init(&hall->given, 0);
}

static void use(struct hall *hall, const struct counted *object, struct task *t)
{
	struct word *data = &hall->data[object->index];
	const struct site *site = SITE("use(object)");

	point(t, POINT_READ_PLAIN, data, site);
	if (observe(t, word_load(t, data)) == FREED)
		oops(t, USE_AFTER_FREE, site, "object %u is used after it was freed",
		     object->index + 1);
}

static void use_once(const struct court *court, struct hall *hall, struct locker *me)
{
	const struct ref_ops *ops = court->subject.count->ops;
	struct counted *object = ops->get(&hall->refs, &hall->place, &hall->object[0], me);

	if (!object)
		return;
	use(hall, object, me->task);
	ops->put(&hall->refs, object, me);
	ops->tend(&hall->refs, me);
}

/* An object that others find next. */
static void write_data(struct hall *hall, const struct counted *object, struct task *t)
{
	struct word *data = &hall->data[object->index];

	point(t, POINT_WRITE_PLAIN, data, SITE("data = value"));
	word_store(t, data, WRITTEN);
}

/* The first thread ends the objects, and drops what the last user took. */
static void end_all(const struct court *court, struct hall *hall, struct locker *me)
{
	const struct ref_ops *ops = court->subject.count->ops;
	uint32_t objects = court->size.objects, given;

	for (uint32_t i = 0; i < objects; i++) {
		struct counted *next = i + 1 < objects ? &hall->object[i + 1] : NULL;

		if (next && court->subject.count->finds)
			write_data(hall, next, me->task);
		ops->end(&hall->refs, &hall->place, &hall->object[i], next, me);
		ops->tend(&hall->refs, me);
	}
	if (court->way != REFS_GIVEN)
		return;
	spin_until(me, given, &hall->given, given);
	for (; given; given--)
		ops->put(&hall->refs, &hall->object[0], me);
}

/* The references that a user was handed; to what it got it has no other any more. */
static void drop_own(const struct court *court, struct hall *hall, uint32_t first,
		     struct locker *me)
{
	for (uint32_t i = first; i < court->size.objects; i++) {
		use(hall, &hall->object[i], me->task);
		court->subject.count->ops->put(&hall->refs, &hall->object[i], me);
	}
}

static void use_all(const struct court *court, struct hall *hall, struct locker *me)
{
	bool gives = court->way == REFS_GIVEN && me->index == users_of(court);

	/* What it gives is what it gets in the last round. */
	for (uint32_t round = gives; round < court->size.rounds; round++) {
		use_once(court, hall, me);
		fibers_new_round(me->task, round);
	}
	if (gives) {
		court->subject.count->ops->get(&hall->refs, NULL, &hall->object[0], me);
		use(hall, &hall->object[0], me->task);
		atom_store(me, &hall->given, GIVEN);
	}
	if (!court->subject.count->finds)
		drop_own(court, hall, gives, me);
}

static uint64_t thread(void *context, void *memory, struct task *t, uint32_t cpu)
{
	const struct court *court = context;
	struct locker *me = &((struct party *)t)->locker;
	struct hall *hall = memory;

	if (cpu)
		use_all(court, hall, me);
	else
		end_all(court, hall, me);
	court->subject.count->ops->leave(&hall->refs, me);
	return 0;
}

static bool settled(void *context, const void *memory)
{
	const struct court *court = context;
	const struct hall *hall = memory;
	bool all = true;

	for (uint32_t i = 0; i < court->size.objects; i++)
		all = all && word_peek(&hall->freed[i]);
	return all;
}

static const struct site *check(void *context, void *memory, struct task *closer)
{
	(void)closer;
	return settled(context, memory) ? NULL : SITE("end: each object is freed once");
}

static void title(const struct court *court, uint32_t cpu, char *text)
{
	static const char *const ways[REF_WAYS] = {
		[REFS_HANDED] = "",
		[REFS_COUNTED] = ", counted itself",
		[REFS_GIVEN] = ", gives two away",
	};
	const char *slug = court->subject.count->slug;
	uint32_t rounds = court->size.rounds, way = court->way;

	/* Of users the last alone gives. */
	if (way == REFS_GIVEN && cpu != users_of(court))
		way = REFS_HANDED;
	if (!cpu)
		snprintf(text, COURT_TITLE_MAX, "%s, ends %u object%s", slug, court->size.objects,
			 court->size.objects == 1 ? "" : "s");
	else
		snprintf(text, COURT_TITLE_MAX, "%s, a user, %u round%s%s", slug, rounds,
			 rounds == 1 ? "" : "s", ways[way]);
}

/* Pointers that counts keep lead to objects, or say that a thread has left. */
static bool value_of(const struct fibers *f, const struct access *a, uint64_t value, char *text)
{
	const struct hall *hall = (const struct hall *)f->hot.memory;
	uint64_t offset = value - (uintptr_t)hall->object;

	(void)a;
	if (value <= UINT32_MAX)
		return false;
	if (offset < sizeof(hall->object))
		snprintf(text, TRACE_VALUE_MAX, "object %llu",
			 (unsigned long long)(offset / sizeof(struct counted)) + 1);
	else
		snprintf(text, TRACE_VALUE_MAX, "closed");
	return true;
}

const struct court_rules refcount_rules = {
	.memory_bytes = sizeof(struct hall),
	.init = init,
	.thread = thread,
	.check = check,
	.settled = settled,
	.title = title,
	.value = value_of,
};
