/* SPDX-License-Identifier: MIT */
/* The functions of libc that this library stands before. */
#ifndef DMTORTURE_PRELOAD_REALS_H
#define DMTORTURE_PRELOAD_REALS_H

#include <dlfcn.h>
#include <pthread.h>
#include <stdbool.h>

#include "likely.h"

/* X(name, whether libc has it twice: see reals.c) */
#define REALS(X)                                                                                   \
	X(pthread_mutex_lock, false)                                                               \
	X(pthread_mutex_trylock, false)                                                            \
	X(pthread_mutex_unlock, false)                                                             \
	X(pthread_mutex_timedlock, false)                                                          \
	X(pthread_mutex_clocklock, false)                                                          \
	X(pthread_mutex_destroy, false)                                                            \
	X(pthread_cond_wait, true)                                                                 \
	X(pthread_cond_timedwait, true)                                                            \
	X(pthread_cond_signal, true)                                                               \
	X(pthread_cond_broadcast, true)                                                            \
	X(pthread_cond_clockwait, false)                                                           \
	X(pthread_rwlock_rdlock, false)                                                            \
	X(pthread_rwlock_wrlock, false)                                                            \
	X(pthread_rwlock_tryrdlock, false)                                                         \
	X(pthread_rwlock_trywrlock, false)                                                         \
	X(pthread_rwlock_timedrdlock, false)                                                       \
	X(pthread_rwlock_timedwrlock, false)                                                       \
	X(pthread_rwlock_clockrdlock, false)                                                       \
	X(pthread_rwlock_clockwrlock, false)                                                       \
	X(pthread_rwlock_unlock, false)                                                            \
	X(dlopen, false)                                                                           \
	X(dlclose, false)

struct reals {
/* NOLINTNEXTLINE(bugprone-macro-parentheses): it declares a member */
#define FIELD(name, twice) __typeof__(&(name)) name;
	REALS(FIELD)
#undef FIELD
	bool known;
};
extern struct reals reals;

/*
 * Looking up may call malloc(), and a malloc() of the program's own (jemalloc) locks a mutex,
 * which may come back to this library before the answer is there. No other thread exists then, so
 * such a lock is granted for nothing.
 */
extern __thread bool resolving __attribute__((tls_model("initial-exec")));

void resolve(void);

static inline const struct reals *real(void)
{
	if (unlikely(!reals.known))
		resolve();
	return &reals;
}

#endif
