/* SPDX-License-Identifier: MIT */
/*
 * What a program may ask of its process: the same answers in every execution, from what the asking
 * thread knows, so that the order of threads that have nothing to do with each other changes none.
 *
 * Time is the sum of the thread's vector clock, a millisecond each, and a microsecond for each call
 * since that changed: it never goes back for a thread that comes after. Random numbers are a
 * sequence of each thread.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <time.h>

#include "shadow.h"
#include "state.h"

#define BEGAN_S 1000000000 /* of the clock of the day, 9 September 2001 */
#define NS_PER_S UINT64_C(1000000000)
#define NS_PER_SUM UINT64_C(1000000)
#define NS_PER_CALL UINT64_C(1000)
/* A thread that asks again and again waits: after this number of calls each takes twice as long. */
#define CALLS_TO_DOUBLE 16
#define DOUBLE_MAX 20
#define CALLS_PER_SUM (NS_PER_SUM / NS_PER_CALL)
#define PROCESS 4711

#define CALL(type, name, ...)                                                                      \
	OWN_EXPORT type own_##name(__VA_ARGS__);                                                   \
	type own_##name(__VA_ARGS__)

struct asked {
	uint64_t sum;	 /* of its clock, when it asked for the time last */
	uint32_t calls;	 /* since then */
	uint32_t asked;	 /* all of them */
	uint64_t random; /* state of its sequence; 0: not begun */
};

static struct {
	struct asked thread[OWN_THREADS];
	uint64_t slept_ns;
	uint64_t seed;
} process;

void own_libc_reset(void)
{
	memset(&process.thread, 0, sizeof(process.thread));
	process.slept_ns = 0;
	process.seed = 0;
}

/* --- time --- */

void own_time_passes(uint64_t ns)
{
	process.slept_ns += ns;
}

static uint64_t sum_of(own_clock clock)
{
	uint64_t sum = 0;

	for (uint32_t i = 0; i < OWN_THREADS; i++)
		sum += clock[i];
	return sum;
}

/*
 * Of time, and of clocks, whose sum it is: only where the program asks for it. A search that comes
 * to know of that begins again, since it did not tell apart what differs in time alone.
 */
static bool asks_for_time;

static void ask_for_time(void)
{
	if (likely(asks_for_time))
		return;
	asks_for_time = true;
	if (!own.noting || own.loading)
		return;
	own_learned = true;
	own_leave();
	fibers_end(own_me()->task);
}

uint64_t own_libc_state(void)
{
	uint64_t hash = process.seed;

	for (uint32_t i = 0; i < own.count; i++) {
		hash = fibers_mix(hash, process.thread[i].random);
		if (unlikely(asks_for_time)) {
			hash = own_hash_bytes(hash, &process.thread[i], sizeof(process.thread[i]));
			hash = fibers_mix(hash, sum_of(own.thread[i].clock));
		}
	}
	return asks_for_time ? fibers_mix(hash, process.slept_ns) : hash;
}

/* Nanoseconds since the execution began. */
static uint64_t now(void)
{
	struct asked *asked = &process.thread[own.current];
	uint64_t sum = sum_of(own_me()->clock);

	own.callbacks++;
	ask_for_time();
	if (sum != asked->sum) {
		asked->sum = sum;
		asked->calls = 0;
	}
	if (++asked->asked >= CALLS_TO_DOUBLE)
		process.slept_ns += NS_PER_CALL << (asked->asked / CALLS_TO_DOUBLE < DOUBLE_MAX
							    ? asked->asked / CALLS_TO_DOUBLE
							    : DOUBLE_MAX);
	if (++asked->calls == CALLS_PER_SUM) {
		own_tick();
		asked->sum++;
		asked->calls = 0;
	}
	own_me()->progress++;
	return asked->sum * NS_PER_SUM + asked->calls * NS_PER_CALL + process.slept_ns;
}

/* A clock that gives the day begins later than one that only runs. */
static uint64_t now_of(clockid_t clock)
{
	return now() + (clock == CLOCK_REALTIME ? BEGAN_S * NS_PER_S : NS_PER_S);
}

static struct timespec as_timespec(uint64_t ns)
{
	return (struct timespec){.tv_sec = (time_t)(ns / NS_PER_S),
				 .tv_nsec = (long)(ns % NS_PER_S)};
}

static void wrote(const void *to, unsigned int size, uintptr_t pc)
{
	if (to)
		own_plain((uintptr_t)to, size, OWN_WRITE, pc);
}

CALL(time_t, time, time_t *to)
{
	time_t seconds = (time_t)(now_of(CLOCK_REALTIME) / NS_PER_S);

	wrote(to, sizeof(*to), OWN_PC());
	if (to)
		*to = seconds;
	return seconds;
}

/* own_clock is the type of vector clocks, too. */
OWN_EXPORT clock_t own_processor_time(void) __asm__("own_clock");
clock_t own_processor_time(void)
{
	return (clock_t)(now() / (NS_PER_S / CLOCKS_PER_SEC));
}

CALL(int, clock_gettime, clockid_t clock, struct timespec *to)
{
	wrote(to, sizeof(*to), OWN_PC());
	*to = as_timespec(now_of(clock));
	return 0;
}

CALL(int, clock_getres, clockid_t clock, struct timespec *to)
{
	(void)clock;
	wrote(to, sizeof(*to), OWN_PC());
	if (to)
		*to = as_timespec(NS_PER_CALL);
	return 0;
}

CALL(int, gettimeofday, struct timeval *to, void *zone)
{
	uint64_t ns = now_of(CLOCK_REALTIME);

	(void)zone;
	wrote(to, sizeof(*to), OWN_PC());
	*to = (struct timeval){.tv_sec = (time_t)(ns / NS_PER_S),
			       .tv_usec = (suseconds_t)(ns % NS_PER_S / 1000)};
	return 0;
}

CALL(int, timespec_get, struct timespec *to, int base)
{
	wrote(to, sizeof(*to), OWN_PC());
	*to = as_timespec(now_of(CLOCK_REALTIME));
	return base;
}

/* std::chrono::system_clock::now(), steady_clock::now(): a count of nanoseconds each. */
CALL(int64_t, _ZNSt6chrono3_V212system_clock3nowEv, void)
{
	return (int64_t)now_of(CLOCK_REALTIME);
}

CALL(int64_t, _ZNSt6chrono3_V212steady_clock3nowEv, void)
{
	return (int64_t)now_of(CLOCK_MONOTONIC);
}

/* --- numbers --- */

/* Knuth's multiplier, with an increment of each thread; the high bits are good. */
static uint32_t draw(uint64_t *state)
{
	*state = *state * UINT64_C(6364136223846793005) + 2 * (uint64_t)own.current + 1;
	return (uint32_t)(*state >> 33);
}

static uint32_t draw_own(void)
{
	struct asked *asked = &process.thread[own.current];

	if (!asked->random)
		asked->random = (process.seed + own.current + 1) * UINT64_C(0x9e3779b97f4a7c15) | 1;
	own_me()->progress++;
	return draw(&asked->random);
}

static void seed(uint64_t value)
{
	process.seed = value;
	for (uint32_t i = 0; i < OWN_THREADS; i++)
		process.thread[i].random = 0;
}

CALL(int, rand, void)
{
	return (int)draw_own();
}

CALL(long, random, void)
{
	return (long)draw_own();
}

CALL(void, srand, unsigned int value)
{
	seed(value);
}

CALL(void, srandom, unsigned int value)
{
	seed(value);
}

CALL(int, rand_r, unsigned int *state)
{
	uint64_t wide = *state | (uint64_t)*state << 32;
	uint32_t drawn = draw(&wide);

	own_plain((uintptr_t)state, sizeof(*state), OWN_READ, OWN_PC());
	own_plain((uintptr_t)state, sizeof(*state), OWN_WRITE, OWN_PC());
	*state = (unsigned int)(wide >> 32);
	return (int)drawn;
}

/* --- its numbers --- */

CALL(int, getpid, void)
{
	return PROCESS;
}

CALL(int, getppid, void)
{
	return 1;
}

CALL(int, gettid, void)
{
	return PROCESS + (int)own.current;
}

CALL(int, sched_getcpu, void)
{
	return 0;
}

/* --- the end; exit() and its kin are in locals.c --- */

CALL(_Noreturn void, abort, void)
{
	own_fault(FAULT_ABORT, OWN_PC(), "%s calls abort()", own_name(own.current));
}

static const char *name_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

OWN_EXPORT _Noreturn void __assert_fail(const char *expression, const char *file, unsigned int line,
					const char *function);
OWN_EXPORT _Noreturn void __assert_perror_fail(int number, const char *file, unsigned int line,
					       const char *function);
OWN_EXPORT _Noreturn void __assert(const char *expression, const char *file, int line);

void __assert_fail(const char *expression, const char *file, unsigned int line,
		   const char *function)
{
	own_fault(FAULT_CHECK_FAILED, OWN_PC(), "assert(%s) fails in %s, %s:%u%s%s", expression,
		  own_name(own.current), name_of(file), line, function ? ", " : "",
		  function ? function : "");
}

void __assert_perror_fail(int number, const char *file, unsigned int line, const char *function)
{
	own_fault(FAULT_CHECK_FAILED, OWN_PC(), "assert_perror(%s) fails in %s, %s:%u, %s",
		  strerror(number), own_name(own.current), name_of(file), line, function);
}

void __assert(const char *expression, const char *file, int line)
{
	__assert_fail(expression, file, (unsigned int)line, NULL);
}
