/* SPDX-License-Identifier: MIT */
/*
 * The life of devices, one call after another, under every subset of the eight patches and of
 * the rows that followed. Without concurrency all of them behave alike, except for the two faults
 * that need none.
 */
#include "dm_refs.h"
#include "stage.h"

#include <errno.h>

#define EIGHT 256u /* subsets of the eight */
#define SUBSETS (4 * EIGHT)

struct call {
	enum op_code op;
	uint32_t minor;
	int64_t result;
};

#define ANY DM_ANY_MINOR

static const struct call life[] = {
	{OP_CREATE, 3, 3},
	{OP_CREATE, 3, -ENXIO},
	{OP_CREATE, ANY, 0},
	{OP_CREATE, 1u << 20, -ENXIO},
	{OP_CREATE, (1u << 20) - 1, (1u << 20) - 1},
	{OP_STATUS, 3, 0},
	{OP_FIND_UUID, 3, 0},
	{OP_FIND, 3, 0},
	{OP_FIND, (1u << 20) - 1, 0},
	{OP_STATUS, 4, -ENXIO},
	{OP_FIND_UUID, 4, -ENXIO},
	{OP_FIND, 4, -ENXIO},
	{OP_FIND, 1u << 20, -ENXIO},
	{OP_GET, 4, -ENXIO},
	{OP_GET, 3, 0},
	{OP_GET, 3, 0},
	{OP_PUT, 3, 0},
	{OP_PUT, 3, 0},
	{OP_PUT, 3, -EBADF},
	{OP_IO, 3, -EBADF},
	{OP_OPEN, 4, -ENXIO},
	{OP_OPEN, 3, 0},
	{OP_OPEN, 3, 0},
	{OP_IO, 3, 0},
	{OP_QUERY, 3, 0},
	{OP_CLOSE, 3, 0},
	{OP_EVENT, 3, 0},
	{OP_EVENT, 4, -ENXIO},
	{OP_WAIT, 4, -ENXIO},
	{OP_WAIT, 3, -EINTR},
	/* Removed while it is open: the number stays taken until the last close. */
	{OP_REMOVE, 3, 0},
	{OP_REMOVE, 3, -ENXIO},
	{OP_STATUS, 3, -ENXIO},
	{OP_CREATE, 3, -ENXIO},
	{OP_IO, 3, 0},
	{OP_OPEN, 3, 0},
	{OP_CLOSE, 3, 0},
	{OP_CLOSE, 3, 0},
	{OP_CLOSE, 3, -EBADF},
	{OP_OPEN, 3, -ENXIO},
	{OP_FIND, 3, -ENXIO},
	{OP_GET, 3, -ENXIO},
	/* The number and the memory are used again. */
	{OP_CREATE, 3, 3},
	{OP_CREATE, ANY, 1},
	{OP_UEVENT, ANY, 0},
	{OP_UEVENT, ANY, -EINTR},
	/* Removed while somebody holds a reference. */
	{OP_GET, 3, 0},
	{OP_REMOVE_UUID, 3, 0},
	{OP_CREATE, 3, -ENXIO},
	{OP_PUT, 3, 0},
	{OP_CREATE, 3, 3},
	{OP_REMOVE_DEV, 3, 0},
	{OP_REMOVE_DEV, 3, -ENXIO},
	{OP_REMOVE_ALL, ANY, 0},
	{OP_FIND, 0, -ENXIO},
	{OP_UNLOAD, ANY, 0},
	{OP_UNLOAD, ANY, -ENOENT},
	{OP_CREATE, 0, -ENODEV},
	{OP_FIND, 0, -ENODEV},
	{OP_REMOVE_ALL, ANY, -ENODEV},
};

/* Of the eight patches and what history made of 06; @i is below SUBSETS. */
static uint64_t subset(uint32_t i)
{
	return i % EIGHT | (i / EIGHT & 1 ? PATCH_ROW(06m) : 0) |
	       (i / EIGHT & 2 ? PATCH_ROW(R3) : 0);
}

static bool sleeps_in_atomic(uint64_t mask)
{
	return (mask & PATCH_ROW(04)) && !(mask & PATCH_ROW(03));
}

static void live(uint64_t mask)
{
	struct stage *s = stage_open(mask);

	for (unsigned int i = 0; i < sizeof(life) / sizeof(life[0]); i++) {
		const struct call *call = &life[i];
		int64_t result = stage_run(s, call->op, call->minor);

		if (sleeps_in_atomic(mask)) {
			CHECK_EQ(result, -EFAULT);
			CAUGHT(s, SLEEP_IN_ATOMIC, 0);
			break;
		}
		if (!CHECK_EQ(result, call->result)) {
			CHECK_EQ(i, -1);    /* which call */
			CHECK_EQ(mask, -1); /* of which subset */
			break;
		}
	}
	if (!sleeps_in_atomic(mask)) {
		stage_check(s);
		CAUGHT_NOTHING(s);
		for (unsigned int class = 0; class < CLASS_LAYER; class ++)
			CHECK_EQ(slab_live(&s->world->slab, class), 0);
		CHECK(idr_is_empty(&s->world->dm.minor_idr));
	}
	stage_close(s);
}

static void every_subset(void)
{
	for (uint32_t i = 0; i < SUBSETS; i++)
		live(subset(i));
}

/* Worlds that end in every state leave memory behind that the next one starts from. */
static void worlds_are_reused(void)
{
	for (unsigned int round = 0; round < 300; round++) {
		struct stage *s = stage_open(PATCHES_ALL);

		CHECK_EQ(stage_run(s, OP_CREATE, round % 7), round % 7);
		CHECK_EQ(stage_run(s, OP_OPEN, round % 7), 0);
		if (round % 2)
			CHECK_EQ(stage_run(s, OP_REMOVE, round % 7), 0);
		if (round % 3) {
			stage_check(s);
			CAUGHT_NOTHING(s);
		}
		stage_close(s);
	}
}

/* Unload refuses while there are devices only if each of them pins the module; else it removes. */
static void unload_with_devices(void)
{
	for (uint32_t eight = 0; eight < EIGHT; eight++) {
		struct stage *s = stage_open(eight);

		if (!sleeps_in_atomic(eight)) {
			CHECK_EQ(stage_run(s, OP_CREATE, 0), 0);
			if (eight & PATCH_ROW(07)) {
				CHECK_EQ(stage_run(s, OP_UNLOAD, ANY), -EBUSY);
				CHECK_EQ(stage_run(s, OP_REMOVE, 0), 0);
				CHECK_EQ(stage_run(s, OP_UNLOAD, ANY), 0);
			} else {
				CHECK_EQ(stage_run(s, OP_UNLOAD, ANY), 0);
				CHECK_EQ(slab_live(&s->world->slab, CLASS_MD), 0);
			}
			stage_check(s);
			CAUGHT_NOTHING(s);
		}
		stage_close(s);
	}
}

/* An open pins the module by itself, whatever the patches. */
static void unload_with_an_open(void)
{
	struct stage *s = stage_open(0);

	CHECK_EQ(stage_run(s, OP_CREATE, 0), 0);
	CHECK_EQ(stage_run(s, OP_OPEN, 0), 0);
	CHECK_EQ(stage_run(s, OP_UNLOAD, ANY), -EBUSY);
	stage_check(s);
	CAUGHT_NOTHING(s);
	stage_close(s);
}

/*
 * Found by number after its cell is gone, a device keeps the reference of the lookup for ever:
 * both forms of 06 leak it, until find-put.
 */
static void lookup_without_a_cell(void)
{
	for (uint32_t i = 0; i < SUBSETS; i++) {
		uint64_t mask = subset(i);
		bool returns = mask & (PATCH_ROW(06) | PATCH_ROW(06m));
		struct stage *s;

		if (sleeps_in_atomic(mask))
			continue;
		s = stage_open(mask);
		CHECK_EQ(stage_run(s, OP_CREATE, 0), 0);
		CHECK_EQ(stage_run(s, OP_OPEN, 0), 0);
		CHECK_EQ(stage_run(s, OP_REMOVE, 0), 0);
		CHECK_EQ(stage_run(s, OP_FIND, 0), -ENXIO);
		CHECK_EQ(stage_run(s, OP_CLOSE, 0), 0);
		stage_check(s);
		if (returns && !(mask & PATCH_ROW(R3)))
			CAUGHT(s, REFERENCE_LEAK, 0);
		else
			CAUGHT_NOTHING(s);
		stage_close(s);
	}
}

static void allocations_fail(void)
{
	for (uint32_t i = 0; i < SUBSETS; i++) {
		uint64_t mask = subset(i);
		struct stage *s;

		if (sleeps_in_atomic(mask))
			continue;
		s = stage_open_failing(mask, 0, 1000);
		CHECK_EQ(stage_run(s, OP_CREATE, 0), -ENXIO);
		CHECK_EQ(stage_run(s, OP_CREATE, ANY), -ENXIO);
		stage_check(s);
		CAUGHT_NOTHING(s);
		stage_close(s);
		/* I-02d: the number stays taken; before 02 by a pointer that dangles. */
		s = stage_open_failing(mask, 1000, 0);
		CHECK_EQ(stage_run(s, OP_CREATE, 0), -ENXIO);
		CHECK_EQ(stage_run(s, OP_CREATE, 0), -ENXIO);
		stage_check(s);
		CAUGHT(s, MINOR_LEAK, 0);
		stage_close(s);
		s = stage_open_failing(mask, 1000, 0);
		CHECK_EQ(stage_run(s, OP_CREATE, 0), -ENXIO);
		if (mask & PATCH_ROW(02)) {
			CHECK_EQ(stage_run(s, OP_FIND, 0), -ENXIO);
			CAUGHT_NOTHING(s);
		} else {
			CHECK_EQ(stage_run(s, OP_FIND, 0), -EFAULT);
			CAUGHT(s, USE_AFTER_FREE, 0);
		}
		stage_close(s);
	}
}

static int64_t create_as(struct stage *s, uint32_t minor, uint32_t name)
{
	const struct step step = {.op = OP_CREATE, .minor = minor, .name = name};

	if (task_catch(&s->player[0].task))
		return -EFAULT;
	return player_step(&s->player[0], &step);
}

/* A name is not a minor: to look one up does not find the other. */
static void names_are_apart(void)
{
	for (uint32_t i = 0; i < SUBSETS; i++) {
		uint64_t mask = subset(i);
		struct stage *s;

		if (sleeps_in_atomic(mask))
			continue;
		s = stage_open(mask);
		CHECK_EQ(create_as(s, 0, 7), 0);
		CHECK_EQ(stage_run(s, OP_STATUS, 0), -ENXIO);
		CHECK_EQ(stage_run(s, OP_STATUS, 7), 0);
		CHECK_EQ(stage_run(s, OP_FIND_UUID, 7), 0);
		CHECK_EQ(stage_run(s, OP_FIND, 7), -ENXIO);
		CHECK_EQ(stage_run(s, OP_FIND, 0), 0);
		/* The name is taken: the device was there, and everything of it goes again. */
		CHECK_EQ(create_as(s, 1, 7), -EBUSY);
		CHECK_EQ(stage_run(s, OP_CREATE, 7), -EBUSY);
		CHECK_EQ(stage_run(s, OP_FIND, 1), -ENXIO);
		CHECK_EQ(stage_run(s, OP_OPEN, 7), -ENXIO);
		CHECK_EQ(slab_live(&s->world->slab, CLASS_MD), 1);
		CHECK_EQ(create_as(s, ANY, 0), 1);
		CHECK_EQ(stage_run(s, OP_REMOVE, 7), 0);
		CHECK_EQ(stage_run(s, OP_FIND, 0), -ENXIO);
		CHECK_EQ(stage_run(s, OP_REMOVE_DEV, 1), 0);
		stage_check(s);
		CAUGHT_NOTHING(s);
		stage_close(s);
	}
}

/* -ENXIO from dm_create(), -ENOMEM where the hash cell is what there is no memory for. */
static bool is_out_of_memory(int64_t r)
{
	return r == -ENXIO || r == -ENOMEM;
}

/*
 * More devices than there is memory for: an outcome, and everything works after it. Each size of
 * the world ends in another allocation.
 */
static void memory_ends(void)
{
	for (uint32_t minors = 1; minors < 60; minors++) {
		struct stage *s = stage_open_sized(PATCHES_ALL, minors);
		int64_t created = 0;

		while (created < 10000 && stage_run(s, OP_CREATE, ANY) == created)
			created++;
		CHECK(created > minors && created < 10000);
		CHECK(is_out_of_memory(stage_run(s, OP_CREATE, ANY)));
		CHECK_EQ(stage_run(s, OP_REMOVE, 1), 0);
		/* What is missing may be a layer, which one device does not give back. */
		created = stage_run(s, OP_CREATE, ANY);
		CHECK(created == 1 || is_out_of_memory(created));
		CHECK_EQ(stage_run(s, OP_REMOVE_ALL, ANY), 0);
		CHECK_EQ(stage_run(s, OP_CREATE, ANY), 0);
		CHECK_EQ(stage_run(s, OP_OPEN, 0), 0);
		CHECK_EQ(stage_run(s, OP_REMOVE_ALL, ANY), 0);
		stage_check(s);
		CAUGHT_NOTHING(s);
		stage_close(s);
	}
}

/*
 * Without 01 a creator whose add fails has lost its minor; the one that took it meanwhile keeps
 * it when the creator's device goes.
 */
static void lose_minor_0(struct task *t, struct stage *s)
{
	struct dm *dm = &s->world->dm;
	struct mapped_device *loser, *other;
	int id = -1;

	CHECK_EQ(dm_create(t, dm, 0, FAILS_NOTHING, &loser), 0);
	/* Its layers are what the next preload lacks. */
	CHECK_EQ(dm_create(t, dm, IDR_SIZE, FAILS_NOTHING, &other), 0);
	dm->fail_layer_permille = 1000;
	CHECK_EQ(publish_by_remove_and_add(t, dm, loser, 0), -ENOMEM);
	minor_lock(t, dm);
	CHECK_EQ(idr_get_new_above(t, &dm->minor_idr, MINOR_ALLOCED, 0, &id), 0);
	minor_unlock(t, dm);
	CHECK_EQ(id, 0);
	dm_put(t, dm, loser);
	CHECK_PTR(idr_find(&dm->minor_idr, 0), MINOR_ALLOCED);
	idr_remove(t, &dm->minor_idr, 0, NULL);
	dm_put(t, dm, other);
}

static void a_lost_minor_is_let_be(void)
{
	for (uint32_t rest = 0; rest < 2; rest++) {
		uint64_t patches = rest ? PATCHES_WITHOUT(01) : PATCH_ROW(02);
		struct stage *s = stage_open(patches);

		CHECK(stage_do(s, lose_minor_0));
		stage_check(s);
		CAUGHT_NOTHING(s);
		stage_close(s);
	}
}

static const struct test tests[] = {
	{"a life under every subset", every_subset},
	{"a world is made of an old one", worlds_are_reused},
	{"unload with devices", unload_with_devices},
	{"unload with a device open", unload_with_an_open},
	{"a lookup that finds no cell", lookup_without_a_cell},
	{"names are apart from minors", names_are_apart},
	{"allocations that fail", allocations_fail},
	{"memory ends", memory_ends},
	{"a lost minor is let be", a_lost_minor_is_let_be},
};

TESTS(tests)
