/* SPDX-License-Identifier: MIT */
/* Misuse of locks is reported: each case is what cpu1 does, and has to end in a fault. */
#include "locks.h"

static void spin_twice(struct task *t, void *context)
{
	struct locks *l = context;

	spin_lock(t, &l->spin);
	spin_lock(t, &l->spin);
}

static void mutex_twice(struct task *t, void *context)
{
	struct locks *l = context;

	mutex_lock(t, &l->mutex);
	mutex_lock(t, &l->mutex);
}

static void write_twice(struct task *t, void *context)
{
	struct locks *l = context;

	down_write(t, &l->sem);
	down_write(t, &l->sem);
}

static void read_in_write(struct task *t, void *context)
{
	struct locks *l = context;

	down_write(t, &l->sem);
	down_read(t, &l->sem);
}

static void spin_unlock_free(struct task *t, void *context)
{
	struct locks *l = context;

	spin_unlock(t, &l->spin);
}

static void spin_unlock_others(struct task *t, void *context)
{
	struct locks *l = context;

	spin_lock(&l->stand->task[1], &l->spin);
	spin_unlock(t, &l->spin);
}

static void mutex_unlock_free(struct task *t, void *context)
{
	struct locks *l = context;

	mutex_unlock(t, &l->mutex);
}

static void mutex_unlock_others(struct task *t, void *context)
{
	struct locks *l = context;

	mutex_lock(&l->stand->task[1], &l->mutex);
	mutex_unlock(t, &l->mutex);
}

static void up_read_free(struct task *t, void *context)
{
	struct locks *l = context;

	up_read(t, &l->sem);
}

static void up_read_others(struct task *t, void *context)
{
	struct locks *l = context;

	down_read(&l->stand->task[1], &l->sem);
	up_read(t, &l->sem);
}

static void up_write_of_reader(struct task *t, void *context)
{
	struct locks *l = context;

	down_read(t, &l->sem);
	up_write(t, &l->sem);
}

static void misuse_is_told(void)
{
	static const body_fn cases[] = {
		spin_twice,	  mutex_twice,	      write_twice,	  read_in_write,
		spin_unlock_free, spin_unlock_others, mutex_unlock_free,  mutex_unlock_others,
		up_read_free,	  up_read_others,     up_write_of_reader,
	};

	for (unsigned int i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct locks *l = locks_open(2, 0);
		const struct caught *caught;

		CHECK(!attempt(&l->stand->task[0], cases[i], l));
		caught = CAUGHT(l->stand, LOCK_MISUSE, 0);
		CHECK(caught && caught->line > 0 && caught->message[0]);
		/* Oops semantics: what it left behind is not reported again. */
		task_done(&l->stand->task[0]);
		CHECK_EQ(l->stand->catcher.count, 1);
		stand_close(l->stand);
	}
}

static void ends_with_a_lock(void)
{
	for (unsigned int i = 0; i < 3; i++) {
		struct locks *l = locks_open(1, 0);
		struct task *t = &l->stand->task[0];

		if (i == 0)
			spin_lock(t, &l->spin);
		else if (i == 1)
			mutex_lock(t, &l->mutex);
		else
			down_read(t, &l->sem);
		task_done(t);
		CAUGHT(l->stand, LOCK_MISUSE, 0);
		stand_close(l->stand);
	}
}

static void sleep_in_atomic(struct task *t, void *context)
{
	struct locks *l = context;

	spin_lock(t, &l->spin);
	switch (l->plain) {
	case 0:
		might_sleep(t, "a nap");
		break;
	case 1:
		mutex_lock(t, &l->mutex);
		break;
	case 2:
		down_read(t, &l->sem);
		break;
	default:
		down_write(t, &l->sem);
	}
}

static void atomic_sleeps_are_told(void)
{
	for (unsigned int i = 0; i < 4; i++) {
		struct locks *l = locks_open(1, 0);

		l->plain = i;
		CHECK(!attempt(&l->stand->task[0], sleep_in_atomic, l));
		CAUGHT(l->stand, SLEEP_IN_ATOMIC, 0);
		stand_close(l->stand);
	}
}

static const struct test tests[] = {
	{"misuse is reported", misuse_is_told},
	{"the end of a program with a lock held", ends_with_a_lock},
	{"sleeping in atomic context is reported", atomic_sleeps_are_told},
};

TESTS(tests)
