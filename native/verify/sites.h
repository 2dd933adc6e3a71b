/* SPDX-License-Identifier: MIT */
/* The accesses and fences of one source, and of the headers that it includes. */
#ifndef DMTORTURE_VERIFY_SITES_H
#define DMTORTURE_VERIFY_SITES_H

#include <stdint.h>

#include "machine.h"

#define LOCK_SITES_MAX 64

struct lock_sites {
	const struct site *site[LOCK_SITES_MAX];
	uint32_t count;
};

/*
 * Those of the source that is called @slug, with any ending, in the order of lines; behind them
 * those of its headers.
 */
void lock_sites_of(const char *slug, struct lock_sites *sites);
/* The number of @site, or LOCK_SITES_MAX where it is of another source. */
uint32_t lock_sites_find(const struct lock_sites *sites, const struct site *site);

#endif
