/* SPDX-License-Identifier: MIT */
/* How locks of the user's come into a process, in plain C types, so that the addon can include it.
 */
#ifndef DMTORTURE_OWN_OPEN_H
#define DMTORTURE_OWN_OPEN_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Load @object as lock @name; both are copied. @library: it is not a plug, but a library. Returns
 * NULL, or why not, a text that is valid until the next call. Context: one thread at a time, before
 * a lock is used. What is loaded stays until the process ends.
 */
const char *own_lock_open(const char *name, const char *object, bool library);
uint32_t own_lock_count(void);
/* Write to @fd from now on, and catch the signals of a crash; see own_watch.h. */
void own_watch_open(int fd);

#ifdef __cplusplus
}
#endif
#endif
