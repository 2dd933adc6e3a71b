/* SPDX-License-Identifier: MIT */
#include "rows.h"

PROGRAM(join_twice_wrong)
{
	pthread_t t;

	pthread_create(&t, NULL, nothing, NULL);
	pthread_join(t, NULL);
	pthread_join(t, NULL); /* fault: lock-misuse */
}

PROGRAM(join_twice_right)
{
	pthread_t t;

	pthread_create(&t, NULL, nothing, NULL);
	pthread_join(t, NULL);
}

PROGRAM(join_detached_wrong)
{
	pthread_t t;

	pthread_create(&t, NULL, nothing, NULL);
	pthread_detach(t);
	pthread_join(t, NULL); /* fault: lock-misuse */
}

PROGRAM(join_detached_right)
{
	pthread_t t;

	pthread_create(&t, NULL, nothing, NULL);
	pthread_detach(t);
}

PROGRAM(join_itself_wrong)
{
	pthread_join(pthread_self(), NULL); /* fault: deadlock */
}

THREAD(adds_plainly)
{
	plain++; /* fault: data-race */
	return unused;
}

PROGRAM(join_orders_wrong)
{
	pthread_t t;

	pthread_create(&t, NULL, adds_plainly, NULL);
	plain++; /* fault: data-race */
	pthread_join(t, NULL);
}

PROGRAM(join_orders_right)
{
	pthread_t t;

	plain++;
	pthread_create(&t, NULL, adds_plainly, NULL);
	pthread_join(t, NULL);
	plain++;
	assert(plain == 3);
}

PROGRAM(join_made_detached_wrong)
{
	pthread_attr_t attributes;
	pthread_t t;

	pthread_attr_init(&attributes);
	pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
	pthread_create(&t, &attributes, nothing, NULL);
	pthread_join(t, NULL); /* fault: lock-misuse */
}

PROGRAM(detach_twice_wrong)
{
	pthread_t t;

	pthread_create(&t, NULL, nothing, NULL);
	pthread_detach(t);
	pthread_detach(t); /* fault: lock-misuse */
}

THREAD(notes_itself)
{
	*(pthread_t *)unused = pthread_self();
	pthread_exit(&plain);
}

PROGRAM(self_right)
{
	pthread_t one, two, noted[2];
	void *left;

	pthread_create(&one, NULL, notes_itself, &noted[0]);
	pthread_create(&two, NULL, notes_itself, &noted[1]);
	pthread_join(one, &left);
	pthread_join(two, NULL);
	assert(pthread_equal(one, noted[0]) && pthread_equal(two, noted[1]));
	assert(!pthread_equal(noted[0], noted[1]) && !pthread_equal(one, pthread_self()));
	assert(left == &plain);
}

PROGRAM(sixteen_more_refused)
{
	pthread_t t;

	for (int i = 0; i < 16; i++)
		pthread_create(&t, NULL, nothing, NULL);
}

THREAD(steps_and_stores)
{
	atomic_fetch_add(&x, 1);
	atomic_fetch_add(&y, 1);
	return unused;
}

/* A thread that nobody waits for goes on until main() returns, and may not come that far. */
PROGRAM(ends_early_wrong)
{
	pthread_t t;

	pthread_create(&t, NULL, steps_and_stores, NULL);
	pthread_detach(t);
	assert(atomic_load(&x)); /* fault: check-failed */
}

static pthread_key_t key;

static void adds_at_the_end(void *value)
{
	plain += *(int *)value; /* fault: data-race */
}

THREAD(leaves_a_value)
{
	static const int one = 1;

	pthread_setspecific(key, &one);
	return unused;
}

PROGRAM(destructor_of_a_key_wrong)
{
	pthread_key_create(&key, adds_at_the_end);
	both(leaves_a_value, leaves_a_value);
}

THREAD(has_its_own_value)
{
	int mine;

	assert(!pthread_getspecific(key));
	pthread_setspecific(key, &mine);
	atomic_fetch_add(&x, 1);
	assert(pthread_getspecific(key) == &mine);
	return unused;
}

PROGRAM(values_of_a_key_right)
{
	pthread_key_create(&key, NULL);
	both(has_its_own_value, has_its_own_value);
}

THREAD(waits_for_ever)
{
	sem_wait(&sem);
	return unused;
}

/* One that waits when the process ends is not a deadlock: the process ends all of them. */
PROGRAM(ends_the_others_right)
{
	pthread_t t;

	sem_init(&sem, 0, 0);
	pthread_create(&t, NULL, waits_for_ever, NULL);
	exit(0);
}

THREAD(fails_late)
{
	atomic_store(&x, 1);
	assert(!atomic_load(&x)); /* fault: check-failed */
	return unused;
}

/* main() has no other step: how far the thread comes is known by the end of the process alone. */
PROGRAM(ends_before_the_others_wrong)
{
	pthread_t t;

	pthread_create(&t, NULL, fails_late, NULL);
	exit(0);
}

/* A loop that asks whether a thread has ended goes on when it has. */

THREAD(stores_and_ends)
{
	atomic_store(&y, 1);
	return unused;
}

static void asks_until_it_ended(void *(*function)(void *))
{
	pthread_t t;

	pthread_create(&t, NULL, function, NULL);
	while (pthread_tryjoin_np(t, NULL) == EBUSY) /* fault: livelock */
		;
}

PROGRAM(tryjoin_loop_right)
{
	asks_until_it_ended(stores_and_ends);
}

THREAD(never_ends)
{
	while (!atomic_load(&y)) /* fault: livelock */
		;
	return unused;
}

PROGRAM(tryjoin_loop_wrong)
{
	asks_until_it_ended(never_ends);
}
