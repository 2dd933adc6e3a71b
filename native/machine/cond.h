/* SPDX-License-Identifier: MIT */
/* Waiting for another thread for a time that no change of the wall clock makes longer. */
#ifndef DMTORTURE_COND_H
#define DMTORTURE_COND_H

#include <pthread.h>
#include <stdint.h>
#include <time.h>

#define COND_SECOND_NS UINT64_C(1000000000)

static inline void cond_init(pthread_cond_t *cond)
{
#ifdef __APPLE__
	pthread_cond_init(cond, NULL);
#else
	pthread_condattr_t attributes;

	pthread_condattr_init(&attributes);
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	pthread_cond_init(cond, &attributes);
	pthread_condattr_destroy(&attributes);
#endif
}

/* Wait for @cond, of cond_init(), for @ns at most. Context: holds @mutex. */
static inline void cond_wait_ns(pthread_cond_t *cond, pthread_mutex_t *mutex, uint64_t ns)
{
	struct timespec time;

#ifdef __APPLE__
	time = (struct timespec){.tv_sec = (time_t)(ns / COND_SECOND_NS),
				 .tv_nsec = (long)(ns % COND_SECOND_NS)};
	pthread_cond_timedwait_relative_np(cond, mutex, &time);
#else
	clock_gettime(CLOCK_MONOTONIC, &time);
	ns += (uint64_t)time.tv_nsec;
	time.tv_sec += (time_t)(ns / COND_SECOND_NS);
	time.tv_nsec = (long)(ns % COND_SECOND_NS);
	pthread_cond_timedwait(cond, mutex, &time);
#endif
}

#endif
