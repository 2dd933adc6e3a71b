/* SPDX-License-Identifier: MIT */
#include "rows.h"

THREAD(downs)
{
	sem_wait(&sem); /* fault: deadlock */
	plain++;	/* one of a race */
	return unused;
}

THREAD(posts)
{
	plain++;
	sem_post(&sem);
	return unused;
}

PROGRAM(too_few_posts_wrong)
{
	sem_init(&sem, 0, 1);
	plain++;
	sem_wait(&sem);
	both(downs, nothing);
}

PROGRAM(too_few_posts_right)
{
	sem_init(&sem, 0, 0);
	both(downs, posts);
	assert(plain == 2);
	sem_destroy(&sem);
}

THREAD(downs_unordered)
{
	sem_wait(&sem);
	plain++; /* fault: data-race */
	return unused;
}

PROGRAM(posted_before_wrong)
{
	sem_init(&sem, 0, 1);
	both(downs_unordered, posts);
}

PROGRAM(sem_never_made_wrong)
{
	sem_post(&sem); /* fault: lock-misuse */
}

THREAD(ends_the_semaphore)
{
	sem_destroy(&sem); /* fault: lock-misuse */
	return unused;
}

THREAD(downs_the_ended)
{
	sem_wait(&sem); /* fault: lock-misuse */
	return unused;
}

PROGRAM(sem_destroyed_wrong)
{
	sem_init(&sem, 0, 1);
	both(ends_the_semaphore, downs_the_ended);
}

THREAD(comes_to_the_semaphore)
{
	atomic_store(&x, 1);
	sem_wait(&sem);
	return unused;
}

THREAD(ends_it_when_one_has_come)
{
	if (atomic_load(&x))
		sem_destroy(&sem); /* fault: lock-misuse */
	return unused;
}

PROGRAM(sem_destroyed_under_a_waiter_wrong)
{
	sem_init(&sem, 0, 1);
	both(comes_to_the_semaphore, ends_it_when_one_has_come);
}

THREAD(tries_down)
{
	assert(!sem_trywait(&sem)); /* fault: check-failed */
	return unused;
}

PROGRAM(sem_trywait_wrong)
{
	sem_init(&sem, 0, 0);
	both(tries_down, posts);
}

THREAD(tries_down_until_it_may)
{
	int value;

	while (sem_trywait(&sem))
		assert(errno == EAGAIN);
	sem_getvalue(&sem, &value);
	assert(!value);
	plain++;
	return unused;
}

PROGRAM(sem_trywait_right)
{
	sem_init(&sem, 0, 0);
	both(tries_down_until_it_may, posts);
	assert(plain == 2);
}
