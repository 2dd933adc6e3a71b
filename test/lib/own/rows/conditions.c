/* SPDX-License-Identifier: MIT */
#include "rows.h"

THREAD(waits_without_it)
{
	pthread_cond_wait(&c, &m); /* fault: lock-misuse */
	return unused;
}

PROGRAM(wait_without_the_mutex_wrong)
{
	both(waits_without_it, nothing);
}

static void *waits_by(pthread_mutex_t *mutex)
{
	pthread_mutex_lock(mutex);
	pthread_cond_timedwait(&c, mutex, &never); /* fault: lock-misuse */
	pthread_mutex_unlock(mutex);
	return NULL;
}

THREAD(waits_by_m)
{
	return waits_by(&m);
}

THREAD(waits_by_m2)
{
	return waits_by(&m2);
}

PROGRAM(two_mutexes_wrong)
{
	both(waits_by_m, waits_by_m2);
}

THREAD(waits_for_ready_by_m)
{
	pthread_mutex_lock(&m);
	while (!ready)
		pthread_cond_wait(&c, &m);
	pthread_mutex_unlock(&m);
	return unused;
}

THREAD(signals_and_waits_by_m2)
{
	pthread_mutex_lock(&m);
	ready = 1;
	pthread_cond_signal(&c);
	pthread_mutex_unlock(&m);
	return waits_by(&m2);
}

/* The thread that waited by the other is awake, though it may not have gone on. */
PROGRAM(two_mutexes_right)
{
	both(waits_for_ready_by_m, signals_and_waits_by_m2);
}

THREAD(waits_once)
{
	pthread_mutex_lock(&m);
	pthread_cond_wait(&c, &m); /* fault: deadlock */
	pthread_mutex_unlock(&m);
	return unused;
}

THREAD(signals)
{
	pthread_mutex_lock(&m);
	ready = 1;
	pthread_cond_signal(&c);
	pthread_mutex_unlock(&m);
	return unused;
}

THREAD(waits_while_not_ready)
{
	pthread_mutex_lock(&m);
	while (!ready)
		pthread_cond_wait(&c, &m); /* fault: deadlock */
	pthread_mutex_unlock(&m);
	return unused;
}

PROGRAM(lost_signal_wrong)
{
	both(waits_once, signals);
}

PROGRAM(lost_signal_right)
{
	both(waits_while_not_ready, signals);
}

/* One waiter, and a third thread that waits, too. */
static void with_another_waiter(void *(*signaller)(void *))
{
	pthread_t t;

	pthread_create(&t, NULL, waits_while_not_ready, NULL);
	both(waits_while_not_ready, signaller);
	pthread_join(t, NULL);
}

PROGRAM(signal_wakes_one_wrong)
{
	with_another_waiter(signals);
}

THREAD(broadcasts)
{
	pthread_mutex_lock(&m);
	ready = 1;
	pthread_mutex_unlock(&m);
	pthread_cond_broadcast(&c);
	return unused;
}

PROGRAM(signal_wakes_one_right)
{
	with_another_waiter(broadcasts);
}

THREAD(trusts_the_clock)
{
	pthread_mutex_lock(&m);
	assert(!pthread_cond_timedwait(&c, &m, &never)); /* fault: check-failed */
	pthread_mutex_unlock(&m);
	return unused;
}

PROGRAM(timedwait_wrong)
{
	both(trusts_the_clock, signals);
}

THREAD(waits_in_time)
{
	pthread_mutex_lock(&m);
	while (!ready && pthread_cond_timedwait(&c, &m, &never) != ETIMEDOUT)
		;
	pthread_mutex_unlock(&m);
	return unused;
}

PROGRAM(timedwait_right)
{
	both(waits_in_time, signals);
}

THREAD(waits_in_time_for_ever)
{
	pthread_mutex_lock(&m);
	while (!ready)
		pthread_cond_timedwait(&c, &m, &never); /* fault: livelock */
	pthread_mutex_unlock(&m);
	return unused;
}

PROGRAM(timedwait_for_ever_wrong)
{
	both(waits_in_time_for_ever, locks_and_unlocks);
}

PROGRAM(timedwait_for_ever_right)
{
	both(waits_in_time_for_ever, signals);
}

THREAD(ends_the_condition)
{
	pthread_mutex_lock(&m);
	ready = 1;
	pthread_mutex_unlock(&m);
	pthread_cond_destroy(&c); /* fault: lock-misuse */
	return unused;
}

THREAD(waits_at_the_ended)
{
	pthread_mutex_lock(&m);
	while (!ready)
		pthread_cond_wait(&c, &m);
	pthread_mutex_unlock(&m);
	return unused;
}

PROGRAM(destroyed_condition_wrong)
{
	both(waits_at_the_ended, ends_the_condition);
}

PROGRAM(destroyed_condition_right)
{
	both(waits_while_not_ready, broadcasts);
	pthread_cond_destroy(&c);
}

THREAD(waits_if_not_ready)
{
	pthread_mutex_lock(&m);
	if (!ready)
		pthread_cond_wait(&c, &m);
	assert(ready); /* fault: check-failed spurious */
	pthread_mutex_unlock(&m);
	return unused;
}

PROGRAM(spurious_wrong)
{
	both(waits_if_not_ready, signals);
}

PROGRAM(spurious_right)
{
	both(waits_while_not_ready, signals);
}

/* Only a signal orders what one did before what the other does behind its wait. */

THREAD(waits_for_a_signal)
{
	pthread_mutex_lock(&m);
	pthread_cond_wait(&c, &m);
	assert(plain); /* by nothing but the signal */
	pthread_mutex_unlock(&m);
	atomic_store_explicit(&x, 1, memory_order_relaxed);
	return unused;
}

THREAD(signals_until_it_is_heard)
{
	plain = 1;
	while (!atomic_load_explicit(&x, memory_order_relaxed))
		pthread_cond_signal(&c);
	return unused;
}

PROGRAM(signal_orders_right)
{
	both(waits_for_a_signal, signals_until_it_is_heard);
}

THREAD(reads_after_the_timeout)
{
	int late;

	if (!atomic_load_explicit(&x, memory_order_relaxed))
		return unused;
	pthread_mutex_lock(&m);
	late = pthread_cond_timedwait(&c, &m, &never) == ETIMEDOUT;
	pthread_mutex_unlock(&m);
	if (late)
		assert(plain); /* fault: data-race */
	return unused;
}

THREAD(signals_then_stores)
{
	plain = 1;
	pthread_cond_signal(&c);
	atomic_store_explicit(&x, 1, memory_order_relaxed);
	return unused;
}

PROGRAM(timeout_orders_nothing_wrong)
{
	both(reads_after_the_timeout, signals_then_stores);
}

/* A thread that signals and then waits does not hear its own signal. */

static int answered;

THREAD(signals_then_waits)
{
	pthread_mutex_lock(&m);
	ready = 1;
	pthread_cond_signal(&c);
	while (!answered)
		pthread_cond_wait(&c, &m);
	pthread_mutex_unlock(&m);
	return unused;
}

THREAD(answers)
{
	pthread_mutex_lock(&m);
	while (!ready)
		pthread_cond_wait(&c, &m);
	answered = 1;
	pthread_cond_signal(&c);
	pthread_mutex_unlock(&m);
	return unused;
}

PROGRAM(own_signal_right)
{
	both(signals_then_waits, answers);
}

/* A wait releases a recursive mutex once, as the C library does. */

static pthread_mutex_t twice = PTHREAD_RECURSIVE_MUTEX_INITIALIZER_NP;

THREAD(signals_under_twice)
{
	pthread_mutex_lock(&twice);
	ready = 1;
	pthread_cond_signal(&c);
	pthread_mutex_unlock(&twice);
	return unused;
}

THREAD(waits_holding_it_once)
{
	pthread_mutex_lock(&twice);
	while (!ready)
		pthread_cond_wait(&c, &twice);
	pthread_mutex_unlock(&twice);
	return unused;
}

THREAD(waits_holding_it_twice)
{
	pthread_mutex_lock(&twice);
	pthread_mutex_lock(&twice);
	while (!ready)
		pthread_cond_wait(&c, &twice); /* fault: deadlock */
	pthread_mutex_unlock(&twice);
	pthread_mutex_unlock(&twice);
	return unused;
}

PROGRAM(recursive_wait_wrong)
{
	both(waits_holding_it_twice, signals_under_twice);
}

PROGRAM(recursive_wait_right)
{
	both(waits_holding_it_once, signals_under_twice);
}

THREAD(gives_up_holding_it_twice)
{
	pthread_mutex_lock(&twice);
	pthread_mutex_lock(&twice);
	if (!ready)
		assert(pthread_cond_timedwait(&c, &twice, &never) == ETIMEDOUT);
	pthread_mutex_unlock(&twice);
	pthread_mutex_unlock(&twice);
	return unused;
}

PROGRAM(recursive_timedwait_right)
{
	both(gives_up_holding_it_twice, signals_under_twice);
}
