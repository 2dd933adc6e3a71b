/* SPDX-License-Identifier: MIT */
/* The locks of the threads machine: they exclude, share, sleep and nest. */
#include "locks.h"

#define ROUNDS 20000 /* at most: see stand_late() */

/* Whether @t goes on with the next round. */
static bool another(struct task *t, struct locks *l)
{
	unsigned int *done = &l->done[t->common.cpu];

	return *done < ROUNDS && (*done == 0 || !stand_late(l->stand)) && ++*done;
}

static void spin_body(struct task *t, void *context)
{
	struct locks *l = context;

	while (another(t, l)) {
		spin_lock(t, &l->spin);
		note(t, NOW_IN_IDR);
		l->plain++;
		spin_unlock(t, &l->spin);
	}
}

static void mutex_body(struct task *t, void *context)
{
	struct locks *l = context;

	while (another(t, l)) {
		mutex_lock(t, &l->mutex);
		note(t, NOW_IN_IDR);
		l->plain++;
		mutex_unlock(t, &l->mutex);
	}
}

static void sem_body(struct task *t, void *context)
{
	struct locks *l = context;

	while (another(t, l)) {
		if (t->common.cpu % 2) {
			down_read(t, &l->sem);
			CHECK_EQ(l->plain, l->twin);
			up_read(t, &l->sem);
			continue;
		}
		down_write(t, &l->sem);
		l->plain++;
		note(t, NOW_IN_IDR);
		l->twin++;
		up_write(t, &l->sem);
	}
}

static void excludes(body_fn body, unsigned int kind, unsigned int perturb)
{
	struct locks *l = locks_open(4, kind);
	uint64_t expected = 0;

	for (unsigned int i = 0; i < 4; i++)
		l->stand->task[i].perturb = perturb;
	CHECK_EQ(stand_run(l->stand, body, l), 4);
	for (unsigned int i = 0; i < 4; i += body == sem_body ? 2 : 1)
		expected += l->done[i];
	CHECK_EQ(l->plain, expected);
	for (unsigned int i = 0; i < 4; i++)
		CHECK(body == sem_body ||
		      l->stand->task[i].notes_seen == UINT64_C(1) << NOTE_NOW_IN_IDR);
	CAUGHT_NOTHING(l->stand);
	stand_close(l->stand);
}

/* The machine's own; machine_made_test.c has the others. */
static void spin_excludes(void)
{
	for (unsigned int kind = 0; kind < SPIN_BROKEN; kind++)
		excludes(spin_body, kind, PERTURB_NONE);
}

static void mutex_excludes(void)
{
	excludes(mutex_body, 0, PERTURB_NONE);
}

static void sem_excludes(void)
{
	excludes(sem_body, 0, PERTURB_NONE);
}

static void perturbed(void)
{
	for (unsigned int perturb = PERTURB_YIELD; perturb <= PERTURB_DELAY; perturb++) {
		excludes(spin_body, 0, perturb);
		excludes(mutex_body, 0, perturb);
		excludes(sem_body, 0, perturb);
	}
}

/* Each reader stays in until all are: if one kept the others out none would come out again. */
static void meet_inside(struct task *t, void *context)
{
	struct locks *l = context;

	down_read(t, &l->sem);
	word_add(t, &l->inside, 1);
	while (word_peek(&l->inside) < l->stand->tasks)
		point(t, POINT_READ, &l->inside, SITE("meet inside"));
	up_read(t, &l->sem);
}

static void readers_share(void)
{
	struct locks *l = locks_open(4, 0);

	CHECK_EQ(stand_run(l->stand, meet_inside, l), 4);
	CAUGHT_NOTHING(l->stand);
	stand_close(l->stand);
}

/* cpu1 naps with the mutex; the others wait for it without using a CPU. */
static void nap_or_wait(struct task *t, void *context)
{
	struct locks *l = context;
	uint64_t before = cpu_time_ns();

	if (t->common.cpu == 0) {
		mutex_lock(t, &l->mutex);
		word_store(t, &l->inside, 1);
		nap_ms(400);
	} else {
		while (!word_peek(&l->inside))
			nap_ms(1);
		mutex_lock(t, &l->mutex);
		CHECK(cpu_time_ns() - before < 200000000u);
	}
	l->plain++;
	mutex_unlock(t, &l->mutex);
}

static void mutex_sleeps(void)
{
	struct locks *l = locks_open(3, 0);

	CHECK_EQ(stand_run(l->stand, nap_or_wait, l), 3);
	CHECK_EQ(l->plain, 3);
	CAUGHT_NOTHING(l->stand);
	stand_close(l->stand);
}

/* Readers that overlap without a gap do not keep a writer out. */
static void read_until_written(struct task *t, void *context)
{
	struct locks *l = context;

	if (t->common.cpu == 0) {
		nap_ms(5);
		down_write(t, &l->sem);
		l->plain = 1;
		up_write(t, &l->sem);
		return;
	}
	for (bool seen = false; !seen;) {
		down_read(t, &l->sem);
		seen = l->plain;
		nap_ms(1);
		up_read(t, &l->sem);
	}
}

static void writer_gets_in(void)
{
	struct locks *l = locks_open(5, 0);

	CHECK_EQ(stand_run(l->stand, read_until_written, l), 5);
	CAUGHT_NOTHING(l->stand);
	stand_close(l->stand);
}

static void held_says(void)
{
	struct locks *l = locks_open(2, 0);
	struct task *t = &l->stand->task[0], *other = &l->stand->task[1];

	CHECK(!spin_held(t, &l->spin) && !mutex_held(t, &l->mutex) && !rwsem_held(t, &l->sem));
	spin_lock(t, &l->spin);
	CHECK(spin_held(t, &l->spin) && !spin_held(other, &l->spin));
	spin_unlock(t, &l->spin);
	mutex_lock(t, &l->mutex);
	CHECK(mutex_held(t, &l->mutex) && !mutex_held(other, &l->mutex));
	mutex_unlock(t, &l->mutex);
	down_read(t, &l->sem);
	CHECK(rwsem_held(t, &l->sem) && !rwsem_held(other, &l->sem));
	down_read(t, &l->sem);
	up_read(t, &l->sem);
	CHECK(rwsem_held(t, &l->sem));
	up_read(t, &l->sem);
	down_write(t, &l->sem);
	CHECK(rwsem_held(t, &l->sem) && !rwsem_held(other, &l->sem));
	up_write(t, &l->sem);
	CHECK(!spin_held(t, &l->spin) && !mutex_held(t, &l->mutex) && !rwsem_held(t, &l->sem));
	task_done(t);
	task_done(other);
	CAUGHT_NOTHING(l->stand);
	stand_close(l->stand);
}

static void sleep_where_allowed(struct task *t, void *context)
{
	struct locks *l = context;

	might_sleep(t, "a nap");
	mutex_lock(t, &l->mutex);
	down_write(t, &l->sem);
	spin_lock(t, &l->spin);
	spin_unlock(t, &l->spin);
	might_sleep(t, "a nap");
	up_write(t, &l->sem);
	mutex_unlock(t, &l->mutex);
}

static void sleeping_locks_nest(void)
{
	struct locks *l = locks_open(2, 0);

	CHECK_EQ(stand_run(l->stand, sleep_where_allowed, l), 2);
	CAUGHT_NOTHING(l->stand);
	stand_close(l->stand);
}

/* --- the lock that is none --- */

/* Only as many rounds as it takes: the world ends at the first pair inside. */
static void count_unlocked(struct task *t, void *context)
{
	struct locks *l = context;

	for (unsigned int i = 0; i < 100 * ROUNDS; i++) {
		spin_lock(t, &l->spin);
		word_add(t, &l->inside, 1);
		note(t, NOW_IN_IDR);
		spin_unlock(t, &l->spin);
	}
}

static void none_is_caught(void)
{
	struct locks *l = locks_open(4, SPIN_BROKEN);

	for (unsigned int i = 0; i < 4; i++)
		l->stand->task[i].perturb = PERTURB_YIELD;
	CHECK_EQ(stand_run(l->stand, count_unlocked, l), 0);
	CHECK(l->stand->catcher.count >= 1);
	for (unsigned int i = 0; i < l->stand->catcher.count && i < CAUGHT_MAX; i++)
		CHECK_EQ(l->stand->catcher.caught[i].kind, FAULT_LOCK_MISUSE);
	stand_close(l->stand);
}

static void none_alone_is_clean(void)
{
	struct locks *l = locks_open(1, SPIN_BROKEN);

	CHECK_EQ(stand_run(l->stand, spin_body, l), 1);
	CHECK_EQ(l->plain, l->done[0]);
	CAUGHT_NOTHING(l->stand);
	stand_close(l->stand);
}

static const struct test tests[] = {
	{"a spinlock excludes", spin_excludes},
	{"a mutex excludes", mutex_excludes},
	{"a rwsem's writers exclude", sem_excludes},
	{"perturbation breaks nothing", perturbed},
	{"a rwsem's readers share", readers_share},
	{"a task that waits for a mutex sleeps", mutex_sleeps},
	{"a writer gets in between readers", writer_gets_in},
	{"held says which task holds", held_says},
	{"sleeping locks nest, a spinlock inside", sleeping_locks_nest},
	{"the lock that excludes nobody is caught", none_is_caught},
	{"and is clean alone", none_alone_is_clean},
};

TESTS(tests)
