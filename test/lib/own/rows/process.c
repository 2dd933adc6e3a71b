/* SPDX-License-Identifier: MIT */
#include "rows.h"

#include <setjmp.h>
#include <stdio.h>

/* As many steps as an answer of the process says: they have to be the same in every execution. */
static void step(unsigned int times)
{
	for (times %= 4; times; times--)
		atomic_fetch_add(&x, 1);
}

static unsigned int nanoseconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (unsigned int)now.tv_nsec / 1000;
}

THREAD(steps_by_the_clock)
{
	step(nanoseconds());
	return unused;
}

THREAD(steps_by_chance)
{
	step((unsigned int)rand());
	return unused;
}

PROGRAM(clock_right)
{
	unsigned int before = nanoseconds();

	assert(nanoseconds() != before);
	both(steps_by_the_clock, steps_by_the_clock);
}

PROGRAM(sleep_takes_time_right)
{
	struct timespec before, after;

	clock_gettime(CLOCK_MONOTONIC, &before);
	sleep(3);
	clock_gettime(CLOCK_MONOTONIC, &after);
	assert(after.tv_sec - before.tv_sec >= 3);
}

PROGRAM(chance_right)
{
	int first = rand();

	assert(first != rand());
	both(steps_by_chance, steps_by_chance);
}

PROGRAM(number_of_the_process_right)
{
	assert(getpid() == 4711 && getppid() == 1);
	both(nothing, nothing);
}

static void last(void)
{
	assert(!atomic_load(&x)); /* fault: check-failed */
}

PROGRAM(at_the_end_wrong)
{
	atexit(last);
	atomic_store(&x, 1);
	exit(3);
}

PROGRAM(at_no_end_right)
{
	atexit(last);
	atomic_store(&x, 1);
	_exit(3);
}

THREAD(sets_y)
{
	atomic_store(&y, 1);
	return unused;
}

/* What one execution leaves to be done at its end, the next one knows nothing of. */
PROGRAM(at_one_end_right)
{
	pthread_t t;

	pthread_create(&t, NULL, sets_y, NULL);
	if (atomic_load(&y)) {
		atomic_store(&x, 1);
		exit(3);
	}
	atexit(last);
	_exit(3);
}

static char text[] = "text";

THREAD(prints_it)
{
	printf("%s\n", text); /* fault: data-race */
	return unused;
}

THREAD(changes_it)
{
	text[1] = 'a'; /* fault: data-race */
	return unused;
}

PROGRAM(print_reads_wrong)
{
	both(prints_it, changes_it);
}

/* The C library keeps what it has read of the time zone from one execution to the next. */
THREAD(asks_for_the_day)
{
	size_t size = atomic_fetch_add(&x, 1) ? 50000 : 100;
	time_t then = 1000000000;
	char *before = malloc(size);
	struct tm day;

	memset(before, 'z', size);
	localtime_r(&then, &day);
	assert(day.tm_year == 101);
	free(before);
	return unused;
}

PROGRAM(library_keeps_right)
{
	both(asks_for_the_day, asks_for_the_day);
}

THREAD(jumps)
{
	jmp_buf back;
	volatile int came = 0;

	if (!setjmp(back)) {
		came = 1;
		atomic_fetch_add(&x, 1);
		longjmp(back, 1);
	}
	assert(came);
	return unused;
}

PROGRAM(jump_right)
{
	both(jumps, jumps);
}

THREAD(measures_nothing)
{
	if (atomic_load(&x))
		other = (int)strlen((char *)8); /* fault: crash */
	return unused;
}

THREAD(lets_it)
{
	atomic_store(&x, 1);
	return unused;
}

PROGRAM(crash_in_the_library_wrong)
{
	both(measures_nothing, lets_it);
}

THREAD(calls_nothing)
{
	if (atomic_load(&x))
		((void (*)(void))(intptr_t)other)(); /* fault: crash */
	return unused;
}

PROGRAM(call_of_nothing_wrong)
{
	both(calls_nothing, lets_it);
}

THREAD(traps)
{
	if (atomic_load(&x))
		__builtin_trap(); /* fault: crash */
	return unused;
}

PROGRAM(trap_wrong)
{
	both(traps, lets_it);
}

/* --- what test files of model checkers call --- */

void __VERIFIER_assume(int condition);
void __VERIFIER_atomic_begin(void);
void __VERIFIER_atomic_end(void);
void __VERIFIER_error(void);

THREAD(assumes_that_it_is_set)
{
	__VERIFIER_assume(atomic_load(&x));
	assert(atomic_load(&x) == 1);
	return unused;
}

PROGRAM(assumed_right)
{
	both(assumes_that_it_is_set, lets_it);
}

THREAD(adds_in_a_section)
{
	__VERIFIER_atomic_begin();
	plain++;
	__VERIFIER_atomic_end();
	return unused;
}

PROGRAM(atomic_section_right)
{
	both(adds_in_a_section, adds_in_a_section);
	assert(plain == 2);
}

THREAD(must_not_come_here)
{
	if (atomic_load(&x))
		__VERIFIER_error(); /* fault: check-failed */
	return unused;
}

PROGRAM(error_wrong)
{
	both(must_not_come_here, lets_it);
}
