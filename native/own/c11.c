/* SPDX-License-Identifier: MIT */
/* <threads.h>: the same locks and condition variables as of POSIX. */
#include "objects.h"

#include <pthread.h>
#include <threads.h>

static int answer(int error)
{
	return error ? thrd_error : thrd_success;
}

OWN_EXPORT int mtx_init(mtx_t *m, int type)
{
	own_mutex_make(m, type & mtx_recursive ? PTHREAD_MUTEX_RECURSIVE : PTHREAD_MUTEX_NORMAL,
		       OWN_PC());
	return thrd_success;
}

OWN_EXPORT void mtx_destroy(mtx_t *m)
{
	own_mutex_end(m, OWN_PC());
}

OWN_EXPORT int mtx_lock(mtx_t *m)
{
	return answer(own_lock(m, OWN_PC()));
}

OWN_EXPORT int mtx_trylock(mtx_t *m)
{
	return own_trylock(m, false, OWN_PC()) ? thrd_busy : thrd_success;
}

OWN_EXPORT int mtx_timedlock(mtx_t *restrict m, const struct timespec *restrict until)
{
	(void)until;
	return own_trylock(m, true, OWN_PC()) ? thrd_timedout : thrd_success;
}

OWN_EXPORT int mtx_unlock(mtx_t *m)
{
	return answer(own_unlock(m, OWN_PC()));
}

OWN_EXPORT int cnd_init(cnd_t *c)
{
	own_condition_make(c, OWN_PC());
	return thrd_success;
}

OWN_EXPORT void cnd_destroy(cnd_t *c)
{
	own_condition_end(c, OWN_PC());
}

OWN_EXPORT int cnd_wait(cnd_t *c, mtx_t *m)
{
	return answer(own_condition_wait(c, m, false, OWN_PC()));
}

OWN_EXPORT int cnd_timedwait(cnd_t *restrict c, mtx_t *restrict m,
			     const struct timespec *restrict until)
{
	(void)until;
	return own_condition_wait(c, m, true, OWN_PC()) ? thrd_timedout : thrd_success;
}

OWN_EXPORT int cnd_signal(cnd_t *c)
{
	own_condition_wake(c, false, OWN_PC());
	return thrd_success;
}

OWN_EXPORT int cnd_broadcast(cnd_t *c)
{
	own_condition_wake(c, true, OWN_PC());
	return thrd_success;
}
