/* SPDX-License-Identifier: MIT */
/* Counts written out by hand, and the core's own, to set the schemes of native/refcounts against.
 */
#ifndef DMTORTURE_BENCH_REF_BY_HAND_H
#define DMTORTURE_BENCH_REF_BY_HAND_H

#include "dm_refs.h"
#include "program.h"
#include "ref_loop.h"

#define LINE 128
#define REF_BY_HAND 7

/* An object by hand: its count on a line of its own, and the table and lock that lead to it. */
struct by_hand {
	_Atomic uint64_t count __attribute__((aligned(LINE)));
};

struct shelf {
	_Atomic uint32_t lock __attribute__((aligned(LINE)));
	struct by_hand **slot; /* by number */
};

/* One thread's view. */
struct ref_hand {
	struct by_hand *object;
	struct shelf *shelf;
	uint32_t slot;	/* of the object; in the arena, its minor */
	uint32_t slots; /* that it goes through; 1: it stays with its own */
	struct player *player;
	struct dm *dm;
	struct mapped_device *md;
	struct mapped_device **mds; /* of every slot */
} __attribute__((aligned(LINE)));

/* A way to get and put. */
struct variant {
	const char *name;
	void (*loop)(struct member *member);
	void (*last_loop)(struct member *member); /* NULL: its end is more than a put */
	const struct ref_row *scheme;		  /* NULL: by hand, or the core's */
};

extern const struct variant ref_by_hand[REF_BY_HAND];

#endif
