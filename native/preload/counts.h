/* SPDX-License-Identifier: MIT */
/*
 * What is counted, in a file that is mapped shared: kill -9 and a crash lose nothing. One file a
 * process, made when it takes its first lock. Its form is read by lib/app/counts.ts.
 *
 * Each thread counts in a record of its own, by the address that the call returns to: plain
 * loads and stores, no sharing.
 */
#ifndef DMTORTURE_PRELOAD_COUNTS_H
#define DMTORTURE_PRELOAD_COUNTS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "likely.h"

#define COUNTS_MAGIC "dmtcounts"
#define COUNTS_VERSION 1
#define COUNTS_HEADER_BYTES 4096
#define RECORDS_MAX 1024
#define SITES_BITS 10
#define SITES (1u << SITES_BITS)
#define SITE_TRIES 16
#define HOLD_EVERY 64 /* one of 64 holds of a thread is timed, on average */
#define COMMAND_BYTES 512
#define ADDRESS_BITS 48 /* of a key; above them stands the generation of the modules */

/* Times are ticks. 64 bytes. */
struct count_site {
	uint64_t key; /* 0: free */
	uint64_t acquired, contended, wait, wait_max;
	uint64_t holds, hold, hold_max; /* of those that were timed */
};

struct count_record {
	struct count_site sites[SITES];
	uint64_t lost; /* acquisitions at more sites than fit */
	uint64_t spare[511];
};
_Static_assert(sizeof(struct count_record) % 4096 == 0, "records begin at pages");

/* Calls that libc was given, by why. */
enum libc_reason { LIBC_ROBUST, LIBC_PRIORITY, LIBC_SHARED, LIBC_WRITERS, LIBC_REASONS };

struct counts_header {
	char magic[12];
	uint32_t version;
	uint32_t pid;
	uint32_t sites; /* of a record */
	uint64_t record_bytes;
	uint64_t ticks_per_us;
	_Atomic uint32_t records; /* the highest that was ever in use */
	uint32_t spare;
	_Atomic uint64_t libc[LIBC_REASONS];
	_Atomic uint64_t uncounted; /* threads for which there was no record */
	char command[COMMAND_BYTES];
};
_Static_assert(sizeof(struct counts_header) <= COUNTS_HEADER_BYTES, "the header is one page");

struct self;
struct own;

/* Bumped where a library was closed: its addresses may be another's from then on. */
extern _Atomic uint64_t counts_generation;
/* NULL: nothing is counted, or nothing was yet. */
extern struct counts_header *counts;

/* Give @s a record; it keeps none where there is none left. Context: any; no malloc(), no lock. */
void counts_attach(struct self *s);
/* The child of a fork counts in a file of its own. */
void counts_after_fork(void);
/* A site that is not in the table. Returns NULL where it is full. */
struct count_site *counts_new_site(struct self *s, uint64_t key);
/* Draw when the next hold of the thread is timed. Returns false where there was no draw before. */
bool counts_pace(struct self *s);
/* Libraries were closed. */
void counts_modules_changed(void);
/* libc was given a call. */
void counts_libc(enum libc_reason reason);

static inline uint32_t site_slot(uint64_t key)
{
	return (uint32_t)((key * UINT64_C(0x9E3779B97F4A7C15)) >> (64 - SITES_BITS));
}

/* The key of a call that returns to @from. */
static inline uint64_t site_key(const void *from)
{
	return (uint64_t)(uintptr_t)from |
	       atomic_load_explicit(&counts_generation, memory_order_relaxed) << ADDRESS_BITS;
}

#endif
