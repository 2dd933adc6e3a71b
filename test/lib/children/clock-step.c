/* SPDX-License-Identifier: MIT */
/* To be preloaded: for a second the wall clock is 15 s ahead, then somebody sets it right. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdatomic.h>
#include <time.h>

#define STEPS_BACK_AFTER_S 1.0
#define AHEAD_S 15

static double seconds(const struct timespec *time)
{
	return (double)time->tv_sec + (double)time->tv_nsec / 1e9;
}

int clock_gettime(clockid_t id, struct timespec *time)
{
	static int (*real)(clockid_t, struct timespec *);
	static _Atomic double began;
	struct timespec now;
	double first = 0;
	int r;

	if (!real)
		real = (int (*)(clockid_t, struct timespec *))dlsym(RTLD_NEXT, "clock_gettime");
	real(CLOCK_MONOTONIC, &now);
	atomic_compare_exchange_strong(&began, &first, seconds(&now));
	r = real(id, time);
	if (id == CLOCK_REALTIME && seconds(&now) < atomic_load(&began) + STEPS_BACK_AFTER_S)
		time->tv_sec += AHEAD_S;
	return r;
}
