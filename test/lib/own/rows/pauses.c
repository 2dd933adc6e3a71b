/* SPDX-License-Identifier: MIT */
#include "rows.h"

THREAD(yields_for_ever)
{
	while (!atomic_load(&x)) /* fault: livelock */
		sched_yield();
	return unused;
}

THREAD(sets_x)
{
	atomic_store(&x, 1);
	return unused;
}

PROGRAM(yield_wrong)
{
	both(yields_for_ever, nothing);
}

PROGRAM(yield_right)
{
	both(yields_for_ever, sets_x);
}

THREAD(sleeps)
{
	usleep(1000);
	plain = 1;
	return unused;
}

PROGRAM(sleep_wrong)
{
	pthread_t t;

	pthread_create(&t, NULL, sleeps, NULL);
	sleep(1);
	assert(plain == 1); /* fault: check-failed */
	pthread_join(t, NULL);
}
