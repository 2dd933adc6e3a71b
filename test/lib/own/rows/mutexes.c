/* SPDX-License-Identifier: MIT */
#include "rows.h"

PROGRAM(relock_wrong)
{
	pthread_mutex_lock(&m);
	pthread_mutex_lock(&m); /* fault: deadlock */
}

PROGRAM(relock_right)
{
	pthread_mutexattr_t attributes;
	pthread_mutex_t mine;

	pthread_mutexattr_init(&attributes);
	pthread_mutexattr_settype(&attributes, PTHREAD_MUTEX_RECURSIVE);
	pthread_mutex_init(&mine, &attributes);
	pthread_mutex_lock(&mine);
	pthread_mutex_lock(&mine);
	assert(!pthread_mutex_trylock(&mine));
	pthread_mutex_unlock(&mine);
	pthread_mutex_unlock(&mine);
	pthread_mutex_unlock(&mine);
	pthread_mutex_destroy(&mine);
	pthread_mutexattr_settype(&attributes, PTHREAD_MUTEX_ERRORCHECK);
	pthread_mutex_init(&mine, &attributes);
	assert(pthread_mutex_unlock(&mine) == EPERM);
	pthread_mutex_lock(&mine);
	assert(pthread_mutex_lock(&mine) == EDEADLK);
	assert(pthread_mutex_trylock(&mine) == EBUSY);
	pthread_mutex_unlock(&mine);
}

PROGRAM(destroyed_wrong)
{
	pthread_mutex_destroy(&m);
	pthread_mutex_lock(&m); /* fault: lock-misuse */
}

PROGRAM(destroyed_right)
{
	pthread_mutex_destroy(&m);
	pthread_mutex_init(&m, NULL);
	pthread_mutex_lock(&m);
	pthread_mutex_unlock(&m);
}

PROGRAM(freed_lock_wrong)
{
	pthread_mutex_t *mine = malloc(sizeof(*mine));

	pthread_mutex_init(mine, NULL);
	free(mine);
	pthread_mutex_lock(mine); /* fault: use-after-free */
}

PROGRAM(freed_lock_right)
{
	pthread_mutex_t *mine = malloc(sizeof(*mine));

	pthread_mutex_init(mine, NULL);
	pthread_mutex_lock(mine);
	pthread_mutex_unlock(mine);
	free(mine);
}

PROGRAM(never_made_wrong)
{
	pthread_mutex_t *mine = malloc(sizeof(*mine));

	pthread_mutex_lock(mine); /* fault: lock-misuse */
}

PROGRAM(never_made_right)
{
	pthread_mutex_t *mine = calloc(1, sizeof(*mine));

	pthread_mutex_lock(mine);
	pthread_mutex_unlock(mine);
	free(mine);
}

THREAD(only_unlocks)
{
	pthread_mutex_unlock(&m); /* fault: lock-misuse */
	return unused;
}

PROGRAM(not_the_owner_wrong)
{
	pthread_mutex_lock(&m);
	both(only_unlocks, nothing);
}

PROGRAM(not_the_owner_right)
{
	both(locks_and_unlocks, locks_and_unlocks);
	assert(plain == 2);
}

PROGRAM(destroyed_while_held_wrong)
{
	pthread_mutex_lock(&m);
	pthread_mutex_destroy(&m); /* fault: lock-misuse */
}

PROGRAM(destroyed_while_held_right)
{
	both(locks_and_unlocks, locks_and_unlocks);
	pthread_mutex_destroy(&m);
}

THREAD(ends_the_lock)
{
	pthread_mutex_destroy(&m); /* fault: lock-misuse */
	return unused;
}

/* In the other order it is the lock that is destroyed. */
THREAD(locks_only)
{
	pthread_mutex_lock(&m); /* fault: lock-misuse */
	pthread_mutex_unlock(&m);
	return unused;
}

PROGRAM(destroyed_under_others_wrong)
{
	both(ends_the_lock, locks_only);
}

THREAD(comes_to_the_lock)
{
	atomic_store(&x, 1);
	pthread_mutex_lock(&m);
	pthread_mutex_unlock(&m);
	return unused;
}

THREAD(ends_it_when_one_has_come)
{
	if (atomic_load(&x))
		pthread_mutex_destroy(&m); /* fault: lock-misuse */
	return unused;
}

/* Where the other one has come it is at the lock already, or through with it. */
PROGRAM(destroyed_under_a_waiter_wrong)
{
	both(comes_to_the_lock, ends_it_when_one_has_come);
}

THREAD(one_then_two)
{
	pthread_mutex_lock(&m);
	pthread_mutex_lock(&m2); /* fault: deadlock */
	pthread_mutex_unlock(&m2);
	pthread_mutex_unlock(&m);
	return unused;
}

THREAD(two_then_one)
{
	pthread_mutex_lock(&m2);
	pthread_mutex_lock(&m);
	pthread_mutex_unlock(&m);
	pthread_mutex_unlock(&m2);
	return unused;
}

PROGRAM(crosswise_wrong)
{
	both(one_then_two, two_then_one);
}

PROGRAM(crosswise_right)
{
	both(one_then_two, one_then_two);
}

THREAD(tries)
{
	assert(!pthread_mutex_trylock(&m)); /* fault: check-failed */
	pthread_mutex_unlock(&m);
	return unused;
}

PROGRAM(trylock_wrong)
{
	both(tries, locks_and_unlocks);
}

THREAD(tries_until_it_has_it)
{
	while (pthread_mutex_trylock(&m))
		;
	plain++;
	pthread_mutex_unlock(&m);
	return unused;
}

PROGRAM(trylock_right)
{
	both(tries_until_it_has_it, locks_and_unlocks);
	assert(plain == 2);
}

THREAD(ignores_the_timeout)
{
	pthread_mutex_timedlock(&m, &never);
	pthread_mutex_unlock(&m); /* fault: lock-misuse */
	return unused;
}

PROGRAM(timedlock_wrong)
{
	both(ignores_the_timeout, locks_and_unlocks);
}

THREAD(minds_the_timeout)
{
	if (pthread_mutex_timedlock(&m, &never) != ETIMEDOUT)
		pthread_mutex_unlock(&m);
	return unused;
}

PROGRAM(timedlock_right)
{
	both(minds_the_timeout, locks_and_unlocks);
}
