/* SPDX-License-Identifier: MIT */
/*
 * Threads that write two words under a reader-writer lock, and threads that read them. An
 * optimistic lock guards relaxed atomics, any other plain words.
 */
#include <stdio.h>

#include "court.h"

struct hall {
	struct machine machine;
	struct word left, right; /* equal, except while a writer is in */
	struct word torn;	 /* a reader saw them differ */
	struct atom inside;	 /* readers that meet: how many came in; and that a writer left */
	struct atom written;
	_Alignas(LINE_BYTES) char lock[COURT_LOCK_BYTES];
};

static void init(const struct court *court, void *memory)
{
	struct hall *hall = memory;

	atom_init(&hall->inside, 0);
	atom_init(&hall->written, 0);
	court->subject.row->ops->make(hall->lock, NULL, court->size.threads);
}

static uint64_t get(const struct lock_row *row, struct task *t, struct word *w,
		    const struct site *site)
{
	if (row->optimistic)
		return word_read(t, w, ORDER_RELAXED, site);
	point(t, POINT_READ_PLAIN, w, site);
	return observe(t, word_load(t, w));
}

static void set(const struct lock_row *row, struct task *t, struct word *w, uint64_t value,
		const struct site *site)
{
	if (row->optimistic) {
		word_write(t, w, value, ORDER_RELAXED, site);
		return;
	}
	point(t, POINT_WRITE_PLAIN, w, site);
	word_store(t, w, value);
}

static void writer(const struct lock_row *row, struct hall *hall, struct party *me)
{
	struct task *t = &me->task;
	uint64_t left, right;

	row->ops->acquire(hall->lock, &me->locker);
	left = get(row, t, &hall->left, SITE("left"));
	set(row, t, &hall->left, left + 1, SITE("left = left + 1"));
	right = get(row, t, &hall->right, SITE("right"));
	set(row, t, &hall->right, right + 1, SITE("right = right + 1"));
	row->ops->release(hall->lock, &me->locker);
}

static void reader(const struct lock_row *row, struct hall *hall, struct party *me)
{
	struct task *t = &me->task;
	uint64_t left, right;

	do {
		row->ops->read_acquire(hall->lock, &me->locker);
		left = get(row, t, &hall->left, SITE("left"));
		right = get(row, t, &hall->right, SITE("right"));
	} while (row->ops->read_release(hall->lock, &me->locker));
	if (left != right)
		word_store(t, &hall->torn, 1);
}

/*
 * A reader stays until another is in, too; where readers take nothing, also until a writer has come
 * and gone.
 */
static void meet(const struct court *court, struct hall *hall, struct locker *me)
{
	const struct lock_row *row = court->subject.row;
	uint32_t seen;

	if (me->index < court->size.writers) {
		row->ops->acquire(hall->lock, me);
		row->ops->release(hall->lock, me);
		atom_store(me, &hall->written, 1);
		return;
	}
	row->ops->read_acquire(hall->lock, me);
	atom_add(me, &hall->inside, 1);
	spin_until(me, seen, &hall->inside, seen == 2);
	if (row->optimistic)
		spin_until(me, seen, &hall->written, seen);
	*court->shared = true;
	while (row->ops->read_release(hall->lock, me))
		row->ops->read_acquire(hall->lock, me);
}

static uint64_t thread(void *context, void *memory, struct task *t, uint32_t cpu)
{
	const struct court *court = context;
	struct party *party = (struct party *)t;

	if (court->shared) {
		meet(court, memory, &party->locker);
		return 0;
	}
	for (uint32_t round = 0; round < court->size.rounds; round++) {
		if (cpu < court->size.writers)
			writer(court->subject.row, memory, party);
		else
			reader(court->subject.row, memory, party);
		fibers_new_round(t, round);
	}
	return 0;
}

static bool settled(void *context, const void *memory)
{
	const struct court *court = context;
	const struct hall *hall = memory;
	uint64_t writes = (uint64_t)court->size.writers * court->size.rounds;

	return court->shared || (!word_peek(&hall->torn) && word_peek(&hall->left) == writes &&
				 word_peek(&hall->right) == writes);
}

static const struct site *check(void *context, void *memory, struct task *closer)
{
	const struct hall *hall = memory;

	(void)closer;
	if (word_peek(&hall->torn))
		return SITE("whole writes: a reader sees both words of a write, or neither");
	if (!settled(context, memory))
		return SITE("mutual exclusion: both words have one more for every write");
	return NULL;
}

static void title(const struct court *court, uint32_t cpu, char *text)
{
	uint32_t rounds = court->size.rounds;

	snprintf(text, COURT_TITLE_MAX, "%s, a %s, %u round%s", court->subject.row->slug,
		 cpu < court->size.writers ? "writer" : "reader", rounds, rounds == 1 ? "" : "s");
}

/* No reader-writer lock keeps a pointer. */
static bool value_of(const struct fibers *f, const struct access *a, uint64_t value, char *text)
{
	(void)f;
	(void)a;
	(void)value;
	(void)text;
	return false;
}

const struct court_rules rwlock_rules = {
	.memory_bytes = sizeof(struct hall),
	.init = init,
	.thread = thread,
	.check = check,
	.settled = settled,
	.title = title,
	.value = value_of,
};
