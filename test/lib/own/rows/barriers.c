/* SPDX-License-Identifier: MIT */
#include "rows.h"

THREAD(meets)
{
	pthread_barrier_wait(&barrier); /* fault: deadlock */
	return unused;
}

PROGRAM(too_few_meet_wrong)
{
	pthread_barrier_init(&barrier, NULL, 3);
	both(meets, meets);
}

PROGRAM(too_few_meet_right)
{
	pthread_barrier_init(&barrier, NULL, 2);
	both(meets, meets);
	pthread_barrier_destroy(&barrier);
}

PROGRAM(barrier_made_twice_wrong)
{
	pthread_barrier_init(&barrier, NULL, 2);
	pthread_barrier_init(&barrier, NULL, 2); /* fault: lock-misuse */
}

THREAD(ends_the_barrier)
{
	pthread_barrier_destroy(&barrier); /* fault: lock-misuse */
	return unused;
}

THREAD(meets_at_the_ended)
{
	pthread_barrier_wait(&barrier); /* fault: lock-misuse */
	return unused;
}

PROGRAM(barrier_destroyed_wrong)
{
	pthread_barrier_init(&barrier, NULL, 2);
	both(ends_the_barrier, meets_at_the_ended);
}

THREAD(meets_then_adds)
{
	pthread_barrier_wait(&barrier);
	plain++;
	pthread_barrier_wait(&barrier);
	return unused;
}

THREAD(adds_and_meets_twice)
{
	plain++;
	pthread_barrier_wait(&barrier);
	pthread_barrier_wait(&barrier);
	assert(plain == 2);
	return unused;
}

PROGRAM(barrier_orders_right)
{
	pthread_barrier_init(&barrier, NULL, 2);
	both(adds_and_meets_twice, meets_then_adds);
}

THREAD(adds_afterwards)
{
	pthread_barrier_wait(&barrier);
	plain++; /* fault: data-race */
	return unused;
}

PROGRAM(barrier_orders_wrong)
{
	pthread_barrier_init(&barrier, NULL, 2);
	both(adds_afterwards, adds_afterwards);
}
