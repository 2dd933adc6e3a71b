/* SPDX-License-Identifier: MIT */
/* Code addresses of the program: whose they are, and what a story calls them. Part of own.h. */
#ifndef DMTORTURE_OWN_CODE_H
#define DMTORTURE_OWN_CODE_H

#include <stdint.h>

#include "place.h"

/* own_site() where there is none yet, or @pc is of a library. */
const struct site *own_new_site(uintptr_t pc);
/* The sites that there are, by address - text_low; NULL: not yet. */
extern const struct site **own_sites;

/*
 * The address in the program that leads to @pc, where @pc is of a library that it called. What
 * headers of the system have of the program's code counts as a library, too, unless nothing else
 * leads there.
 */
uintptr_t own_caller(uintptr_t pc);
/*
 * @pc, to which the calling function returns; where that is code of a header of the system, the
 * address that leads there. OWN_PC() is that.
 */
uintptr_t own_outer(uintptr_t pc);
/* What the current thread's last own_outer() made @pc of; @pc itself, if it did not. */
uintptr_t own_inner(uintptr_t pc);

/* The offset of @site in the object; 0: it is of no code (a deadlock, an end). */
uint64_t own_site_offset(const struct site *site);
/* The access of an atomic at @site has @order. */
void own_site_has_order(const struct site *site, enum word_order order);
/*
 * The site of a pair of accesses that race, the one at @pc and the one at @other, in either order:
 * faults are told apart by their sites. own_site_offset() of it is that of @pc of its first call.
 */
const struct site *own_site_of_pair(uintptr_t pc, uintptr_t other);
/* The offset of the other access of a pair; 0: @site is not a pair. */
uint64_t own_site_other(const struct site *site);

#endif
