/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "timed.h"

#include <errno.h>
#include <sys/syscall.h>
#include <unistd.h>

#define FIRST_NS 1000u
#define LONGEST_NS 200000u
#define SECOND_NS 1000000000

bool is_time(const struct timespec *until)
{
	return until->tv_nsec >= 0 && until->tv_nsec < SECOND_NS;
}

bool has_passed(clockid_t clock, const struct timespec *until)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return now.tv_sec > until->tv_sec ||
	       (now.tv_sec == until->tv_sec && now.tv_nsec >= until->tv_nsec);
}

void take_nap(struct nap *nap)
{
	struct timespec length;
	int error = errno;

	nap->ns = nap->ns ? nap->ns * 2 : FIRST_NS;
	if (nap->ns > LONGEST_NS)
		nap->ns = LONGEST_NS;
	length = (struct timespec){.tv_nsec = nap->ns};
	/* Not nanosleep(), at which a thread may be cancelled. */
	syscall(SYS_clock_nanosleep, CLOCK_MONOTONIC, 0, &length, NULL);
	errno = error;
}
