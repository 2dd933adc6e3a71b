/* SPDX-License-Identifier: MIT */
#include "rows.h"

THREAD(sets_x)
{
	atomic_store(&x, 1);
	return unused;
}

/* A flag under a lock, looked at again and again. */

static int flag;

THREAD(polls)
{
	for (int seen = 0; !seen;) {
		pthread_mutex_lock(&m); /* fault: livelock */
		seen = flag;
		pthread_mutex_unlock(&m);
	}
	return unused;
}

THREAD(polls_by_trying)
{
	for (int seen = 0; !seen;) {
		if (pthread_mutex_trylock(&m2)) /* fault: livelock */
			continue;
		seen = flag;
		pthread_mutex_unlock(&m2);
	}
	return unused;
}

THREAD(raises)
{
	pthread_mutex_lock(&m);
	flag = 1;
	pthread_mutex_unlock(&m);
	return unused;
}

THREAD(raises_under_two)
{
	pthread_mutex_lock(&m2);
	flag = 1;
	pthread_mutex_unlock(&m2);
	return unused;
}

THREAD(looks_only)
{
	pthread_mutex_lock(&m);
	(void)*(volatile int *)&other;
	pthread_mutex_unlock(&m);
	return unused;
}

PROGRAM(poll_wrong)
{
	both(polls, looks_only);
}

PROGRAM(poll_right)
{
	both(polls, raises);
}

PROGRAM(poll_by_trying_right)
{
	both(polls_by_trying, raises_under_two);
}

PROGRAM(poll_by_trying_wrong)
{
	both(polls_by_trying, nothing);
}

/* It looks at an atomic under a lock that the other needs to change it. */

THREAD(polls_inside)
{
	for (int seen = 0; !seen;) {
		pthread_mutex_lock(&m);
		seen = atomic_load(&x);
		pthread_mutex_unlock(&m);
	}
	return unused;
}

THREAD(raises_inside)
{
	pthread_mutex_lock(&m);
	atomic_store(&x, 1);
	pthread_mutex_unlock(&m);
	return unused;
}

PROGRAM(poll_inside_right)
{
	both(polls_inside, raises_inside);
}

/* It comes to the atomic before it comes to the lock again. */
THREAD(polls_between)
{
	pthread_mutex_lock(&m);
	while (!atomic_load(&x)) {
		pthread_mutex_unlock(&m);
		pthread_mutex_lock(&m);
	}
	pthread_mutex_unlock(&m);
	return unused;
}

PROGRAM(poll_between_right)
{
	both(polls_between, raises_inside);
}

/* The same where it does not let go of the lock. */
THREAD(holds_and_waits)
{
	pthread_mutex_lock(&m);
	while (!atomic_load(&x)) /* fault: livelock */
		;
	pthread_mutex_unlock(&m);
	return unused;
}

PROGRAM(holds_and_waits_wrong)
{
	both(holds_and_waits, raises_inside);
}

PROGRAM(holds_and_waits_right)
{
	both(holds_and_waits, sets_x);
}
