/* SPDX-License-Identifier: MIT */
/* Memory: per-CPU LIFO lists, the depot between them, an end to it, and injected failures. */
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
	CHECK(word_load(&s->slab.depot_count) > 0);
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
			CHECK_EQ(word_load(&life->built), t->common.cpu + 1);
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
	{"addresses depend on the CPU alone", addresses_are_per_cpu},
	{"injected failures, by seed", injection},
	{"four CPUs at once", churned},
};

TESTS(tests)
