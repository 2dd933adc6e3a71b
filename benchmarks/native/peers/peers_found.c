/* SPDX-License-Identifier: MIT */
/* Which peers there are: HAVE_ macros come from CMake. */
#include "peers.h"

/* Floors: always there. LOCK_CONTROL, since they exclude nobody. */
extern const struct lock_ops lock_ops_floor_order, lock_ops_floor_queue;
extern const struct table_ops table_floor_array;
#define FLOOR(name, text)                                                                          \
	static const struct lock_row row_##name = {.slug = #name,                                  \
						   .says = text,                                   \
						   .class = LOCK_CONTROL,                          \
						   .reference = true,                              \
						   .ops = &lock_ops_##name}
FLOOR(floor_order, "what a lock in order of arrival cannot do without");
FLOOR(floor_queue, "what a queue of nodes cannot do without");
static const struct table_peer peer_array = {"array", &table_floor_array, 0};

#ifdef HAVE_CK
extern const struct lock_ops lock_ops_ck_fas, lock_ops_ck_cas, lock_ops_ck_dec, lock_ops_ck_ticket,
	lock_ops_ck_mcs, lock_ops_ck_clh, lock_ops_ck_anderson;
extern const struct table_ops table_ck_ht;
#define SPINNER(name, in_order)                                                                    \
	static const struct lock_row row_##name = {.slug = #name,                                  \
						   .says = "Concurrency Kit",                      \
						   .class = LOCK_SPINS,                            \
						   .fifo = in_order,                               \
						   .reference = true,                              \
						   .ops = &lock_ops_##name}
SPINNER(ck_fas, false);
SPINNER(ck_cas, false);
SPINNER(ck_dec, false);
SPINNER(ck_ticket, true);
SPINNER(ck_mcs, true);
SPINNER(ck_clh, true);
SPINNER(ck_anderson, true);
/* ck_ht_remove_spmc() leaves tombstones, and nobody compacts here: removing is not compared. */
static const struct table_peer peer_ck_ht = {
	"ck_ht", &table_ck_ht, 1u << TABLE_REMOVE | 1u << TABLE_ALLOC | 1u << TABLE_REMOVE_ADD};
#endif

#ifdef HAVE_NSYNC
extern const struct lock_ops lock_ops_nsync;
static const struct lock_row row_nsync = {.slug = "nsync",
					  .says = "nsync's mutex",
					  .class = LOCK_BLOCKS,
					  .reference = true,
					  .ops = &lock_ops_nsync};
#endif

#ifdef HAVE_JUDY
extern const struct table_ops table_judy;
static const struct table_peer peer_judy = {"JudyL", &table_judy, 0};
#endif

#ifdef HAVE_URCU
extern const struct table_ops table_lfht;
static const struct table_peer peer_lfht = {"lfht", &table_lfht,
					    1u << TABLE_REPLACE | 1u << TABLE_REMOVE |
						    1u << TABLE_ALLOC | 1u << TABLE_REMOVE_ADD};
#endif

static const struct lock_row *const locks[] = {
	&row_floor_order, &row_floor_queue,
#ifdef HAVE_CK
	&row_ck_fas,	  &row_ck_cas,	    &row_ck_dec,      &row_ck_ticket,
	&row_ck_mcs,	  &row_ck_clh,	    &row_ck_anderson,
#endif
#ifdef HAVE_NSYNC
	&row_nsync,
#endif
};

static const struct table_peer *const tables[] = {
	&peer_array,
#ifdef HAVE_CK
	&peer_ck_ht,
#endif
#ifdef HAVE_JUDY
	&peer_judy,
#endif
#ifdef HAVE_URCU
	&peer_lfht,
#endif
};

struct peers peers_found(void)
{
	return (struct peers){.locks = locks,
			      .lock_count = sizeof(locks) / sizeof(locks[0]),
			      .tables = tables,
			      .table_count = sizeof(tables) / sizeof(tables[0])};
}
