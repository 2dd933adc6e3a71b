/* SPDX-License-Identifier: MIT */
/* A place in the source as a number that a ticket can hold. */
#ifndef DMTORTURE_SITE_H
#define DMTORTURE_SITE_H

#include <stdint.h>

/* A short digest of a place in the source, the same from every build; never 0. */
uint32_t site_digest(const char *func, const char *text);

#endif
