/* SPDX-License-Identifier: MIT */
/*
 * Every access of a lock's source, whether or not an execution comes to it: the compiler puts each
 * site into a section of its own, and the linker says where that begins and ends. What a header has
 * is a site of each source that includes it.
 */
#ifndef DMTORTURE_LOCK_SITES_H
#define DMTORTURE_LOCK_SITES_H

#include "place.h"

struct listed_site {
	const struct site *site;
	const char *unit; /* the source that was compiled */
};

/* Aligned by its size: then the compiler leaves no gap between two. */
#define LISTED_SITE_ALIGN aligned(2 * sizeof(void *))

#ifdef __APPLE__
#define LOCK_SITE __attribute__((used, LISTED_SITE_ALIGN, section("__DATA,lock_sites")))
extern const struct listed_site lock_sites_begin[] __asm("section$start$__DATA$lock_sites");
extern const struct listed_site lock_sites_end[] __asm("section$end$__DATA$lock_sites");
#else
/* Hidden: each binary has its own. */
#define LOCK_SITE __attribute__((used, LISTED_SITE_ALIGN, section("lock_sites")))
extern const struct listed_site lock_sites_begin[] __asm("__start_lock_sites")
	__attribute__((visibility("hidden")));
extern const struct listed_site lock_sites_end[] __asm("__stop_lock_sites")
	__attribute__((visibility("hidden")));
#endif

_Static_assert(sizeof(struct listed_site) == 2 * sizeof(void *), "no gap between two");

#endif
