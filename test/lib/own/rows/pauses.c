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

THREAD(only_yields)
{
	while (atomic_load(&x))
		;
	for (;;)
		sched_yield(); /* fault: livelock */
	return unused;
}

PROGRAM(only_yields_wrong)
{
	both(only_yields, nothing);
}

THREAD(yields_behind_a_write)
{
	plain = 1; /* fault: data-race */
	sched_yield();
	atomic_store_explicit(&x, 1, memory_order_relaxed);
	return unused;
}

THREAD(yields_before_a_read)
{
	if (!atomic_load_explicit(&x, memory_order_relaxed))
		return unused;
	sched_yield();
	other = plain; /* fault: data-race */
	return unused;
}

PROGRAM(yields_order_nothing_wrong)
{
	both(yields_behind_a_write, yields_before_a_read);
}
