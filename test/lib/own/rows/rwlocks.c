/* SPDX-License-Identifier: MIT */
#include "rows.h"

PROGRAM(rwlock_not_held_wrong)
{
	pthread_rwlock_unlock(&rw); /* fault: lock-misuse */
}

PROGRAM(rwlock_not_held_right)
{
	pthread_rwlock_rdlock(&rw);
	pthread_rwlock_rdlock(&rw);
	pthread_rwlock_unlock(&rw);
	pthread_rwlock_unlock(&rw);
	pthread_rwlock_wrlock(&rw);
	assert(pthread_rwlock_wrlock(&rw) == EDEADLK);
	assert(pthread_rwlock_rdlock(&rw) == EDEADLK);
	assert(pthread_rwlock_tryrdlock(&rw) == EBUSY);
	pthread_rwlock_unlock(&rw);
	pthread_rwlock_destroy(&rw);
}

PROGRAM(upgrade_wrong)
{
	pthread_rwlock_rdlock(&rw);
	pthread_rwlock_wrlock(&rw); /* fault: deadlock */
}

PROGRAM(upgrade_right)
{
	pthread_rwlock_rdlock(&rw);
	pthread_rwlock_unlock(&rw);
	pthread_rwlock_wrlock(&rw);
	pthread_rwlock_unlock(&rw);
}

THREAD(writes_under_it)
{
	pthread_rwlock_wrlock(&rw);
	plain++;
	pthread_rwlock_unlock(&rw);
	return unused;
}

THREAD(writes_as_a_reader)
{
	pthread_rwlock_rdlock(&rw);
	plain++; /* fault: data-race */
	pthread_rwlock_unlock(&rw);
	return unused;
}

THREAD(reads_under_it)
{
	pthread_rwlock_rdlock(&rw);
	other = 0 * plain;
	pthread_rwlock_unlock(&rw);
	return unused;
}

PROGRAM(readers_do_not_order_wrong)
{
	both(writes_as_a_reader, writes_as_a_reader);
}

PROGRAM(readers_do_not_order_right)
{
	both(writes_under_it, writes_under_it);
	assert(plain == 2);
}

PROGRAM(readers_before_writers_right)
{
	both(reads_under_it, writes_under_it);
}

THREAD(reads_and_meets)
{
	pthread_rwlock_rdlock(&rw);
	pthread_barrier_wait(&barrier); /* fault: deadlock */
	pthread_rwlock_unlock(&rw);
	return unused;
}

THREAD(writes_and_meets)
{
	pthread_rwlock_wrlock(&rw);
	pthread_barrier_wait(&barrier);
	pthread_rwlock_unlock(&rw);
	return unused;
}

PROGRAM(two_inside_wrong)
{
	pthread_barrier_init(&barrier, NULL, 2);
	both(reads_and_meets, writes_and_meets);
}

PROGRAM(two_inside_right)
{
	pthread_barrier_init(&barrier, NULL, 2);
	both(reads_and_meets, reads_and_meets);
}

THREAD(tries_to_write)
{
	assert(!pthread_rwlock_trywrlock(&rw)); /* fault: check-failed */
	pthread_rwlock_unlock(&rw);
	return unused;
}

PROGRAM(trywrlock_wrong)
{
	both(tries_to_write, reads_under_it);
}

THREAD(tries_to_read)
{
	assert(!pthread_rwlock_tryrdlock(&rw)); /* fault: check-failed */
	pthread_rwlock_unlock(&rw);
	return unused;
}

PROGRAM(tryrdlock_wrong)
{
	both(tries_to_read, writes_under_it);
}

PROGRAM(tryrdlock_right)
{
	both(tries_to_read, reads_under_it);
}
