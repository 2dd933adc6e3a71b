/* SPDX-License-Identifier: MIT */
/* A place in the source as a number that a ticket can hold. */
#ifndef DMTORTURE_SITE_H
#define DMTORTURE_SITE_H

#include <stdint.h>

#include "place.h"

/* A short digest of a place in the source, the same from every build; never 0. */
uint32_t site_digest(const char *func, const char *text);
/* As C11 calls it, without the prefix. Static. */
const char *word_order_name(enum word_order order);

#endif
