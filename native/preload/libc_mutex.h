/* SPDX-License-Identifier: MIT */
/* Mutexes that stay libc's: their kind is robust, of a priority, or shared by processes. */
#ifndef DMTORTURE_PRELOAD_LIBC_MUTEX_H
#define DMTORTURE_PRELOAD_LIBC_MUTEX_H

#include <pthread.h>

/* Count a call that libc is given because of the mutex's kind. */
__attribute__((cold)) void libc_mutex_seen(const pthread_mutex_t *m);
__attribute__((cold)) int libc_mutex_lock(pthread_mutex_t *m);
__attribute__((cold)) int libc_mutex_trylock(pthread_mutex_t *m);
__attribute__((cold)) int libc_mutex_unlock(pthread_mutex_t *m);

#endif
