/* SPDX-License-Identifier: MIT */
/*
 * Every access of a lock's source, whether or not an execution comes to it: the compiler puts a
 * pointer to each site into a section of its own, and the linker says where that begins and ends.
 */
#ifndef DMTORTURE_LOCK_SITES_H
#define DMTORTURE_LOCK_SITES_H

#include "place.h"

#ifdef __APPLE__
#define LOCK_SITE __attribute__((used, section("__DATA,lock_sites")))
extern const struct site *const lock_sites_begin[] __asm("section$start$__DATA$lock_sites");
extern const struct site *const lock_sites_end[] __asm("section$end$__DATA$lock_sites");
#else
/* Hidden: each binary has its own. */
#define LOCK_SITE __attribute__((used, section("lock_sites")))
extern const struct site *const lock_sites_begin[] __asm("__start_lock_sites")
	__attribute__((visibility("hidden")));
extern const struct site *const lock_sites_end[] __asm("__stop_lock_sites")
	__attribute__((visibility("hidden")));
#endif

#endif
