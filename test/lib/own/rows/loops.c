/* SPDX-License-Identifier: MIT */
#include "rows.h"

/* Locks that spin, each once with nobody to release it. */

static atomic_int lock_word, next_ticket, served;

static void test_and_set_lock(void)
{
	while (atomic_exchange(&lock_word, 1)) /* fault: livelock */
		;
}

static void test_first_lock(void)
{
	do {
		while (atomic_load(&lock_word)) /* fault: livelock */
			;
	} while (atomic_exchange(&lock_word, 1));
}

static void cas_lock(void)
{
	int free = 0;

	while (!atomic_compare_exchange_weak(&lock_word, &free, 1)) /* fault: livelock */
		free = 0;
}

static void ticket_lock(void)
{
	int mine = atomic_fetch_add(&next_ticket, 1);

	while (atomic_load(&served) != mine) /* fault: livelock */
		thrd_yield();
}

THREAD(sets)
{
	test_and_set_lock();
	plain++;
	atomic_store(&lock_word, 0);
	return unused;
}

THREAD(tests_first)
{
	test_first_lock();
	plain++;
	atomic_store(&lock_word, 0);
	return unused;
}

THREAD(compares)
{
	cas_lock();
	plain++;
	atomic_store(&lock_word, 0);
	return unused;
}

THREAD(takes_a_ticket)
{
	ticket_lock();
	plain++;
	atomic_fetch_add(&served, 1);
	return unused;
}

THREAD(keeps_the_lock)
{
	test_and_set_lock();
	return unused;
}

THREAD(keeps_the_ticket)
{
	ticket_lock();
	return unused;
}

PROGRAM(test_and_set_wrong)
{
	both(keeps_the_lock, sets);
}

PROGRAM(test_and_set_right)
{
	both(sets, sets);
	assert(plain == 2);
}

PROGRAM(test_first_wrong)
{
	both(keeps_the_lock, tests_first);
}

PROGRAM(test_first_right)
{
	both(tests_first, tests_first);
	assert(plain == 2);
}

PROGRAM(compare_wrong)
{
	both(keeps_the_lock, compares);
}

PROGRAM(compare_right)
{
	both(compares, compares);
	assert(plain == 2);
}

PROGRAM(ticket_wrong)
{
	both(keeps_the_ticket, takes_a_ticket);
}

PROGRAM(ticket_right)
{
	both(takes_a_ticket, takes_a_ticket);
	assert(plain == 2);
}

/* A sequence lock: the reader goes round two words. */

static atomic_int sequence, low, high;

THREAD(writes_both)
{
	atomic_fetch_add(&sequence, 1);
	atomic_store(&low, 1);
	atomic_store(&high, 1);
	atomic_fetch_add(&sequence, 1);
	return unused;
}

THREAD(writes_half)
{
	atomic_fetch_add(&sequence, 1);
	atomic_store(&low, 1);
	return unused;
}

THREAD(reads_both)
{
	int before, l, h;

	do {
		do
			before = atomic_load(&sequence); /* fault: livelock */
		while (before & 1);
		l = atomic_load(&low);
		h = atomic_load(&high);
	} while (before != atomic_load(&sequence));
	assert(l == h);
	return unused;
}

PROGRAM(sequence_wrong)
{
	both(writes_half, reads_both);
}

PROGRAM(sequence_right)
{
	both(writes_both, reads_both);
}

/* What it waits for are two words that two threads set. */

THREAD(waits_for_both)
{
	while (!atomic_load(&x) || !atomic_load(&y)) /* fault: livelock */
		;
	plain++;
	return unused;
}

THREAD(sets_y)
{
	atomic_store(&y, 1);
	return unused;
}

THREAD(sets_x)
{
	atomic_store(&x, 1);
	return unused;
}

THREAD(waits_for_both_too)
{
	sets_y(unused);
	return waits_for_both(unused);
}

PROGRAM(two_words_wrong)
{
	both(sets_x, waits_for_both);
}

PROGRAM(two_words_right)
{
	pthread_t t;

	pthread_create(&t, NULL, sets_x, NULL);
	both(sets_y, waits_for_both);
	pthread_join(t, NULL);
}

PROGRAM(one_of_each_right)
{
	both(sets_x, waits_for_both_too);
}

/* It counts its tries, on its stack, in a register, or elsewhere: it ends. */

THREAD(gives_up)
{
	int tries = 0;

	while (!atomic_load(&x) && tries < 6)
		tries++;
	assert(tries < 6); /* fault: check-failed */
	return unused;
}

THREAD(gives_up_by_register)
{
	register int tries = 0;

	while (!atomic_load(&x) && tries < 6)
		tries++;
	assert(tries < 6); /* fault: check-failed */
	return unused;
}

static int tries_made;

THREAD(gives_up_by_memory)
{
	while (!atomic_load(&x) && tries_made < 6)
		tries_made++;
	assert(tries_made < 6); /* fault: check-failed */
	return unused;
}

PROGRAM(counted_wrong)
{
	both(gives_up, sets_x);
}

PROGRAM(counted_in_a_register_wrong)
{
	both(gives_up_by_register, sets_x);
}

PROGRAM(counted_in_memory_wrong)
{
	both(gives_up_by_memory, sets_x);
}

THREAD(spins_then_yields)
{
	while (!atomic_load(&x)) {
		for (int i = 0; i < 2 && !atomic_load(&x); i++)
			;
		sched_yield();
	}
	return unused;
}

PROGRAM(bounded_then_yield_right)
{
	both(spins_then_yields, sets_x);
}

/* A loop over a plain word is found to wait for another thread: that is a race. */

THREAD(waits_plainly)
{
	while (!ready) /* fault: data-race */
		;
	return unused;
}

THREAD(sets_plainly)
{
	ready = 1; /* fault: data-race */
	return unused;
}

PROGRAM(plain_loop_wrong)
{
	both(waits_plainly, sets_plainly);
}
