/* SPDX-License-Identifier: MIT */
/* Memory: per-CPU LIFO lists, the depot between them, an end to it, and injected failures. */
#include <stdlib.h>
#include <string.h>

#include "objects.h"
#include "stand.h"

#define MANY 500

static void sizes_and_lines(void)
{
	CHECK(object_bytes(CLASS_MD) >= sizeof(struct life) + sizeof(struct mapped_device));
	CHECK(object_bytes(CLASS_LAYER) >= sizeof(struct life) + sizeof(struct idr_layer));
	for (unsigned int class = 0; class < CLASS_COUNT; class ++)
		CHECK_EQ(object_bytes(class) % 64, 0);
}

static void last_in_first_out(void)
{
	struct stand *s = stand_open(2);
	struct task *t = &s->task[0], *other = &s->task[1];
	struct life *a = slab_alloc(t, &s->slab, CLASS_MD), *b = slab_alloc(t, &s->slab, CLASS_MD);
	struct life *c = slab_alloc(other, &s->slab, CLASS_MD);

	CHECK(a && b && c && a != b && b != c && a != c);
	CHECK_EQ(slab_live(&s->slab, CLASS_MD), 3);
	slab_free(t, &s->slab, CLASS_MD, a);
	slab_free(t, &s->slab, CLASS_MD, b);
	CHECK_PTR(slab_alloc(t, &s->slab, CLASS_MD), b);
	CHECK(slab_alloc(t, &s->slab, CLASS_POOL) != a);
	CHECK_PTR(slab_alloc(t, &s->slab, CLASS_MD), a);
	/* Freed on another CPU it stays there. */
	slab_free(other, &s->slab, CLASS_MD, a);
	CHECK(slab_alloc(t, &s->slab, CLASS_MD) != a);
	CHECK_PTR(slab_alloc(other, &s->slab, CLASS_MD), a);
	CHECK_EQ(slab_live(&s->slab, CLASS_MD), 4);
	CHECK_EQ(slab_live(&s->slab, CLASS_POOL), 1);
	CHECK_EQ(slab_live(&s->slab, CLASS_CELL), 0);
	stand_close(s);
}

/* What cpu1 allocates and cpu2 frees comes back through the depot, in a bounded arena. */
static void depot_moves(void)
{
	size_t chunk = 16 << 10;
	struct stand *s = stand_open_sized(2, 4 * chunk + 64, chunk);
	struct life *life[40];

	for (unsigned int round = 0; round < MANY; round++) {
		for (unsigned int i = 0; i < 40; i++)
			life[i] = slab_alloc(&s->task[0], &s->slab, CLASS_MD);
		for (unsigned int i = 0; i < 40; i++)
			if (CHECK(life[i]))
				slab_free(&s->task[1], &s->slab, CLASS_MD, life[i]);
	}
	CHECK(word_peek(&s->slab.depot_count) > 0);
	CHECK_EQ(slab_live(&s->slab, CLASS_MD), 0);
	stand_close(s);
}

static void memory_ends(void)
{
	size_t chunk = 4096;
	struct stand *s = stand_open_sized(2, 4 * chunk + 64, chunk);
	struct task *t = &s->task[0];
	struct life *last = NULL, *life;
	unsigned int got = 0;

	while ((life = slab_alloc(t, &s->slab, CLASS_MD))) {
		last = life;
		got++;
	}
	/* Its own chunk and the two that nobody owns, not cpu2's. */
	CHECK_EQ(got, 3 * (chunk / object_bytes(CLASS_MD)));
	CHECK_PTR(slab_alloc(t, &s->slab, CLASS_MD), NULL);
	CHECK_EQ(slab_live(&s->slab, CLASS_MD), got);
	slab_free(t, &s->slab, CLASS_MD, last);
	CHECK_PTR(slab_alloc(t, &s->slab, CLASS_MD), last);
	CHECK(slab_alloc(&s->task[1], &s->slab, CLASS_MD));
	stand_close(s);
}

/* Take all that there is. Returns how many objects; each has to lie within @bytes of @memory. */
static unsigned int take_all(struct stand *s, const char *memory, size_t bytes)
{
	unsigned int got = 0;
	struct life *life;

	while ((life = slab_alloc(&s->task[0], &s->slab, CLASS_MD))) {
		size_t offset = (uintptr_t)life - (uintptr_t)memory;

		if (!CHECK(offset <= bytes - object_bytes(CLASS_MD)))
			break;
		/* Nobody else has it, and it is memory. */
		CHECK_EQ(word_peek(&life->built), 0);
		memset((void *)life, 0xff, object_bytes(CLASS_MD));
		got++;
	}
	return got;
}

/* An arena goes on above its end, then below its beginning, in pieces that chunks do not fill. */
static void memory_goes_on(void)
{
	size_t chunk = 4096, piece = 2 * chunk + 128, a_chunk = chunk / object_bytes(CLASS_MD);
	struct stand *s = stand_open_sized(1, 2 * chunk + 64, chunk);
	size_t own = (slab_bytes(&s->limits) + 127) / 128 * 128;
	char *block = aligned_alloc(128, 2 * piece + own), *above = block + piece + own;
	struct life *below;

	memset(block, 0, 2 * piece + own);
	slab_init(&s->slab, &s->limits, block + piece, 1);
	CHECK_EQ(take_all(s, s->slab.arena, s->limits.arena_bytes), 2 * a_chunk);
	slab_extend(&s->slab, above, piece);
	CHECK_EQ(take_all(s, above, piece), 2 * a_chunk);
	slab_extend(&s->slab, block, piece);
	below = slab_alloc(&s->task[0], &s->slab, CLASS_MD);
	CHECK_PTR(below, block);
	CHECK_EQ(take_all(s, block, piece), 2 * a_chunk - 1);
	CHECK_EQ(slab_live(&s->slab, CLASS_MD), 6 * a_chunk);
	/* Of whatever piece, what is freed comes back. */
	slab_free(&s->task[0], &s->slab, CLASS_MD, below);
	slab_free(&s->task[0], &s->slab, CLASS_MD, (struct life *)(void *)above);
	CHECK_PTR(slab_alloc(&s->task[0], &s->slab, CLASS_MD), above);
	CHECK_PTR(slab_alloc(&s->task[0], &s->slab, CLASS_MD), below);
	CHECK_PTR(slab_alloc(&s->task[0], &s->slab, CLASS_MD), NULL);
	free(block);
	stand_close(s);
}

/* Addresses depend on what a CPU itself did only. */
static void addresses_are_per_cpu(void)
{
	size_t offset[2][10];

	for (unsigned int order = 0; order < 2; order++) {
		struct stand *s = stand_open(2);

		for (unsigned int i = 0; i < 10; i++) {
			if (order)
				slab_alloc(&s->task[1], &s->slab, CLASS_MD);
			offset[order][i] =
				(size_t)((char *)slab_alloc(&s->task[0], &s->slab, CLASS_GENDISK) -
					 s->slab.arena);
			if (order)
				slab_alloc(&s->task[1], &s->slab, CLASS_GENDISK);
		}
		stand_close(s);
	}
	for (unsigned int i = 0; i < 10; i++)
		CHECK_EQ(offset[0][i], offset[1][i]);
}

static void injection(void)
{
	struct stand *s = stand_open(1), *twin = stand_open(1);
	unsigned int failed = 0;

	for (unsigned int i = 0; i < 10000; i++) {
		bool fails = slab_injects_failure(&s->task[0], &s->slab, 250);

		failed += fails;
		CHECK_EQ(slab_injects_failure(&twin->task[0], &twin->slab, 250), fails);
		CHECK(!slab_injects_failure(&s->task[0], &s->slab, 0));
	}
	CHECK(failed > 2200 && failed < 2800);
	for (unsigned int i = 0; i < 1000; i++)
		CHECK(slab_injects_failure(&s->task[0], &s->slab, 1000));
	stand_close(s);
	stand_close(twin);
}

/* --- several CPUs at once --- */

static void churn(struct task *t, void *context)
{
	struct stand *s = context;
	struct life *kept[100];
	unsigned int count = 0;
	uint64_t random = t->common.cpu + 11;

	for (unsigned int i = 0; i < 20000; i++) {
		enum object_class class = CLASS_QUEUE;

		if (count == 100 || (count && draw(&random) % 2)) {
			struct life *life = kept[--count];

			/* Nobody else has it: the mark is still ours. */
			CHECK_EQ(word_peek(&life->built), t->common.cpu + 1);
			slab_free(t, &s->slab, class, life);
			continue;
		}
		kept[count] = slab_alloc(t, &s->slab, class);
		if (!CHECK(kept[count]))
			return;
		word_store(t, &kept[count]->built, t->common.cpu + 1);
		count++;
	}
	while (count)
		slab_free(t, &s->slab, CLASS_QUEUE, kept[--count]);
}

static void churned(void)
{
	struct stand *s = stand_open(4);

	CHECK_EQ(stand_run(s, churn, s), 4);
	CHECK_EQ(slab_live(&s->slab, CLASS_QUEUE), 0);
	CAUGHT_NOTHING(s);
	stand_close(s);
}

static const struct test tests[] = {
	{"objects fill whole lines", sizes_and_lines},
	{"last in, first out, per CPU", last_in_first_out},
	{"the depot moves memory between CPUs", depot_moves},
	{"memory ends", memory_ends},
	{"memory goes on elsewhere", memory_goes_on},
	{"addresses depend on the CPU alone", addresses_are_per_cpu},
	{"injected failures, by seed", injection},
	{"four CPUs at once", churned},
};

TESTS(tests)
