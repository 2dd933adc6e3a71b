/* SPDX-License-Identifier: MIT */
#include "refcount.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "arrays.h"
#include "crew.h"
#include "ref_by_hand.h"
#include "ref_stand.h"
#include "stats.h"

#define LAST_WINDOWS 3 /* of the last put */
#define VARIANTS_MAX (REF_BY_HAND + REFCOUNT_COUNT)

struct refcounts {
	const struct refcount_trial *trial;
	struct crew *crew;
	struct arena arena;
	struct shelf *shelf;
	struct by_hand *objects;
	struct by_hand **slots;
	struct mapped_device **mds; /* of each thread, every slot's */
	struct ref_hand *hands;
	struct ref_stand stands[REFCOUNT_COUNT];
	struct variant variant[VARIANTS_MAX];
	uint32_t variants;
	double *ns[VARIANTS_MAX], *cpu_ns[VARIANTS_MAX], *scratch;
	double last_ns[VARIANTS_MAX]; /* 0: not measured */
};

/* One for all threads, more for all, or one each. */
static uint32_t object_count(const struct refcount_trial *trial)
{
	return trial->shared ? trial->objects : trial->threads;
}

static int open_hand(struct refcounts *r, uint32_t i)
{
	const struct refcount_trial *trial = r->trial;
	uint32_t count = object_count(trial), slot = i % count;
	struct player *player = arena_player(&r->arena, i);
	struct dm *dm = &r->arena.world->dm;
	struct mapped_device **mds = &r->mds[(size_t)i * count];

	for (uint32_t minor = 0; minor < count; minor++) {
		mds[minor] = dm_get_md(&player->task, dm, minor);
		if (!mds[minor])
			return -EIO;
	}
	r->hands[i] = (struct ref_hand){.object = &r->objects[slot],
					.shelf = r->shelf,
					.slot = slot,
					.slots = trial->shared ? count : 1,
					.player = player,
					.dm = dm,
					.md = mds[slot],
					.mds = mds};
	r->crew->members[i].own = &r->hands[i];
	return 0;
}

static int open_hands(struct refcounts *r)
{
	uint32_t threads = r->trial->threads, count = object_count(r->trial);
	int failed = arena_create(&r->arena, count);

	r->shelf = array_aligned(LINE, 1, sizeof(*r->shelf));
	r->objects = array_aligned(LINE, count, sizeof(*r->objects));
	r->slots = array_new(count, 1, sizeof(struct by_hand *));
	r->mds = array_new(count, threads, sizeof(struct mapped_device *));
	r->hands = array_aligned(LINE, threads, sizeof(*r->hands));
	if (failed || !r->shelf || !r->objects || !r->slots || !r->mds || !r->hands)
		return failed ? failed : -ENOMEM;
	memset(r->shelf, 0, sizeof(*r->shelf));
	r->shelf->slot = r->slots;
	for (uint32_t i = 0; i < count; i++) {
		atomic_init(&r->objects[i].count, 1);
		r->slots[i] = &r->objects[i];
	}
	for (uint32_t i = 0; i < threads && !failed; i++)
		failed = open_hand(r, i);
	return failed;
}

/* What is measured: the ways by hand, and the schemes of the trial. */
static int choose_variants(struct refcounts *r)
{
	const struct refcount_trial *trial = r->trial;
	int failed = 0;

	memcpy(r->variant, ref_by_hand, sizeof(ref_by_hand));
	r->variants = REF_BY_HAND;
	for (uint32_t i = 0; i < REFCOUNT_COUNT && !failed; i++) {
		const struct ref_row *row = &ref_table[i];

		if (!(trial->schemes >> i & 1))
			continue;
		r->variant[r->variants++] =
			(struct variant){row->slug, row->ops->loop, row->ops->last_loop, row};
		failed = ref_stand_open(&r->stands[i], row, trial->threads, object_count(trial),
					trial->shared);
	}
	return failed;
}

static int make(struct refcounts *r)
{
	const struct refcount_trial *trial = r->trial;
	size_t rounds = trial->rounds;
	struct plan plan;
	int failed = choose_variants(r);

	plan_init(&plan);
	r->scratch = array_new(2 * r->variants + 1, rounds, sizeof(double));
	if (!r->scratch || failed)
		return -ENOMEM;
	for (size_t i = 0; i < r->variants; i++) {
		r->ns[i] = r->scratch + (2 * i + 1) * rounds;
		r->cpu_ns[i] = r->ns[i] + rounds;
	}
	r->crew = crew_new(trial->threads, trial->pinned, trial->yardstick->ticks_per_ns);
	if (!r->crew)
		return -EAGAIN;
	failed = arena_open(&r->arena, trial->threads, object_count(trial), plan.patches,
			    LOCK_ID_ttas, trial->seed);
	return failed ? failed : open_hands(r);
}

static void unmake(struct refcounts *r)
{
	crew_free(r->crew);
	arena_close(&r->arena);
	for (uint32_t i = 0; i < REFCOUNT_COUNT; i++)
		ref_stand_close(&r->stands[i]);
	free(r->shelf);
	free(r->objects);
	free(r->slots);
	free(r->mds);
	free(r->hands);
	free(r->scratch);
}

static struct bench_figure figure(struct estimate e)
{
	return (struct bench_figure){e.median, e.low, e.high};
}

/* What is known of the row's variant without measuring it. */
static void describe(struct bench_refcount_row *row, const struct variant *variant,
		     const struct refcount_trial *trial)
{
	const struct ref_ops *ops;

	row->variant = variant->name;
	row->threads = trial->threads;
	row->shared = trial->shared;
	row->objects = object_count(trial);
	row->oversubscribed = trial->threads > trial->yardstick->cpus;
	row->may_wait = true;
	row->bytes_object = sizeof(((struct by_hand *)NULL)->count);
	if (!variant->scheme)
		return;
	ops = variant->scheme->ops;
	row->may_wait = variant->scheme->may_wait;
	row->bytes_object = (uint32_t)ops->object_bytes;
	row->bytes_thread = (uint32_t)(ops->thread_bytes + row->objects * ops->part_bytes);
}

static int tell(struct refcounts *r, uint32_t rounds)
{
	const struct refcount_trial *trial = r->trial;
	int enough = 0;

	for (size_t i = 0; i < r->variants && !enough && rounds; i++) {
		struct bench_refcount_row row = {.last_put_ns = r->last_ns[i],
						 .windows = r->ns[i],
						 .xadd_windows = r->ns[0],
						 .window_count = rounds};

		describe(&row, &r->variant[i], trial);
		row.vs_xadd = figure(estimate_ratio(r->ns[i], r->ns[0], rounds, r->scratch));
		row.cpu_ns_per_pair = estimate_of(r->cpu_ns[i], rounds).median;
		memcpy(r->scratch, r->ns[i], rounds * sizeof(*r->scratch));
		row.ns_per_pair = figure(estimate_of(r->scratch, rounds));
		enough = trial->row(trial->context, &row);
	}
	return enough;
}

/* Where there are few windows there are as few of the last put. */
static uint32_t last_windows(const struct refcount_trial *trial)
{
	return trial->rounds < LAST_WINDOWS ? trial->rounds : LAST_WINDOWS;
}

static uint64_t round_ns(const struct refcount_trial *trial)
{
	uint64_t variants = REF_BY_HAND + (uint64_t)__builtin_popcountll(trial->schemes);

	return variants * trial->window_ns;
}

uint64_t refcount_ns(const struct refcount_trial *trial)
{
	return (trial->rounds + last_windows(trial)) * round_ns(trial);
}

static bool is_over(const struct refcount_trial *trial)
{
	return (trial->stop && atomic_load(trial->stop)) ||
	       (trial->deadline_ns && monotonic_ns() + round_ns(trial) > trial->deadline_ns);
}

static struct ref_stand *stand_of(struct refcounts *r, const struct variant *variant)
{
	return variant->scheme ? &r->stands[variant->scheme - ref_table] : NULL;
}

static void run_round(struct refcounts *r, uint32_t round)
{
	const struct refcount_trial *trial = r->trial;

	for (size_t i = 0; i < r->variants; i++) {
		size_t at = (round + i) % r->variants;
		const struct variant *variant = &r->variant[at];
		struct window window;

		crew_run(r->crew, variant->loop, stand_of(r, variant), trial->window_ns,
			 trial->stop, &window);
		if (window.ops_per_second > 0)
			r->ns[at][round] = trial->threads * 1e9 / window.ops_per_second;
		r->cpu_ns[at][round] = window.cpu_ns_per_op;
	}
}

/* The median of thread 0's windows, each with as many ends as there was time for. */
static double last_put_ns(struct refcounts *r, const struct variant *variant)
{
	const struct refcount_trial *trial = r->trial;
	const struct member *first = &r->crew->members[0];
	double ns[LAST_WINDOWS];
	uint32_t windows = last_windows(trial);

	for (uint32_t i = 0; i < windows; i++) {
		struct window window;

		crew_run(r->crew, variant->last_loop, stand_of(r, variant), trial->window_ns,
			 trial->stop, &window);
		ns[i] = (double)(first->ended - first->began) /
			(trial->yardstick->ticks_per_ns * (double)first->ops);
	}
	return estimate_of(ns, windows).median;
}

static void measure_ends(struct refcounts *r)
{
	for (uint32_t i = 0; i < r->variants && !is_over(r->trial); i++)
		if (r->variant[i].last_loop)
			r->last_ns[i] = last_put_ns(r, &r->variant[i]);
}

int refcount_run(const struct refcount_trial *trial)
{
	struct refcounts r = {.trial = trial};
	uint32_t round = 0;
	int failed;

	if (trial->threads > ARENA_THREADS_MAX)
		return 0;
	failed = make(&r);
	while (!failed && round < trial->rounds && !is_over(trial))
		run_round(&r, round++);
	if (!failed) {
		measure_ends(&r);
		failed = tell(&r, round);
	}
	unmake(&r);
	return failed;
}
