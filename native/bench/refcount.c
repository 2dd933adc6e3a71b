/* SPDX-License-Identifier: MIT */
#include "refcount.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "arrays.h"
#include "crew.h"
#include "dm_refs.h"
#include "stats.h"

#define LINE 128
#define PAIRS_A_LOOK 8 /* pairs between two looks at the stop flag */

/* An object by hand: its count on a line of its own, and the table and lock that lead to it. */
struct counted {
	_Atomic uint64_t count __attribute__((aligned(LINE)));
};

struct shelf {
	_Atomic uint32_t lock __attribute__((aligned(LINE)));
	struct counted *slot[64] __attribute__((aligned(LINE)));
};

/* One thread's view. */
struct ref_hand {
	struct counted *object;
	struct shelf *shelf;
	uint32_t slot; /* of the object; in the arena, its minor */
	struct player *player;
	struct dm *dm;
	struct mapped_device *md;
} __attribute__((aligned(LINE)));

static inline void take(_Atomic uint32_t *lock)
{
	while (atomic_exchange_explicit(lock, 1, memory_order_acquire))
		while (atomic_load_explicit(lock, memory_order_relaxed))
			cpu_pause();
}

static inline void give(_Atomic uint32_t *lock)
{
	atomic_store_explicit(lock, 0, memory_order_release);
}

/* --- the variants: one get and one put each --- */

static inline void xadd_get(struct ref_hand *h)
{
	atomic_fetch_add(&h->object->count, 1);
}

/* kref_put(): the thread that drops the last would free it. */
static inline bool xadd_put(struct ref_hand *h)
{
	return atomic_fetch_sub(&h->object->count, 1) == 1;
}

/* atomic_add_unless(count, 1, 0): kref_get_unless_zero(). */
static inline void add_unless_get(struct ref_hand *h)
{
	uint64_t seen = atomic_load_explicit(&h->object->count, memory_order_relaxed);

	while (seen && !atomic_compare_exchange_weak(&h->object->count, &seen, seen + 1))
		;
}

/* Linux's _atomic_dec_and_lock(): no lock unless it may be the last. */
static inline bool dec_and_lock_put(struct ref_hand *h)
{
	uint64_t seen = atomic_load_explicit(&h->object->count, memory_order_relaxed);
	bool last;

	while (seen != 1)
		if (atomic_compare_exchange_weak(&h->object->count, &seen, seen - 1))
			return false;
	take(&h->shelf->lock);
	last = atomic_fetch_sub(&h->object->count, 1) == 1;
	give(&h->shelf->lock);
	return last;
}

static inline void lock_always_get(struct ref_hand *h)
{
	uint64_t count;

	take(&h->shelf->lock);
	count = atomic_load_explicit(&h->object->count, memory_order_relaxed);
	atomic_store_explicit(&h->object->count, count + 1, memory_order_relaxed);
	give(&h->shelf->lock);
}

static inline bool lock_always_put(struct ref_hand *h)
{
	uint64_t count;

	take(&h->shelf->lock);
	count = atomic_load_explicit(&h->object->count, memory_order_relaxed);
	atomic_store_explicit(&h->object->count, count - 1, memory_order_relaxed);
	give(&h->shelf->lock);
	return count == 1;
}

/* Patches 04 and 06 by hand: lock, find, take, unlock. */
static inline void dm_style_get(struct ref_hand *h)
{
	take(&h->shelf->lock);
	atomic_fetch_add(&h->shelf->slot[h->slot]->count, 1);
	give(&h->shelf->lock);
}

/* The core's own, on a device that the thread has a reference on: oracle and ledger included. */
static inline void dm_get_get(struct ref_hand *h)
{
	dm_get(&h->player->task, h->dm, h->md);
}

static inline bool dm_get_put(struct ref_hand *h)
{
	dm_put(&h->player->task, h->dm, h->md);
	return false;
}

/* The core's own, with the lookup by minor. */
static inline void dm_get_md_get(struct ref_hand *h)
{
	if (!dm_get_md(&h->player->task, h->dm, h->slot))
		machine_bug("refcount: minor %u is gone", h->slot);
}

#define LOOP(name, get, put)                                                                       \
	static void name##_loop(struct member *member)                                             \
	{                                                                                          \
		struct ref_hand *h = member->own;                                                  \
		uint64_t pairs = 0;                                                                \
                                                                                                   \
		do {                                                                               \
			for (unsigned int i = 0; i < PAIRS_A_LOOK; i++) {                          \
				get(h);                                                            \
				if (put(h))                                                        \
					machine_bug("refcount: the last reference of " #name);     \
			}                                                                          \
			pairs += PAIRS_A_LOOK;                                                     \
		} while (!crew_stops(member));                                                     \
		member->ops = pairs;                                                               \
	}
LOOP(xadd, xadd_get, xadd_put)
LOOP(add_unless, add_unless_get, xadd_put)
LOOP(dec_and_lock, xadd_get, dec_and_lock_put)
LOOP(lock_always, lock_always_get, lock_always_put)
LOOP(dm_style, dm_style_get, dec_and_lock_put)
LOOP(dm_get, dm_get_get, dm_get_put)
LOOP(dm_get_md, dm_get_md_get, dm_get_put)

static const struct {
	const char *name;
	void (*loop)(struct member *member);
} variants[] = {
	{"xadd", xadd_loop},
	{"add_unless", add_unless_loop},
	{"dec_and_lock", dec_and_lock_loop},
	{"lock_always", lock_always_loop},
	{"dm_style", dm_style_loop},
	{"dm_get, dm_put", dm_get_loop},
	{"dm_get_md, dm_put", dm_get_md_loop},
};
#define VARIANTS (sizeof(variants) / sizeof(variants[0]))

/* --- a trial --- */

struct refcounts {
	const struct refcount_trial *trial;
	struct crew *crew;
	struct arena arena;
	struct shelf *shelf;
	struct counted *objects;
	struct ref_hand *hands;
	double *ns[VARIANTS], *cpu_ns[VARIANTS], *scratch;
};

static int open_hands(struct refcounts *r)
{
	uint32_t threads = r->trial->threads;
	int failed = arena_create(&r->arena, threads);

	r->shelf = array_aligned(LINE, 1, sizeof(*r->shelf));
	r->objects = array_aligned(LINE, threads, sizeof(*r->objects));
	r->hands = array_aligned(LINE, threads, sizeof(*r->hands));
	if (failed || !r->shelf || !r->objects || !r->hands)
		return failed ? failed : -ENOMEM;
	memset(r->shelf, 0, sizeof(*r->shelf));
	for (uint32_t i = 0; i < threads; i++) {
		uint32_t slot = r->trial->shared ? 0 : i;
		struct player *player = arena_player(&r->arena, i);
		struct dm *dm = &r->arena.world->dm;

		atomic_init(&r->objects[i].count, 1);
		r->shelf->slot[i] = &r->objects[i];
		r->hands[i] = (struct ref_hand){.object = &r->objects[slot],
						.shelf = r->shelf,
						.slot = slot,
						.player = player,
						.dm = dm,
						.md = dm_get_md(&player->task, dm, slot)};
		if (!r->hands[i].md)
			return -EIO;
		r->crew->members[i].own = &r->hands[i];
	}
	return 0;
}

static int make(struct refcounts *r)
{
	const struct refcount_trial *trial = r->trial;
	size_t rounds = trial->rounds;
	struct plan plan;
	int failed;

	plan_init(&plan);
	r->scratch = array_new(2 * VARIANTS + 1, rounds, sizeof(double));
	if (!r->scratch)
		return -ENOMEM;
	for (size_t i = 0; i < VARIANTS; i++) {
		r->ns[i] = r->scratch + (2 * i + 1) * rounds;
		r->cpu_ns[i] = r->ns[i] + rounds;
	}
	r->crew = crew_new(trial->threads, trial->pinned, trial->yardstick->ticks_per_ns);
	if (!r->crew)
		return -EAGAIN;
	failed = arena_open(&r->arena, trial->threads, trial->threads, plan.patches, LOCK_ID_ttas,
			    trial->seed);
	return failed ? failed : open_hands(r);
}

static void unmake(struct refcounts *r)
{
	crew_free(r->crew);
	arena_close(&r->arena);
	free(r->shelf);
	free(r->objects);
	free(r->hands);
	free(r->scratch);
}

static struct bench_figure figure(struct estimate e)
{
	return (struct bench_figure){e.median, e.low, e.high};
}

static int tell(struct refcounts *r, uint32_t rounds)
{
	const struct refcount_trial *trial = r->trial;
	int enough = 0;

	for (size_t i = 0; i < VARIANTS && !enough && rounds; i++) {
		struct bench_refcount_row row = {.variant = variants[i].name,
						 .threads = trial->threads,
						 .shared = trial->shared,
						 .oversubscribed =
							 trial->threads > trial->yardstick->cpus,
						 .windows = r->ns[i],
						 .xadd_windows = r->ns[0],
						 .window_count = rounds};

		row.vs_xadd = figure(estimate_ratio(r->ns[i], r->ns[0], rounds, r->scratch));
		row.cpu_ns_per_pair = estimate_of(r->cpu_ns[i], rounds).median;
		memcpy(r->scratch, r->ns[i], rounds * sizeof(*r->scratch));
		row.ns_per_pair = figure(estimate_of(r->scratch, rounds));
		enough = trial->row(trial->context, &row);
	}
	return enough;
}

uint64_t refcount_ns(const struct refcount_trial *trial)
{
	return VARIANTS * trial->rounds * trial->window_ns;
}

int refcount_run(const struct refcount_trial *trial)
{
	struct refcounts r = {.trial = trial};
	uint32_t round;
	int failed;

	if (trial->threads > ARENA_THREADS_MAX)
		return 0;
	failed = make(&r);
	for (round = 0; round < trial->rounds && !failed; round++) {
		if (trial->deadline_ns &&
		    monotonic_ns() + VARIANTS * trial->window_ns > trial->deadline_ns)
			break;
		for (size_t i = 0; i < VARIANTS; i++) {
			size_t variant = (round + i) % VARIANTS;
			struct window window;

			crew_run(r.crew, variants[variant].loop, NULL, trial->window_ns,
				 trial->stop, &window);
			if (window.ops_per_second > 0)
				r.ns[variant][round] = trial->threads * 1e9 / window.ops_per_second;
			r.cpu_ns[variant][round] = window.cpu_ns_per_op;
		}
		if (trial->stop && atomic_load(trial->stop))
			break;
	}
	if (!failed)
		failed = tell(&r, round);
	unmake(&r);
	return failed;
}
